#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One policy on two targets: where it says the same of both, where not and why, and when that cannot be told.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
umask 022

mkdir -p one/etc one/var/lib/dpkg one/usr/bin
printf 'ID=debian\nVERSION_ID=12\n' >one/etc/os-release
printf 'root:x:0:0::/root:/usr/sbin/nologin\nevil:x:0:0::/:/usr/sbin/nologin\n' >one/etc/passwd
printf 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\nPackage: telnetd\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >one/var/lib/dpkg/status
echo x >one/usr/bin/a && chmod 666 one/usr/bin/a
printf 'root:x:0:\n' >one/etc/group
cp -a one two
sed -i '/evil/d' two/etc/passwd
mkdir two/etc/ssh && printf 'PermitRootLogin yes\n' >two/etc/ssh/sshd_config
echo x >two/usr/bin/b && chmod 666 two/usr/bin/b
echo '{"User": "0", "Entrypoint": ["/bin/x"]}' >config.json
"$root/tools/oci-image" one.oci config.json one
cat >policy.yaml <<'P'
plimsoll: v1
name: acme/both
configuration: {checks: [accounts/uid-zero, accounts/duplicate-name, files/passwd-mode, services/ssh-root-login, services/ssh-host-based, filesystem/world-writable-file, history/cd]}
components: {forbidden: [{name: telnetd}]}
metadata: {user: {root: deny}}
rules: [{id: acme/telnet, severity: high, title: Telnet listens, query: SELECT port FROM listening_ports WHERE port = 23}]
P

compare() { "$plimsoll" parity --policy "${policy:-policy.yaml}" --output json --at 2026-11-01 "$@" >p.json 2>err; echo $? >status; [ -s p.json ] || cat err; }
rules() { jq -r '.rules[] | "\(.id) \(.state): \(.first.result), \(.second.result)"' p.json; }

compare oci:one.oci host:two
check "an image and a host" "1 differ image host" "$(cat status) $(jq -r '"\(.result) \(.first.kind) \(.second.kind)"' p.json)"
check "rule by rule" "components/forbidden/telnetd agree: fail, fail
accounts/duplicate-name agree: pass, pass
accounts/uid-zero differ: fail, pass
files/passwd-mode agree: pass, pass
filesystem/world-writable-file differ: fail, fail
history/cd one_sided: pass, out_of_scope
services/ssh-host-based one_sided: not_applicable, pass
services/ssh-root-login differ: not_applicable, fail
metadata/user one_sided: fail, out_of_scope
acme/telnet agree: out_of_scope, out_of_scope" "$(rules)"
check "numbers" '{"agree":4,"differ":3,"one_sided":3,"unknown":0} 5' "$(jq -c .counts p.json) $(jq .compared p.json)"
check "evidence of either side, and which is of one alone" '{"first":[["/usr/bin/a",false]],"second":[["/usr/bin/a",false],["/usr/bin/b",true]]}' \
	"$(jq -c '.rules[] | select(.id == "filesystem/world-writable-file") | {first: [.first.evidence[] | [.path, .only]], second: [.second.evidence[] | [.path, .only]]}' p.json)"
check "why it does not apply" "/etc/ssh/sshd_config is missing" "$(jq -r '.rules[] | select(.id == "services/ssh-root-login").first.reason' p.json)"
check "why it is out of scope" "a host does not have it" "$(jq -r '.rules[] | select(.id == "history/cd").second.reason' p.json)"
check "the same findings as check has" "$("$plimsoll" check --policy policy.yaml --output json --at 2026-11-01 host:two | jq -c '[.findings[].id] | sort')" "$(jq -c '[.rules[].second.evidence[].id] | sort' p.json)"
check "for people" "DIFFER The policy does not say the same of both.

  1          oci:one.oci (image)
  2          host:two (host)
  policy     acme/both
  rules      4 agree, 3 differ, 3 of one side only, 0 could not be told

differ
  accounts/uid-zero: An account other than root has user id 0
    1 FAIL     /etc/passwd (line=2, username=evil, uid=N)
    2 pass
  filesystem/world-writable-file: A file can be changed by everybody
    1 FAIL     1 that both have
    2 FAIL     /usr/bin/b (mode=0666, uid=N)
               1 that both have
  services/ssh-root-login: The SSH server lets root log in
    1 n/a      /etc/ssh/sshd_config is missing
    2 FAIL     /etc/ssh/sshd_config (line=1)

one side only
  history/cd: 1 pass; 2 no scope (a host does not have it)
  services/ssh-host-based: 1 n/a (/etc/ssh/sshd_config is missing); 2 pass
  metadata/user: 1 FAIL; 2 no scope (a host does not have it)" "$("$plimsoll" parity --policy policy.yaml oci:one.oci host:two | sed -E 's/uid=[0-9]+\)/uid=N)/')"

compare rootfs:one host:one
check "the same tree: they agree, though it fails" "0 agree fail fail 0 differ" "$(cat status) $(jq -r '"\(.result) \(.first.result) \(.second.result) \(.counts.differ) differ"' p.json)"
compare host:two oci:one.oci
check "the other way round" "accounts/uid-zero differ: pass, fail" "$(rules | grep uid-zero)"

# What is excepted on both sides is there on both.
sed 's/^name:.*/&\nexceptions: [{rule: accounts\/uid-zero, reason: known, owner: me, until: 2026-12-31}]/' policy.yaml >excepted.yaml
policy=excepted.yaml compare oci:one.oci host:two
check "an exception hides no difference" "accounts/uid-zero differ: fail, pass" "$(rules | grep uid-zero)"

# What could not be told is not the same.
printf 'plimsoll: v1\nname: v\nvulnerabilities: {deny: [{severity: high}]}\n' >advisories.yaml
policy=advisories.yaml compare rootfs:one rootfs:two
check "without advisory data nobody can tell" "2 unknown vulnerabilities unknown: unknown, unknown" "$(cat status) $(jq -r .result p.json) $(rules)"
printf 'plimsoll: v1\nname: m\nrules: [{id: acme/telnet, severity: high, title: Telnet listens, query: SELECT port FROM listening_ports WHERE port = 23}]\n' >machine.yaml
policy=machine.yaml compare rootfs:one oci:one.oci
check "where nothing was compared nothing agrees" "2 unknown 0" "$(cat status) $(jq -r '"\(.result) \(.compared)"' p.json)"
check "people are told" "UNKNOWN There is no rule that both were judged by." "$("$plimsoll" parity --policy machine.yaml rootfs:one oci:one.oci | head -1)"
rm two/etc/passwd && truncate -s 300M two/etc/passwd
compare rootfs:one rootfs:two
check "a difference weighs more than an unknown" "1 differ" "$(cat status) $(jq -r .result p.json)"
rm -r two/etc/ssh two/usr/bin/b
compare rootfs:one rootfs:two
check "an unknown weighs more than the rest" "2 unknown accounts/uid-zero unknown: fail, unknown" "$(cat status) $(jq -r .result p.json) $(rules | grep uid-zero)"
check "the reason is told" "limit BODY_BYTES" "$(jq -r '.rules[] | select(.id == "accounts/uid-zero").second.reason' p.json | grep -o 'limit BODY_BYTES\|BODY_BYTES' | head -1 | sed 's/^BODY/limit BODY/')"

# Wrong use.
"$plimsoll" parity rootfs:one >out 2>err; check "one target alone" "3 plimsoll parity: two targets are needed" "$? $(head -1 err)"
"$plimsoll" parity rootfs:one rootfs:nowhere >out 2>err; check "a target that is not there" "3 plimsoll parity: rootfs:nowhere: no such file or directory: nowhere" "$? $(sed 's/ (transports.*//' err)"
"$plimsoll" parity --output sarif rootfs:one rootfs:two >out 2>err; check "a format that there is not" "3" "$?"

exit $failed
