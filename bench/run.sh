#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Measures `plimsoll check` beside its physical limit, and beside a peer: run.sh [PLIMSOLL] [--peer COMMAND] [--quick]
#
# PLIMSOLL is a binary in its build folder (build-gcc/src/cli/plimsoll).  COMMAND is run by a shell, its %s being the image's path.
# --quick takes one run, leaves out 1.5 GB and a million files, and writes no file.  RUNS (5) is how many of each, in turn; PLIMSOLL_BENCH the
# folder of the images, assembled where they are missing; PLIMSOLL_FEEDS the advisory feeds, else a feed invented for 500 packages;
# PLIMSOLL_IMAGES a folder with alpine-3.20.3.oci.  Prints tables, writes them into bench/RESULTS.md, draws bench/plot.svg; judges nothing.
set -eu
cd "$(dirname "$0")/.."
plimsoll=build-gcc/src/cli/plimsoll peer='' quick=''
while [ $# -gt 0 ]; do
	case $1 in
	--peer) peer=$2; shift ;;
	--quick) quick=--quick ;;
	-*) sed -n '3,8s/^# *//p' "$0"; exit 3 ;;
	*) plimsoll=$1 ;;
	esac
	shift
done
runs=${RUNS:-${quick:+1}}
runs=${runs:-5}
images=${PLIMSOLL_BENCH:-${XDG_CACHE_HOME:-$HOME/.cache}/plimsoll-bench}
real=${PLIMSOLL_IMAGES:-../shared/images}
cores=$(nproc)
build=${plimsoll%/src/cli/plimsoll}
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state PLIMSOLL_LOG=
trap 'rm -rf "$work"' EXIT
ninja -C "$build" src/cli/plimsoll bench/limit bench/measure bench/drive >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 3; }
limit=$build/bench/limit measure=$build/bench/measure drive=$build/bench/drive
bench/images $quick "$images"
bench/images --fixed "$work/fixed"
"$plimsoll" db build --from "$work/fixed/feeds" --output "$work/invented.db" >"$work/log" 2>&1
"$plimsoll" db build --from "${PLIMSOLL_FEEDS:-$work/fixed/feeds}" --output "$work/advisories.db" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 3; }
cp "$images"/*.json "$work"
[ -z "$quick" ] || rm -f "$work"/1500m-* "$work"/million-*
printf 'from %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)" >"$work/load"

# The smallest real image: its layers, as a manifest names them.
if [ -d "$real/alpine-3.20.3.oci" ]; then
	python3 - "$real/alpine-3.20.3.oci" "$work/alpine" <<'PYTHON'
import gzip, json, pathlib, sys
layout, out = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
blob = lambda descriptor: layout / "blobs" / descriptor["digest"].replace(":", "/")
def manifests(document):
    for entry in document["manifests"]:
        inner = json.loads(blob(entry).read_bytes())
        if "manifests" in inner:
            yield from manifests(inner)
        elif json.loads(blob(inner["config"]).read_bytes()).get("architecture") == "amd64":
            yield inner
layers = next(manifests(json.loads((layout / "index.json").read_bytes())))["layers"]
open(out + ".limit", "w").write("".join(f"{blob(layer)}\n" for layer in layers))
json.dump({"name": "alpine", "target": f"oci:{layout}", "codec": "gzip", "layers": len(layers), "entries": 0, "options": ["--platform", "linux/amd64"],
           "stored": sum(layer["size"] for layer in layers), "plain": sum(len(gzip.decompress(blob(layer).read_bytes())) for layer in layers)}, open(out + ".json", "w"))
PYTHON
fi

# run IMAGE LABEL STATUS-AT-MOST [-m MS] [-r DIR] -- COMMAND...: one line of figures.  What fails is said, and measured all the same.
run() {
	local image=$1 label=$2 most=$3 options=()
	shift 3
	while [ "$1" != -- ]; do options+=("$1"); shift; done
	shift
	"$measure" "${options[@]}" -o "$work/line" "$@" >"$work/out" 2>"$work/err"
	echo "$image $label $(tail -n 1 "$work/line")" >>"$work/figures"
	[ "$(tail -n 1 "$work/line" | cut -d' ' -f7)" -le "$most" ] || { echo "$image, $label: failed" >&2; tail -n 3 "$work/err" >&2; }
}

# Whether it read everything: a fast answer that gives up early is none.
read_all() { # IMAGE
	"$plimsoll" check "${check[@]}" --no-cache --output json "$target" 2>/dev/null |
		jq -r '.unknown[]? | select(.kind == "unreadable" or .kind == "limit") | "\(.kind): \(.subject // ""): \(.reason)"' | head -n 3 | sed "s/^/$1 is not wholly read: /" >&2
}

measure_image() { # IMAGE
	local image=$1 every=10
	export XDG_CACHE_HOME=$work/cache
	mapfile -t files <"$(ls "$work/$image.limit" "$images/$image.limit" 2>/dev/null | head -n 1)"
	mapfile -t check < <(jq -r '.options[]?' "$work/$image.json")
	check+=(--db "$work/advisories.db")
	target=$(jq -r .target "$work/$image.json") codec=$(jq -r .codec "$work/$image.json")
	[ "$(jq .plain "$work/$image.json")" -gt 50000000 ] || every=1
	watch=()
	case $target in oci:*) watch=(-r "${target#oci:}") ;; esac
	echo "measuring $image" >&2
	read_all "$image"
	if [ -e "$images/$image.digests" ] && ! "$limit" "$codec" "$cores" "${files[@]}" | cmp -s - "$images/$image.digests"; then
		echo "$image: the limit's digests are wrong" >&2
		exit 3
	fi
	for _ in $(seq "$runs"); do
		rm -rf "$XDG_CACHE_HOME"
		run "$image" limit 0 -- "$limit" "$codec" "$cores" "${files[@]}"
		run "$image" cold 2 "${watch[@]}" -- "$plimsoll" check "${check[@]}" --no-cache "$target"
		run "$image" fill 2 -- "$plimsoll" check "${check[@]}" "$target"
		run "$image" warm 2 -- "$plimsoll" check "${check[@]}" "$target"
		run "$image" warm-json 2 -- "$plimsoll" check "${check[@]}" --output json "$target"
		[ -z "$peer" ] || run "$image" peer 255 -- sh -c "${peer//%s/${target#*:}}"
	done
	run "$image" memory 2 -m "$every" -- "$plimsoll" check "${check[@]}" --no-cache "$target"
	run "$image" memory-warm 2 -m 1 -- "$plimsoll" check "${check[@]}" "$target"
}

for facts in "$work"/*.json; do
	measure_image "$(basename "$facts" .json)"
done
{
	printf 'invented feed, 8 records a package: '
	"$drive" match "$work/invented.db" 500 "$work/fixed/layer1.tar"
	printf 'this database, packages of this system: '
	"$drive" match "$work/advisories.db" 500 $(cat "$images/packages-gzip-1.limit")
} >"$work/match"
"$drive" confine >"$work/confine"
printf 'to %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)" >>"$work/load"
if [ -n "$quick" ]; then
	bench/report "$work"
else
	bench/report "$work" bench/RESULTS.md bench/plot.svg
fi
