#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An image from a local registry, against copying it first: registry.sh LAYOUT [PLIMSOLL]
#
# Starts Debian's docker-registry, puts the layout's image into it, then in turn, RUNS (5) times each: `check docker://` without any cache; `skopeo copy` to a
# layout and `check` of that; `check docker://` of what the cache knows.  Prints medians of wall clock in milliseconds and the largest memory of all
# processes in MB.  Needs docker-registry and skopeo; judges nothing.
set -eu
cd "$(dirname "$0")/.."
layout=$(realpath "$1") plimsoll=$(realpath "${2:-build-gcc/src/cli/plimsoll}")
build=${plimsoll%/src/cli/plimsoll}
measure=$build/bench/measure
for program in docker-registry skopeo; do command -v $program >/dev/null || { echo "$program is not here" >&2; exit 3; }; done
work=$(mktemp -d)
export XDG_CACHE_HOME=$work/cache HOME=$work
trap 'kill "${registry:-}" 2>/dev/null; rm -rf "$work"' EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$work/registry.yml" <<Y
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: "127.0.0.1:$port"}
Y
docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
registry=$!
for _ in $(seq 100); do curl -s "http://127.0.0.1:$port/v2/" >"$work/out" && break; sleep 0.1; done
skopeo copy --insecure-policy --dest-tls-verify=false "oci:$layout" "docker://127.0.0.1:$port/bench/image:1" >"$work/out"
reference=docker://127.0.0.1:$port/bench/image:1
check=("$plimsoll" check --policy baseline --plain-http "127.0.0.1:$port")

run() { # LABEL COMMAND...: the status of a check is none of ours
	local label=$1
	shift
	"$measure" -o "$work/$label" "$@" >"$work/out" 2>&1 || true
}
copied() {
	rm -rf "$work/layout"
	skopeo copy --insecure-policy --src-tls-verify=false "$reference" "oci:$work/layout:1" >"$work/out" && "$plimsoll" check --policy baseline --no-cache "oci:$work/layout"
}
export -f copied
export work plimsoll reference
median() { awk -v c="$2" '{ print $c }' "$work/$1" | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

"${check[@]}" "$reference" >"$work/out" 2>&1 || true
for _ in $(seq "${RUNS:-5}"); do
	run direct "${check[@]}" --no-cache "$reference"
	run copy bash -c copied
	run warm "${check[@]}" "$reference"
done
for label in direct copy warm; do
	echo "$label: $(median $label 1 | awk '{ printf "%.0f ms", $1 * 1000 }'), $(median $label 4 | awk '{ printf "%.0f MB", $1 / 1024 }')"
done
