#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Profiles of SCAP data streams: which rules our checks answer with which values, what is said of the others.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
umask 022
rule=xccdf_org.ssgproject.content_rule_

# A data stream as the SCAP Security Guide makes them, with what a test needs of one.
cat >ds.xml <<'X'
<?xml version="1.0" encoding="UTF-8"?>
<ds:data-stream-collection xmlns:ds="http://scap.nist.gov/schema/scap/source/1.2" xmlns:x="http://checklists.nist.gov/xccdf/1.2" xmlns:o="http://oval.mitre.org/XMLSchema/oval-definitions-5">
  <ds:component id="c1"><o:oval_definitions><o:title>no XCCDF</o:title><o:Rule id="none"/></o:oval_definitions></ds:component>
  <ds:component id="c2"><x:Benchmark id="xccdf_org.ssgproject.content_benchmark_DEBIAN-12">
    <x:title>Guide</x:title><x:platform idref="cpe:/o:debian:debian_linux:12"/>
    <x:Profile id="xccdf_org.ssgproject.content_profile_base"><x:title>Base</x:title>
      <x:select idref="xccdf_org.ssgproject.content_rule_accounts_no_uid_except_zero" selected="true"/>
      <x:select idref="xccdf_org.ssgproject.content_rule_accounts_umask_etc_login_defs" selected="true"/>
      <x:refine-value idref="xccdf_org.ssgproject.content_value_var_accounts_user_umask" selector="022"/>
    </x:Profile>
    <x:Profile id="xccdf_org.ssgproject.content_profile_more" extends="xccdf_org.ssgproject.content_profile_base">
      <x:select idref="xccdf_org.ssgproject.content_rule_package_ntp_installed" selected="true"/>
      <x:select idref="xccdf_org.ssgproject.content_rule_partition_for_home" selected="true"/>
      <x:select idref="xccdf_org.ssgproject.content_rule_sshd_disable_root_login" selected="true"/>
      <x:refine-rule idref="xccdf_org.ssgproject.content_rule_package_ntp_installed" severity="high"/>
    </x:Profile>
    <x:Profile id="xccdf_org.ssgproject.content_profile_idle"><x:select idref="xccdf_org.ssgproject.content_rule_sshd_disable_root_login" selected="true"/></x:Profile>
    <x:Value id="xccdf_org.ssgproject.content_value_var_accounts_user_umask"><x:title>umask</x:title>
      <x:value selector="022">022</x:value><x:value selector="077">077</x:value><x:value>027</x:value></x:Value>
    <x:Group id="xccdf_g_group_accounts"><x:title>Accounts</x:title>
      <x:Rule id="xccdf_org.ssgproject.content_rule_accounts_no_uid_except_zero" selected="false" severity="high"><x:title>Only root has UID 0</x:title></x:Rule>
      <x:Group id="xccdf_g_group_sessions">
        <x:Rule id="xccdf_org.ssgproject.content_rule_accounts_umask_etc_login_defs" selected="false" severity="medium"><x:title>The umask &amp; login.defs</x:title>
          <x:check system="s"><x:complex-check><x:check-export export-name="v" value-id="xccdf_org.ssgproject.content_value_var_accounts_user_umask"/></x:complex-check></x:check></x:Rule>
      </x:Group>
    </x:Group>
    <x:Rule id="xccdf_org.ssgproject.content_rule_package_ntp_installed" selected="false" severity="low"><x:title>ntp is there</x:title></x:Rule>
    <x:Rule id="xccdf_org.ssgproject.content_rule_partition_for_home" selected="false" severity="low"><x:title>/home is a partition</x:title></x:Rule>
    <x:Rule id="xccdf_org.ssgproject.content_rule_sshd_disable_root_login" selected="false" severity="medium"><x:title>root does not log in</x:title></x:Rule>
  </x:Benchmark></ds:component>
</ds:data-stream-collection>
X
tailoring() { # SETTINGS
	echo "<Tailoring xmlns='http://checklists.nist.gov/xccdf/1.2' id='xccdf_t_tailoring_a'><version time='2026-01-01T00:00:00'>1</version><Profile id='xccdf_acme_profile_own' extends='xccdf_org.ssgproject.content_profile_more'>$1</Profile></Tailoring>" >tailoring.xml
}
mkdir -p tree/etc tree/var/lib/dpkg
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
printf 'root:x:0:0::/root:/bin/sh\nevil::0:0::/:/bin/sh\n' >tree/etc/passwd
printf 'UMASK 022\n' >tree/etc/login.defs
printf 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >tree/var/lib/dpkg/status

policy() { printf 'plimsoll: v1\nname: t\nscap: %s\n%s\n' "$1" "${2-}" >policy.yaml; }
judge() { "$plimsoll" check --policy policy.yaml --output json --at 2026-11-01 "$@" >v.json 2>err; echo $? >status; [ -s v.json ] || cat err >&2; }
rules() { jq -r '.checks[] | select(.id | startswith("xccdf_")) | "\(.id | split("_rule_")[1]) \(.result) \(.severity) \(.control // "-")\(if .reason then ": " + .reason else "" end)"' v.json; }
nobody="no check of ours answers it (scanner: oscap asks oscap)"

policy '[{datastream: ds.xml, profile: more}]'
judge rootfs:tree
check "which rules a profile selects, with its parent's; what answers them" "accounts_no_uid_except_zero fail high accounts/uid-zero
accounts_umask_etc_login_defs pass medium privilege/login-umask
package_ntp_installed unknown high -: $nobody
partition_for_home out_of_scope low -: only a host has it
sshd_disable_root_login not_applicable medium services/ssh-root-login: /etc/ssh/sshd_config is missing" "$(rules)"
check "the checks that answer them are selected as by the configuration" "accounts/uid-zero fail, privilege/login-umask pass, services/ssh-root-login not_applicable" \
	"$(jq -r '[.checks[] | select(.id | startswith("xccdf_") | not) | "\(.id) \(.result)"] | join(", ")' v.json)"
check "and find what they find" "accounts/uid-zero /etc/passwd" "$(jq -r '.findings[] | "\(.rule) \(.evidence.path)"' v.json)"
check "what nobody evaluated is unknown, together" "1 not_evaluated xccdf_org.ssgproject.content_profile_more: 1 rule was not evaluated: $nobody: package_ntp_installed" \
	"$(cat status) $(jq -r '.unknown[] | "\(.kind) \(.subject): \(.reason)"' v.json)"
sed -i '/evil/d' tree/etc/passwd
judge rootfs:tree
check "without a finding it is no pass" "2 unknown" "$(cat status) $(jq -r .result v.json)"
policy '[{datastream: ds.xml, profile: base}]'
judge rootfs:tree
check "a profile that is answered whole" "0 pass" "$(cat status) $(jq -r .result v.json)"
check "by its whole id, in YAML of one entry" "0" "$(policy '{datastream: ds.xml, profile: xccdf_org.ssgproject.content_profile_base}'; judge rootfs:tree; cat status)"
policy '[{datastream: ds.xml, profile: more}]'
judge host:tree
check "on a host it is in scope, and unknown" "unknown" "$(jq -r '.checks[] | select(.id | endswith("partition_for_home")).result' v.json)"
policy '[{datastream: ds.xml, profile: more, scanner: oscap}]'
judge host:tree
check "nor is oscap asked what only a running machine has" "partition_for_home unknown low -: oscap would look at the machine that it runs on" "$(rules | grep home)"

# Tailoring
tailoring "<select idref='${rule}package_ntp_installed' selected='false'/><select idref='${rule}partition_for_home' selected='0'/>
	<set-value idref='xccdf_org.ssgproject.content_value_var_accounts_user_umask'>077</set-value>"
policy '[{datastream: ds.xml, profile: own, tailoring: tailoring.xml}]'
judge rootfs:tree
check "a tailoring leaves out and sets values" "1 accounts_no_uid_except_zero pass high accounts/uid-zero
accounts_umask_etc_login_defs fail medium privilege/login-umask
sshd_disable_root_login not_applicable medium services/ssh-root-login: /etc/ssh/sshd_config is missing" "$(cat status) $(rules)"
policy '[{datastream: ds.xml, profile: own, tailoring: tailoring.xml}]' 'configuration: {checks: [privilege/login-umask], minimum_evaluated: 3}'
judge rootfs:tree
check "asked for twice with other values, it is asked twice" "privilege/login-umask fail, privilege/login-umask:accounts_umask_etc_login_defs fail" \
	"$(jq -r '[.checks[] | select(.id | startswith("privilege/")) | "\(.id) \(.result)"] | join(", ")' v.json)"
policy '[{datastream: ds.xml, profile: own, tailoring: tailoring.xml}]' 'configuration: {checks: [{id: privilege/login-umask, parameters: {umask: "077"}}]}'
judge rootfs:tree
check "and once with the same" "privilege/login-umask" "$(jq -r '.checks[] | select(.id | startswith("privilege/")).id' v.json)"
policy '[{datastream: ds.xml, profile: own, tailoring: tailoring.xml, action: warn}]'
judge rootfs:tree
check "terms of the entry" "0 warn" "$(cat status) $(jq -r '.findings[].action' v.json)"
before=$(jq -r .policy.digest v.json)
tailoring "<select idref='${rule}gone' selected='true'/><refine-value idref='xccdf_org.ssgproject.content_value_var_accounts_user_umask' selector='666'/>"
judge rootfs:tree
check "the files are in the policy's digest" other "$([ "$before" != "$(jq -r .policy.digest v.json)" ] && echo other)"
check "what a tailoring selects and nobody has is unknown" "the profile selects ${rule}gone, which the benchmark does not have" "$(jq -r '.unknown[].reason | select(contains("selects"))' v.json)"
check "a value that nobody has is no default" "accounts_umask_etc_login_defs unknown medium -: the profile gives var_accounts_user_umask no value that privilege/login-umask takes" \
	"$(rules | grep umask)"

# One rule of two profiles, by two values: whichever comes last, it is what the worse of them is.
tailoring "<set-value idref='xccdf_org.ssgproject.content_value_var_accounts_user_umask'>077</set-value>"
for entries in '{datastream: ds.xml, profile: base}, {datastream: ds.xml, profile: own, tailoring: tailoring.xml}' '{datastream: ds.xml, profile: own, tailoring: tailoring.xml}, {datastream: ds.xml, profile: base}'; do
	policy "[$entries]"
	judge rootfs:tree
	check "a rule of two profiles is one result, the worst" "accounts_umask_etc_login_defs fail" "$(rules | grep umask | cut -d ' ' -f 1,2)"
done
check "what is out of scope is counted apart" "1 not applicable, 1 out of scope" "$(jq -r .area_notes.configuration v.json | grep -o '[0-9]* not applicable, [0-9]* out of scope')"

# Roles, clusters, selectors of checks
sed 's/accounts_no_uid_except_zero" selected="false"/& cluster-id="all"/; s/umask_etc_login_defs" selected="false"/& cluster-id="all"/' ds.xml >cluster.xml
policy '[{datastream: cluster.xml, profile: own, tailoring: tailoring.xml}]'
for role in unchecked unscored full; do
	tailoring "<refine-rule idref='${rule}accounts_no_uid_except_zero' role='$role'/>"
	judge rootfs:tree
	echo "$(rules | grep no_uid) $(jq -r '.checks[] | select(.id == "accounts/uid-zero").result' v.json)"
done >roles
check "what nobody shall check, or score, is out of scope" "accounts_no_uid_except_zero out_of_scope high -: its role is unchecked 
accounts_no_uid_except_zero out_of_scope high -: its role is unscored 
accounts_no_uid_except_zero pass high accounts/uid-zero pass" "$(cat roles)"
tailoring "<select idref='all' selected='false'/>"
judge rootfs:tree
check "a cluster is several rules" "package_ntp_installed partition_for_home sshd_disable_root_login" "$(rules | sed 's/ .*//' | xargs)"
tailoring "<refine-rule idref='${rule}accounts_no_uid_except_zero' selector='other'/>"
judge rootfs:tree
check "another check of a rule is none that ours were held against" "accounts_no_uid_except_zero unknown high -: $nobody" "$(rules | grep no_uid)"
tailoring "<refine-rule idref='${rule}accounts_no_uid_except_zero' role='none'/>"
"$plimsoll" policy lint policy.yaml >out 2>err
check "a role that there is not" "plimsoll policy lint: SCAP tailoring.xml: line 1: 'role' is none of full, unscored and unchecked" "$(head -1 err)"
policy '[{datastream: ds.xml, profile: own, tailoring: tailoring.xml}]'

tailoring "<set-value idref='xccdf_org.ssgproject.content_value_var_accounts_user_umask'>u=rwx</set-value>"
judge rootfs:tree
check "nor is one that is no number" "unknown" "$(jq -r '.checks[] | select(.id | endswith("umask_etc_login_defs")).result' v.json)"

# The traps
policy '[{datastream: ds.xml, profile: idle}]'
judge rootfs:tree
check "nothing was evaluated" "2 nothing was evaluated: 1 of 1 rules are not applicable or out of scope" "$(cat status) $(jq -r '.unknown[].reason' v.json)"
sed -i s/=12/=11/ tree/etc/os-release
policy '[{datastream: ds.xml, profile: base}]' 'unknown: {end_of_life: warn}'
judge rootfs:tree
check "a benchmark for another release" "2 accounts_no_uid_except_zero unknown high -: the benchmark is for cpe:/o:debian:debian_linux:12, and this is debian 11" "$(cat status) $(rules | head -1)"
check "and why, once" "2 rules were not evaluated: the benchmark is for cpe:/o:debian:debian_linux:12, and this is debian 11: accounts_no_uid_except_zero, accounts_umask_etc_login_defs" \
	"$(jq -r '.unknown[] | select(.kind == "not_evaluated").reason' v.json)"
policy '[{datastream: ds.xml, profile: base}]' 'unknown: {not_evaluated: warn, end_of_life: warn}'
judge rootfs:tree
check "unless the policy says so" 0 "$(cat status)"
rm tree/etc/os-release
judge rootfs:tree
check "of a system that nobody knows" "the benchmark is for cpe:/o:debian:debian_linux:12, and what this is could not be told" "$(jq -r '.unknown[] | select(.kind == "not_evaluated").reason' v.json | sed 's/.*evaluated: //; s/: accounts.*//')"
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release

# What is wrong is said, with its place
refused() { # NAME WANTED
	"$plimsoll" policy lint policy.yaml >out 2>err
	check "$1" "1 $2" "$? $(head -1 err | sed 's/^plimsoll policy lint: //; s/^plimsoll: //')"
}
policy '[{datastream: ds.xml, profile: bas}]'
refused "no such profile" "SCAP ds.xml: there is no profile 'bas'; there are: base, more, idle"
policy '[{datastream: none.xml, profile: base}]'
refused "no such file" "policy.yaml:3:21: SCAP content cannot be read: none.xml: No such file or directory"
policy '[{datastream: ds.xml}]'
refused "no profile" "policy.yaml:3:9: an entry of scap needs the key 'profile'"
policy '[{datastream: policy.yaml, profile: base}]'
refused "no XML" "SCAP policy.yaml: xml: line 5: text outside of any element"
policy '[{datastream: tailoring.xml, profile: own}]'
refused "a tailoring alone" "SCAP tailoring.xml: there is no benchmark in it"
policy '[{datastream: ds.xml, profile: base, tailoring: ds.xml}]'
refused "a benchmark as tailoring" "SCAP ds.xml: this is no tailoring"
sed '/<x:Value/,$d' ds.xml >cut.xml
policy '[{datastream: cut.xml, profile: base}]'
refused "cut" "SCAP cut.xml: xml: line $(($(wc -l <cut.xml) + 1)): the document ends within an element"
sed 's/profile_more" extends="xccdf_org.ssgproject.content_profile_base"/profile_more" extends="xccdf_org.ssgproject.content_profile_more"/' ds.xml >circle.xml
policy '[{datastream: circle.xml, profile: more}]'
refused "ancestors in a circle" "SCAP circle.xml: line 11: the profile 'xccdf_org.ssgproject.content_profile_more' extends more than 32 others, or itself"
sed 's/content_rule_partition_for_home" selected="false"/content_rule_package_ntp_installed" selected="false"/' ds.xml >twice.xml
policy '[{datastream: twice.xml, profile: base}]'
refused "an id twice" "SCAP twice.xml: line 28: the id '${rule}package_ntp_installed' is there twice"
tailoring "<set-value idref='nothing'>1</set-value>"
policy '[{datastream: ds.xml, profile: own, tailoring: tailoring.xml}]'
refused "a value for nothing" "SCAP tailoring.xml: line 1: the benchmark has no value 'nothing'"

tailoring "" && sed -i "s|<version|<benchmark href='x' id='xccdf_other'/>&|" tailoring.xml
refused "a tailoring for another benchmark" "SCAP tailoring.xml: line 1: the profile 'xccdf_acme_profile_own' is for the benchmark 'xccdf_other', not for 'xccdf_org.ssgproject.content_benchmark_DEBIAN-12'"
sed -i "s|xccdf_other|xccdf_org.ssgproject.content_benchmark_DEBIAN-12|" tailoring.xml
check "one for this" 0 "$("$plimsoll" policy lint policy.yaml >out 2>err; echo $?)"
sed "s|</ds:data-stream-collection>|<ds:component id='c3'>$(cat tailoring.xml)</ds:component>&|" ds.xml >whole.xml
policy '[{datastream: whole.xml, profile: own, tailoring: whole.xml}]'
check "one that is a component of the data stream" 0 "$("$plimsoll" policy lint policy.yaml >out 2>err; echo $?)"

# Results for those who file them
printf 'evil::0:0::/:/bin/sh\n' >>tree/etc/passwd
policy '[{datastream: ds.xml, profile: more}]' 'configuration: {checks: [history/cd]}'
for i in 1 2; do "$plimsoll" check --policy policy.yaml --output xccdf --at 2026-11-01 rootfs:tree >r$i.xml 2>err; done
check "the same bytes" same "$(cmp r1.xml r2.xml && echo same)"
results() { # FILE: of each rule, by a reader of XML that is none of ours
	python3 - "$1" <<'PY'
import sys, xml.etree.ElementTree as tree
x = "{http://checklists.nist.gov/xccdf/1.2}"
root = tree.parse(sys.argv[1]).getroot()
rules = {rule.get("id") for rule in root.iter(x + "Rule")}
for test in root.iter(x + "TestResult"):
    print(test.get("start-time"), test.find(x + "target").text, test.find(x + "score").text, "of", test.find(x + "score").get("maximum"))
    for result in test.iter(x + "rule-result"):
        assert result.get("idref") in rules
        print(result.get("idref"), result.get("severity"), result.find(x + "result").text, *(ident.text for ident in result.iter(x + "ident")))
PY
}
check "a result of each rule and check" "2026-11-01T00:00:00Z rootfs:tree 2.0 of 5.0
xccdf_org.plimsoll_rule_accounts.uid-zero high fail accounts_no_uid_except_zero no_shelllogin_for_systemaccounts
xccdf_org.plimsoll_rule_history.cd low notselected
xccdf_org.plimsoll_rule_privilege.login-umask low pass accounts_umask_etc_login_defs
xccdf_org.plimsoll_rule_services.ssh-root-login high notapplicable sshd_disable_root_login
${rule}accounts_no_uid_except_zero high fail
${rule}accounts_umask_etc_login_defs medium pass
${rule}package_ntp_installed high unknown
${rule}partition_for_home low notselected
${rule}sshd_disable_root_login medium notapplicable" "$(results r1.xml)"
printf 'plimsoll: v1\nname: t & u\ncomponents: {forbidden: [{name: x}]}\n' >none.yaml
"$plimsoll" check --policy none.yaml --output xccdf --at 2026-11-01 rootfs:tree >none.xml 2>err
"$plimsoll" check --policy policy.yaml --output arf --at 2026-11-01 rootfs:tree >a.xml 2>err
check "ARF: who was asked about whom" "createdFor report1 request
isAbout report1 asset1
asset1 rootfs:tree
9 results of asset1, as XCCDF has them" "$(python3 - a.xml r1.xml <<'PY'
import sys, xml.etree.ElementTree as tree
arf, core, ai, x = ("{http://scap.nist.gov/schema/%s}" % name for name in ("asset-reporting-format/1.1", "reporting-core/1.1", "asset-identification/1.1", "x"))
x = "{http://checklists.nist.gov/xccdf/1.2}"
root, xccdf = tree.parse(sys.argv[1]).getroot(), tree.parse(sys.argv[2]).getroot()
for relation in root.iter(core + "relationship"):
    print(relation.get("type").split(":")[1], relation.get("subject"), relation.find(core + "ref").text)
for asset in root.iter(arf + "asset"):
    print(asset.get("id"), asset.find(ai + "software").find(ai + "installation-id").text)
told = lambda of: [(r.get("idref"), r.find(x + "result").text) for r in of.iter(x + "rule-result")]
for report in root.iter(arf + "report"):
    result = report.find(arf + "content").find(x + "TestResult")
    assert result.find(x + "benchmark").get("id") == root.find(f".//{x}Benchmark").get("id") == xccdf.get("id")
    print(len(told(report)), "results of", result.find(x + "target-id-ref").get("name") + ("," if told(report) == told(xccdf) else ", not"), "as XCCDF has them")
PY
)"
check "without any check it says so" "xccdf_org.plimsoll_rule_verdict high unknown" "$(results none.xml | tail -1)"
if command -v oscap >/dev/null; then
	for i in 1 2; do "$plimsoll" check --policy policy.yaml --output arf --at 2026-11-01 rootfs:tree >a$i.xml 2>err; done
	check "ARF: the same bytes" same "$(cmp a1.xml a2.xml && echo same)"
	check "ARF is valid for oscap" 0 "$(oscap ds rds-validate a1.xml >err 2>&1 && echo 0 || cat err)"
	check "a wrong one is not" other "$(sed 's/installation-id/installation/g' a1.xml >wrong.xml; oscap ds rds-validate wrong.xml >err 2>&1 || echo other)"
	oscap ds rds-split a1.xml split >err 2>&1
	check "its parts, as oscap takes it apart" "$(results r1.xml | grep -c rule_)" "$(cat split/* | grep -c "<rule-result")"
	printf 'plimsoll: v1\nname: "t \\uffff <&> \\e[31m \\u202e"\ncomponents: {forbidden: [{name: x}]}\n' >odd.yaml
	odd=$(printf "odd<a&\"'\\x1b\\n]]>\\xff\\xef\\xbf\\xbf"); cp -a tree "$odd"
	"$plimsoll" check --policy odd.yaml --output xccdf --at 2026-11-01 "rootfs:$odd" >odd.xml 2>err
	for file in r1.xml none.xml odd.xml; do check "valid for oscap: $file" 0 "$(oscap xccdf validate $file >err 2>&1 && echo 0 || cat err)"; done
else
	echo "skipped: oscap is not installed"
fi

# What the guide for a release calls them, or takes for them; a rule of one package is not one of another
while read -r wanted of break; do
	sed "s/package_ntp_installed/$of/" ds.xml >of.xml
	policy '[{datastream: of.xml, profile: more}]'
	rm -rf broken; cp -a tree broken; sed -i '/evil/d' broken/etc/passwd
	(cd broken && eval "$break")
	judge rootfs:broken
	check "$of: $break" $wanted "$(rules | sed -n "s/^$of \([a-z_]*\) .*/\1/p")"
done <<'X'
fail package_ypbind_removed printf 'Package: ypbind-mt\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >var/lib/dpkg/status
fail package_telnetd_removed mkdir -p usr/sbin; printf '#!/bin/sh\n' >usr/sbin/in.telnetd; chmod 755 usr/sbin/in.telnetd
pass package_telnet_removed printf 'Package: vsftpd\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >var/lib/dpkg/status
fail package_vsftpd_removed printf 'Package: vsftpd\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >var/lib/dpkg/status
pass package_talk_removed printf 'Package: talkd\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >var/lib/dpkg/status
fail package_xorg-x11-server-common_removed printf 'Package: xserver-xorg\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >var/lib/dpkg/status
fail no_shelllogin_for_systemaccounts echo 'other:x:0:0::/:/bin/sh' >>etc/passwd
X

# The table of rules
table=$root/src/scap/rules.def
{ printf 'plimsoll: v1\nname: t\nconfiguration:\n  checks:\n'; sed -n 's/^SCAP_RULE(.*, "\([^"]*\)")$/\1/p' "$table" | tr ' ' '\n' | sed 's/^/    - /'
	sed -n 's/^SCAP_\(VALUE\|FIXED\)("[^"]*", "\([^"]*\)", "\([^"]*\)", .*/    - {id: \2, parameters: {\3: "7"}}/p' "$table"; } >policy.yaml
check "the table's checks and parameters are those of the catalogue" 0 "$("$plimsoll" policy lint policy.yaml >out 2>err; echo $?; cat err)"
check "it is sorted, and has each rule once" "" "$(sed -n 's/^SCAP_RULE("\([^"]*\)".*/\1/p' "$table" | LC_ALL=C sort -cu 2>&1)"
guide=/usr/share/xml/scap/ssg/content
if ls $guide/ssg-debian*-ds.xml >/dev/null 2>&1 && ls $guide/ssg-ubuntu*-ds.xml >/dev/null 2>&1; then
	cat $guide/ssg-debian*-ds.xml $guide/ssg-ubuntu*-ds.xml | grep -o 'content_rule_[A-Za-z0-9_.-]*' | sed 's/content_rule_//' | LC_ALL=C sort -u >known
	# Those that only the guides for other systems have.
	printf '%s\n' account_unique_id configure_crypto_policy ensure_shadow_group_empty file_ownership_home_directories file_permissions_ungroupowned group_unique_id \
		group_unique_name no_forward_files no_legacy_plus_entries_etc_{group,passwd,shadow} package_{talk-server,telnet-server,ypbind,ypserv}_removed >elsewhere
	check "its rules are those of the guide" "" "$(sed -n 's/^SCAP_RULE("\([^"]*\)".*/\1/p' "$table" | LC_ALL=C sort -u | LC_ALL=C comm -23 - known | grep -vxFf elsewhere)"
	for stream in $guide/ssg-debian*-ds.xml $guide/ssg-ubuntu*-ds.xml; do
		policy "[{datastream: $stream, profile: standard}]"
		check "read whole: ${stream##*/}" "0 t: 1 SCAP profile" "$("$plimsoll" policy lint policy.yaml >out 2>err; echo "$? $(head -1 out)"; cat err)"
	done
else
	echo "skipped: the SCAP Security Guide is not installed"
fi
exit $failed
