#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The conditions of `deny`, one by one: what holds, what does not, and what cannot be told.  Three sources speak of the
# same vulnerabilities: the distribution's tracker with its own words, and two folders of documents with scores and dates.
set -u
plimsoll=$1
. "$(dirname "$0")/compare.bash"

mkdir -p tree/etc tree/var/lib/dpkg
printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n' >tree/etc/os-release
for package in "libdemo1 demo" "other other"; do
	read -r name source <<<"$package"
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: T <t@example.org>\nSource: %s\nVersion: 1.0-1\nDescription: t\n\n' \
		"$name" "$source"
done >tree/var/lib/dpkg/status

mkdir -p feeds/nvd feeds/late
release() { # STATUS URGENCY MORE
	printf '{"releases": {"bookworm": {"status": "%s", "urgency": "%s"%s}}}' "$1" "$2" "${3:-}"
}
cat >feeds/tracker.json <<J
{"demo": {"CVE-2026-0001": $(release open low),
          "CVE-2026-0002": $(release open "not yet assigned" ', "nodsa": "minor"'),
          "CVE-2026-0003": $(release resolved high ', "fixed_version": "1.0-2"'),
          "CVE-2026-0004": $(release open unimportant)},
 "other": {"CVE-2026-0005": $(release open "not yet assigned")}}
J
# Of another ecosystem, so that it matches nothing by itself; the score of the record, or of what it affects.
document() { # FOLDER ID PUBLISHED VECTOR
	local score="\"severity\": [{\"type\": \"CVSS_V3\", \"score\": \"CVSS:3.1/$4\"}]," record= affected=
	case $1 in nvd) record=$score ;; *) affected=$score ;; esac
	cat >"feeds/$1/$2.json" <<J
{"id": "$2", "published": "$3T00:00:00Z", "modified": "2026-11-01T00:00:00Z", $record
 "affected": [{$affected "package": {"ecosystem": "PyPI", "name": "demo"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}
J
}
critical=AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H medium=AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:N/A:N
document nvd CVE-2026-0001 2026-10-01 $critical
document late CVE-2026-0001 2026-10-20 $medium
document nvd CVE-2026-0002 2026-11-01 $medium
document late CVE-2026-0003 2026-11-01 $medium
cat >feeds/late/COVERS.json <<'J'
{"id": "NOTHING-1", "modified": "2026-11-01T00:00:00Z", "affected": [],
 "database_specific": {"plimsoll": {"covers": ["Debian:12"], "packages": ["*"], "sample": true}}}
J
"$plimsoll" db build --from feeds --output a.db >build.txt || { cat build.txt; exit 1; }

denied() { # ENTRY: what it takes, what it cannot tell, and the exit status
	printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [%s]}\nunknown: {data_age: {over: 36500d, is: warn}}\n' "$1" >p.yaml
	"$plimsoll" check --policy p.yaml --db a.db --at 2026-11-20 --output json rootfs:tree >v.json 2>err
	status=$?
	echo "$(jq -r '([.findings[].vulnerability.id | sub("CVE-2026-000"; "")] | sort | join(" ")) +
	             ([.unknown[] | " ?" + .kind + " " + (.subject | sub("CVE-2026-000"; "")) + ": " + .reason] | join(""))' v.json) $status$(cat err)"
}

check "package by name" "1 2 3 4 1" "$(denied '{package: libdemo*}')"
check "package by source" "5 1" "$(denied '{package: [nothing, other]}')"
check "no such package" " 0" "$(denied '{package: demo1}')"
check "ecosystem by type" "1 2 3 4 5 1" "$(denied '{ecosystem: deb}')"
check "ecosystem by release" "1 2 3 4 5 1" "$(denied '{ecosystem: [apk, "debian:*"]}')"
check "another ecosystem" " 0" "$(denied '{ecosystem: [apk, rpm, "debian:11"]}')"
check "path" "1 2 3 4 5 1" "$(denied '{path: /var/lib/dpkg/*}')"
check "another path" " 0" "$(denied '{path: /opt/**}')"
check "state" "2 4 1" "$(denied '{state: [wont_fix, deferred]}')"
check "one state" "3 1" "$(denied '{state: fixed}')"
check "all must hold" "1 1" "$(denied '{package: libdemo1, ecosystem: deb, state: [fixed, affected], cvss: 9}')"

check "age: older than that" "1 2 3 ?no_data 4 in libdemo1 1.0-1: no source tells when it was published ?no_data 5 in other 1.0-1: no source tells when it was published 1" \
	"$(denied '{age: 18d}')"
check "age: the first to publish it counts" "1 1" "$(denied '{age: 49d, package: libdemo1, state: [affected]}')"
check "age: not yet" " 0" "$(denied '{age: 50d, package: libdemo1, state: [affected]}')"

score="no source gives a CVSS score"
check "cvss: scores of other sources" "1 ?severity 4 in libdemo1 1.0-1: $score ?severity 5 in other 1.0-1: $score 1" "$(denied '{cvss: 9.8}')"
check "cvss: that or more" "1 2 3 1" "$(denied '{cvss: 4.7, id: [CVE-2026-0001, CVE-2026-0002, CVE-2026-0003]}')"
check "cvss: more than it has" "1 1" "$(denied '{cvss: 4.8, id: [CVE-2026-0001, CVE-2026-0002, CVE-2026-0003]}')"

none="none of the sources that count gives a severity"
check "severity: the distribution's word comes first" "3 ?severity 5 in other 1.0-1: no source gives a severity 1" "$(denied '{severity: high}')"
check "severity by one source" "1 ?severity 5 in other 1.0-1: $none 1" "$(denied '{severity: critical, severity_source: "* nvd", state: affected}')"
check "severity by the first that tells" "3 1" \
	"$(denied '{severity: high, severity_source: [debian-tracker, "* nvd"], id: [CVE-2026-0001, CVE-2026-0002, CVE-2026-0003]}')"
check "the other way round" "1 3 1" \
	"$(denied '{severity: high, severity_source: ["* nvd", debian-tracker], id: [CVE-2026-0001, CVE-2026-0002, CVE-2026-0003]}')"
check "a score by one source" "2 3 1" \
	"$(denied '{cvss: 4.0, severity_source: ["* late", "* nvd"], id: [CVE-2026-0002, CVE-2026-0003]}')"
check "a word is no score" " ?severity 3 in libdemo1 1.0-1: none of the sources that count gives a CVSS score 2" \
	"$(denied '{cvss: 4.0, severity_source: debian-tracker, state: fixed}')"

# Of several that a document affects the worst counts.
low=AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N
affects() { echo "{\"severity\": [{\"type\": \"CVSS_V3\", \"score\": \"CVSS:3.1/$1\"}], \"package\": {\"ecosystem\": \"Debian:12\", \"name\": \"$2\"}, \"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"0\"}]}]}"; }
mkdir several && cp feeds/late/COVERS.json several
echo "{\"id\": \"CVE-2026-0009\", \"modified\": \"2026-11-01T00:00:00Z\", \"affected\": [$(affects $low elsewhere), $(affects $critical other), $(affects $low demo)]}" >several/a.json
"$plimsoll" db build --from several --output a.db >build.txt || cat build.txt
check "the worst of several" "9 9 1" "$(denied '{severity: critical}')"

# Scores of any version.
versions() { echo "{\"id\": \"CVE-2026-000$1\", \"modified\": \"2026-11-01T00:00:00Z\", \"severity\": [$2], \"affected\": [{\"package\": {\"ecosystem\": \"Debian:12\", \"name\": \"other\"}, \"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \"0\"}]}]}]}" >"versions/$1.json"; }
mkdir versions && cp feeds/late/COVERS.json versions
second='{"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:C/I:C/A:C"}' third='{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"}'
fourth='{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U"}'
versions 1 "$second"
versions 2 "$second, $third"
versions 3 "$third, $fourth"
versions 4 "${fourth/VA:H/VA:what}"
"$plimsoll" db build --from versions --output a.db >build.txt || cat build.txt
check "critical by version 4, what cannot be read is unknown" "3 ?severity 4 in other 1.0-1: no source gives a severity 1" "$(denied '{severity: critical}')"
check "version 2 is high at most, and gives way to a newer one" "1 3 1" "$(denied '{severity: high, id: [CVE-2026-0001, CVE-2026-0002, CVE-2026-0003]}')"
check "its score is ten all the same" "1 1" "$(denied '{cvss: 9.5, id: [CVE-2026-0001, CVE-2026-0002, CVE-2026-0003]}')"

# Lists of what is exploited have an age of their own.
mkdir lists && cp several/* lists
echo '{"catalogVersion": "2026.09.01", "dateReleased": "2026-09-01T00:00:00Z", "count": 1, "vulnerabilities": [{"cveID": "CVE-2000-0001", "dateAdded": "2026-09-01"}]}' >lists/kev.json
printf '#model_version:v1,score_date:2026-11-10T00:00:00+0000\ncve,epss,percentile\nCVE-2000-0001,0.5,0.5\n' >lists/epss.csv
"$plimsoll" db build --from lists --output a.db >build.txt || cat build.txt
aged() { # ENTRY OVER
	printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [%s]}\nunknown: {data_age: {over: %s, is: fail}}\n' "$1" "$2" >p.yaml
	"$plimsoll" check --policy p.yaml --db a.db --at 2026-11-20 --output json rootfs:tree >v.json 2>err
	jq -r '[.unknown[] | select(.kind == "data_age" and (.subject | test("kev|epss"))) | .subject + " " + (.reason | sub(",.*"; ""))] | join("; ")' v.json
}
check "who asks what is exploited wants a catalogue of these days" "kev.json its data is of 2026-09-01" "$(aged '{exploited: true}' 20d | sed 's/^kev /kev.json /')"
check "which may be a month old" "" "$(sed -i s/2026-09-01T/2026-11-01T/ lists/kev.json; "$plimsoll" db build --from lists --output a.db >build.txt; aged '{exploited: true}' 3d)"
check "who asks for EPSS wants one of these days" "its data is of 2026-11-10" "$(aged '{epss: 0.1}' 5d | grep -o 'its data.*')"
check "who does not ask is not told" "" "$(aged '{severity: low}' 5d)"
check "what EPSS does not score cannot be told" " ?no_data 9 in libdemo1 1.0-1: EPSS has no score for it ?no_data 9 in other 1.0-1: EPSS has no score for it 2" "$(denied '{epss: 0.1}')"

refused() { # NAME ENTRY MESSAGE
	printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [%s]}\n' "$2" >p.yaml
	check "refused: $1" "$3" "$("$plimsoll" policy lint p.yaml 2>&1 | sed -n '1s/^plimsoll policy lint: //p')"
}
refused "a score beyond the scale" '{cvss: 11}' "p.yaml:3:33: a base score from 0 to 10 is needed here"
refused "a probability beyond the scale" '{epss: 2}' "p.yaml:3:33: a probability from 0 to 1 is needed here"
refused "a state that is none" '{state: open}' \
	"p.yaml:3:34: 'open' cannot stand here: it is fixed, affected, wont_fix, deferred, end_of_life or under_investigation"
refused "state beside fix" '{state: fixed, fix: available}' \
	"p.yaml:3:27: 'state' tells whether there is a fix: neither 'fix' nor 'grace' can stand beside it"
refused "state beside grace" '{state: fixed, grace: 7d}' \
	"p.yaml:3:27: 'state' tells whether there is a fix: neither 'fix' nor 'grace' can stand beside it"
refused "a source without what it tells" '{severity_source: nvd}' \
	"p.yaml:3:27: 'severity_source' says whose 'severity' or 'cvss' counts: one of them is needed beside it"
exit $failed
