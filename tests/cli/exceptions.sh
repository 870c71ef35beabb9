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

# files of their own, and what nobody needs
mkdir -p company/exceptions team/exceptions
printf 'plimsoll: v1\nname: company\nopen: [exceptions]\nvulnerabilities: {deny: [{severity: low}]}\nexceptions: [{folder: exceptions}]\nunknown: {data_age: {over: 36500d, is: warn}}\n' >company/p.yaml
printf -- '- {id: CVE-2026-0001, reason: r1, owner: o, until: 2026-12-31}\n' >company/exceptions/b.yaml
printf -- '# none yet\n' >company/exceptions/a.yml
printf -- 'no yaml: [\n' | tee company/exceptions/.hidden.yaml >company/exceptions/README
printf 'plimsoll: v1\nname: team\nextends: ../company/p.yaml\nexceptions: [{folder: exceptions}, {id: CVE-2026-0404, reason: gone, owner: o, until: 2026-12-31}]\n' >team/p.yaml
printf -- '- {id: CVE-2026-0002, reason: r2, owner: o, until: 2026-12-31}\n' >team/exceptions/x.yaml
judge() { # POLICY
	"$plimsoll" check --policy "$1" --db a.db --at 2026-06-01 --output json rootfs:tree >v.json 2>err
	echo "$? $(jq -r '"fail " + ([.findings[] | .rule + "@" + (.evidence.setting // "")] | join(" ")) + "; waived " + ([.waived[] | .finding.vulnerability.id + " " + .exception.reason] | join(", "))' v.json)"
}
check "files: of the policy" "1 fail vulnerabilities/CVE-2026-0002@; waived CVE-2026-0001 r1" "$(judge company/p.yaml)"
before=$(jq -r .policy.digest v.json)
check "files: of a policy and its parent" "0 fail ; waived CVE-2026-0001 r1, CVE-2026-0002 r2" "$(judge team/p.yaml)"
check "files: shown with their places" "exceptions/b.yaml:1 exceptions/x.yaml:1 p.yaml:4" "$("$plimsoll" policy show --origin team/p.yaml | sed -n '/^  - id/s/.*# //p' | xargs)"
sed -i s/r1/r3/ company/exceptions/b.yaml
judge company/p.yaml >/dev/null
check "files: the digest covers them" other "$([ "$before" = "$(jq -r .policy.digest v.json)" ] && echo same || echo other)"
refused() { check "refused: $1" "$3" "$(printf '%s\n' "$2" >company/exceptions/b.yaml; "$plimsoll" policy lint company/p.yaml 2>&1 | head -n 1 | sed 's/^plimsoll policy lint: //')"; }
refused "a mapping" 'exceptions: []' "exceptions/b.yaml:1:1: a list of exceptions is needed here, not a mapping"
refused "without an end" '- {id: CVE-1, reason: r, owner: o}' "exceptions/b.yaml:1:4: an exception needs the key 'until'"
refused "broken" '- {id: CVE-1' "exceptions/b.yaml:2:1: missing comma in flow mapping"
rm -r company/exceptions
check "refused: no folder" "p.yaml:5:23: the folder of exceptions cannot be read: exceptions: No such file or directory" "$("$plimsoll" policy lint company/p.yaml 2>&1 | head -n 1 | sed 's/^plimsoll policy lint: //')"
mkdir company/exceptions
check "files: an empty folder" "1 fail vulnerabilities/CVE-2026-0001@ vulnerabilities/CVE-2026-0002@; waived " "$(judge company/p.yaml)"
unused() { sed "s/^name: team/name: team\nunused_exceptions: $1/" team/p.yaml >team/q.yaml; judge team/q.yaml; }
check "unused: fails" "1 fail vulnerabilities/CVE-2026-0001@ exceptions/unused@CVE-2026-0404; waived CVE-2026-0002 r2" "$(unused deny)"
check "unused: where it stands" "Remove it from the policy: line 5." "$(jq -r '.findings[] | select(.rule == "exceptions/unused").fix.command' v.json)"
check "unused: a warning" "warn" "$(unused '{is: deny, action: warn}' >/dev/null; jq -r '.findings[] | select(.rule == "exceptions/unused").action' v.json)"
except() { printf 'plimsoll: v1\nname: t\nunused_exceptions: deny\nmetadata: {user: {root: deny}}\nexceptions: [{rule: %s, reason: r, owner: o, until: 2026-12-31}]\n' "$1" >p.yaml; judge p.yaml >/dev/null; jq -r '[.findings[].area] | join(" ")' v.json; }
check "unused: the area of a check" configuration "$(except 'accounts/*')"
check "unused: the area of an own rule" rules "$(except acme/x)"
check "unused: not where the area cannot be judged" "" "$(except metadata/user)"
exit $failed
