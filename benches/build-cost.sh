#!/usr/bin/env bash
# Measures what council-core alone costs to build: the crates of its dependency tree, and the CPU seconds of a cold release build.
set -euo pipefail
cd "$(dirname "$0")/.."
crates=$(cargo tree --locked -p council-core -e normal,build --prefix none --no-dedupe | awk '{print $1, $2}' | sort -u | wc -l)
cargo fetch --locked --quiet
target=$(mktemp -d)
trap 'rm -rf "$target"' EXIT
TIMEFORMAT='%U %S %R'
times=$( { time CARGO_TARGET_DIR="$target" cargo build --locked --release --quiet -p council-core; } 2>&1 | tail -n 1)
read -r user system wall <<<"$times"
awk -v crates="$crates" -v user="$user" -v sys="$system" -v wall="$wall" 'BEGIN {
  print "| council-core alone, cold release build | crates | CPU s | wall s |"
  print "| --- | --: | --: | --: |"
  printf "| | %d | %.1f | %.1f |\n", crates, user + sys, wall
}'
