#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Exceptions that end when a fix is there, and the ticket that is shown with them.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
mkdir -p tree/etc tree/var/lib/dpkg feeds
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
printf 'Package: demo-tool\nStatus: install ok installed\nArchitecture: all\nVersion: 1.0-1\n\n' >tree/var/lib/dpkg/status
advisory() { # ID EVENT
	cat >"feeds/$1.json" <<J
{"id": "$1", "published": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "database_specific": {"plimsoll": {"covers": ["Debian:12"], "packages": ["*"]}},
 "affected": [{"package": {"ecosystem": "Debian:12", "name": "demo-tool"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}$2]}]}]}
J
}
advisory CVE-2026-0001 ', {"fixed": "1.5-1"}'
advisory CVE-2026-0002 ''
"$plimsoll" db build --from feeds --output a.db >build.txt || cat build.txt
verdict() { # EXCEPTION
	printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\nexceptions: [%s]\nunknown: {data_age: {over: 36500d, is: warn}}\n' "$1" >p.yaml
	"$plimsoll" check --policy p.yaml --db a.db --at 2026-06-01 --output json rootfs:tree >v.json 2>err
	jq -r '"fail " + ([.findings[].vulnerability.id] | join(" ")), "waived " + ([.waived[] | .finding.vulnerability.id + " " + (.exception.ticket // "-")] | join(", "))' v.json
}
check "without one both fail" "fail CVE-2026-0001 CVE-2026-0002
waived " "$(verdict '' | sed 's/exceptions: \[\]//')"
all='{rule: vulnerabilities, reason: r, owner: o, ticket: SEC-17, until: 2026-12-31'
check "one for all, with its ticket" "fail 
waived CVE-2026-0001 SEC-17, CVE-2026-0002 SEC-17" "$(verdict "$all}")"
check "until there is a fix" "fail CVE-2026-0001
waived CVE-2026-0002 SEC-17" "$(verdict "$all, until_fixed: true}")"
check "false says nothing" "fail 
waived CVE-2026-0001 SEC-17, CVE-2026-0002 SEC-17" "$(verdict "$all, until_fixed: false}")"
"$plimsoll" check --policy p.yaml --db a.db --at 2026-06-01 rootfs:tree >text 2>err
check "people see the ticket" 2 "$(tr '\n' ' ' <text | tr -s ' ' | grep -o 'r (o, SEC-17, until 2026-12-31)' | wc -l)"
printf 'plimsoll: v1\nname: t\nexceptions: [{rule: accounts/*, reason: r, owner: o, until: 2026-12-31, until_fixed: true}]\n' >p.yaml
check "refused: what has no fix" "p.yaml:3:86: only vulnerabilities have fixes" "$("$plimsoll" policy lint p.yaml 2>&1 | head -n 1 | sed 's/^plimsoll policy lint: //')"
cat >p.yaml <<'Y'
plimsoll: v1
name: t
exceptions:
  - {rule: accounts/*, reason: r, owner: o, until: 2026-12-31}
  - {rule: accounts/*, path: /etc/passwd, reason: r, owner: o, until: 2026-12-30}
  - {rule: accounts/*, path: /etc/passwd, reason: r, owner: o, until: 2027-01-01}
  - {rule: files/*, reason: r, owner: o, until: 2999-12-31}
  - {rule: files/*, reason: r, owner: o, until: 2999-12-31}
Y
check "lint tells what is never needed, and what hardly ends" "  note: p.yaml:5:6: never needed: all that it takes is taken by p.yaml:4:6
  note: p.yaml:7:6: it ends only on 2999-12-31
  note: p.yaml:8:6: never needed: all that it takes is taken by p.yaml:7:6
  note: p.yaml:8:6: it ends only on 2999-12-31" "$("$plimsoll" policy lint p.yaml | grep note)"
exit $failed
