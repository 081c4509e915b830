"""Stores the council in SQLite with LangGraph: prints one JSON line per workload.

SqliteSaver is opened as in its documentation, with durability "sync": a superstep is in the file before the next one starts.
The settings of the database are those of SqliteSaver and are read back. The time does not include opening the file, closing
it and the last checkpoint of the log; the bytes are those of all files after that.
"""

import argparse
import json
import operator
import os
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, TypedDict

# No tracing: no data of a run leaves the machine.
os.environ["LANGSMITH_TRACING"] = "false"

from importlib.metadata import version  # noqa: E402

from langgraph.channels import DeltaChannel  # noqa: E402
from langgraph.checkpoint.sqlite import SqliteSaver  # noqa: E402
from langgraph.graph import END, START, StateGraph  # noqa: E402

# Bytes of feedback in an iteration.
FEEDBACK = 200
# The number of runs per size, after a warm-up run. The large size takes half a gigabyte and runs once, without a warm-up.
RUNS = {100: 5, 400: 3, 1600: 1}


class Council(TypedDict):
    topic: str
    draft: str
    feedback: Annotated[list[str], operator.add]
    iteration: Annotated[int, operator.add]
    score: float


def extend(feedback: list[str], updates: list[list[str]]) -> list[str]:
    return [*feedback, *(line for update in updates for line in update)]


class DeltaCouncil(Council):
    """The council with LangGraph's DeltaChannel (beta), which stores appended items, and a full copy every 100 updates."""

    feedback: Annotated[list[str], DeltaChannel(extend)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="run a small council once")
    parser.add_argument("--dir", help="the directory for the files; by default the system's directory for temporary files")
    arguments = parser.parse_args()
    side = {"version": version("langgraph"), "python": platform.python_version()}
    for name, state in (("langgraph", Council), ("langgraph, DeltaChannel", DeltaCouncil)):
        for iterations, runs in ({10: 1} if arguments.quick else RUNS).items():
            print(json.dumps({"side": name} | side | measure(state, iterations, runs, arguments.dir)), flush=True)


def measure(state: type, iterations: int, runs: int, directory: str | None) -> dict:
    """The JSON line of one size: the median time of a superstep, and the bytes on disk."""
    supersteps = 2 * iterations + 1
    times, size, settings = [], 0, ""
    for number in range(runs + (runs > 1)):
        with tempfile.TemporaryDirectory(dir=directory, prefix="council-durable-") as folder:
            path = Path(folder) / "checkpoints.sqlite"
            took, settings = run(state, iterations, path)
            size = sum(file.stat().st_size for file in path.parent.iterdir())
        if number > 0 or runs == 1:
            times.append(took)
    return {
        "settings": settings,
        "workload": f"durable council {iterations}",
        "unit": "superstep",
        "median_ns": round(statistics.median(times) / supersteps),
        "runs": runs,
        "bytes": size,
        "appended": iterations * FEEDBACK,
    }


def run(state: type, iterations: int, path: Path) -> tuple[int, str]:
    """One run in a new file: nanoseconds, and the settings of the database."""
    config: dict[str, Any] = {"configurable": {"thread_id": "run"}, "recursion_limit": 1_000_000_000}
    with SqliteSaver.from_conn_string(str(path)) as saver:
        saver.setup()
        graph = council(state, iterations).compile(checkpointer=saver)
        began = time.perf_counter_ns()
        updates = sum(1 for _ in graph.stream({"topic": "sixteen letters."}, config, durability="sync"))
        took = time.perf_counter_ns() - began
        settings = describe(saver.conn)
        saver.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    # Read back over a new connection.
    with SqliteSaver.from_conn_string(str(path)) as saver:
        kept = council(state, iterations).compile(checkpointer=saver).get_state(config).values
    assert updates == 2 * iterations + 1, updates
    assert len(kept["feedback"]) == kept["iteration"] == iterations, kept["iteration"]
    assert (len(kept["draft"]), {len(line) for line in kept["feedback"]}) == (1024, {FEEDBACK})
    return took, settings


def council(state: type, iterations: int) -> StateGraph:
    """Master and critic in a loop, then the writer."""

    def master(_council):
        return {"draft": "d" * 1024, "iteration": 1}

    def critic(council):
        return {"feedback": ["f" * FEEDBACK], "score": float(council["iteration"])}

    def writer(council):
        return {"draft": council["draft"]}

    def route(council):
        return "master" if council["iteration"] < iterations else "writer"

    builder = StateGraph(state)
    bodies: tuple[Callable, ...] = (master, critic, writer)
    for body in bodies:
        builder.add_node(body.__name__, body)
    builder.add_edge(START, "master")
    builder.add_edge("master", "critic")
    builder.add_conditional_edges("critic", route, ["master", "writer"])
    builder.add_edge("writer", END)
    return builder


def describe(connection: sqlite3.Connection) -> str:
    with closing(connection.cursor()) as cursor:
        journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    return f"{journal.upper()}, {('OFF', 'NORMAL', 'FULL', 'EXTRA')[synchronous]}"


if __name__ == "__main__":
    main()
