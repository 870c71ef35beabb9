#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The tables `vulnerability` and `base`: what they say is what the areas of the same names judge by, and where there is no data or no policy no row is
# no answer, neither of a query nor of a rule.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
at=2026-11-20

mkdir -p tree/etc tree/var/lib/dpkg other/srv
printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n' >tree/etc/os-release
printf 'Package: libdemo1\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: T <t@example.org>\nSource: demo\nVersion: 1.0-1\nDescription: t\n\n' >tree/var/lib/dpkg/status
mkdir -p feeds/nvd
printf '{"demo": {"CVE-2026-0001": {"releases": {"bookworm": {"status": "open", "urgency": "low"}}}, "CVE-2026-0003": {"releases": {"bookworm": {"status": "resolved", "urgency": "high", "fixed_version": "1.0-2"}}}}}' >feeds/tracker.json
printf '{"id": "CVE-2026-0001", "published": "2026-10-01T00:00:00Z", "modified": "2026-11-01T00:00:00Z", "summary": "A demo", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "affected": [{"package": {"ecosystem": "PyPI", "name": "demo"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}' >feeds/nvd/1.json
"$plimsoll" db build --from feeds --output stray.db >build.txt || { cat build.txt; exit 1; }
printf '{"id": "NOTHING-1", "modified": "2026-11-01T00:00:00Z", "affected": [], "database_specific": {"plimsoll": {"covers": ["Debian:12"], "packages": ["*"], "sample": true}}}' >feeds/nvd/covers.json
"$plimsoll" db build --from feeds --output a.db >build.txt || { cat build.txt; exit 1; }

ask() { # OPTIONS... SQL
	"$plimsoll" query --quiet --no-cache --at $at --output csv "${@:1:$#-1}" rootfs:tree "${@: -1}" 2>&1 | tr -d '\r' | sed '1{/^[a-z_(*),]*$/d}'
}
check "matches" "CVE-2026-0001,libdemo1,1.0-1,deb,affected,low,9.8,,debian-tracker,
CVE-2026-0003,libdemo1,1.0-1,deb,fixed,high,,1.0-2,debian-tracker," \
	"$(ask --db a.db "SELECT id, package, version, type, state, severity, score, fixed_version, source, title FROM vulnerability ORDER BY id")"
check "days" "2026-10-01" "$(ask --db a.db "SELECT date(published, 'unixepoch') FROM vulnerability WHERE id GLOB '*1'" | tail -n 1)"
none="plimsoll query: there is no advisory data: \`plimsoll db update\` fetches it, --db names a database"
export XDG_DATA_HOME=$work/nowhere
check "without a database nobody counts" "$none" "$(ask "SELECT count(*) FROM vulnerability")"
check "... nor finds that there is none" "$none" "$(ask "SELECT 'clean' WHERE NOT EXISTS (SELECT 1 FROM vulnerability)")"
check "... and other tables are answered" "libdemo1" "$(ask "SELECT name FROM package" | tail -n 1)"
check "what no data speaks of is said" "warning: no_data: debian:12: no feed covers debian:12 as a whole: feeds/tracker.json" \
	"$(ask --db stray.db "SELECT count(*) FROM vulnerability" | sed -n 's/\(warning: no_data: debian:12: no feed covers debian:12 as a whole\).*/\1: feeds\/tracker.json/p')"
check "nor is a catalogue that is not there empty" "plimsoll query: the advisory data have no catalogue of what is exploited (kev)" \
	"$(ask --db a.db "SELECT id FROM vulnerability WHERE exploited" | grep plimsoll)"
check "nor are probabilities" "plimsoll query: the advisory data have no probabilities of exploitation (epss)" "$(ask --db a.db "SELECT max(epss) FROM vulnerability" | grep plimsoll)"
check "a session" "2
1" "$(printf 'SELECT count(*) AS n FROM vulnerability;\nSELECT count(*) AS n FROM package;\n' | "$plimsoll" query --quiet --no-cache --db a.db --output csv rootfs:tree 2>&1 | tr -d '\r' | grep -v '^n$')"
echo damaged >bad.db
check "a database that is none" "bad.db" "$(ask --db bad.db "SELECT 1" | grep -o 'bad.db' | head -n 1)"

rule() { # OPTIONS... SQL: what comes of it as a policy's only rule
	printf 'plimsoll: v1\nname: t\nrules: [{id: t/rule, severity: low, title: t, query: "%s"}]\nunknown: {data_age: {over: 36500d, is: warn}, end_of_life: warn}\n' "${@: -1}" >rule.yaml
	"$plimsoll" check --policy rule.yaml --at $at --output json "${@:1:$#-1}" rootfs:tree >v.json 2>err
	echo "$? $(jq -r '[(.findings[] | .evidence.package), (.unknown[] | "?\(.kind) \(.subject): \(.reason)")] | join("; ")' v.json)"
}
check "a rule" "1 libdemo1" "$(rule --db a.db "SELECT package FROM vulnerability WHERE severity = 'high'")"
check "a rule that holds" "0 " "$(rule --db a.db "SELECT package FROM vulnerability WHERE severity = 'critical'")"
check "a rule without data" "2 ?no_data t/rule: advisory data: there is none: \`plimsoll db update\` fetches it" "$(rule "SELECT package FROM vulnerability WHERE severity = 'critical'")"
check "a rule where no data covers the release" "2 ?no_data t/rule: debian:12: no feed covers" \
	"$(rule --db stray.db "SELECT package FROM vulnerability WHERE severity = 'critical'" | sed 's/\(no feed covers\).*/\1/')"
check "... and what stray records say" "1 libdemo1" "$(rule --db stray.db "SELECT package FROM vulnerability WHERE severity = 'high'" | cut -d';' -f1)"
check "a rule that asks for the catalogue" "2 ?unreadable t/rule: the advisory data have no catalogue of what is exploited (kev)" "$(rule --db a.db "SELECT package FROM vulnerability WHERE exploited")"
printf 'plimsoll: v1\nname: t\nrules: [{id: t/rule, severity: low, title: t, query: "SELECT package FROM vulnerability"}]\nunknown: {data_age: {over: 3d, is: fail}}\n' >rule.yaml
check "old data" "1 data_age t/rule" "$("$plimsoll" check --policy rule.yaml --db a.db --at 2027-01-01 --output json rootfs:tree 2>err | jq -r '.unknown[] | select(.kind == "data_age") | "\(if .action == "fail" then 1 else 0 end) \(.kind) \(.subject)"')"

# Bases: an image of two layers on a base that has been approved, twice.
printf '{"Cmd": ["/srv/x"], "history": [{"created_by": "ADD tree"}, {"created_by": "COPY other"}]}' >two.json
printf '{"Cmd": ["/srv/x"]}' >one.json
echo x >other/srv/x
"$root/tools/oci-image" image.oci two.json tree other
"$root/tools/oci-image" base.oci one.json tree
"$root/tools/oci-image" foreign.oci one.json other
"$plimsoll" base add --name demo --file demo.json --date 2026-10-01 oci:base.oci >/dev/null
"$plimsoll" base add --name demo --file demo.json --date 2026-11-01 oci:foreign.oci >/dev/null
printf 'plimsoll: v1\nname: t\nbase_image: {approved: [{name: demo, generations: demo.json, until: 2026-11-30, replaced_by: next}, {name: scratch}]}\n' >bases.yaml
bases() { # OPTIONS...
	"$plimsoll" query --quiet --no-cache --policy bases.yaml --output csv "$@" 2>&1 | tr -d '\r' | sed 1d
}
check "bases" "demo,2026-10-01,1,2026-11-30,next,1,1
demo,2026-11-01,1,2026-11-30,next,1,0
scratch,,1,,,0,0" "$(bases --at $at oci:image.oci "SELECT name, generation, approved, until, replaced_by, layers, matched FROM base ORDER BY name, generation")"
check "once their approval has ended" "0" "$(bases --at 2026-12-01 oci:image.oci "SELECT approved FROM base WHERE matched")"
check "a policy tells what is the base's" "libdemo1,base" "$(bases --at $at oci:image.oci "SELECT name, origin FROM package")"
check "without a policy" "plimsoll query: approved bases are a policy's: --policy names one" "$("$plimsoll" query --quiet --no-cache oci:image.oci "SELECT count(*) FROM base" 2>&1)"
based() { # TARGET [DAY]
	"$plimsoll" check --policy check.yaml --at ${2:-$at} --output json "$1" 2>/dev/null | jq -r '.checks[] | select(.id == "image/base") | .result'
}
{ cat bases.yaml; echo 'configuration: {checks: [image/base]}'; } >check.yaml
check "the check of the base" "pass fail fail" "$(based oci:image.oci) $(based oci:image.oci 2026-12-01) $(rm -rf tree/var; "$root/tools/oci-image" third.oci one.json tree; based oci:third.oci)"
mkdir -p empty/srv && echo x >empty/srv/data
"$root/tools/oci-image" scratch.oci one.json empty
check "scratch that is approved is a base" "pass" "$(based oci:scratch.oci)"
exit $failed
