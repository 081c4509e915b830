#!/usr/bin/env bash
# Measures the cost of the feature `tracing` of council-core without a subscriber: the workloads with and without it, in turn.
# PYTHON names the interpreter, ROUNDS is the number of rounds.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/Cargo.toml" <<TOML
[workspace]
[package]
name = "spans"
version = "0.1.0"
edition = "2024"
[[bin]]
name = "spans"
path = "$PWD/benches/peers/council/main.rs"
[features]
tracing = ["council-core/tracing"]
[dependencies]
council-core = { path = "$PWD/council-core", default-features = false }
serde_json = "1"
tokio = { version = "1", features = ["rt"] }
TOML
cp Cargo.lock "$work/"
build() { cargo build --release --quiet --manifest-path "$work/Cargo.toml" --target-dir "$work/$1" "${@:2}"; }
build with --features tracing
build without
for round in $(seq "${ROUNDS:-5}"); do
  for workload in chain council fan; do
    for side in with without; do
      "$work/$side/release/spans" --only "$workload" >>"$work/$side.jsonl"
    done
  done
done
"${PYTHON:-python3}" - "$work/with.jsonl" "$work/without.jsonl" <<'PYTHON'
import json, sys
sides = []
for path in sys.argv[1:]:
    lowest = {}
    for line in map(json.loads, open(path, encoding="utf-8")):
        name = f"{line['workload']}, per {line['unit']}"
        lowest[name] = min(line["median_ns"], lowest.get(name, float("inf")))
    sides.append(lowest)
print("| workload | spans compiled in, ns | without, ns | ratio |\n| --- | --: | --: | --: |")
for name, with_spans in sides[0].items():
    print(f"| {name} | {with_spans:.0f} | {sides[1][name]:.0f} | {with_spans / sides[1][name]:.2f} |")
PYTHON
