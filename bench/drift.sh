#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Drift of a container of many files of which ten changed: drift.sh [PLIMSOLL]
#
# Lays an image of FILES (50,000) files and a container of it into a store as Docker's, changes ten of them, and measures in turn, RUNS (5) times each: `drift`
# with an empty cache, with a warm one, and `drift --full`.  Prints medians of wall clock and CPU in milliseconds, and the largest memory of all
# processes in MB.  Needs root, whose stores are.
set -eu
cd "$(dirname "$0")/.."
plimsoll=$(realpath "${1:-build-gcc/src/cli/plimsoll}")
build=${plimsoll%/src/cli/plimsoll}
measure=$build/bench/measure
[ "$(id -u)" = 0 ] || { echo "stores are root's" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ninja -C "$build" src/cli/plimsoll bench/measure >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 3; }
export XDG_CACHE_HOME=$work/cache HOME=$work

python3 - "$work/layer" "${FILES:-50000}" <<'P'
import os, pathlib, random, sys
random.seed(1)
root, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
for at in range(count):
    place = root / f"usr/share/d{at % 500}"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"f{at}").write_bytes(random.randbytes(random.randrange(50, 1500)))
P
read -r _ _ upper < <(python3 tests/cli/drift-fixture.py docker "$work/docker" web "$work/layer")
for at in 1 2 3 4 5 6 7 8 9 10; do mkdir -p "$upper/usr/share/d$at" && echo changed >"$upper/usr/share/d$at/f$at"; done

drift=("$plimsoll" drift --docker-root "$work/docker" --engine docker web)
run() { # LABEL ARGUMENT...: ten changes, so the status is 1
	local label=$1
	shift
	"$measure" -o "$work/of-$label" "${drift[@]}" "$@" >"$work/out" 2>&1 || true
	[ "$(grep -c 'changed size' "$work/out")" = 10 ] || { cat "$work/out" >&2; exit 3; }
}
median() { awk "{ print $2 }" "$work/of-$1" | sort -n | awk '{ all[NR] = $1 } END { printf "%.0f", all[int((NR + 1) / 2)] }'; }
for _ in $(seq "${RUNS:-5}"); do
	rm -rf "$work/cache"
	run cold
	run warm
	run full --full
done
"$measure" -m 5 -o "$work/of-memory" "${drift[@]}" --full >"$work/out" 2>&1 || true
for label in cold warm full; do echo "$label: $(median $label '$1 * 1000') ms, CPU $(median $label '($2 + $3) * 1000') ms"; done
echo "memory of full: $(median memory '$4 / 1024') MB and $(median memory '$5 / 1024') MB of memory files"
