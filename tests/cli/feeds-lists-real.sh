#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The distributions' own lists, real ones (PLIMSOLL_FEEDS, or ../shared), counted without us.
set -u
plimsoll=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
feeds=${PLIMSOLL_FEEDS:-$root/../shared/feeds}
[ -d "$feeds" ] || { echo "there are no real feeds here: set PLIMSOLL_FEEDS"; exit 77; }
. "$(dirname "$0")/compare.bash"

mkdir debian ubuntu
zstd -qdc "$feeds/debian/security-tracker-data.tar.zst" | tar x -C debian
"$plimsoll" db build --from debian --output d.db >/dev/null || exit 1
"$plimsoll" db search --db d.db '*' | cut -f1-5 | sort >said.txt
# What is derived from them elsewhere takes the first version where several advisories name one, we the last as the tracker does.
zstd -qdc "$feeds/debian/tracker-derived-from-dsa-dla.json.zst" | jq -r '
	{squeeze: "6", wheezy: "7", jessie: "8", stretch: "9", buster: "10", bullseye: "11", bookworm: "12", trixie: "13"} as $n |
	to_entries[] | .key as $p | .value | to_entries[] | .key as $id | .value.releases | to_entries[] |
	["debian:\($n[.key] // .key)", $p, $id, .value.fixed_version // ""] | @tsv' | sort >derived.txt
check "each release of each package with each CVE" "$(cut -f1-3 derived.txt | sort -u)" "$(cut -f1-3 said.txt | sort -u | comm -12 - <(cut -f1-3 derived.txt | sort -u))"
same=$(cut -f1-3,5 said.txt | sort -u | comm -12 - <(sort -u derived.txt) | wc -l)
check "versions that differ are later ones" yes "$([ $((same * 100)) -ge $(($(wc -l <derived.txt) * 99)) ] && echo yes)"

zstd -qdc "$feeds/ubuntu/ubuntu-cve-tracker.tar.zst" | tar x -C ubuntu
files=$(find ubuntu -name 'CVE-*' | wc -l)
check "files of Ubuntu's tracker" "taken    ubuntu-cve-tracker $(printf '%23d' "$files") records  no date" "$("$plimsoll" db build --from ubuntu --output u.db | head -1)"
"$plimsoll" db search --db u.db '*' >said.txt
# Releases that no channel is beside: each line is one of ours.
for release in lunar:23.04 kinetic:22.10 mantic:23.10 hirsute:21.04; do
	grep -rhE "^${release%:*}_[^:]*: *[a-z-]" ubuntu | sed -E 's/^[^:]*: *//' |
		awk '{ over = /end of life|end-of-life|end of standard support|end of kernel support|end of ESM/
			s["needed"] = s["pending"] = s["active"] = s["in-progress"] = "affected"; s["needs-triage"] = "under_investigation"
			s["deferred"] = "deferred"; s["not-affected"] = "not_affected"; s["ignored"] = over ? "end_of_life" : "wont_fix"
			s["released"] = $2 == "" ? "under_investigation" : "fixed"; print s[$1] }' | sort | uniq -c >wanted.txt
	check "states of ${release%:*}" "$(cat wanted.txt)" "$(awk -F'\t' -v key="ubuntu:${release#*:}" '$1 == key {print $4}' said.txt | sort | uniq -c)"
done
exit $failed
