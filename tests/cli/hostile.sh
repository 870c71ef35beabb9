#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Broken and lying images: each is an error (3) or a warning with its place, and never a silent answer or a crash.
set -u
plimsoll=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state PLIMSOLL_LOG=
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0
mkdir -p tree/etc tree/var/lib/dpkg
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
printf 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n' >tree/var/lib/dpkg/status
echo '{}' >config.json

refused() { # NAME TARGET WORDS
	local status=0
	"$plimsoll" query "$2" "SELECT name FROM package" >out 2>err || status=$?
	if [ $status = "${4:-3}" ] && grep -qi -- "$3" err; then echo "ok $1"
	else echo "not ok $1: exit status $status"; sed 's/^/    /' out err | head -20; failed=1; fi
	# And the gate: an error stays one, a warning is an unknown, neither ever a pass.
	local wanted=$([ "${4:-3}" = 0 ] && echo 2 || echo 3)
	status=0
	"$plimsoll" check --policy gate.yaml --output json "$2" >out 2>err || status=$?
	if [ $status = "$wanted" ]; then echo "ok $1: check"
	else echo "not ok $1: check: exit status $status"; sed 's/^/    /' out err | head -20; failed=1; fi
}
printf 'plimsoll: v1\nname: t\ncomponents: {forbidden: [{name: telnetd}]}\n' >gate.yaml
fresh() { rm -rf image.oci image.docker.tar; "$root/tools/oci-image" image.oci config.json tree; "$root/tools/oci-image" image.docker.tar config.json tree; }
layer() { jq -r '.layers[0].digest' <"image.oci/blobs/$(jq -r '.manifests[0].digest' image.oci/index.json | tr : /)" | tr : /; }

fresh; truncate -s -100 "image.oci/blobs/$(layer)"; refused "a truncated layer" oci:image.oci sha256
fresh; printf X | dd of="image.oci/blobs/$(layer)" bs=1 seek=40 conv=notrunc 2>/dev/null; refused "a changed layer" oci:image.oci sha256
fresh; rm "image.oci/blobs/$(layer)"; refused "a missing layer" oci:image.oci "$(layer | cut -d/ -f2 | cut -c1-12)"
fresh; printf ' ' >>"image.oci/blobs/$(jq -r '.manifests[0].digest' image.oci/index.json | tr : /)"; refused "a changed manifest" oci:image.oci sha256
fresh; sed -i 's/manifest.v1/nonsense.v1/' image.oci/index.json; refused "an unknown media type" oci:image.oci nonsense
fresh; echo '{' >image.oci/index.json; refused "a broken index" oci:image.oci "line 2"
fresh; truncate -s 3000 image.docker.tar; refused "a truncated archive" docker-archive:image.docker.tar image.docker.tar
fresh; head -c 5000 /dev/urandom >noise.tar; refused "noise" noise.tar noise.tar
refused "nothing there" docker-archive:absent.tar absent.tar
fresh; : >tree/var/lib/dpkg/status; "$root/tools/oci-image" empty.oci config.json tree; refused "an empty package database" oci:empty.oci 'warning: unreadable: layer 0: /var/lib/dpkg/status' 0
mkdir -p void; refused "an empty directory" rootfs:void 'no file' 3
rm -rf tree; mkdir -p tree/etc tree/var/lib/dpkg
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
printf 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n' >tree/var/lib/dpkg/status
head -c 100000000 /dev/zero >tree/zeros
fresh; rm tree/zeros; refused "a bomb" oci:image.oci 'warning: limit: layer 0: .*INFLATE_RATIO' 0
exit $failed
