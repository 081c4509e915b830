"""Times a graph through its synchronous and its asynchronous API. The faster one counts."""

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import uvloop


@dataclass
class Workload:
    """One program of the comparison."""

    name: str
    unit: str
    # The time of a run is divided by this.
    count: int
    # Compiles the graph, with asynchronous functions as nodes if the argument is true.
    build: Callable[[bool], Any]
    # A fresh input for each run.
    input: Callable[[], dict]
    # Raises if the states after the supersteps are wrong.
    check: Callable[[list[dict]], None]
    # The number of updates of the default stream.
    updates: int


def measure(workload: Workload, quick: bool) -> dict:
    """The JSON line of a workload: the faster of its two medians."""
    figures = {}
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures["sync"] = _samples(workload, _plain(workload), quick)
        figures["async"] = _samples(workload, _asynchronous(workload, runner), quick)
    mode = min(figures, key=lambda mode: figures[mode][0])
    median, runs = figures[mode]
    return {
        "workload": workload.name,
        "unit": workload.unit,
        "median_ns": round(median / workload.count, 1),
        "runs": runs,
        "mode": mode,
    }


def _plain(workload: Workload) -> Callable[[], int]:
    graph = workload.build(False)
    workload.check(list(graph.stream(workload.input(), _config(), stream_mode="values")))
    return lambda: len(list(graph.stream(workload.input(), _config(), durability="exit")))


def _asynchronous(workload: Workload, runner: asyncio.Runner) -> Callable[[], int]:
    graph = workload.build(True)

    async def drain(**options) -> list:
        return [item async for item in graph.astream(workload.input(), _config(), **options)]

    workload.check(runner.run(drain(stream_mode="values")))
    return lambda: len(runner.run(drain(durability="exit")))


def _config() -> dict:
    return {"configurable": {"thread_id": str(uuid4())}, "recursion_limit": 1_000_000_000}


def _samples(workload: Workload, run: Callable[[], int], quick: bool) -> tuple[float, int]:
    """The median time of a run in nanoseconds, and the number of timed runs. The check before is the warm-up."""
    fewest, most, budget = (1, 1, 0.0) if quick else (FEWEST, MOST, BUDGET)
    times: list[int] = []
    began = time.perf_counter()
    while len(times) < fewest or (len(times) < most and time.perf_counter() - began < budget):
        start = time.perf_counter_ns()
        updates = run()
        times.append(time.perf_counter_ns() - start)
        if updates != workload.updates:
            raise SystemExit(f"{workload.name}: {updates} updates instead of {workload.updates}")
    return statistics.median(times), len(times)


FEWEST = 3
MOST = 31
# Seconds for one workload through one of the two APIs.
BUDGET = 1.5
