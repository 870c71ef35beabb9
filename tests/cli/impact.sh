#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What another policy would change: who newly fails, passes, stays, cannot be told, and from which day on.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/index.bash"
export XDG_CACHE_HOME=$work/cache

tree() { # NAME FILE...: a tree with a system, a package and these files
	mkdir -p "$1/etc" "$1/opt" "$1/var/lib/dpkg"
	printf 'ID=debian\nVERSION_ID=12\n' >"$1/etc/os-release"
	printf 'Package: demo-tool\nStatus: install ok installed\nArchitecture: all\nVersion: 1.0-1\n\n' >"$1/var/lib/dpkg/status"
	for file in "${@:2}"; do echo x >"$1/opt/$file"; done
}
tree clean; tree old-only old; tree new-only new; tree both old new; tree later later; tree always later always
tree strange new; echo 'ID=' >strange/etc/os-release
mkdir feeds
cat >feeds/a.json <<'J'
{"id": "CVE-2026-0001", "published": "2026-05-20T00:00:00Z", "modified": "2026-05-20T00:00:00Z",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "database_specific": {"plimsoll": {"covers": ["Debian:12"], "packages": ["*"]}},
 "affected": [{"package": {"ecosystem": "Debian:12", "name": "demo-tool"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.5-1"}]}]}]}
J
"$plimsoll" db build --from feeds --output a.db >build.txt || cat build.txt
mkdir -p all/team
for name in clean old-only new-only both later always strange; do "$plimsoll" policy record --output "all/team/$name.inventory" "rootfs:$name" 2>err || cat err; done
"$root/tools/oci-image" amd.oci <(echo '{}') clean >/dev/null
"$root/tools/oci-image" arm.oci <(echo '{}') new-only >/dev/null
index both.oci amd.oci arm.oci
"$plimsoll" policy record --output all/web.inventory oci:both.oci 2>err || cat err
rule() { echo "  - {id: a/$1, title: T, query: \"SELECT path FROM file WHERE path = '/opt/$1'\"${2:+, $2}}"; }
policy() { # FILE RULE...
	printf 'plimsoll: v1\nname: t\nunknown: {data_age: {over: 36500d, is: warn}}\nvulnerabilities: {deny: [{severity: critical, grace: %s}]}\nrules:\n' "$2" >"$1"
	printf '%s\n' "${@:3}" >>"$1"
}
policy old.yaml 30d "$(rule old)" "$(rule always 'enforce_from: 2026-06-11')"
policy new.yaml 30d "$(rule new)" "$(rule later 'enforce_from: 2026-06-11')" "$(rule always 'enforce_from: 2026-06-11')"
impact() { "$plimsoll" policy impact --inventories all --db a.db --at 2026-06-01 --output json "$@" >i.json 2>err; echo "$?$(cat err)"; }
states() { jq -r '.inventories[] | "\(.state) \(.file)\(if .name then " " + .name else "" end) \(.old) \(.new)\(if .later then " \(.later.fails_from) \(.later.in_days) \(.later.old)" else "" end)"' i.json; }

check "newly failing is 1" "1" "$(impact --days 15 old.yaml new.yaml)"
check "inventory by inventory" "newly_fails team/new-only.inventory pass fail
newly_fails team/strange.inventory unknown fail
newly_fails web.inventory oci:both.oci, linux/arm64 pass fail
will_fail team/later.inventory pass pass 2026-06-11 10 pass
newly_passes team/old-only.inventory fail pass
stays team/always.inventory pass pass 2026-06-11 10 fail
stays team/both.inventory fail fail
stays team/clean.inventory pass pass
stays web.inventory oci:both.oci, linux/amd64 pass pass" "$(states)"
check "each result is that of a check" "" "$(for name in clean old-only new-only both later always strange; do
	for policy in old new; do
		is=$("$plimsoll" check --policy $policy.yaml --db a.db --at 2026-06-01 --output json "rootfs:$name" 2>err | jq -r .result)
		said=$(jq -r --arg f "team/$name.inventory" '.inventories[] | select(.file == $f) | .'$policy i.json)
		[ "$is" = "$said" ] || echo "$name by $policy: check $is, impact $said"
	done
done)"
check "what makes the difference" "team/new-only.inventory + a/new /opt/new
team/strange.inventory + a/new /opt/new
web.inventory + a/new /opt/new
team/old-only.inventory - a/old /opt/old
team/both.inventory + a/new /opt/new - a/old /opt/old" "$(jq -r '.inventories[] | select(.adds + .drops != []) | "\(.file)\([.adds[] | " + \(.rule) \(.subject)"] | add // "")\([.drops[] | " - \(.rule) \(.subject)"] | add // "")"' i.json)"
check "and later, and why" "a/later /opt/later: its entry begins to fail (enforce_from)" "$(jq -r '.inventories[] | select(.state == "will_fail") | .later.rules[] | "\(.rule) \(.subject): \(.cause)"' i.json)"
check "their sum" '{"cannot_tell":0,"newly_fails":3,"newly_passes":1,"stays":4,"will_fail":1}' "$(jq -c .summary i.json)"
check "not so far" "0" "$(impact --days 9 old.yaml new.yaml >/dev/null; jq .summary.will_fail i.json)"

check "the same policy changes nothing" '{"cannot_tell":1,"newly_fails":0,"newly_passes":0,"stays":8,"will_fail":0} 2' "$(impact old.yaml old.yaml >status; jq -c .summary i.json | tr '\n' ' '; cat status)"
rm all/team/strange.inventory
check "and nobody newly fails" "0" "$(impact old.yaml old.yaml)"

# a grace period that is shorter, an exception that ends
policy short.yaml 15d "$(rule old)"
policy long.yaml 30d "$(rule old)"
check "grace: by which day" "0 will_fail 2026-06-05 4 pass a grace period ends" "$(impact --days 10 long.yaml short.yaml) $(jq -r '.inventories[] | select(.file == "team/clean.inventory") | "\(.state) \(.later.fails_from) \(.later.in_days) \(.later.old) \(.later.rules[].cause)"' i.json)"
policy excepted.yaml 1d "$(rule old)"
echo 'exceptions: [{rule: vulnerabilities, reason: r, owner: o, until: 2026-06-08}]' >>excepted.yaml
check "an exception: by which day" "0 will_fail 2026-06-09 8 an exception ends: r (o, until 2026-06-08)" "$(impact --days 10 long.yaml excepted.yaml) $(jq -r '.inventories[] | select(.file == "team/clean.inventory") | "\(.state) \(.later.fails_from) \(.later.in_days) \(.later.rules[].cause)"' i.json)"

# what cannot be told
head -c 300 all/web.inventory >all/cut.inventory
echo "of whom" >all/README
cp -r all/team all/.hidden
check "a damaged one is told, the rest is judged" "2 cut.inventory its parts have another length than it has; README; 8" "$(impact old.yaml old.yaml) $(jq -r '"\(.inventories[] | select(.error) | "\(.file) \(.error)"); \(.passed_over | join(" ")); \(.summary.stays)"' i.json)"
printf 'plimsoll: v1\nname: t\norigin: {registries: ["registry.example/*"]}\n' >where.yaml
check "a policy that asks for what is not told" "2 2" "$(impact old.yaml where.yaml) $(jq '[.inventories[] | select(.name and .state == "cannot_tell") | .adds[] | select(.rule == "unknown.destination")] | length' i.json)"
check "once it is told; trees have no origin, and nothing else was asked" "2 0 6" "$(impact --as registry.example/web old.yaml where.yaml) $(jq -r '[.inventories[] | select(.error | not)] | "\([.[] | select(.name and .state == "cannot_tell")] | length) \([.[] | select(.name == null and .state == "cannot_tell")] | length)"' i.json)"
rm -r all/cut.inventory all/README all/.hidden

# other formats
"$plimsoll" policy impact --inventories all --db a.db --at 2026-06-01 --days 15 --output csv=i.csv --output text old.yaml new.yaml >text
check "csv: a line each" "9 team/later.inventory,,will_fail,pass,pass,,,2026-06-11,10,pass,a/later /opt/later," "$(wc -l <i.csv) $(grep later.inv i.csv | tr -d '"\r')"
check "text" "NEWLY FAILS team/new-only.inventory (pass -> fail)
  + fail    a/new /opt/new
      what   T

NEWLY FAILS web.inventory: oci:both.oci, linux/arm64 (pass -> fail)
  + fail    a/new /opt/new
      what   T

WILL FAIL   team/later.inventory (pass -> pass)
    It fails from 2026-06-11 on, in 10 days; by the old policy it is then: pass.
  > fail    a/later /opt/later
      because its entry begins to fail (enforce_from)
      what   T

NEWLY PASSES team/old-only.inventory (fail -> pass)
  - fail    a/old /opt/old
      what   T

stays       team/always.inventory (pass -> pass)
    It fails from 2026-06-11 on, in 10 days; by the old policy it is then: fail.
  > fail    a/always /opt/always
      because its entry begins to fail (enforce_from)
      what   T
  > fail    a/later /opt/later
      because its entry begins to fail (enforce_from)
      what   T
stays       team/both.inventory (fail -> fail)
  + fail    a/new /opt/new
      what   T
  - fail    a/old /opt/old
      what   T
stays       team/clean.inventory (pass -> pass)
stays       web.inventory: oci:both.oci, linux/amd64 (pass -> pass)

8 in all: 2 newly fail, 1 newly pass, 4 stay, 0 cannot be told, 1 will fail by
2026-06-16" "$(sed 's/ *$//' text)"

# usage
usage() { "$plimsoll" policy impact "$@" 2>&1 >out | head -n 1 | sed 's/^plimsoll policy impact: //'; }
mkdir none; echo x >none/x
check "refused: one policy" "an old and a new policy are needed" "$(usage --inventories all old.yaml)"
check "refused: no inventories" "--inventories DIR is missing" "$(usage old.yaml new.yaml)"
check "refused: none in it" "none: there is no stored inventory in it: \`plimsoll policy record\` makes them 3" "$(usage --inventories none old.yaml new.yaml) $("$plimsoll" policy impact --inventories none old.yaml new.yaml >/dev/null 2>&1; echo $?)"
check "refused: no directory" "nosuch: No such file or directory" "$(usage --inventories nosuch old.yaml new.yaml)"
check "refused: a file" "all/web.inventory: not a directory of stored inventories" "$(usage --inventories all/web.inventory old.yaml new.yaml)"
printf 'plimsoll: v1\nname: t\nrulez: []\n' >broken.yaml
check "refused: a broken policy" "broken.yaml:3:1: a policy has no key 'rulez'; did you mean 'rules'? 3" "$(usage --inventories all old.yaml broken.yaml) $("$plimsoll" policy impact --inventories all broken.yaml new.yaml >/dev/null 2>&1; echo $?)"
check "refused: too far" "--days takes a number from 1 to 3660" "$(usage --inventories all --days 4000 old.yaml new.yaml)"
exit $failed
