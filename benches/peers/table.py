"""Makes one Markdown table of the JSON lines of all sides.

A side has one line per round and workload. The lowest median counts, because other load on the machine only adds time.
"""

import json
import sys
from collections import defaultdict

# The targets: the lowest ratio to LangGraph, and to the best Rust crate.
TARGETS = {
    "chain 1000": (3000, 3),
    "chain 3000": (3000, 3),
    "council 1000": (1500, 25),
    "fan 1000": (1000, 2),
    "fan 1000 sent": (1000, None),
    "subgraph 10": (200, None),
    "subgraph 100": (200, None),
    "tools 10": (200, None),
    "tools 100": (200, None),
    "wide 300": (100, None),
}


def main() -> None:
    times: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    wrong: dict[tuple[str, str], str] = {}
    versions: dict[str, str] = {}
    units: dict[str, str] = {}
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as lines:
            for line in map(json.loads, lines):
                side, workload = line["side"], line["workload"]
                versions[side] = " ".join([line["version"], *([f"on Python {line['python']}"] if "python" in line else [])])
                units.setdefault(workload, line["unit"])
                if "wrong" in line:
                    wrong[side, workload] = line["wrong"]
                else:
                    times[workload][side].append(line["median_ns"])
    figures = {workload: {side: min(found) for side, found in sides.items()} for workload, sides in times.items()}
    crates = [side for side in versions if side not in ("council", "langgraph")]

    print(f"Versions: {', '.join(f'{side} {version}' for side, version in versions.items())}.\n")
    print("| workload | council, ns | LangGraph, ns | x | best Rust crate, ns | x | target |")
    print("| --- | --: | --: | --: | --: | --: | --- |")
    for workload, unit in units.items():
        sides = figures.get(workload, {})
        # A variant of a LangGraph program is compared with our only program.
        ours = sides.get("council") or figures.get(workload.split(",")[0], {}).get("council")
        python = sides.get("langgraph")
        best = min((crate for crate in crates if crate in sides), key=sides.get, default=None)
        rust = sides.get(best)
        ratios = (ratio(python, ours), ratio(rust, ours))
        print(
            f"| {workload}, per {unit} | {number(ours)} | {number(python)} | {number(ratios[0])} "
            f"| {f'{number(rust)} ({best})' if best else '-'} | {number(ratios[1])} "
            f"| {verdict(ratios, TARGETS.get(workload, (None, None)))} |"
        )

    print(f"\n| ns | {' | '.join(crates)} |\n| --- |{' --: |' * len(crates)}")
    for workload, unit in units.items():
        cells = ["wrong" if (crate, workload) in wrong else number(figures.get(workload, {}).get(crate)) for crate in crates]
        if set(cells) != {"-"}:
            print(f"| {workload}, per {unit} | {' | '.join(cells)} |")
    if wrong:
        print()
    for (side, workload), reason in wrong.items():
        print(f"- {side}, {workload}: {reason}")


def ratio(theirs: float | None, ours: float | None) -> float | None:
    return theirs / ours if theirs and ours else None


def number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1f}" if value < 20 else f"{value:,.0f}".replace(",", " ")


def verdict(ratios: tuple, target: tuple) -> str:
    """Each target, and whether it is met if it was measured."""
    words = []
    for found, wanted in zip(ratios, target, strict=True):
        if wanted is not None:
            judged = "" if found is None else ": met" if found >= wanted else ": missed"
            words.append(f"{number(wanted)} x{judged}" if wanted >= 20 else f"{wanted} x{judged}")
    return ", ".join(words)


if __name__ == "__main__":
    main()
