#!/usr/bin/env bash
# Stores the council in SQLite with hand-written code, this engine, LangGraph and three Rust crates, and prints one table. DIR
# names the directory for the files (up to half a gigabyte): on a disk it measures a whole run, in memory (/dev/shm) only the code
# of each side. PYTHON names the interpreter (3.11 or later), ROUNDS is the number of rounds; --quick runs a small council once.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
rounds=${ROUNDS:-1}
quick=()
if [ "${1:-}" = --quick ]; then
  quick=(--quick)
  rounds=1
fi
work=$PWD/target/compare
results=$work/durable-results
files=$(mktemp -d -p "${DIR:-${TMPDIR:-/tmp}}")
trap 'rm -rf "$files"' EXIT
export PYTHONDONTWRITEBYTECODE=1 CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}

rm -rf "$results" "$work/venv"
mkdir -p "$results"
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check -r benches/peers/langgraph/requirements.txt
cargo build --release --locked --quiet --manifest-path benches/peers/durable/Cargo.toml --target-dir "$work/durable"
cargo bench --locked --quiet -p council-benches --bench durable --no-run

for round in $(seq "$rounds"); do
  echo "round $round of $rounds" >&2
  cargo bench --locked --quiet -p council-benches --bench durable -- --json --dir "$files" "${quick[@]}" >>"$results/hand.jsonl"
  "$work/venv/bin/python" benches/peers/langgraph/durable.py --dir "$files" "${quick[@]}" >>"$results/langgraph.jsonl"
  "$work/durable/release/council-durable-peers" --dir "$files" "${quick[@]}" >>"$results/rust.jsonl"
done
echo "Files on $(df --output=fstype "$files" | tail -n 1), lowest of $rounds round(s)."
echo
"$python" benches/peers/durable_table.py "$results"/*.jsonl
