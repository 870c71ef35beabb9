#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What libarchive (bsdtar) lists of every layer is what we list: of all hostile tars, and of the real images where PLIMSOLL_IMAGES is.
# Differences are explained by the table below; one that is not there fails, and so does an explanation that nothing needs any more.
set -u
plimsoll=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
images=${PLIMSOLL_IMAGES:-$root/../shared/images}
command -v bsdtar >/dev/null || { echo "bsdtar is not here"; exit 77; }
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state PLIMSOLL_LOG=
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
"$root/tests/cases/hostile/make" "$work/images" tar/ || exit 1
exec python3 -B "$root/tests/cases/hostile/listing.py" "$plimsoll" "$work/images" "$images"
