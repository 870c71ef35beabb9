#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The Node.js security working group's lists: what is vulnerable and not patched, as spans.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
core=() case_ "1.2 - 2.3" "2.1.4" "introduced 1.2.0, fixed 2.1.4, introduced_after 2.1.4, limit 2.4.0-0"
case_ "0.1.2 - v1.4.9 || 3 - 3.1.x" "" "introduced 0.1.2, last_affected 1.4.9, introduced 3.0.0, limit 3.2.0-0"
npm=()
record() { core+=('"'$((${#core[@]} + 1))'": {"cve": ["CVE-2026-'$((${#core[@]} + 1))'"], "vulnerable": "'"$1"'", "patched": "'"$2"'", "description": "D", "severity": "high"}'); }
build() {
	mkdir -p tree/vuln/core tree/vuln/npm tree/vuln/deps feeds
	(IFS=,; echo "{${core[*]}}" >tree/vuln/core/index.json; echo "{${npm[*]}}" >tree/vuln/npm/index.json)
	echo '{}' | tee tree/vuln/core/1.json tree/vuln/npm/1.json >tree/vuln/deps/1.json
	(cd tree && tar czf ../feeds/security-wg.tar.gz vuln)
	"$plimsoll" db build --from feeds --output a.db >build.txt 2>&1
}
spans() { "$plimsoll" db show --db a.db "$1" | jq -r '[.advisories[0].affected[0].events[] | to_entries[] | "\(.key) \(.value)"] | join(", ")'; }
wanted=()
case_() { record "$1" "$2"; wanted+=("$3"); }
case_ "16.x || 18.x" "^16.20.2 || ^18.17.1" "introduced 16.0.0, fixed 16.20.2, introduced 18.0.0, fixed 18.17.1"
case_ " 4.x||5.x " "^4.1.2" "introduced 4.0.0, fixed 4.1.2, introduced 5.0.0, limit 6.0.0-0"
case_ "<3.23.6" ">=3.23.6" "introduced 0, fixed 3.23.6"
case_ "<=1.4.0" ">=1.4.1" "introduced 0, last_affected 1.4.0, fixed 1.4.1"
case_ "15.x" "15.2.1" "introduced 15.0.0, fixed 15.2.1, introduced_after 15.2.1, limit 16.0.0-0"
case_ ">= 1.0.0 < 2.0.0 || >v3.0.0 <=3.1" "" "introduced 1.0.0, limit 2.0.0, introduced_after 3.0.0, limit 3.2.0-0"
case_ "2.0.x || 2.1.x" "2.2.x" "introduced 2.0.0, limit 2.1.0-0, introduced 2.1.0, fixed 2.2.0"
case_ "*" "^0.2.3 || ~1.2.3" "introduced 0, fixed 0.2.3, introduced 0.3.0-0, fixed 1.2.3, introduced 1.3.0-0"
case_ "1.2 - 2.3" "2.1.4" "introduced 1.2.0, fixed 2.1.4, introduced_after 2.1.4, limit 2.4.0-0"
case_ "0.1.2 - v1.4.9 || 3 - 3.1.x" "" "introduced 0.1.2, last_affected 1.4.9, introduced 3.0.0, limit 3.2.0-0"
npm=('"1": {"module_name": "m", "cves": [], "title": "T", "publish_date": "2019-01-02", "updated_at": "2019-03-04", "vulnerable_versions": "=1.0.0", "patched_versions": null, "cvss_vector": "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}')
build
for i in "${!wanted[@]}"; do check "$(sed 's/.*"vulnerable": "\(.*\)", "patched": "\(.*\)", "desc.*/\1 but \2/' <<<"${core[$i]}")" "${wanted[$i]}" "$(spans "NSWG-COR-$((i + 1))")"; done
check "records" "nodejs core 10
nodejs npm 1" "$(sed -n 's/^taken  *\(nodejs [a-z]*\)  *\([0-9]*\) records.*/\1 \2/p' build.txt | sort)"
check "words" '["CVE-2026-1"] high D generic node' "$("$plimsoll" db show --db a.db NSWG-COR-1 | jq -r '.advisories[0] | "\(.aliases) \(.severity) \(.title) \(.affected[0] | "\(.ecosystem) \(.package)")"')"
check "of a package" 'npm m 2019-01-02T00:00:00Z CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' "$("$plimsoll" db show --db a.db NSWG-ECO-1 | jq -r '.advisories[0] | "\(.affected[0] | "\(.ecosystem) \(.package)") \(.published) \(.vector)"')"
mkdir -p root/opt/bin
{ printf '\177ELF\2\1\1'; head -c 93 /dev/zero; printf 'node.js/v18.17.0\0'; } >root/opt/bin/node; chmod 755 root/opt/bin/node
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\n' >policy.yaml
"$plimsoll" check --policy policy.yaml --db a.db --at 2026-03-05 --output json rootfs:root >verdict.json 2>log
check "a binary" "CVE-2026-1 fixed in 18.17.1" "$(jq -r '.findings[] | "\(.vulnerability.id) \(.message | capture("(?<f>fixed in [^ ;]+)").f)"' verdict.json | grep CVE-2026-1)"
check "the list names lines that were supported, so it covers nothing" "no feed has all of NVD, by which these are judged: node" "$(jq -r '.unknown[] | select(.subject == "generic") | .reason' verdict.json)"
for bad in "about 4" "1.2 -" "- 2" "1.2 - 2.3 4" "v"; do
	record "$bad" ""; build
	check "what is no range" "refused as nodejs-security-wg: record 11: '$bad' is no range that can be read" "$(sed -n 's/^skipped .*core.index.json: //p' build.txt)"
	unset 'core[-1]'
done
exit $failed
