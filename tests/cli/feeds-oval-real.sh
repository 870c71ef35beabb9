#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real OVAL, where it is at hand: as many statements as an independent reader counts.
plimsoll=$(realpath "$1")
feeds=${PLIMSOLL_FEEDS:-$(realpath "$(dirname "$0")/../../../shared/feeds" 2>/dev/null)}
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
if ! [ -d "$feeds/azurelinux" ] || ! [ -d "$feeds/photon" ]; then
	echo "SKIP: no real feeds at '$feeds' (set PLIMSOLL_FEEDS)"
	exit 77
fi
mkdir in
cp "$feeds"/azurelinux/*.zst "$feeds"/photon/*.zst in
chmod -R u+w in
"$plimsoll" db build --from in --output a.db >build.out 2>&1
check "counts" "1221 azurelinux:3.0 fixed
1 azurelinux:3.0 not_affected
2158 mariner:1.0 fixed
78 mariner:1.0 not_affected
778 photon:3.0 fixed" "$("$plimsoll" db search --db a.db '*' | cut -f1,4 | sort | uniq -c | sed 's/^ *//; s/\t/ /')"
check "covered as a whole" "azurelinux:3.0
mariner:1.0
photon:3.0" "$("$plimsoll" db status --db a.db | awk '/oval/ && $1 ~ /:/ { print $1 }')"
exit $failed
