#!/usr/bin/env bash
# Runs council, LangGraph and the Rust crates on this machine, in turn, and prints one Markdown table.
# PYTHON names the interpreter (3.11 or later), ROUNDS is the number of rounds; --quick runs each program once.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
rounds=${ROUNDS:-3}
quick=()
if [ "${1:-}" = --quick ]; then
  quick=(--quick)
  rounds=1
fi
work=$PWD/target/compare
results=$work/results
# On all sides, freed memory stays with the program. Otherwise glibc returns megabytes to the kernel after each run, and the
# benchmark measures the page faults of the next run.
export MALLOC_TRIM_THRESHOLD_=268435456
export PYTHONDONTWRITEBYTECODE=1 CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}

rm -rf "$results" "$work/venv"
mkdir -p "$results"
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check -r benches/peers/langgraph/requirements.txt
cargo build --release --locked --quiet --manifest-path benches/peers/rust/Cargo.toml --target-dir "$work/rust"
cargo bench --locked --quiet -p council-benches --bench peers --no-run

# One workload at a time, so that all sides of a row run within the same minute.
for round in $(seq "$rounds"); do
  echo "round $round of $rounds" >&2
  for workload in chain council fan subgraph tools wide; do
    choice=("${quick[@]}" --only "$workload")
    cargo bench --locked --quiet -p council-benches --bench peers -- "${choice[@]}" >>"$results/$round-council.jsonl"
    "$work/rust/release/council-peers" "${choice[@]}" >>"$results/$round-rust.jsonl"
    "$work/venv/bin/python" benches/peers/langgraph/workloads.py "${choice[@]}" >>"$results/$round-langgraph.jsonl"
  done
done
"$python" benches/peers/table.py "$results"/*.jsonl
