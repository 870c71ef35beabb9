#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The table of policy cases passes; what `policy test` says of a case that does not; stored inventories, whole and damaged.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
table=$root/tests/cases/policy
cp -r "$table" cases
"$table/make-targets" "$plimsoll" "$PWD/targets" || exit 3

"$plimsoll" policy test cases >tap 2>err
check "the table: every case passes" "0" "$?$(grep -A 1000 '^not ok' tap; cat err)"
count=$(grep -c '^ok ' tap)
check "the table: it has its cases" "1..$count $count passed, 0 failed, 0 could not be judged" "$(head -n 1 tap) $(tail -n 1 tap | sed 's/^# //')"
check "the table: at least sixty" yes "$([ "$count" -ge 60 ] && echo yes)"
sed -n 's/^ok [0-9]* - [^:]*: //p' tap | while IFS= read -r name; do grep -qF "\`$name\`" "$table/README.md" || echo "$name"; done >unnamed
check "the table: its map names each case" "" "$(cat unnamed)"

# One case at a time: said BODY OF THE CASE.
said() { # [OPTION...] CASE: what differs, or why there is no answer; and the exit status
	printf 'plimsoll_cases: v1\nat: 2026-11-20\ntarget: oci:targets/root.oci\npolicy: |\n  plimsoll: v1\n  name: t\n  metadata: {user: {root: deny}}\ncases:\n  - %s\n' "${@: -1}" >one.yaml
	"$plimsoll" policy test "${@:1:$#-1}" one.yaml >out 2>err
	local status=$?
	sed -n '/^# differs:/,/^# expected:/p; /^# could not/,$p' out | grep '^#  ' | sed 's/^#   //'
	sed 's/^plimsoll policy test: //; 2,$d' err
	echo "= $status"
}
user='{rule: metadata/user, setting: user, severity: high, action: fail, message: "User is '"'root'"'"}'
check "fits" "= 0" "$(said '{name: n, expect: {result: fail, exit: 1, findings: [metadata/user]}}')"
check "another result" "exit: expected 0, came 1
result: expected pass, came fail
= 1" "$(said '{name: n, expect: {result: pass, exit: 0}}')"
check "another area" "areas: metadata: expected pass, came fail
areas: rules: expected pass, came not_required
= 1" "$(said '{name: n, expect: {areas: {metadata: pass, rules: pass}}}')"
check "another note" "areas: metadata: expected the note 'x', came ''
= 1" "$(said '{name: n, expect: {areas: {metadata: {is: fail, note: x}}}}')"
check "a finding that nobody expects" "findings: there and not expected: $user
= 1" "$(said '{name: n, expect: {findings: []}}')"
check "a finding that does not come" "findings: expected, and nothing like it fails: {rule: metadata/port}
= 1" "$(said '{name: n, expect: {findings: [metadata/user, metadata/port]}}')"
check "each word about a finding counts" "5" "$(for word in 'package: x' 'path: x' 'severity: low' 'action: warn' 'message: x'; do said "{name: n, expect: {includes: [{rule: metadata/*, $word}]}}"; done | grep -c 'includes: expected and not there')"
check "what should not be there" "excludes: there: $user
= 1" "$(said '{name: n, expect: {excludes: ["*/user"]}}')"
check "unknowns, exceptions" "waived: expected and not there: {rule: a}
unknown: expected and not there: os
unused: expected and not there: a
expired: expected and not there: a
= 1" "$(said '{name: n, expect: {waived: a, unknown: os, unused: a, expired: a}}')"
check "unknowns that nobody expects" "unknown: there and not expected: no_data
= 1" "$(said '{name: n, policy: "standard", target: oci:targets/good.oci, expect: {unknown: []}}')"
check "an error where there is none" "error: expected 'x', came none
= 1" "$(said '{name: n, expect: {error: x}}')"
check "a policy with an error" "error: there is no verdict
= 1" "$(said '{name: n, policy: cases/company/circle.yaml, expect: {result: pass}}')"
check "both sides in full" "# expected:
#   result: pass
# came:
#   result: fail" "$(said '{name: n, expect: {result: pass}}' >/dev/null; sed -n '/^# expected/,/^#   result: fail/p' out)"
check "a target that is not there" "oci:targets/none: no such file or directory: targets/none
= 3" "$(said '{name: n, target: oci:targets/none, expect: {result: pass}}')"
check "the text of a policy has its places in the file of cases" "p.yaml:5:18: metadata has no key 'usr'; did you mean 'user'?" "$(printf 'plimsoll_cases: v1\ncases:\n  - name: n\n    policy: |\n      metadata: {usr: {}}\n      plimsoll: v1\n      name: t\n    expect: {error: ": metadata has no key"}\n' >p.yaml; sed -i 's/has no key"/has one"/' p.yaml; "$plimsoll" policy test p.yaml | grep -o 'p.yaml:5:18.*')"

# The policy of the command line is for cases that name none.
printf 'plimsoll_cases: v1\nat: 2026-11-20\ntarget: oci:targets/root.oci\ncases:\n  - {name: n, expect: {areas: {metadata: fail}}}\n' >bare.yaml
check "--policy" "0" "$("$plimsoll" policy test --policy standard bare.yaml >out 2>&1; echo $?)"
check "neither" "the case has no key 'policy', and --policy is not given 3" "$("$plimsoll" policy test bare.yaml >out 2>&1; status=$?; grep -o 'the case has.*' out | head -n 1) $("$plimsoll" policy test bare.yaml >out 2>&1; echo $?)"
# A user's own advisory data is not asked.
mkdir -p cache/plimsoll; cp targets/data.db cache/plimsoll/advisories.db
check "no data but what a case names" "= 0" "$(said '{name: n, target: oci:targets/good.oci, policy: "standard", expect: {unknown: [no_data]}}')"
rm cache/plimsoll/advisories.db

# refused NAME CASE WANTED
refused() { check "refused: $1" "one.yaml:$3
= 3" "$(said "$2")"; }
refused "an unknown key" '{name: n, tarket: x, expect: {exit: 0}}' "9:15: a case has no key 'tarket'; did you mean 'target'?"
refused "a word that there is not" '{name: n, expect: {result: passed}}' "9:32: 'passed' cannot stand here: it is pass, unknown or fail"
refused "nothing expected" '{name: n, expect: {}}' "9:15: a case that expects nothing cannot fail"
refused "a list that expects nothing" '{name: n, expect: {includes: []}}' "9:24: an empty list expects nothing"
refused "no area" '{name: n, expect: {areas: {}}}' "9:24: no area of which anything is expected"
refused "a warning among what fails" '{name: n, expect: {findings: [{rule: metadata/user, action: warn}]}}' "9:36: 'findings' are those that fail: what only warns is expected by 'includes'"
refused "an error and a result" '{name: n, expect: {error: x, result: pass}}' "9:24: where an error is expected there is no verdict to expect anything of"
refused "target and inventory" '{name: n, target: a, inventory: b, expect: {exit: 0}}' "9:6: a case has a target or an inventory, not both"
refused "a kind that there is not" '{name: n, expect: {unknown: [oss]}}' "9:34: 'oss' cannot stand here: it is os, no_data, data_age, severity, fix_date, unreadable, limit, hidden_database, end_of_life, base, signature, license, destination, data_signature, not_run or not_evaluated"
refused "a destination without a registry" '{name: n, as: web, expect: {exit: 0}}' "9:19: 'web' does not begin with a registry: write registry.example.com/team/web"
refused "a policy in quotes" '{name: n, policy: "a\nb", expect: {exit: 0}}' "9:23: the text of a policy is written as a block: policy: |"
refused "two of one name" '{name: n, expect: {exit: 1}}
  - {name: n, expect: {exit: 1}}' "10:6: two cases have this name; the first is in line 9"
sed '/^at:/d' bare.yaml >timeless.yaml
check "refused: no time" "timeless.yaml:4:6: a case without the key 'at' would say something else tomorrow" "$("$plimsoll" policy test timeless.yaml 2>&1 | sed -n '1s/^plimsoll policy test: //p')"
mkdir -p folder/deeper
cp cases/company/closed.yaml folder; cp cases/company/exceptions/telnetd.yaml folder/deeper
check "refused: a folder without cases" "folder: there is no case in it" "$("$plimsoll" policy test folder 2>&1 | sed 's/^plimsoll policy test: //')"
sed 's/targets/..\/..\/targets/; s/^cases/policy: standard\ncases/' bare.yaml >folder/deeper/b.yml
check "policies and exceptions are left out" "ok 1 - folder/deeper/b.yml: n" "$("$plimsoll" policy test folder 2>&1 | sed -n 2p)"
echo 'cases: []' >folder/typo.yaml
check "refused: what is neither" "folder/typo.yaml:1:1: a file of cases needs the key 'plimsoll_cases' = 3" "$("$plimsoll" policy test folder 2>&1 | sed -n '1s/^plimsoll policy test: //p') = $("$plimsoll" policy test folder >/dev/null 2>&1; echo $?)"
echo '# cases: all of them' >folder/typo.yaml
check "refused: a file that was emptied" "folder/typo.yaml:1:1: a mapping is needed here, not nothing = 3" "$("$plimsoll" policy test folder 2>&1 | sed -n '1s/^plimsoll policy test: //p') = $("$plimsoll" policy test folder >/dev/null 2>&1; echo $?)"

printf 'plimsoll: v1\ncases: [{name: n, expect: {exit: 0}}]\n' >folder/typo.yaml
check "refused: a file of cases under a policy's key" "folder/typo.yaml:1:1: a file of cases has no key 'plimsoll'; it has plimsoll_cases, cases, policy, db, since, as, at, target, inventory, platforms = 3" "$("$plimsoll" policy test folder 2>&1 | sed -n '1s/^plimsoll policy test: //p') = $("$plimsoll" policy test folder >/dev/null 2>&1; echo $?)"
echo '- {name: n, expect: {exit: 0}}' >folder/typo.yaml
check "refused: a list of cases" "folder/typo.yaml:1:4: a mapping is needed here, not a list = 3" "$("$plimsoll" policy test folder 2>&1 | sed -n '1s/^plimsoll policy test: //p') = $("$plimsoll" policy test folder >/dev/null 2>&1; echo $?)"

# What is expected of an error.
check "a policy that is not there, whatever is expected" "policy: looser/none.yaml: No such file or directory
= 3" "$(said '{name: n, policy: looser/none.yaml, expect: {error: looser}}')"
check "not in the line that is shown" "not ok 1 - p.yaml: n" "$(printf 'plimsoll_cases: v1\ncases:\n  - name: n\n    policy: |\n      plimsoll: v1\n      name: t\n      metadata: {ports: {alow: [22/tcp]}}\n    expect: {error: 22/tcp}\n' >p.yaml; "$plimsoll" policy test p.yaml | grep 'ok 1')"
check "no directive of TAP in a name" 'not ok 1 - p.yaml: n \# TODO later' "$(printf 'plimsoll_cases: v1\nat: 2026-11-20\ntarget: oci:targets/root.oci\npolicy: standard\ncases:\n  - {name: "n # TODO later", expect: {exit: 0}}\n' >p.yaml; "$plimsoll" policy test p.yaml | grep 'ok 1')"

# Stored inventories.
record() { "$plimsoll" policy record --output a.inventory "$@" 2>err; echo "$?$(cat err)"; }
stored() { said "{name: n, inventory: ${1:-a.inventory}, expect: {result: fail, findings: [metadata/user], areas: {metadata: fail}}}"; }
check "recorded" "0 = 0" "$(record oci:targets/root.oci) $(stored)"
cp a.inventory b.inventory
check "the same bytes" "0 same" "$(record --no-cache oci:targets/root.oci) $(cmp a.inventory b.inventory && echo same)"
check "it needs no target" "= 0" "$(mv targets/root.oci targets/gone.oci; stored; mv targets/gone.oci targets/root.oci)"
check "of some platforms" "0 = 1" "$(record --platform linux/amd64 oci:targets/several.oci) $(stored | tail -n 1)"
printf 'plimsoll: v1\nname: d\nrules: [{id: a/b, title: T, query: SELECT path FROM file WHERE digest IS NOT NULL AND path = '"'/usr/bin/demo'"'}]\n' >digests.yaml
check "digests of files are there" "0 = 0" "$(record oci:targets/root.oci) $(said '{name: n, policy: digests.yaml, inventory: a.inventory, expect: {findings: [a/b]}}')"
mkdir -p linked/etc linked/usr/lib linked/opt; printf 'ID=debian\nVERSION_ID=12\n' >linked/opt/release; ln -s ../../opt/release linked/usr/lib/os-release; ln -s ../usr/lib/os-release linked/etc/os-release
mkdir -p linked/var/lib/dpkg; cp targets/tree/var/lib/dpkg/status linked/var/lib/dpkg
"$root/tools/oci-image" linked.oci <(echo '{}') linked
printf 'plimsoll: v1\nname: o\nrules: [{id: a/os, title: T, query: SELECT id AS setting FROM os_version WHERE version_id = '"'12'"'}]\n' >os.yaml
same() { said "{name: n, policy: os.yaml, $1, expect: {findings: [a/os]}}"; }
check "and files that only a second reading finds" "0 = 0 = 0" "$(record --no-cache oci:linked.oci) $(same 'inventory: a.inventory') $(same 'target: oci:linked.oci')"
# Contents are kept where a policy's tests ask for them; else they are unknown, each by its name, and nothing passes.
printf 'schemaVersion: 2.0.0\nfileContentTests: [{name: release, path: /opt/release, expectedContents: ["ID=debian"]}, {name: other, path: /opt/release, excludedContents: ["ID=alpine"]}]\n' >tests.yaml
printf '"file": {"/etc/os-release": {"exists": true, "contents": ["ID=debian"]}}\n' >goss.yaml
printf 'plimsoll: v1\nname: s\nstructure_tests: [tests.yaml]\ngoss: [goss.yaml]\n' >contents.yaml
contents() { said "{name: n, policy: contents.yaml, inventory: a.inventory, expect: {result: $1, unknown: [$2]}}"; }
check "contents that were not recorded are unknown" "0 = 0" "$(record oci:linked.oci) $(contents unknown 'unreadable, unreadable, unreadable')"
check "each by its name" "structure/other: its content was not read (a stored inventory has it where it was recorded with this --policy)" \
	"$(said "{name: n, policy: contents.yaml, inventory: a.inventory, expect: {result: pass}}" >/dev/null; grep -o 'structure/other: .*' out | head -n 1)"
check "and recorded they are judged" "0 = 0" "$(record --policy contents.yaml oci:linked.oci) $(contents pass '')"
sed -i 's/ID=debian/ID=none/' tests.yaml
check "the other way, too" "= 0" "$(said '{name: n, policy: contents.yaml, inventory: a.inventory, expect: {result: fail, findings: [structure/release]}}')"
check "a policy that is not there" 3 "$("$plimsoll" policy record --policy none.yaml --output c.inventory oci:linked.oci >out 2>&1; echo $?)"
cut() { head -c "$1" b.inventory >bad.inventory; stored bad.inventory; }
printf 'plimsoll_cases: v1\nat: 2026-11-20\npolicy: standard\nplatforms: linux/amd64\ncases: [{name: n, inventory: b.inventory, expect: {result: fail}}]\n' >p.yaml
check "platforms of the head are those of targets" "ok 1 - p.yaml: n" "$("$plimsoll" policy test p.yaml 2>&1 | sed -n 2p)"
check "cut off in its header" "bad.inventory: it ends in its header" "$(cut 20 | head -n 1)"
check "cut off in its parts" "bad.inventory: its parts have another length than it has" "$(cut 400 | head -n 1)"
changed() { cp b.inventory bad.inventory; printf '%b' "$2" | dd of=bad.inventory bs=1 seek="$1" conv=notrunc 2>dd; stored bad.inventory | head -n 1; }
check "not one" "bad.inventory: no stored inventory" "$(changed 0 x)"
check "another version" "bad.inventory: it was recorded by another version of plimsoll: record it again" "$(changed 8 '\x7f')"
check "other catalogers" "bad.inventory: it was recorded by another version of plimsoll: record it again" "$(changed 20 '\x00\x00')"
check "more parts than bytes" "bad.inventory: 16777215 parts are more than there can be" "$(changed 12 '\xff\xff\xff')"
check "a changed byte" "bad.inventory: it is damaged: its bytes have another digest" "$(changed $(($(stat -c %s b.inventory) - 1)) x)"
check "another size" "bad.inventory: part 0 is larger than limit WORKER_ANSWER_BYTES" "$(changed 64 '\xff\xff')"
check "a directory" "targets: not a regular file" "$(stored targets | head -n 1)"
check "recorded: what cannot be read is said" "0warning: unreadable: layer 1: /etc/passwd: " "$(record oci:targets/torn.oci | head -n 1 | grep -o '.*/etc/passwd: ')"
check "recorded: nothing without --output" 3 "$("$plimsoll" policy record oci:targets/root.oci >out 2>&1; echo $?)"
exit $failed
