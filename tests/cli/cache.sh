#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What is kept between runs: found again, never believed when damaged, private, bounded, and no part of the answer.
set -u
plimsoll=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
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
entries() { find cache -type f -not -name '.*' 2>/dev/null | wc -l; }

judge oci:image.oci --no-cache >wanted.json 2>err
check "--no-cache keeps nothing" 0 "$(entries)"
judge oci:image.oci >cold.json 2>err
check "the first run keeps both layers" 2 "$(entries)"
check "and answers the same" "" "$(diff cold.json wanted.json)"
check "private" "600 700" "$(find cache -type f -printf '%m\n' | sort -u | tr '\n' ' ')$(find cache/plimsoll/layers -type d -printf '%m\n' | sort -u)"
check "status" "layers  2" "$("$plimsoll" cache status | grep layers.*2)"

# A layer that is named by its digest and known by it is not read: it might as well be zeros.
spoil() { # LAYOUT
	local digest blob
	for digest in $(jq -r '.layers[].digest' <"$1/blobs/$(jq -r '.manifests[0].digest' "$1/index.json" | tr : /)"); do
		blob=$1/blobs/${digest/://}
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
rm -rf image.oci; mv kept.oci image.oci

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
XDG_CACHE_HOME=cache judge oci:image.oci >out 2>err; check "a relative place is none" "" "$(diff out wanted.json)"

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
exit $failed
