#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The core that every door asks: whose approvals count where, what is denied, remembered, waived in an emergency.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/index.bash"
. "$root/tests/registry/registry.bash"
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run REGISTRY_AUTH_FILE=$work/auth.json XDG_STATE_HOME=$work/state
echo '{}' >auth.json

mkdir -p a/etc a/bin
printf 'ID=debian\nVERSION_ID=12\n' >a/etc/os-release
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >amd.json
echo '{"User": "1000", "Entrypoint": ["/bin/y"]}' >other.json
echo '{"User": "1000", "Entrypoint": ["/bin/x"], "platform": "linux/arm64"}' >arm.json
"$root/tools/oci-image" one.oci amd.json a
"$root/tools/oci-image" two.oci other.json a
"$root/tools/oci-image" arm.oci arm.json a
index both.oci one.oci arm.oci
cat >p.yaml <<'Y'
plimsoll: v1
name: acme/prod
metadata: {user: {root: deny}}
Y
key() { "$plimsoll" key generate --no-passphrase --out "$@" >out 2>err || cat out err; }
key approve
key other
key assign --role assign
key elsewhere --role assign
key deny --role deny

registry_start || exit 1
here=$registry_address net=(--plain-http "$registry_address")
one=$(registry_put one.oci team/web:1) two=$(registry_put two.oci team/web:2) both=$(registry_put both.oci team/both:1)
registry_put two.oci tools/any:1 >/dev/null
for image in team/web:1 team/both:1; do
	"$plimsoll" attest --policy p.yaml "${net[@]}" --key approve.key "docker://$here/$image" >out 2>err || cat err
done
"$plimsoll" attest --policy p.yaml "${net[@]}" --key other.key "docker://$here/team/web:2" >out 2>err || cat err

rules() { # the rest of the file
	cat >assign.yaml
	rm -rf memory
	"$plimsoll" assign sign --key assign.key assign.yaml >out 2>err
}
ask() { # IMAGE [OPTIONS]
	"$plimsoll" guard ask --assign assign.yaml.signed --assign-key assign.pub --memory memory "${net[@]}" "${@:2}" "$1" >out 2>err
	echo "$? $(head -n 1 out) $(sed -n 's/^ *reason *//p' out)$(head -n 1 err)"
}
team() {
	rules <<Y
plimsoll_assign: v1
rules:
  - {name: team, repositories: ["$here/team/*"], keys: approve.pub, policies: p.yaml$1}
$2
Y
}

team
check "an assign file is signed" "0 team" "$? $(head -n 1 out)"
check "and shown to whom it concerns" "0 team" "$("$plimsoll" assign show --assign-key assign.pub assign.yaml.signed >out; echo "$? $(head -n 1 out)")"
check "what was approved runs" "0 ALLOWED signed by approve.pub" "$(ask "$here/team/web:1" | sed 's/ (.*//')"
check "by its digest" "0 ALLOWED signed by approve.pub" "$(ask "$here/team/web@$one" | sed 's/ (.*//')"
check "an index too" "0 ALLOWED signed by approve.pub" "$(ask "$here/team/both@$both" | sed 's/ (.*//')"
check "what another key approved does not" "1 REFUSED no key that is trusted made it" "$(ask "$here/team/web@$two")"
check "nor what nobody speaks of" "1 REFUSED no rule speaks of $here/tools/any" "$(ask "$here/tools/any:1")"
check "nor what is not there" "2 CANNOT TELL" "$(ask "$here/team/nothing:1" | cut -c 1-13)"
check "nobody is asked twice" "0 ALLOWED signed by approve.pub" "$(ask "$here/team/web@$one" --plain-http nobody.example | sed 's/ (.*//')"

# The assign file itself.
check "one that another key signed" "3 1" "$("$plimsoll" guard ask --assign assign.yaml.signed --assign-key elsewhere.pub --memory '' "$here/team/web:1" >out 2>err; echo "$? $(grep -c 'no trusted key that may assign' err)")"
"$plimsoll" assign sign --key approve.key --out wrong.signed assign.yaml >out 2>err
check "a key that approves assigns nothing" "3 1" "$? $(grep -c "role" err)"
cp assign.yaml.signed before.signed
sleep 1
team ', age: 30d'
ask "$here/team/web:1" >/dev/null
check "one from before is replayed in vain" "3 1" "$("$plimsoll" guard ask --assign before.signed --assign-key assign.pub --memory memory "$here/team/web:1" >out 2>err; echo "$? $(grep -c 'older one' err)")"
sed 's/"payload":"e/"payload":"f/' assign.yaml.signed >bent.signed
check "one that was changed" "3" "$("$plimsoll" guard ask --assign bent.signed --assign-key assign.pub --memory '' "$here/team/web:1" >out 2>err; echo "$?")"
head -c 300 assign.yaml.signed >cut.signed
check "a key that is not there is told by its own name" "plimsoll guard ask: nobody.pub: No such file or directory" "$("$plimsoll" guard ask --assign assign.yaml.signed --assign-key nobody.pub --memory "" "$here/team/web:1" 2>&1)"
check "one that was cut off" "3" "$("$plimsoll" guard ask --assign cut.signed --assign-key assign.pub --memory '' "$here/team/web:1" >out 2>err; echo "$?")"
for wrong in 'keys: approve.pub, unsigned: true, owner: a, reason: b, until: 2030-01-01' 'policies: p.yaml' 'unsigned: true' 'keys: nobody.pub' 'keys: approve.key' 'keys: approve.pub, polices: p.yaml' 'keys: []' 'keys: approve.pub, policies: p.yaml, judged: true, data_age: 1d'; do
	rules <<Y
plimsoll_assign: v1
rules:
  - {name: wrong, repositories: ["*"], $wrong}
Y
	check "a rule that cannot be meant: $wrong" "3 1" "$? $(grep -c '^plimsoll assign sign: assign.yaml:3:' err)"
done

# Ages, policies, tags, namespaces.
team ', age: 1h'
check "a verdict that is too old" "1 REFUSED" "$(ask "$here/team/web:1" --at 2027-06-01 | cut -c 1-9)"
rules <<Y
plimsoll_assign: v1
rules:
  - {name: team, repositories: ["$here/team/*"], keys: approve.pub, policies: strict}
Y
check "ages of years" 0 "$(sed -i 's/policies: strict/policies: strict, age: 520w/' assign.yaml; "$plimsoll" assign sign --key assign.key assign.yaml >out 2>err; echo $?)"
check "by another policy" "1 REFUSED it was judged by another policy" "$(ask "$here/team/web:1" | sed 's/, sha256.*//')"
registry_put one.oci team/web:new >/dev/null
team
check "an approval for another tag" "1 REFUSED it was made for the tag 1" "$(ask "$here/team/web:new")"
team ', any_tag: true'
check "where tags do not count" "0 ALLOWED" "$(ask "$here/team/web:new" | cut -c 1-9)"
rules <<Y
plimsoll_assign: v1
rules:
  - {name: team, repositories: ["$here/team/*"], namespaces: ["prod-*"], keys: approve.pub}
  - {name: play, repositories: ["**"], namespaces: [play], unsigned: true, owner: team-web, reason: nothing depends on it, until: 2030-12-31}
Y
check "in its namespace" "0 ALLOWED" "$(ask "$here/team/web:1" --namespace prod-eu | cut -c 1-9)"
check "in another" "1 REFUSED no rule speaks of $here/team/web" "$(ask "$here/team/web:1" --namespace dev)"
check "in none" "1 REFUSED no rule speaks of $here/team/web" "$(ask "$here/team/web:1")"
check "what may run unsigned" "0 ALLOWED unsigned, as team-web answers for: nothing depends on it" "$(ask "$here/tools/any:1" --namespace play)"
check "until its day" "1 REFUSED the rule 'play' let it run until a day that is past" "$(ask "$here/tools/any:1" --namespace play --at 2031-01-01)"
check "and only if it is there" "2 CANNOT TELL" "$(ask "$here/tools/nothing:1" --namespace play | cut -c 1-13)"

rules <<Y
plimsoll_assign: v1
rules:
  - {name: hosts, repositories: ["*.example.com/*"], unsigned: true, owner: a, reason: b, until: 2030-12-31}
Y
check "a glob of hosts is none of paths" "1 REFUSED no rule speaks of $here/a.example.com/x" "$(ask "$here/a.example.com/x:1")"

# Judged at the door.
rules <<Y
plimsoll_assign: v1
rules:
  - {name: tools, repositories: ["$here/tools/*"], keys: approve.pub, policies: [p.yaml, baseline], judged: true}
Y
check "what nobody signed, where nobody judges" "1 REFUSED" "$(ask "$here/tools/any:1" | cut -c 1-9)"
rm -rf memory
check "is judged" "0 ALLOWED judged here, and passed" "$(ask "$here/tools/any:1" --judge-policy p.yaml)"
rm -rf memory
check "by a policy that the rule names" "1 REFUSED" "$(ask "$here/tools/any:1" --judge-policy standard | cut -c 1-9)"
rm -rf memory
check "and does not pass, or cannot be told" "1" "$(ask "$here/tools/any:1" --judge-policy baseline | grep -cE '^[12] .*nobody signed it')"

# What is denied, whoever approved it.
team '' 'denied: {file: denied.json, keys: deny.pub}'
check "a deny list that is not there" "3 1" "$(ask "$here/team/web:1" | cut -c 1) $(grep -c denied.json err)"
deny() { "$plimsoll" revoke "${net[@]}" --deny denied.json --deny-key deny.key --reason "$2" "docker://$here/$1" >out 2>err || cat err; }
deny tools/any:1 CVE-2026-1
check "is read" "0 ALLOWED" "$(ask "$here/team/web@$one" | cut -c 1-9)"
check "and refuses" "1 1" "$(ask "$here/team/web@$two" | cut -c 1) $(grep -c 'is denied since .*: CVE-2026-1' out)"
deny team/both:1 later
check "an index" "1 1" "$(ask "$here/team/both@$both" | cut -c 1) $(grep -c 'is denied since .*: later' out)"
check "and what is in it, though it was remembered" "1 1" "$(ask "$here/team/web@$one" | cut -c 1) $(grep -c 'is denied since .*: later' out)"
team '' 'denied: {file: denied.json, keys: deny.pub, age: 1d}'
check "one that is too old to know" "2 CANNOT TELL the deny list is of" "$(ask "$here/team/web:1" --at 2027-06-01 | cut -c 1-33)"

# Emergencies.
rm -f denied.json
team '' "break_glass:
  - {name: incident-7, digests: [$two], owner: night-shift, reason: shop is down, until: 2030-12-31}"
check "a broken glass" "0 REFUSED, admitted by a broken glass" "$(ask "$here/team/web@$two" | cut -c 1-37)"
check "which says who broke it" "1" "$(ask "$here/team/web@$two" | grep -c 'until 2030-12-31 by night-shift (shop is down); else: no key that is trusted made it')"
check "and is whole again" "1 REFUSED" "$(ask "$here/team/web@$two" --at 2031-01-01 | cut -c 1-9)"
rm -f denied.json
deny team/web:2 worse
team '' "denied: {file: denied.json, keys: deny.pub}
break_glass:
  - {name: incident-8, repositories: [\"$here/team/*\"], owner: night-shift, reason: shop is down, until: 2030-12-31}"
check "but not over what is denied, by its tag" "1 REFUSED 1" "$(ask "$here/team/web:2" | cut -c 1-9) $(grep -c 'is denied since .*: worse' out)"
team '' "break_glass:
  - {name: incident-7, digests: [$two], owner: night-shift, reason: shop is down, until: 2030-12-31}"
check "a dry run" "1 REFUSED, admitted by a dry run" "$(ask "$here/tools/any:1" --dry-run | cut -c 1-32)"

# Memory.
team ', any_tag: true, stale: 2d'
ask "$here/team/web:1" >/dev/null
mv memory memory.tags
mv assign.yaml.signed tags.signed
team ', remember: 1h, stale: 2d'
ask "$here/team/web@$one" >/dev/null
ask "$here/team/both@$both" --at "$(date -u -d '+9 years' +%FT%TZ)" >/dev/null
registry_stop
check "an answer of a time to come is none yet" "2" "$(ask "$here/team/both@$both" | cut -c 1)"
by_tags() { "$plimsoll" guard ask --assign tags.signed --assign-key assign.pub --memory memory.tags "${net[@]}" "$1" >out 2>err; echo $?; }
check "what one tag was says nothing of another, though tags do not count" "0 2" "$(by_tags "$here/team/web:1") $(by_tags "$here/team/web:new")"
check "a registry that is down, for a while" "0 1" "$(ask "$here/team/web@$one" --at "$(date -u -d '+1 day' +%FT%TZ)" | cut -c 1) $(grep -c 'could not be asked again' out)"
check "not for ever" "2 CANNOT TELL" "$(ask "$here/team/web@$one" --at "$(date -u -d '+3 days' +%FT%TZ)" | cut -c 1-13)"
check "what nobody knows" "2 CANNOT TELL" "$(ask "$here/team/web@$two" | cut -c 1-13)"
for file in memory/*; do echo x >"$file"; done
check "what was broken is not remembered" "2" "$(ask "$here/team/web@$one" | cut -c 1)"
chmod 777 memory
check "a memory that anybody could write" "3 1" "$(ask "$here/team/web@$one" | cut -c 1) $(grep -c 'others than this user could write' err)"
exit $failed
