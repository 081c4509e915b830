"""Events in SQLite: one thread writes, with one transaction for all waiting appends, as in council-server."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager


class Journal:
    def __init__(self, database: str) -> None:
        self.thread = ThreadPoolExecutor(1)
        self.connection = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = FULL")
        self.connection.execute("CREATE TABLE events (number INTEGER PRIMARY KEY, run TEXT NOT NULL, event TEXT NOT NULL)")
        self.connection.execute("CREATE INDEX events_by_run ON events (run)")
        self.waiting: list[tuple[list[tuple[str, str]], asyncio.Future[None]]] = []
        self.more = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def open(cls, database: str) -> AsyncIterator["Journal"]:
        journal = cls(database)
        task = asyncio.create_task(journal.serve())
        yield journal
        task.cancel()

    async def append(self, run: str, events: list[str]) -> None:
        done = asyncio.get_running_loop().create_future()
        self.waiting.append(([(run, event) for event in events], done))
        self.more.set()
        await done

    async def read(self, run: str) -> list[str]:
        rows = await asyncio.get_running_loop().run_in_executor(self.thread, self.select, run)
        return [event for (event,) in rows]

    async def serve(self) -> None:
        while True:
            await self.more.wait()
            self.more.clear()
            group, self.waiting = self.waiting, []
            rows = [row for rows, _ in group for row in rows]
            await asyncio.get_running_loop().run_in_executor(self.thread, self.write, rows)
            for _, done in group:
                if not done.cancelled():
                    done.set_result(None)

    def write(self, rows: list[tuple[str, str]]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany("INSERT INTO events (run, event) VALUES (?, ?)", rows)
        self.connection.execute("COMMIT")

    def select(self, run: str) -> list[tuple[str]]:
        return self.connection.execute("SELECT event FROM events WHERE run = ? ORDER BY number", [run]).fetchall()
