#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real images with their true package lists: what `query` tells equals what the distribution's own tool told.
# The images are not part of the project: PLIMSOLL_IMAGES names their folder; without it this test skips.
set -u
plimsoll=$1
images=${PLIMSOLL_IMAGES:-$(cd "$(dirname "$0")/../.." && pwd)/../shared/images}
[ -d "$images" ] || { echo "no folder of real images (PLIMSOLL_IMAGES)"; exit 77; }
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state PLIMSOLL_LOG=
trap 'rm -rf "$work"' EXIT
failed=0
sql="SELECT name, version, arch FROM package WHERE type IN ('deb','apk','rpm')"

# same NAME LIST SYSTEM TARGET [OPTIONS]: packages and operating system
same() {
	local name=$1 list=$2 system=$3 target=$4
	shift 4
	if [ -n "$list" ]; then
		awk -F'\t' '$5 == "deb" || $5 == "apk" || $5 == "rpm" { print $1 "," $2 "," $3 }' "$images/$list" | LC_ALL=C sort >"$work/wanted"
	else
		: >"$work/wanted"
	fi
	"$plimsoll" query --output csv "$@" "$target" "$sql" >"$work/rows" 2>"$work/err" || { echo "not ok $name"; cat "$work/err"; failed=1; return; }
	tail -n +2 "$work/rows" | LC_ALL=C sort >"$work/got"
	if cmp -s "$work/wanted" "$work/got"; then echo "ok $name: $(wc -l <"$work/got") packages"
	else echo "not ok $name"; diff "$work/wanted" "$work/got" | head -10; failed=1; fi
	system_is="$("$plimsoll" query --output csv "$@" "$target" "SELECT id || ' ' || coalesce(version_id, '') FROM os_version" 2>/dev/null | tail -n +2)"
	if [ "$system_is" = "$system" ]; then echo "ok $name: system $system"
	else echo "not ok $name: system '$system_is', wanted '$system'"; failed=1; fi
}

mkdir "$work/linked" && tar -xJf "$images/busybox-1.38.0-glibc.oci-symlinked.tar.xz" -C "$work/linked"
linked=$(dirname "$(find "$work/linked" -name oci-layout | head -1)")
same alpine-3.10.9 alpine-3.10.9.packages.tsv "alpine 3.10.9" "$images/alpine-3.10.9.docker.tar.xz"
same alpine-3.18.9 alpine-3.18.9.packages.tsv "alpine 3.18.9" "docker-archive:$images/shop-api.docker.tar.xz:test/alpine:3.18.9"
same shop-api shop-api.packages.tsv "alpine 3.18.9" "docker-archive:$images/shop-api.docker.tar.xz:test/shop-api:1.4.2"
same alpine-amd64 alpine-3.20.3.amd64.packages.tsv "alpine 3.20.3" "oci:$images/alpine-3.20.3.oci" --platform linux/amd64
same alpine-arm64 alpine-3.20.3.arm64.packages.tsv "alpine 3.20.3" "oci:$images/alpine-3.20.3.oci" --platform linux/arm64
same bookworm-slim debian-bookworm.bookworm-slim.packages.tsv "debian 12" "oci:$images/debian-bookworm.oci:bookworm-slim"
same web-1 debian-bookworm.web-1.packages.tsv "debian 12" "oci:$images/debian-bookworm.oci:web-1"
same polyglot debian-bookworm.polyglot-2.3.0.packages.tsv "debian 12" "oci:$images/debian-bookworm.oci:polyglot-2.3.0"
same distroless distroless-cc.packages.tsv "debian 12" "oci:$images/distroless-cc.oci"
same centos-7 centos-7-bdb.packages.tsv "centos 7" "$images/centos-7-bdb.docker.tar.xz"
same mariner cbl-mariner-2.0.packages.tsv "mariner 2.0" "oci:$images/cbl-mariner-2.0.oci"
same sles sles-15.3-ndb.packages.tsv "sles 15.3" "oci-archive:$images/sles-15.3-ndb.oci.tar"
same gateway "" "" "$images/gateway-scratch.docker.tar.zst"
same busybox-glibc "" "" "oci:$linked"
exit $failed
