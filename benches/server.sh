#!/usr/bin/env bash
# Measures council-server and two Python servers, one with plain asyncio and one with LangGraph, in turn, and prints tables. DIR
# names the directory of the databases, which should be on a disk. PYTHON names the interpreter (3.11 or later); --quick runs
# everything once.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
quick=()
if [ "${1:-}" = --quick ]; then
  quick=(--quick)
fi
venv=$PWD/target/compare/server-venv
peer="$venv/bin/python $PWD/benches/peers/server/app.py --engine"
export PYTHONDONTWRITEBYTECODE=1

[ -e "$venv" ] || "$python" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r benches/peers/server/requirements.txt
cargo bench --locked --quiet -p council-benches --bench server -- --dir "${DIR:-${TMPDIR:-/tmp}}" "${quick[@]}" \
  --side "asyncio=$peer plain" --side "langgraph=$peer langgraph"
