#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How fast secrets are searched: secrets.sh [DIR [PLIMSOLL]]
#
# Text files up to 1 MiB below DIR (/usr/share) are copied under plain names, for scanners leave out folders of packages by theirs.  Prints what
# bench/secrets says of them in memory (literals alone in each width, and rules), then CPU time and MB/s of `plimsoll query rootfs:` on one core and,
# where TRIVY names that program, of its secret scan.  Judges nothing.
set -eu
cd "$(dirname "$0")/.."
directory=${1:-/usr/share} plimsoll=$(realpath "${2:-build/src/cli/plimsoll}")
build=${plimsoll%/src/cli/plimsoll}
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache PLIMSOLL_LOG=
trap 'rm -rf "$work"' EXIT
ninja -C "$build" src/cli/plimsoll bench/measure bench/secrets >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 3; }

python3 - "$directory" "$work/corpus" <<'P'
import os, pathlib, sys
source, into = sys.argv[1], pathlib.Path(sys.argv[2])
into.mkdir()
count = size = 0
for folder, folders, names in os.walk(source):
    folders.sort()
    for name in sorted(names):
        path = os.path.join(folder, name)
        if os.path.islink(path) or not os.path.isfile(path) or not 0 < os.path.getsize(path) <= 1 << 20:
            continue
        body = open(path, "rb").read()
        if b"\0" in body[:4096]:
            continue
        (into / f"{count // 1000:03}").mkdir(exist_ok=True)
        (into / f"{count // 1000:03}" / f"{count:06}{os.path.splitext(name)[1][:8]}").write_bytes(body)
        count, size = count + 1, size + len(body)
print(f"{source}: {count} text files, {size / 1e6:.1f} MB")
open(into.parent / "size", "w").write(str(size))
P
"$build/bench/secrets" "$work/corpus" 3 | tail -n +2

run() { # LABEL COMMAND...: the least CPU time of RUNS (3)
	local label=$1 i
	shift
	for i in $(seq "${RUNS:-3}"); do taskset -c 0 "$build/bench/measure" -o "$work/$label" "$@" >"$work/out" 2>&1 || { cat "$work/out" >&2; return; }; done
	awk -v label="$label" -v size="$(cat "$work/size")" '{ s = $2 + $3; if (NR == 1 || s < least) least = s } END { printf "%-22s %8.0f MB/s  %.2f s of CPU\n", label, size / least / 1e6, least }' "$work/$label"
}
run plimsoll "$plimsoll" query --no-cache "rootfs:$work/corpus" "SELECT count(*) FROM secret"
echo "  found: $(tail -n 1 "$work/out")"
if [ -n "${TRIVY:-}" ]; then
	GOMAXPROCS=1 run trivy "$TRIVY" fs --scanners secret --offline-scan --skip-db-update --quiet --cache-dir "$work/trivy-cache" --timeout 30m --format json "$work/corpus"
	echo "  found: $(jq '[.Results[]?.Secrets[]?] | length' "$work/out")"
fi
