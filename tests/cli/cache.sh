#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What is kept between runs: found again, never believed when damaged, private, bounded, and no part of the answer.
set -u
plimsoll=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state PLIMSOLL_LOG=
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_CACHE_HOME=$work/cache
failed=0
check() { if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1"; printf '  wanted: %s\n  got:    %s\n' "$2" "$3"; failed=1; fi; }
mkdir -p one/etc one/var/lib/dpkg two/usr
printf 'ID=debian\nVERSION_ID=12\n' >one/etc/os-release
printf 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n' >one/var/lib/dpkg/status
echo two >two/usr/two
echo '{"User": "1000"}' >config.json
"$root/tools/oci-image" image.oci config.json one two
"$root/tools/oci-image" image.docker.tar config.json one two
printf 'plimsoll: v1\nname: t\ncomponents: {forbidden: [{name: telnetd}]}\n' >policy.yaml
judge() { "$plimsoll" check --policy policy.yaml --at 2026-11-01 --output json "${@:2}" "$1"; }
entries() { find cache -type f 2>/dev/null | wc -l; }

judge oci:image.oci --no-cache >wanted.json 2>err
check "--no-cache keeps nothing" 0 "$(entries)"
judge oci:image.oci >cold.json 2>err
check "the first run keeps both layers" 2 "$(entries)"
check "and answers the same" "" "$(diff cold.json wanted.json)"
check "private" "600 700" "$(find cache -type f -printf '%m\n' | sort -u | tr '\n' ' ')$(find cache/plimsoll/layers -type d -printf '%m\n' | sort -u)"
used=$(find cache -type f -printf '%b\n' | awk '{s += $1 * 512} END {print s}')
check "status" "$work/cache/plimsoll/layers layers 2 bytes $used of 2147483648 (limit CACHE_BYTES)" "$("$plimsoll" cache status | xargs)"

# A layer that is named by its digest and known by it is not read: it might as well be zeros.
manifest_file() { echo "$1/blobs/$(jq -r '.manifests[0].digest' "$1/index.json" | tr : /)"; }
layer_files() { jq -r '.layers[].digest' <"$(manifest_file "$1")" | sed "s|^\(.*\):|$1/blobs/\1/|"; }
lie() { # LAYOUT: its manifest says 7 bytes
	local digest size
	jq -c '.layers[0].size = 7' <"$(manifest_file "$1")" >manifest
	digest=$(sha256sum <manifest | cut -d' ' -f1) size=$(stat -c %s manifest)
	mv manifest "$1/blobs/sha256/$digest"
	jq -c ".manifests[0] += {digest: \"sha256:$digest\", size: $size}" <"$1/index.json" >index && mv index "$1/index.json"
}
spoil() { # LAYOUT
	local blob
	for blob in $(layer_files "$1"); do
		head -c "$(stat -c %s "$blob")" /dev/zero >zeros && cp zeros "$blob"
	done
}
cp -r image.oci gone.oci
spoil gone.oci
mv image.oci kept.oci; mv gone.oci image.oci
judge oci:image.oci >warm.json 2>err
check "a warm run reads no layer" "" "$(diff warm.json wanted.json)"
judge oci:image.oci --no-cache >out 2>err
check "without the cache they are missed" 3 $?
judge oci:image.oci --limit BODY_BYTES=1000000 >out 2>err
check "what was read under other limits is another thing" 3 $?
rm -f "$(layer_files image.oci | head -n 1)"
judge oci:image.oci >out 2>err
check "but tells that one is gone" "3 no such file" "$? $(grep -o 'no such file' err)"
rm -rf image.oci; mv kept.oci image.oci
cp -r image.oci lies.oci
lie lies.oci
judge oci:lies.oci >out 2>err
check "a manifest that lies about a layer's size is refused without opening it" "3 bytes, the manifest says 7" "$? $(grep -o 'bytes, the manifest says 7' err)"
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null && ! "$plimsoll" doctor | grep -q sanitizer; then
	opened() { # ARGUMENTS...: 1 where a process of the run opens a layer
		strace -f -s 512 -e trace=open,openat,openat2 -o trace "$plimsoll" check --policy policy.yaml "$@" oci:image.oci >out 2>err
		jq -r '.layers[].digest' <"image.oci/blobs/$(jq -r '.manifests[0].digest' image.oci/index.json | tr : /)" | sed 's/.*://' >digests
		grep -cFf digests trace | sed 's/[1-9].*/1/'
	}
	check "a warm run opens none" 0 "$(opened)"
	check "a cold run does" 1 "$(opened --no-cache)"
else
	echo "nothing is traced here, or a sanitizer: which files a warm run opens is not looked at"
fi

judge docker-archive:image.docker.tar >docker.json 2>err
check "an archive of the same layers" "" "$(diff <(jq -S '.findings, .unknown, .areas' docker.json) <(jq -S '.findings, .unknown, .areas' wanted.json))"
# A hostile configuration names layers that are known as clean, and brings others.
mkdir evil; tar -xf image.docker.tar -C evil
tar -cf evil/1/layer.tar -C one etc
tar -cf evil.docker.tar -C evil .
judge docker-archive:evil.docker.tar >out 2>err
check "a configuration cannot lend a layer another's facts" 3 $?
check "and is named" 1 "$(grep -c 'layer 1: the plain tar is sha256' err)"

# Any byte of an entry.
rm -rf cache; judge oci:image.oci >out 2>err
bad=0
for entry in $(find cache -type f); do
	size=$(stat -c %s "$entry")
	for at in 0 7 8 12 20 60 $((size / 3)) $((size / 2)) $((size - 200)) $((size - 150)) $((size - 80)) $((size - 12)) $((size - 4)) $((size - 1)); do
		cp "$entry" saved
		printf "\\x$(printf %02x $(($(od -An -tu1 -j "$at" -N1 "$entry") ^ 255)))" | dd of="$entry" bs=1 seek="$at" conv=notrunc 2>/dev/null
		judge oci:image.oci >out 2>err
		cmp -s out wanted.json && cmp -s "$entry" saved || bad=$((bad + 1))
	done
done
check "a changed byte is found, and the entry made anew" 0 $bad
for entry in $(find cache -type f); do truncate -s -1 "$entry"; done
judge oci:image.oci >out 2>err; check "cut off" "" "$(diff out wanted.json)"
for entry in $(find cache -type f); do : >"$entry"; done
judge oci:image.oci >out 2>err; check "empty" "" "$(diff out wanted.json)"
set -- $(find cache -type f | sort); cp "$1" "$2"
judge oci:image.oci >out 2>err; check "another layer's entry" "" "$(diff out wanted.json)"

# Places that cannot be used are no error.
chmod 777 cache/plimsoll/layers; before=$(entries); rm -rf cache/plimsoll/layers/*; judge oci:image.oci >out 2>err
check "a directory that others may write is not used" "0 " "$(entries) $(diff out wanted.json)"
chmod 700 cache/plimsoll/layers
XDG_CACHE_HOME=/dev/null/x judge oci:image.oci >out 2>err; check "no such place" "" "$(diff out wanted.json)"
env -u XDG_CACHE_HOME -u HOME "$plimsoll" check --policy policy.yaml --at 2026-11-01 --output json oci:image.oci >out 2>err; check "no home" "" "$(diff out wanted.json)"
env -u XDG_CACHE_HOME -u HOME "$plimsoll" cache status >out 2>err; check "status without a home" 3 $?
mkdir relative
(cd relative && XDG_CACHE_HOME=cache HOME=. "$plimsoll" check --policy ../policy.yaml --at 2026-11-01 --output json oci:../image.oci >out 2>err)
check "a relative place is none" out "$(cd relative && find . -type f -not -name err -printf '%f ' | xargs)"
mkdir home
env -u XDG_CACHE_HOME HOME="$work/home" "$plimsoll" check --policy policy.yaml --at 2026-11-01 --output json oci:image.oci >out 2>err
check "without XDG_CACHE_HOME it is below home" "2 " "$(find home/.cache/plimsoll/layers -type f | wc -l) $(diff out wanted.json)"

# Nothing but root can make these places: a directory of somebody else, a file system that is read-only, full, or has no inode left.
in_place() { # LABEL KEPT COMMANDS...: runs twice on the cache that the commands make, in mounts of its own
	local label=$1 kept=$2
	shift 2
	unshare -m bash -c 'mkdir -p cache && '"$*"' && for i in 1 2; do "$0" check --policy policy.yaml --at 2026-11-01 --output json oci:image.oci >out.$i 2>err.$i; echo $? >>status; done; find cache -type f | wc -l >kept' "$plimsoll"
	check "$label" "0 0 $kept " "$(xargs <status) $(cat kept) $(diff out.1 wanted.json; diff out.2 wanted.json; cat err.1 err.2)"
	rm -rf cache status kept
}
rm -rf cache
if [ "$(id -u)" = 0 ] && unshare -m mount -t tmpfs none home 2>/dev/null; then
	in_place "a file system that keeps it" 2 "mount -t tmpfs -o size=1m none cache"
	in_place "a full disk, but for what fills it" 1 "mount -t tmpfs -o size=4k none cache && cat /dev/zero >cache/fill 2>/dev/null; true"
	in_place "a disk that is full behind the first entry" 1 "mount -t tmpfs -o size=4k none cache"
	in_place "no inode is left" 0 "mount -t tmpfs -o nr_inodes=4 none cache"
	in_place "a read-only file system" 0 "mkdir -p cache/plimsoll/layers && chmod 700 cache/plimsoll/layers && mount --bind cache cache && mount -o remount,bind,ro cache"
	in_place "somebody else's directory" 0 "mkdir -p cache/plimsoll/layers && chmod 700 cache/plimsoll/layers && chown 65534 cache/plimsoll/layers"
	in_place "what is no directory" 1 "mkdir -p cache/plimsoll && touch cache/plimsoll/layers"
	judge oci:image.oci >out 2>err
	(unshare -m bash -c 'mount --bind cache cache && mount -o remount,bind,ro cache && "$0" check --policy policy.yaml --at 2026-11-01 --output json oci:image.oci' "$plimsoll") >out 2>err
	check "what is kept is found on a read-only file system" " 2" "$(diff out wanted.json) $(entries)"
else
	echo "only root makes a full disk: places of that kind are not tried"
fi

# Least recently used out first.
rm -rf cache
for i in $(seq 1 12); do
	mkdir -p "many/$i"; head -c 3000 /dev/urandom | base64 >"many/$i/file$i"
	"$root/tools/oci-image" "many$i.oci" config.json "many/$i"
	judge "oci:many$i.oci" --limit CACHE_BYTES=40960 >/dev/null 2>&1
	judge "oci:many1.oci" --limit CACHE_BYTES=40960 >/dev/null 2>&1
done
check "bounded" 1 "$(($(du -sB1 --apparent-size cache/plimsoll/layers | cut -f1) > 0 && $(find cache -type f -printf '%b\n' | awk '{s += $1 * 512} END {print s + 0}') <= 40960))"
spoil many1.oci
judge oci:many1.oci --limit CACHE_BYTES=40960 >out 2>err
check "what was used last stays" 0 $(($? == 3))

# Ten at once, cold.
rm -rf cache
for i in $(seq 10); do judge oci:image.oci >"out.$i" 2>/dev/null & done; wait
check "ten at once agree" "" "$(for i in $(seq 10); do diff "out.$i" wanted.json; done)"
check "and keep each layer once" 2 "$(entries)"

# The layers of a packed archive exist nowhere else: nothing is kept of them.
rm -rf cache; gzip -k image.docker.tar; judge docker-archive:image.docker.tar.gz >out 2>err
check "a packed archive keeps nothing" 0 "$(entries)"
judge oci:image.oci >out 2>err; "$plimsoll" cache clear >out
check "clear" "2 layers removed 0" "$(cut -d, -f1 out) $(entries)"
check "clear says the bytes" 1 "$(grep -c "^2 layers removed, $used bytes\$" out)"
"$plimsoll" cache clear >out
check "clear of nothing" "0 layers removed, 0 bytes" "$(cat out)"
check "status of nothing" "layers 0" "$("$plimsoll" cache status | sed -n 2p | xargs)"
exit $failed
