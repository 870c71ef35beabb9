#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What stops passing, when and why: each date of a forecast is held against a check of that day, and no day between them says anything else.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/index.bash"
. "$root/tests/registry/registry.bash"
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run REGISTRY_AUTH_FILE=$work/auth.json
echo '{}' >auth.json

mkdir -p base/etc base/var/lib/dpkg top/opt feeds
printf 'ID=debian\nVERSION_ID=12\n' >base/etc/os-release
printf 'Package: demo-tool\nStatus: install ok installed\nArchitecture: all\nVersion: 1.0-1\n\n' >base/var/lib/dpkg/status
echo x >top/opt/x
echo '{"created": "2028-05-01T10:00:00Z"}' >config.json
"$root/tools/oci-image" base.oci config.json base >/dev/null
"$root/tools/oci-image" app.oci config.json base top >/dev/null
"$root/tools/oci-image" other.oci config.json top >/dev/null
advisory() { # ID EVENT PUBLISHED
	cat >"feeds/$1.json" <<J
{"id": "$1", "published": "$3T00:00:00Z", "modified": "2028-05-20T00:00:00Z",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "database_specific": {"plimsoll": {"covers": ["Debian:12"], "packages": ["*"]}},
 "affected": [{"package": {"ecosystem": "Debian:12", "name": "demo-tool"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}$2]}]}]}
J
}
advisory CVE-2028-0001 ', {"fixed": "1.5-1"}' 2028-05-16
advisory CVE-2028-0002 '' 2028-05-20
advisory CVE-2028-0003 ', {"fixed": "1.6-1"}' 2028-01-01
advisory CVE-2028-0004 ', {"fixed": "1.7-1"}' 2028-05-25
"$plimsoll" db build --from feeds --output a.db >build.txt || cat build.txt
"$plimsoll" base add --file base.json --name debian-12 --date 2028-05-01 oci:base.oci >/dev/null || exit 3

# policy VALUE-OF-DATA-AGE
policy() {
	cat >p.yaml <<Y
plimsoll: v1
name: t
base_image: {approved: [{name: debian-12, generations: base.json, until: 2028-06-12}]}
vulnerabilities:
  deny:
    - {severity: high, fix: available, grace: 30d}
    - {severity: high, fix: none, age: 30d}
    - {id: CVE-2028-0004, enforce_from: 2028-06-08}
metadata: {max_age: 39d}
rules:
  - {id: a/now, title: N, query: "SELECT path FROM file WHERE path = '/opt/x'", action: warn}
  - {id: a/later, title: L, query: "SELECT path FROM file WHERE path = '/opt/x'", enforce_from: 2028-06-05}
  - {id: a/never, title: L, query: "SELECT path FROM file WHERE path = '/opt/y'", enforce_from: 2028-06-06}
exceptions:
  - {id: CVE-2028-0003, reason: r, owner: o, until: 2028-06-19}
  - {id: CVE-2028-0404, reason: gone, owner: o, until: 2028-06-21}
unknown: {data_age: $1, end_of_life: fail}
Y
}
policy '{over: 21d, is: fail}'
forecast() { "$plimsoll" forecast --policy p.yaml --db a.db --at 2028-06-01 --output json "$@" >f.json 2>err; echo "$?$(cat err)"; }
turns() { jq -r '.targets[].turns[] | "\(.from) \(.in_days) \(.action) \(.rule) \(.subject // "-")"' f.json; }
check "what ends" "1" "$(forecast --days 40 oci:app.oci)"
check "what ends, when" "2028-06-05 4 fail a/later /opt/x
2028-06-08 7 fail vulnerabilities/CVE-2028-0004 demo-tool
2028-06-10 9 fail metadata/max-age created
2028-06-11 10 fail unknown.data_age debian:12
2028-06-13 12 fail base_image/ended debian-12
2028-06-16 15 fail vulnerabilities/CVE-2028-0001 demo-tool
2028-06-20 19 fail vulnerabilities/CVE-2028-0002 demo-tool
2028-06-20 19 fail vulnerabilities/CVE-2028-0003 demo-tool
2028-07-01 30 fail unknown.end_of_life debian 12" "$(turns)"
check "why" "its entry begins to fail (enforce_from)
its entry begins to fail (enforce_from)
the image becomes too old
the advisory data become too old
the approval of its base ends
a grace period ends
it reaches the age that an entry denies
an exception ends: r (o, until 2028-06-19)
the support of its distribution ends" "$(jq -r '.targets[].turns[].cause' f.json)"
check "until when it passes" "stops 2028-06-05 2028-06-01 pass 2028-06-05 fail" "$(jq -r '.targets[] | "\(.state) \(.ends) \([.days[] | .from, .result] | join(" "))"' f.json)"

# Every day is judged as if it were today: whatever holds back on one and not on the day before.
holds() { # DAY
	"$plimsoll" check --policy p.yaml --db a.db --at "$1" --output json oci:app.oci 2>>err | jq -r --arg day "$1" '
		([.findings[] | select(.action != "warn") | "\(.action) \(.rule) \(.evidence.package // .evidence.path // .evidence.setting)"] +
		 [.unknown[] | select(.action != "warn") | "\(.action) unknown.\(.kind) \(.subject)"])[]' | sort
}
each_day() { # DAYS
	holds 2028-06-01 >before
	for i in $(seq "$1"); do
		day=$(date -u -d "2028-06-01 + $i days" +%F)
		holds "$day" >after
		comm -13 before after | sed "s/^/$day $i /"
		mv after before
	done
}
check "the same as a check on each of forty days" "$(each_day 40)" "$(turns)"
check "nothing beyond the days that are asked for" "1 5
0 0 passes" "$(forecast --days 13 oci:app.oci | tr '\n' ' '; turns | wc -l; sed -i '/later/d' p.yaml; forecast --days 6 oci:app.oci | tr '\n' ' '; echo "$(turns | wc -l) $(jq -r '.targets[].state' f.json)")"

# What reads the clock may answer otherwise on any day; a warning that begins to fail was found before.
cat >clock.yaml <<'Y'
plimsoll: v1
name: clock
rules:
  - {id: c/date, title: N, query: "SELECT path FROM file WHERE path = '/opt/x' AND date('now') > '2028-06-05'"}
  - {id: c/now, title: N, query: "SELECT path FROM file WHERE path = '/etc/os-release' AND :now > unixepoch('2028-06-08')"}
  - {id: c/week, title: N, query: "SELECT path FROM file WHERE path = '/etc' AND strftime('%w', 'now') = '3'"}
  - {id: c/from, title: N, enforce_from: 2028-06-04, query: "SELECT path FROM file WHERE path = '/opt' AND :now > 0"}
Y
cp p.yaml kept.yaml; cp clock.yaml p.yaml
forecast --days 14 oci:app.oci >/dev/null
check "what a query says of each day" "$(each_day 14)" "$(turns)"
check "which is something" "2028-06-04 c/from its entry begins to fail (enforce_from)
2028-06-06 c/date what its query answers changes with the time
2028-06-07 c/week what its query answers changes with the time
2028-06-09 c/now what its query answers changes with the time
2028-06-14 c/week what its query answers changes with the time" "$(jq -r '.targets[].turns[] | "\(.from) \(.rule) \(.cause)"' f.json)"
mv kept.yaml p.yaml

# the data's age
policy '{over: 1d}'
check "data too old already" "2 held_back unknown" "$(forecast --days 3 oci:app.oci) $(jq -r '.targets[] | "\(.state) \(.days[0].result)"' f.json)"
check "its age left aside" "0 passes true" "$(forecast --days 3 --fresh-data oci:app.oci) $(jq -r '"\(.targets[].state) \(.fresh_data)"' f.json)"
policy '{over: 21d, is: warn}'
forecast --days 40 oci:app.oci >/dev/null
check "what only warns holds nothing back" 0 "$(turns | grep -c data_age)"
policy '{over: 21d, is: unknown}'
sed -i '/a\/later/d; /CVE-2028-0004, enf/d; s/39d/390d/' p.yaml
check "what cannot be told" "2 2028-06-11 10 unknown unknown.data_age debian:12" "$(forecast --days 11 oci:app.oci) $(turns)"
check "data from after the evaluation" "2 held_back 2028-05-15 unknown 2028-05-20 pass" "$("$plimsoll" forecast --policy p.yaml --db a.db --at 2028-05-15 --days 6 --output json oci:app.oci >f.json; echo $?) $(jq -r '.targets[] | "\(.state) \([.days[] | .from, .result] | join(" "))"' f.json)"

# several targets, stored inventories
policy '{over: 900d}'
"$plimsoll" policy record --output app.inventory oci:app.oci 2>err || cat err
index both.oci app.oci other.oci
check "a stored inventory, a tree, an image of two platforms" "1" "$(forecast --days 10 app.inventory rootfs:top oci:both.oci)"
check "each by itself" "app.inventory: oci:app.oci, linux/amd64 stops 2028-06-05
rootfs:top stops 2028-06-05
oci:both.oci, linux/amd64 stops 2028-06-05
oci:both.oci, linux/arm64 held_back null" "$(jq -r '.targets[] | "\(.name) \(.state) \(.ends)"' f.json)"
check "their sum" '{"error":0,"held_back":1,"passes":0,"stops":3}' "$(jq -c .summary f.json)"
head -c 300 app.inventory >cut.inventory
check "what cannot be judged is told, and the rest is" "3 error stops" "$(forecast --days 10 cut.inventory oci:app.oci) $(jq -r '[.targets[].state] | join(" ")' f.json)"
check "why not" "cut.inventory: its parts have another length than it has" "$(jq -r '.targets[0].error' f.json)"
check "a target that is not there" "3 error" "$(forecast none.tar) $(jq -r '.targets[].state' f.json)"

# for people
"$plimsoll" forecast --policy p.yaml --db a.db --at 2028-06-01 --days 5 oci:app.oci >text
check "text" "STOPS PASSING oci:app.oci, linux/amd64
    It fails from 2028-06-05 on, in 4 days.

  fail    2028-06-05, in 4 days   a/later /opt/x
            because its entry begins to fail (enforce_from)
            what   L

2028-06-01 to 2028-06-06: 0 pass on each day, 1 stops passing, 0 do not pass
today" "$(sed 's/ *$//' text)"

# A signer's key, whose end is no part of the verdict's inputs: signatures are looked at again.
"$plimsoll" key generate --no-passphrase --out approve >out 2>err || cat out err
registry_start || exit 1
registry_put app.oci team/web:1 >/dev/null
printf 'plimsoll: v1\nname: a\nmetadata: {user: {root: {is: deny, action: warn}}}\n' >approved.yaml
"$plimsoll" attest --policy approved.yaml --plain-http "$registry_address" --key approve.key "docker://$registry_address/team/web:1" >out 2>err || cat out err
end=$(date -u -d '+5 days' +%F)
printf 'plimsoll: v1\nname: k\norigin: {signed_by: [{key: approve.pub, until: %s}]}\n' "$end" >k.yaml
"$plimsoll" forecast --policy k.yaml --plain-http "$registry_address" --days 9 --output json "docker://$registry_address/team/web:1" >f.json 2>err
check "a key ends" "1 6 origin/signed_by a signer's key begins or ends to count" "$? $(jq -r '.targets[].turns[] | "\(.in_days) \(.rule) \(.cause)"' f.json)"

# usage
usage() { "$plimsoll" forecast "$@" 2>&1 >out | head -n 1 | sed 's/^plimsoll forecast: //'; }
check "refused: no target" "a target is missing" "$(usage)"
check "refused: no days" "'0' is no number from 1" "$(usage --days 0 x)"
check "refused: too far" "--days takes a number from 1 to 3660" "$(usage --days 3661 x)"
check "refused: no time" "'soon' is no time: write 2026-01-31 or 2026-01-31T12:00:00Z" "$(usage --at soon rootfs:top)"
check "refused: no such policy" "policy: nosuch.yaml: No such file or directory" "$(usage --policy nosuch.yaml rootfs:top)"
exit $failed
