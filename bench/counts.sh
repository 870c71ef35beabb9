#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Counts instructions (callgrind) of three fixed inputs and compares them with bench/counts.txt: exits 1 when one grew by more than 5 %.
# counts.sh [BUILD [--record]]: BUILD is a build folder (build-gcc); --record writes the file anew.  A process of the gate that confines itself
# cannot run under valgrind, so bench/drive runs its parts without confinement.  Where valgrind is absent it says so and exits 77.
set -eu
cd "$(dirname "$0")/.."
build=${1:-build-gcc}
recorded=bench/counts.txt
command -v valgrind >/dev/null || { echo "valgrind is not here (package valgrind)"; exit 77; }
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state PLIMSOLL_LOG=
trap 'rm -rf "$work"' EXIT
ninja -C "$build" bench/drive src/cli/plimsoll >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 3; }
drive=$build/bench/drive
bench/images --fixed "$work/fixed"
"$build/src/cli/plimsoll" db build --from "$work/fixed/feeds" --output "$work/fixed/advisories.db" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 3; }

# Counts depend on these as much as on us.
tools="$(${CC:-gcc} --version | head -n 1); $(valgrind --version); $(ldd --version | head -n 1); $(uname -m)"

count() { # NAME FUNCTION ARGUMENTS...
	local name=$1 function=$2
	shift 2
	ONE_ROUND=1 valgrind --tool=callgrind --toggle-collect="$function" --callgrind-out-file="$work/$name.out" "$drive" "$@" >"$work/log" 2>&1 ||
		{ cat "$work/log" >&2; exit 3; }
	awk -v name="$name" '/^(summary|totals):/ { n = $2 } END { print name, n }' "$work/$name.out"
}
{
	count layer measured_layer layer "$work/fixed/layer1.tar"
	count squash measured_squash squash "$work"/fixed/layer{1,2,3}.tar
	count match measured_match match "$work/fixed/advisories.db" 500 "$work/fixed/layer1.tar"
} >"$work/counts"

if [ "${2:-}" = --record ]; then
	{ echo "# $tools"; cat "$work/counts"; } >"$recorded"
	cat "$recorded"
	exit
fi
[ "# $tools" = "$(head -n 1 "$recorded")" ] ||
	printf 'recorded with other tools, which may be all the difference:\n  then %s\n  now  # %s\n' "$(head -n 1 "$recorded")" "$tools"
awk '
	/^#/ { next }
	NR == FNR { then[$1] = $2; next }
	!($1 in then) { print $1 ": never recorded"; worse = 1; next }
	{
		change = ($2 / then[$1] - 1) * 100
		printf "%-8s %12d instructions, %12d recorded, %+.2f %%\n", $1, $2, then[$1], change
		worse = worse || change > 5 || $2 == 0
	}
	END { exit worse }' "$recorded" "$work/counts" || { echo "more than 5 % above what was recorded"; exit 1; }
