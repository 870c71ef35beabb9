# SPDX-License-Identifier: Apache-2.0
# Sourced by what measures checks of a target that is warm, from the repository's folder: sets `build` of `plimsoll` and `work`, which goes in the end.  What is measured
# appends to $work/LABEL a line for each run.
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
sorted() { # LABEL [COLUMNS]: milliseconds, least first; 1 is wall, 2 and 3 the CPU's
	awk -v columns="${2:-2,3}" '{ n = split(columns, c, ","); s = 0; for (i = 1; i <= n; i++) s += $c[i]; print s * 1000 }' "$work/$1" | sort -n
}
median() { sorted "$@" | awk '{ all[NR] = $1 } END { printf "%.1f", all[int((NR + 1) / 2)] }'; }
