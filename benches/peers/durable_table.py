"""Makes one Markdown table of the JSON lines of all sides that store the council.

A side has one line per round and workload. The lowest median counts, because other load on the machine only adds time.
"""

import json
import sys

from table import number

# The side with which the others are compared.
REFERENCE = ("hand-written", "WAL, FULL")


def main() -> None:
    lines: dict[str, dict[tuple[str, str], dict]] = {}
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as found:
            for line in map(json.loads, found):
                sides = lines.setdefault(line["workload"], {})
                side = (line["side"], line["settings"])
                if side not in sides or line.get("median_ns", 0) < sides[side].get("median_ns", 0):
                    sides[side] = line
    versions = {line["side"]: line["version"] for sides in lines.values() for line in sides.values()}
    print(f"Versions: {', '.join(f'{side} {version}' for side, version in versions.items())}.\n")
    print("| workload | side | database | µs | x | runs | bytes on disk | x appended |")
    print("| --- | --- | --- | --: | --: | --: | --: | --: |")
    for workload, sides in lines.items():
        reference = sides.get(REFERENCE, {}).get("median_ns")
        for (side, settings), line in sides.items():
            head = f"| {workload}, per {line['unit']} | {side} | {settings} |"
            if "wrong" in line:
                print(f"{head} wrong: {line['wrong']} | | | | |")
                continue
            ratio = line["median_ns"] / reference if reference else None
            times = line["bytes"] / line["appended"] if line["appended"] else None
            print(
                f"{head} {number(line['median_ns'] / 1000)} | {number(ratio)} | {line['runs']} "
                f"| {number(line['bytes'])} | {number(times)} |"
            )


if __name__ == "__main__":
    main()
