#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An image from a local registry, against copying it first: registry.sh LAYOUT [PLIMSOLL]
#
# Starts Debian's docker-registry, puts the layout's image into it, then in turn, RUNS (5) times each: `check docker://` without any cache; `skopeo copy` to a
# layout and `check` of that; `check docker://` of what the cache knows; `check` and `attest` of an image of one small file, whose difference is signing,
# pushing and looking again.  Prints medians of wall clock and CPU in milliseconds, and the largest memory of all processes in MB.  Needs docker-registry
# and skopeo; judges nothing.
set -eu
cd "$(dirname "$0")/.."
layout=$(realpath "$1") plimsoll=$(realpath "${2:-build-gcc/src/cli/plimsoll}")
build=${plimsoll%/src/cli/plimsoll}
measure=$build/bench/measure
for program in docker-registry skopeo; do command -v $program >/dev/null || { echo "$program is not here" >&2; exit 3; }; done
work=$(mktemp -d)
trap 'kill "${registry:-}" 2>/dev/null; rm -rf "$work"' EXIT
ninja -C "$build" src/cli/plimsoll src/cli/plimsoll-fetch src/cli/plimsoll-sign bench/measure >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 3; }
export XDG_CACHE_HOME=$work/cache HOME=$work

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
registry_=127.0.0.1:$port
cat >"$work/registry.yml" <<Y
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: "$registry_"}
Y
docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
registry=$!
for _ in $(seq 100); do curl -s "http://$registry_/v2/" >"$work/out" && break; sleep 0.1; done
push() { skopeo copy --insecure-policy --dest-tls-verify=false "oci:$1" "docker://$registry_/$2" >"$work/out"; }
push "$layout" bench/image:1
mkdir -p "$work/small/etc"
echo 'ID=debian' >"$work/small/etc/os-release"
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >"$work/small.json"
tools/oci-image "$work/small.oci" "$work/small.json" "$work/small"
push "$work/small.oci" bench/small:1
printf 'plimsoll: v1\nname: bench\nmetadata: {user: {root: deny}}\n' >"$work/policy.yaml"
"$plimsoll" key generate --no-passphrase --out "$work/key" >"$work/out"

reference=docker://$registry_/bench/image:1
check=("$plimsoll" check --no-log --policy baseline --plain-http "$registry_")
small=(--no-log --policy "$work/policy.yaml" --plain-http "$registry_" "docker://$registry_/bench/small:1")
copied() {
	rm -rf "$work/layout"
	skopeo copy --insecure-policy --src-tls-verify=false "$reference" "oci:$work/layout:1" >"$work/out" && "$plimsoll" check --no-log --policy baseline --no-cache "oci:$work/layout"
}
export -f copied
export work plimsoll reference

run() { # LABEL COMMAND...: the status of a check is none of ours
	local label=$1
	shift
	"$measure" -o "$work/of-$label" "$@" >"$work/out" 2>&1 || true
}
median() { awk "{ print $2 }" "$work/of-$1" | sort -n | awk '{ all[NR] = $1 } END { printf "%.0f", all[int((NR + 1) / 2)] }'; }

"${check[@]}" "$reference" >"$work/out" 2>&1 || true
for _ in $(seq "${RUNS:-5}"); do
	run direct "${check[@]}" --no-cache "$reference"
	run copy bash -c copied
	# Copying has driven what is kept out of memory.
	"${check[@]}" "$reference" >"$work/out" 2>&1 || true
	run warm "${check[@]}" "$reference"
	run small "$plimsoll" check --no-cache "${small[@]}"
	run attest "$plimsoll" attest --key "$work/key.key" "${small[@]}"
done
"$measure" -m 20 -o "$work/of-memory" "${check[@]}" --no-cache "$reference" >"$work/out" 2>&1 || true
for label in direct copy warm small attest; do echo "$label: $(median $label '$1 * 1000') ms, CPU $(median $label '($2 + $3) * 1000') ms"; done
echo "memory of direct: $(median memory '$4 / 1024') MB and $(median memory '$5 / 1024') MB of memory files"
