#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# NVD's records and what overrides them: states, metrics, configurations; and software that nobody packaged, judged by them.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
mkdir -p root/opt/bin root/opt/java feeds
elf() { { printf '\177ELF\2\1\1'; head -c 93 /dev/zero; } >"root/opt/bin/$1"; printf "$2" >>"root/opt/bin/$1"; chmod 755 "root/opt/bin/$1"; }
elf python3.11 'x\0003.11.2\0y'
elf node 'node.js/v18.20.4\0'
elf openssl 'OpenSSL 1.0.2k  26 Jan 2017\0'
elf sshd 'OpenSSH_9.3p1 Debian\0'
elf nginx 'nginx version: nginx/1.22.1\0'
elf redis-server '\0007.0.15\0Redis server\0'
elf postgres '(PostgreSQL) 15.4\0'
elf mysqld '10.11.19\0MariaDB\00010.11.19-MariaDB\0'
printf 'IMPLEMENTOR="Eclipse Adoptium"\nJAVA_VERSION="1.8.0_292"\n' >root/opt/java/release

any=:*:*:*:*:*:*
in_() { echo '{"vulnerable": true, "criteria": "cpe:2.3:a:'"$1"':*'"$any"':*"'"${2:+, $2}"'}'; } # VENDOR:PRODUCT BOUNDS
one() { echo '{"vulnerable": true, "criteria": "cpe:2.3:a:'"$1:$2$any"'"}'; }     # VENDOR:PRODUCT VERSION:UPDATE
from() { echo '"versionStart'"$1"'": "'"$2"'"'; }
to() { echo '"versionEnd'"$1"'": "'"$2"'"'; }
joined() { local IFS=,; echo "$*"; }
configured() { echo '"configurations": [{"nodes": [{"operator": "OR", "negate": false, "cpeMatch": ['"$(joined "$@")"']}]}]'; }
records=()
worst='"cvssMetricV31": [{"type": "Primary", "cvssData": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "baseSeverity": "CRITICAL"}}]'
metrics=$worst
record() { # ID MEMBERS
	records+=('{"cve": {"id": "'"$1"'", "published": "2026-01-02T03:04:05.678", "lastModified": "2026-02-03T04:05:06.789", "vulnStatus": "Analyzed",
		"descriptions": [{"lang": "es", "value": "No"}, {"lang": "en", "value": "D of '"$1"'"}],
		"metrics": {'"$metrics"'}'"${2:+, $2}"'}}')
}
nvd() { # FILE
	echo '{"resultsPerPage": 1, "startIndex": 0, "totalResults": 1, "format": "NVD_CVE", "version": "2.0", "timestamp": "2026-03-04T05:06:07.000", "vulnerabilities": ['"$(joined "${records[@]}")"']}' >"feeds/$1"
	records=()
}
build() { "$plimsoll" db build --from feeds --output a.db >build.txt 2>&1; }
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\n' >policy.yaml
judged() { "$plimsoll" check --policy policy.yaml --db a.db --at 2026-03-05 --output json rootfs:root >verdict.json 2>log; }
found() { judged; jq -r '.findings[]? | "\(.vulnerability.id) \(.evidence.package) \(.evidence.version) \((.message | capture("fixed in (?<f>[^ ;]+)").f) // "-")"' verdict.json | sort; }
unknown() { jq -r '.unknown[] | select(.subject == "generic") | .reason' verdict.json; }
shown() { "$plimsoll" db show --db a.db "$1" | jq -c ".advisories[0]$2"; }

# What a record says.
record CVE-2026-1 "$(configured "$(one 'acme:wid\\:get\\!' '1.0:rc1')" "$(one 'acme:tool' '-:*')" "$(in_ acme:tool "$(from Excluding 1.0), $(to Including 2.0)")" "$(one 'acme:tool' '3.0:-')" "$(one acme:tool '4.0:sp1')" "$(in_ acme:tool)")"
metrics='"cvssMetricV2": [{"type": "Primary", "baseSeverity": "HIGH", "cvssData": {"vectorString": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}}]'
record CVE-2026-2
scored() { echo '{"type": "'"$1"'", "cvssData": {"vectorString": "'"$2"'"}}'; } # TYPE VECTOR
full=AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H some=AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N fourth=CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N
old=$(scored Primary AV:N/AC:L/Au:N/C:C/I:C/A:C)
metrics='"cvssMetricV31": ['"$(scored Secondary CVSS:3.1/$full), $(scored Primary CVSS:3.1/$some)"'], "cvssMetricV2": ['"$old"']'
record CVE-2026-5
metrics='"cvssMetricV40": ['"$(scored Primary $fourth)"'], "cvssMetricV31": ['"$(scored Primary CVSS:3.1/$some)"'], "cvssMetricV30": ['"$(scored Primary CVSS:3.0/what)"']'
record CVE-2026-6
metrics='"cvssMetricV30": ['"$(scored Primary CVSS:3.0/what), $(scored Secondary CVSS:3.0/$some)"'], "cvssMetricV2": ['"$old"']'
record CVE-2026-7
metrics='"cvssMetricV31": ['"$(scored Primary CVSS:3.1/what)"'], "cvssMetricV2": ['"$old"']'
record CVE-2026-8
metrics=$worst
record CVE-2026-3 "$(configured "$(in_ acme:gone)")"; records[-1]=${records[-1]/Analyzed/Rejected}
record CVE-2026-4 '"configurations": [{"operator": "AND", "nodes": [{"operator": "OR", "negate": false, "cpeMatch": ['"$(in_ acme:app)"', {"vulnerable": true, "criteria": "cpe:2.3:o:acme:firmware:*'"$any"':*"}]},
	{"operator": "OR", "negate": false, "cpeMatch": [{"vulnerable": false, "criteria": "cpe:2.3:a:acme:host:-'"$any"':*"}]}]}]'
nvd nvdcve-2.0-2026.json
build
check "records" "8 records  2026-03-04" "$(sed -n 's/^taken  *nvd  *//p' build.txt)"
check "configurations" '[{"events":[{"introduced_after":"1.0"},{"last_affected":"2.0"},{"introduced":"0"}],"package":"acme:tool","versions":["3.0:-","4.0-sp1"]},{"events":null,"package":"acme:tool","versions":null},{"events":null,"package":"acme:wid:get!","versions":["1.0-rc1"]}]' \
	"$(shown CVE-2026-1 '.affected | map({events, package, versions})')"
check "who must be there and who is vulnerable" '["acme:app"]' "$(shown CVE-2026-4 '.affected | map(.package)')"
check "words" '["D of CVE-2026-2","high","AV:N/AC:L/Au:N/C:P/I:P/A:P","2026-01-02T03:04:05Z","2026-02-03T04:05:06Z"]' "$(shown CVE-2026-2 ' | [.title, .severity, .vector, .published, .modified]')"
check "its own metric before that of others" "\"CVSS:3.1/$some\"" "$(shown CVE-2026-5 .vector)"
check "of versions 3 and 4 the worse" "\"$fourth\"" "$(shown CVE-2026-6 .vector)"
check "others' metric before its own of version 2" "\"CVSS:3.0/$some\"" "$(shown CVE-2026-7 .vector)"
check "version 2 before what cannot be read" '"AV:N/AC:L/Au:N/C:C/I:C/A:C"' "$(shown CVE-2026-8 .vector)"
check "taken back" "plimsoll db show: no feed speaks of CVE-2026-3" "$(shown CVE-2026-3 2>&1)"
check "software that nobody packaged needs all of NVD" "no feed has all of NVD, by which these are judged: mariadb, nginx, node, openssh, openssl and 4 more" "$(judged; unknown)"

cat >mixed.json <<'F'
{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"type": "library", "name": "widget", "version": "1.0", "purl": "pkg:generic/widget@1.0"},
	{"type": "library", "name": "curl", "version": "7.0.0", "purl": "pkg:generic/curl@7.0.0"}]}
F
mkdir feeds/curl; cat >feeds/curl/vuln.json <<'F'
[{"id": "CURL-1", "modified": "2026-01-01T00:00:00Z", "database_specific": {"package": "curl", "severity": "High"}, "affected": [{"ranges": [{"type": "SEMVER", "events": [{"introduced": "7.0.0"}, {"fixed": "7.1.0"}]}]}]}]
F
build
"$plimsoll" check --policy policy.yaml --db a.db --at 2026-03-05 --output json sbom:mixed.json >verdict.json 2>log
check "its authors' own list, and what nobody speaks of" "CURL-1 curl
neither a CPE nor its authors' own list of vulnerabilities is known of widget" "$(jq -r '.findings[] | "\(.vulnerability.id) \(.evidence.package)"' verdict.json; unknown)"
rm -r feeds/curl

# What is judged by it; ranges as NVD writes them.
record CVE-2026-10 "$(configured "$(in_ python:python "$(to Excluding 3.11.3)")" "$(one python:python 3.12.0:alpha1)")"
record CVE-2026-11 "$(configured "$(in_ nodejs:node.js "$(from Including 18.0.0), $(to Excluding 18.20.5)")" "$(in_ nodejs:node.js "$(from Including 20.0.0), $(to Excluding 20.9.0)")")"
record CVE-2026-12 "$(configured "$(in_ openssl:openssl "$(from Including 1.0.2), $(to Including 1.0.2j)")")"
record CVE-2026-13 "$(configured "$(one openssl:openssl '1.0.2k:*')")"
record CVE-2026-14 "$(configured "$(one openbsd:openssh '9.3:p1')")"
record CVE-2026-15 "$(configured "$(one openbsd:openssh '9.3:-')" "$(in_ openbsd:openssh "$(to Excluding 9.3)")")"
record CVE-2026-16 "$(configured "$(in_ openbsd:openssh "$(to Including 9.3)")")"
record CVE-2026-17 "$(configured "$(in_ f5:nginx "$(from Excluding 1.22.1)")")"
record CVE-2026-18 "$(configured "$(in_ F5:nginx "$(from Excluding 1.22.0), $(to Including 1.22.1)")")"
record CVE-2026-19 "$(configured "$(in_ redis:redis)")"
record CVE-2026-20 "$(configured "$(in_ postgresql:postgresql "$(from Including 15.0), $(to Excluding 15.5)")")"
record CVE-2026-21 "$(configured "$(in_ mariadb:mariadb "$(from Including 10.11.0), $(to Excluding 10.11.20)")" "$(in_ oracle:mysql "$(to Including 8.0.34)")")"
record CVE-2026-22 "$(configured "$(one oracle:openjdk 8:update292)" "$(one oracle:openjdk 11.0.11:*)")"
record CVE-2026-23 "$(configured "$(one oracle:openjdk 1.8.0:update_292)")"
record CVE-2026-24 "$(configured "$(one oracle:openjdk 8:update291)" "$(one oracle:openjdk 8:-)")"
record CVE-2026-25 "$(configured "$(one oracle:openjdk '8:*')")"
record CVE-2026-26 "$(configured "$(one redis:redis -:*)")"
record CVE-2026-27 "$(configured "$(in_ nginx:nginx)" "$(in_ f5:nginx "$(to Excluding 1.23)")")"
record CVE-2026-28 "$(configured "$(in_ redislabs:redis)")"
# Which versions are meant nobody can tell.
record CVE-2026-30 "$(configured "$(one redis:redis '7.?:*')")"
record CVE-2026-31 "$(configured "$(in_ redis:redis "$(to Excluding 7.0)")")"; records[-1]=${records[-1]/'"negate": false'/'"negate": true'}
# Bounds that are none, a version with bounds beside it, software as a part of any kind.
record CVE-2026-32 "$(configured "$(in_ redis:redis "$(from Including -), $(to Excluding '*')")")"
record CVE-2026-33 "$(configured '{"vulnerable": true, "criteria": "cpe:2.3:a:redis:redis:6.0:*'"$any"'", '"$(to Including 7.1)"'}')"
record CVE-2026-34 "$(configured '{"vulnerable": true, "criteria": "cpe:2.3:*:redis:redis:7.0.15:*'"$any"'"}')"
nvd nvdcve-2.0-2026.json
{
	printf '{"format": "NVD_CVE", "version": "2.0", "timestamp": "2026-03-04T00:00:00.000", "vulnerabilities": ['
	seq 250000 | sed 's/.*/{"cve":{"id":"CVE-2020-&","lastModified":"2026-01-01T00:00:00.000"}},/; $s/,$/]}/'
} >feeds/nvdcve-2.0-2020.json
build
wanted="CVE-2026-10 python 3.11.2 3.11.3
CVE-2026-11 node 18.20.4 18.20.5
CVE-2026-13 openssl 1.0.2k -
CVE-2026-14 openssh 9.3p1 -
CVE-2026-16 openssh 9.3p1 -
CVE-2026-18 nginx 1.22.1 -
CVE-2026-19 redis 7.0.15 -
CVE-2026-20 postgresql 15.4 15.5
CVE-2026-21 mariadb 10.11.19 10.11.20
CVE-2026-22 temurin 1.8.0_292 -
CVE-2026-23 temurin 1.8.0_292 -
CVE-2026-25 temurin 1.8.0_292 -
CVE-2026-26 redis 7.0.15 -
CVE-2026-27 nginx 1.22.1 1.23
CVE-2026-28 redis 7.0.15 -
CVE-2026-30 redis 7.0.15 -
CVE-2026-31 redis 7.0.15 -
CVE-2026-32 redis 7.0.15 -
CVE-2026-33 redis 7.0.15 -
CVE-2026-34 redis 7.0.15 -"
check "versions as NVD writes them" "$wanted" "$(found)"
check "which versions are meant is not told" "CVE-2026-26 CVE-2026-30 CVE-2026-31" "$(jq -r '.findings[] | .vulnerability | select(.state == "under_investigation") | .id' verdict.json | sort | xargs)"
check "all of NVD is enough" "" "$(unknown)"

# How old the data is: each is judged by its own, and the oldest tells.
cat >aged.yaml <<'F'
plimsoll: v1
name: t
vulnerabilities: {deny: [{severity: low}]}
unknown: {data_age: {over: 3d, is: fail}, no_data: warn}
F
mkdir feeds/curl; jq -n '[{id: "CURL-1", modified: "2026-03-19T00:00:00Z", database_specific: {package: "curl"}, affected: [{ranges: [{type: "SEMVER", events: [{introduced: "9.0.0"}]}]}]}]' >feeds/curl/vuln.json
"$plimsoll" db build --from feeds --output aged.db >/dev/null
aged() { "$plimsoll" check --policy aged.yaml --db aged.db --at "${2:-2026-03-20}" --output json "$1" | jq -r '.unknown[] | select(.kind == "data_age") | "\(.subject): \(.reason)"'; }
old="generic: its data is of 2026-03-04, 16 days old, over the 3 that the policy takes"
mkdir -p one/opt/bin both/opt/bin; elf curl 'curl 8.1.0 (x)\0'
mv root/opt/bin/curl one/opt/bin; cp one/opt/bin/curl root/opt/bin/nginx both/opt/bin
check "software by its authors' list of yesterday" "" "$(aged rootfs:one)"
check "beside older data" "$old" "$(aged rootfs:both)"
check "programs by NVD alone" "$old" "$(aged rootfs:root)"
printf '{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"type": "library", "name": "widget", "version": "1.0", "purl": "pkg:generic/widget@1.0"}, {"type": "library", "name": "curl", "version": "8.1.0", "purl": "pkg:generic/curl@8.1.0"}]}' >s.json
check "beside software without data" "generic: its data is of 2026-03-19, 32 days old, over the 3 that the policy takes" "$(aged sbom:s.json 2026-04-20)"
rm -r feeds/curl

# What overrides NVD, before and after it in the order of names.
override() { mkdir -p "feeds/$1/data/2026"; echo '{"_annotation": {"cve_id": "'"$2"'", "cna": "x", "modified": "2026-03-01T00:00:00.000Z"}, "cve": {'"$3"'}}' >"feeds/$1/data/2026/$2.json"; }
override overrides CVE-2026-10 "$(configured "$(in_ python:python "$(to Excluding 3.11.1)")")"
override overrides CVE-2026-11 '"configurations": []'
override overrides CVE-2026-13 ''
override overrides CVE-2026-14 '"configurations": null'
override overrides CVE-2026-17 "$(configured "$(in_ f5:nginx)")"
build
check "an override counts in NVD's place" "$(sed '/-10 /d; /-11 /d; s/^CVE-2026-18 /CVE-2026-17 nginx 1.22.1 -\n&/' <<<"$wanted")" "$(found)"
check "all of them are one feed" "5 records  2026-03-01" "$(sed -n 's/^taken  *nvd-overrides  *//p' build.txt)"
rm -r feeds/overrides

# Broken ones.
refused() { build; sed -n "s/^skipped .*$1: refused as //p" build.txt; }
rm feeds/*; nvd() { echo '{"format": "NVD_CVE", "version": "2.0", "vulnerabilities": ['"$1"'} ' >feeds/nvd.json; }
good='{"cve":{"id":"CVE-2020-1","lastModified":"2026-01-01T00:00:00.000"}}'
nvd "$good, $good,]"; check "a comma too many" "nvd: item at byte 199: JSON, line 1, column 1: parse error: premature EOF" "$(refused nvd.json)"
nvd "$good $good]"; check "a comma too few" "nvd: byte 129: no comma between two items" "$(refused nvd.json)"
nvd "$good, {\"cve\":]]"; check "no value" 1 "$(refused nvd.json | grep -c '^nvd: item at byte 130: JSON, line 1')"
nvd "$good"; check "no end" 1 "$(refused nvd.json | grep -c '^nvd: JSON, line 1')"
nvd "$good, {\"cve\": {\"id\": \"CVE-2020-2\"}}]"; check "no date" "nvd: id or lastModified are missing" "$(refused nvd.json)"
record CVE-2026-1 "$(configured '{"vulnerable": true, "criteria": "cpe:/a:b"}')"
nvd "${records[0]}]"; check "no CPE" "nvd: CVE-2026-1: 'cpe:/a:b' is no name of CPE 2.3" "$(refused nvd.json)"
exit $failed
