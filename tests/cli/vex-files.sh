#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Published VEX: every document is read, and has as many statements as jq counts.
# The documents are not part of the project: PLIMSOLL_VEX names the folder of their archives; without it this test skips.
plimsoll=$(realpath "$1")
documents=${PLIMSOLL_VEX:-$(cd "$(dirname "$0")/../.." && pwd)/../shared/feeds/vex}
[ -d "$documents" ] || { echo "no folder of published VEX (PLIMSOLL_VEX)"; exit 77; }
documents=$(realpath "$documents")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
mkdir -p tree/etc tree/var/lib/dpkg
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
printf 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >tree/var/lib/dpkg/status
for archive in "$documents"/*.tar.zst; do
	name=$(basename "$archive" .tar.zst)
	mkdir "$name"
	tar -C "$name" --zstd -xf "$archive" || exit 3
done
read_all() { # VEX: documents and statements
	printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\nvex: {%s}\n' "$1" >p.yaml
	"$plimsoll" check --policy p.yaml --output json rootfs:tree 2>err >v.json
	if [ -s v.json ]; then jq -r '"\(.vex.documents) \(.vex.statements)"' v.json; else sed 's/^plimsoll check: //' err; fi
}
openvex='[.[].statements[].products | length] | add'

# What is kept here of a hub is a part of it: its index is made to fit.
for index in */index.json; do
	hub=${index%/index.json}
	jq -r '.packages[].location' "$index" | while read -r file; do [ -e "$hub/$file" ] && echo "$file"; done | sort -u >"$hub.files"
	jq -c --rawfile there "$hub.files" '($there | split("\n")) as $t | .packages |= map(select(.location as $l | $t | index($l)))' "$index" >new && mv new "$index"
	check "$hub" "$(wc -l <"$hub.files") $(cd "$hub" && xargs jq -s "$openvex" <"../$hub.files")" "$(read_all "directories: [$hub]")"
done
for folder in $(find . -type d -name .vex); do
	check "$folder" "$(find "$folder" -name '*.json' | wc -l) $(jq -s "$openvex" "$folder"/*.json)" "$(read_all "directories: [$folder]")"
done

states='["known_not_affected", "fixed", "first_fixed", "known_affected", "first_affected", "last_affected", "under_investigation", "unknown"]'
find . -name '*.json' -path '*csaf*' -exec grep -l '"csaf_vex"' {} + | sort >csaf.files
while read -r file; do
	[ "$(jq -r '.document.category? // ""' "$file" 2>err)" = csaf_vex ] || continue
	wanted=$(jq "$states as \$states | [.vulnerabilities[]?.product_status // {} | .[\$states[]] // [] | length] | add // 0" "$file")
	cp "$file" one.json
	echo "$(basename "$file"): $wanted: $(read_all 'files: [one.json]')"
done <csaf.files >csaf.read
# Those whose names end in a number below ten are wrong on purpose.
check "CSAF: all that is valid is read, and has as many statements" "" "$(awk -F': ' '$3 != "1 " $2' csaf.read | grep -v -- '-0[0-9].json')"
check "CSAF: there was some" yes "$([ "$(wc -l <csaf.read)" -gt 10 ] && echo yes || wc -l <csaf.read)"
exit $failed
