"""LangGraph on the workloads of the comparison: prints one JSON line per workload."""

import argparse
import json
import os
import platform
import warnings

# Nothing of a run leaves the machine, and nothing is traced.
os.environ["LANGSMITH_TRACING"] = "false"

from importlib.metadata import version  # noqa: E402

from agents import subgraph, tools  # noqa: E402
from measure import measure  # noqa: E402
from plain import chain, council, fan  # noqa: E402
from wide import wide  # noqa: E402


def main() -> None:
    # It is given as in LangGraph's own benchmarks, which run without a checkpointer too.
    warnings.filterwarnings("ignore", message="`durability` has no effect")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="run each once, and only the small ones")
    parser.add_argument("--only", default="", help="how the names of the wanted workloads begin")
    arguments = parser.parse_args()

    def sizes(*counts: int) -> tuple[int, ...]:
        return counts[:1] if arguments.quick else counts

    workloads = [
        *[chain(nodes) for nodes in sizes(10, 1000, 3000)],
        *[council(iterations) for iterations in sizes(10, 100, 1000)],
        *[fan(branches, sent) for sent in (False, True) for branches in sizes(100, 1000)],
        *[subgraph(subjects) for subjects in sizes(10, 100)],
        *[tools(calls, prebuilt) for prebuilt in (True, False) for calls in sizes(10, 100)],
        wide(300),
    ]
    side = {"side": "langgraph", "version": version("langgraph"), "python": platform.python_version()}
    for workload in workloads:
        if workload.name.startswith(arguments.only):
            print(json.dumps(side | measure(workload, arguments.quick)), flush=True)


if __name__ == "__main__":
    main()
