"""A council server in Python: FastAPI, uvicorn on uvloop, aiohttp, SQLite.

It has the part of council-server's protocol that the benchmark uses: POST starts a run, a WebSocket shows its events. As in
council-server, an event is in the database before it is sent. `--engine` selects the engine: `plain` is a loop, `langgraph`
is a StateGraph with AsyncSqliteSaver.
"""

import argparse
import asyncio
import json
import os
import socket
import uuid
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field

from engines import ENGINES
from journal import Journal
from model import Model


class Start(BaseModel):
    input_topic: str = Field(min_length=1, max_length=10_000)


class Run:
    """The events and the watchers of a run that has not ended."""

    def __init__(self, run_id: str, journal: Journal) -> None:
        self.run_id = run_id
        self.journal = journal
        self.events: list[str] = []
        self.watchers: set[asyncio.Queue[str | None]] = set()

    async def emit(self, *events: dict[str, Any]) -> None:
        """Stores events, then sends them."""
        texts = [self.text(**event, seq=len(self.events) + place) for place, event in enumerate(events, 1)]
        await self.journal.append(self.run_id, texts)
        self.events += texts
        self.send(texts)

    def token(self, node: str, text: str) -> None:
        self.send([self.text(event="token", node=node, text=text)])

    def end(self) -> None:
        self.send([None])

    def send(self, texts: list[Any]) -> None:
        for watcher in self.watchers:
            for text in texts:
                watcher.put_nowait(text)

    def text(self, event: str, **fields: Any) -> str:
        return json.dumps({"event": event, "run_id": self.run_id, **fields})


def application(engine: str, database: str, base_url: str) -> FastAPI:
    runs: dict[str, Run] = {}
    tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def life(app: FastAPI) -> Any:
        async with aiohttp.ClientSession() as session, Journal.open(database) as journal:
            async with ENGINES[engine](Model(session, base_url), database) as drive:
                app.state.journal, app.state.drive = journal, drive
                yield

    app = FastAPI(lifespan=life)

    async def run_to_end(run: Run, topic: str) -> None:
        try:
            await app.state.drive(run, topic)
        except Exception as error:  # noqa: BLE001: the watchers get every error
            await run.emit({"event": "run_failed", "error": repr(error)})
        finally:
            # A run that has ended is in the database only.
            del runs[run.run_id]
            run.end()

    @app.post("/api/councils/run", status_code=202)
    async def start(request: Start) -> dict[str, str]:
        run = Run(str(uuid.uuid4()), app.state.journal)
        runs[run.run_id] = run
        await run.emit({"event": "node_start", "node": "master_agent"})
        task = asyncio.create_task(run_to_end(run, request.input_topic))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return {"run_id": run.run_id, "status": "pending"}

    @app.websocket("/ws/council/{run_id}")
    async def watch(websocket: WebSocket, run_id: str, after: int = 0) -> None:
        await websocket.accept()
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        run = runs.get(run_id)
        try:
            await websocket.send_text(json.dumps({"event": "connected", "run_id": run_id}))
            if run is None:
                for text in (await app.state.journal.read(run_id))[after:]:
                    await websocket.send_text(text)
            else:
                for text in run.events[after:]:
                    queue.put_nowait(text)
                run.watchers.add(queue)
                if run_id not in runs:
                    queue.put_nowait(None)
                while (text := await queue.get()) is not None:
                    await websocket.send_text(text)
            await websocket.close()
        except WebSocketDisconnect:
            pass
        finally:
            if run is not None:
                run.watchers.discard(queue)

    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, default="plain")
    engine = parser.parse_args().engine
    host, port = os.environ["COUNCIL_LISTEN"].rsplit(":", 1)
    listener = socket.create_server((host, int(port)), backlog=4096)
    print(f"listening on http://{host}:{listener.getsockname()[1]}", flush=True)
    app = application(engine, os.environ["COUNCIL_DATABASE"], os.environ["OPENAI_BASE_URL"])
    config = uvicorn.Config(app, loop="uvloop", http="httptools", ws="websockets-sansio", log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
