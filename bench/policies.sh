#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What reading and evaluating each built-in policy costs beyond the tables: policies.sh TARGET [PLIMSOLL]
#
# TARGET is warm, so that its layers are not read again.  In turn, RUNS (15) times each: `query "SELECT 1"`, which makes the tables, and `check` under each
# policy.  Prints the medians of CPU time of all processes, in milliseconds; judges nothing.
set -eu
cd "$(dirname "$0")/.."
target=$1 plimsoll=${2:-build-gcc/src/cli/plimsoll}
build=${plimsoll%/src/cli/plimsoll}
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state PLIMSOLL_LOG=
trap 'rm -rf "$work"' EXIT
ninja -C "$build" src/cli/plimsoll bench/measure >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 3; }

run() { # LABEL COMMAND...
	local label=$1
	shift
	"$build/bench/measure" -o "$work/$label" "$@" >"$work/out" 2>&1
}
median() { awk '{ print ($2 + $3) * 1000 }' "$work/$1" | sort -n | awk '{ all[NR] = $1 } END { printf "%.1f", all[int((NR + 1) / 2)] }'; }

policies=$(sed -n 's/^policy_files = files(\(.*\))/\1/p' policies/meson.build | tr -d "',")
"$plimsoll" query "$target" "SELECT 1" >"$work/out"
for _ in $(seq "${RUNS:-15}"); do
	run tables "$plimsoll" query "$target" "SELECT 1"
	for file in $policies; do run "${file%.yaml}" "$plimsoll" check --policy "${file%.yaml}" "$target"; done
done
tables=$(median tables)
echo "tables: $tables ms; entries: $("$plimsoll" query --output csv "$target" "SELECT count(*) FROM file" | tail -n 1)"
for file in $policies; do echo "${file%.yaml}: $(median "${file%.yaml}" | awk -v t="$tables" '{ printf "%.1f ms, %.1f beyond the tables", $1, $1 - t }')"; done
