#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What the whole catalogue of checks costs beyond the tables, and which checks cost most: checks.sh TARGET [PLIMSOLL]
#
# TARGET is warm, so that its layers are not read again.  In turn, RUNS (9) times each: `query "SELECT 1"`, which makes the tables, a policy of one check that hardly
# looks at anything, and one of all checks; then each check alone, EACH (5) times.  Prints medians of CPU time and of wall time, and of the checks the SLOWEST (10) by the least that they
# took.  With DATASTREAM (SCAP Security Guide), PROFILE and TREE, the same system as a folder, `oscap xccdf eval` of that profile beside `check rootfs:TREE`, in turn, where oscap is there.
set -eu
cd "$(dirname "$0")/.."
target=$1 plimsoll=${2:-build-gcc/src/cli/plimsoll}
. bench/warm.bash

policy() { # LABEL CHECKS
	printf 'plimsoll: v1\nname: %s\nconfiguration: {checks: [%s]}\n' "$1" "$2" >"$work/$1.yaml"
}
show() { # LABEL WORDS
	echo "$2: $(median "$1" 2,3) ms CPU, $(median "$1" 1) ms wall"
}

policy all '"*/*"'
policy one image/stop-signal
"$plimsoll" query "$target" "SELECT 1" >"$work/out"
for _ in $(seq "${RUNS:-9}"); do
	run tables "$plimsoll" query "$target" "SELECT 1"
	run one "$plimsoll" check --policy "$work/one.yaml" "$target"
	run all "$plimsoll" check --policy "$work/all.yaml" "$target"
done
show tables "tables"
show one "one check"
show all "all $(sed -n 's/^- id: //p' checks/*.yaml | wc -l) checks"
awk -v all="$(median all 2,3)" -v wall="$(median all 1)" -v tables="$(median tables 2,3)" -v tables_wall="$(median tables 1)" \
	'BEGIN { printf "beyond the tables: %.1f ms CPU, %.1f ms wall\n", all - tables, wall - tables_wall }'

for id in $(sed -n 's/^- id: //p' checks/*.yaml); do
	label=${id/\//.}
	policy "$label" "$id"
	for _ in $(seq "${EACH:-5}"); do run "$label" "$plimsoll" check --policy "$work/$label.yaml" "$target"; done
	echo "$(sorted "$label" 2,3 | head -n 1) $id"
done | sort -rn | head -n "${SLOWEST:-10}" | awk -v one="$(sorted one 2,3 | head -n 1)" '{ printf "%s: %.1f ms beyond one check\n", $2, $1 - one }'

if [ -n "${TREE:-}" ] && [ -n "${DATASTREAM:-}" ] && command -v oscap >"$work/out"; then
	for _ in $(seq "${TREE_RUNS:-3}"); do
		run tree "$plimsoll" check --policy "$work/all.yaml" "rootfs:$TREE"
		OSCAP_PROBE_ROOT=$TREE run oscap oscap xccdf eval --profile "$PROFILE" "$DATASTREAM"
	done
	show tree "check rootfs:"
	show oscap "$(oscap --version | head -n 1 | grep -o '[0-9.]*$'), oscap xccdf eval"
fi
