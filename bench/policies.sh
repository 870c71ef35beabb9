#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What reading and evaluating each built-in policy costs beyond the tables: policies.sh TARGET [PLIMSOLL]
#
# TARGET is warm, so that its layers are not read again.  In turn, RUNS (15) times each: `query "SELECT 1"`, which makes the tables, and `check` under each
# policy.  Prints the medians of CPU time of all processes, in milliseconds; judges nothing.
set -eu
cd "$(dirname "$0")/.."
target=$1 plimsoll=${2:-build-gcc/src/cli/plimsoll}
. bench/warm.bash

policies=$(sed -n 's/^policy_files = files(\(.*\))/\1/p' policies/meson.build | tr -d "',")
"$plimsoll" query "$target" "SELECT 1" >"$work/out"
for _ in $(seq "${RUNS:-15}"); do
	run tables "$plimsoll" query "$target" "SELECT 1"
	for file in $policies; do run "${file%.yaml}" "$plimsoll" check --policy "${file%.yaml}" "$target"; done
done
tables=$(median tables)
echo "tables: $tables ms; entries: $("$plimsoll" query --output csv "$target" "SELECT count(*) FROM file" | tail -n 1)"
for file in $policies; do echo "${file%.yaml}: $(median "${file%.yaml}" | awk -v t="$tables" '{ printf "%.1f ms, %.1f beyond the tables", $1, $1 - t }')"; done
