#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Rules of SCAP profiles that oscap is asked: an image of each form and a tree are unpacked for it, confined it answers, and what it cannot tell is unknown.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache TMPDIR=$work/tmp
mkdir tmp
umask 022

cat >ds.py <<'P'
# A data stream whose rules are about what an unpacked image must have kept, or those that are named.
import collections, sys
rules = {"mode": "mode", "owner": "owner", "setid": "setid", "link": "link", "climbing": "climbing", "layered": "layered", "gone": "gone", "value": "value", "dpkg": "dpkg", "manual": None}
rules = dict((name, name) for name in sys.argv[1:]) or rules
unix, independent, linux = ("http://oval.mitre.org/XMLSchema/oval-definitions-5#" + name for name in ("unix", "independent", "linux"))
def oval(kind, number): return f"oval:org.test:{kind}:{number}"
definitions, tests, objects, states, variables = [], [], [], [], ""
def define(name, test, existence="at_least_one_exists", object="", state="", namespace=unix, comment="x"):
    if name is None:
        return
    n = len(definitions) + 1
    definitions.append(f'<definition class="compliance" id="{oval("def", name)}" version="1"><metadata><title>{name}</title><description>d</description></metadata>'
                       f'<criteria><criterion comment="c" test_ref="{oval("tst", n)}"/></criteria></definition>')
    ref = f'<state state_ref="{oval("ste", n)}"/>' if state else ""
    tests.append(f'<{test}_test xmlns="{namespace}" id="{oval("tst", n)}" version="1" check="all" check_existence="{existence}" comment="c"><object object_ref="{oval("obj", n)}"/>{ref}</{test}_test>')
    objects.append(f'<{test}_object xmlns="{namespace}" id="{oval("obj", n)}" version="1">{object}</{test}_object>')
    if state:
        states.append(f'<{test}_state xmlns="{namespace}" id="{oval("ste", n)}" version="1">{state}</{test}_state>')
numbers = collections.defaultdict(lambda: None, ((name, str(i + 1)) for i, name in enumerate(rules)))
def text(name, path, pattern, existence="at_least_one_exists"):
    define(numbers[name], "textfilecontent54", existence, f'<filepath>{path}</filepath><pattern operation="pattern match">{pattern}</pattern><instance datatype="int">1</instance>', "", independent)
define(numbers["mode"], "file", object="<filepath>/etc/secret</filepath>", state='<oread datatype="boolean">false</oread>')
define(numbers["owner"], "file", object="<filepath>/etc/secret</filepath>", state='<group_id datatype="int">42</group_id><user_id datatype="int">7</user_id>')
define(numbers["setid"], "file", "none_exist", '<path>/opt</path><filename operation="pattern match">.*</filename><filter xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5" action="include">oval:org.test:ste:900</filter>')
states.append(f'<file_state xmlns="{unix}" id="oval:org.test:ste:900" version="1"><suid datatype="boolean">true</suid></file_state>')
text("link", "/etc/link", "^inside$")
text("climbing", "/etc/climbing", "^inside$")
text("layered", "/etc/layered", "^upper$")
define(numbers["gone"], "file", "none_exist", "<filepath>/etc/gone</filepath>")
define(numbers["value"], "textfilecontent54", object='<filepath>/etc/size</filepath><pattern operation="pattern match">^size=(\\d+)$</pattern><instance datatype="int">1</instance>',
       state='<subexpression datatype="int" operation="greater than or equal" var_ref="oval:org.test:var:1"/>', namespace=independent)
variables = '<external_variable id="oval:org.test:var:1" version="1" datatype="int" comment="c"/>'
define(numbers["dpkg"], "dpkginfo", "none_exist", "<name>telnetd</name>", "", linux)
define(numbers["rpm"], "rpminfo", "none_exist", "<name>demo</name>", "", linux)
define(numbers["xattrs"], "fileextendedattribute", "none_exist", '<filepath>/opt/tool</filepath><attribute_name operation="pattern match">.*</attribute_name>')
define(numbers["acl"], "file", object="<filepath>/etc/secret</filepath>", state='<has_extended_acl datatype="boolean">false</has_extended_acl>')
define(numbers["device"], "file", "none_exist", '<path>/opt</path><filename operation="pattern match">.*</filename><filter xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5" action="include">oval:org.test:ste:901</filter>')
states.append(f'<file_state xmlns="{unix}" id="oval:org.test:ste:901" version="1"><type>character special</type></file_state>')
define(numbers["odd"], "file", "none_exist", '<path>/opt</path><filename operation="pattern match">.*</filename><filter xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5" action="include">oval:org.test:ste:902</filter>')
states.append(f'<file_state xmlns="{unix}" id="oval:org.test:ste:902" version="1"><type operation="not equal">regular</type></file_state>')
define(numbers["plain"], "file", "at_least_one_exists", '<filepath>/etc/secret</filepath>', '<type>regular</type>')
define(numbers["process"], "process58", "none_exist", '<command_line operation="pattern match">.*</command_line><pid datatype="int">1</pid>')
define(numbers["ages"], "shadow", "none_exist", '<username operation="pattern match">.*</username>')
define(numbers["kernel"], "sysctl", "none_exist", '<name>kernel.ostype</name>')
define(numbers["verified"], "rpmverifypackage", "none_exist", "".join(f'<{name} operation="pattern match">.*</{name}>' for name in ("name", "epoch", "version", "release", "arch")), "", linux)
define(numbers["unit"], "systemdunitproperty", "none_exist", '<unit operation="pattern match">.*</unit><property>ActiveState</property>', "", linux)
for kind in ("all", "defined", "local"):
    define(numbers[kind], "file", "none_exist", f'<behaviors recurse="directories" recurse_direction="down" max_depth="-1" recurse_file_system="{kind}"/><path>/</path><filename>secret</filename>')
def rule(name):
    export = '<check-export export-name="oval:org.test:var:1" value-id="xccdf_test_value_size"/>' if name == "value" else ""
    check = f'<check system="http://oval.mitre.org/XMLSchema/oval-definitions-5">{export}<check-content-ref href="oval.xml" name="{oval("def", numbers[name])}"/></check>' if rules[name] else ""
    return f'<Rule id="xccdf_test_rule_{name}" selected="false" severity="{"high" if name == "setid" else "medium"}"><title>about {name}</title>{check}</Rule>'
print(f'''<?xml version="1.0" encoding="UTF-8"?>
<ds:data-stream-collection xmlns:ds="http://scap.nist.gov/schema/scap/source/1.2" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:cat="urn:oasis:names:tc:entity:xmlns:xml:catalog" id="scap_org.test_collection_a" schematron-version="1.2">
<ds:data-stream id="scap_org.test_datastream_a" scap-version="1.2" use-case="OTHER">
<ds:checklists><ds:component-ref id="scap_org.test_cref_xccdf.xml" xlink:href="#scap_org.test_comp_xccdf.xml"><cat:catalog><cat:uri name="oval.xml" uri="#scap_org.test_cref_oval.xml"/></cat:catalog></ds:component-ref></ds:checklists>
<ds:checks><ds:component-ref id="scap_org.test_cref_oval.xml" xlink:href="#scap_org.test_comp_oval.xml"/></ds:checks></ds:data-stream>
<ds:component id="scap_org.test_comp_oval.xml" timestamp="2026-01-01T00:00:00"><oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5" xmlns:oval="http://oval.mitre.org/XMLSchema/oval-common-5">
<generator><oval:schema_version>5.11</oval:schema_version><oval:timestamp>2026-01-01T00:00:00</oval:timestamp></generator>
<definitions>{"".join(definitions)}</definitions><tests>{"".join(tests)}</tests><objects>{"".join(objects)}</objects><states>{"".join(states)}</states><variables>{variables}</variables></oval_definitions></ds:component>
<ds:component id="scap_org.test_comp_xccdf.xml" timestamp="2026-01-01T00:00:00"><Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_test_benchmark_a"><status date="2026-01-01">draft</status><title>t</title><version>1</version>
<Profile id="xccdf_test_profile_all"><title>all</title>{"".join(f'<select idref="xccdf_test_rule_{name}" selected="true"/>' for name in rules)}</Profile>
<Profile id="xccdf_test_profile_mode"><title>mode</title><select idref="xccdf_test_rule_mode" selected="true"/></Profile>
<Profile id="xccdf_test_profile_manual"><title>manual</title><select idref="xccdf_test_rule_manual" selected="true"/></Profile>
<Value id="xccdf_test_value_size" type="number"><title>size</title><value>8</value><value selector="large">64</value></Value>
{"".join(rule(name) for name in rules)}</Benchmark></ds:component></ds:data-stream-collection>''')
P
python3 ds.py >ds.xml

policy() { printf 'plimsoll: v1\nname: t\nscap: %s\n%s\n' "$1" "${2-}" >policy.yaml; }
judge() { "$plimsoll" check --policy policy.yaml --output json --at 2026-11-01 "$@" >v.json 2>err; echo $? >status; [ -s v.json ] || cat err >&2; }
rules() { jq -r '.checks[] | select(.id | startswith("xccdf_")) | "\(.id | split("_rule_")[1]) \(.result)\(if .control then " by " + .control else "" end)\(if .reason then ": " + .reason else "" end)"' v.json | sed "s/oscap $version/oscap/"; }
left() { find "$TMPDIR" -mindepth 1 | head -5; }
version=$(oscap --version 2>err | sed -n '1s/.* //p')

# Two layers: the upper one replaces, removes, and has links that only a root of their own makes harmless.
mkdir -p lower/etc lower/opt upper/etc
printf 'x\n' >lower/etc/secret; chmod 640 lower/etc/secret; printf 'lower\n' >lower/etc/layered; touch lower/etc/gone
printf 'size=16\n' >lower/etc/size; printf 'inside\n' >lower/etc/target
ln -s /etc/target lower/etc/link; ln -s ../../../../../etc/target lower/etc/climbing
printf '#!/bin/sh\n' >lower/opt/tool
printf 'upper\n' >upper/etc/layered; touch upper/etc/.wh.gone
chown 7:42 lower/etc/secret 2>err || echo "skipped: owners, which only root can give"
printf '{"config": {"Cmd": ["/opt/tool"]}, "owners": true}\n' >config.json

policy '[{datastream: ds.xml, profile: all}]'
mkdir -p plain/etc; cp lower/etc/size plain/etc/
judge rootfs:plain
check "nobody is asked unasked" "2 no check of ours answers it (scanner: oscap asks oscap)" "$(cat status) $(jq -r '.checks[].reason' v.json | sort -u)"
policy '[{datastream: ds.xml, profile: all, scanner: oscapp}]'
check "another scanner" "1 policy.yaml:3:52: 'oscapp' cannot stand here: it is none or oscap" "$("$plimsoll" policy lint policy.yaml >out 2>err; echo "$? $(head -1 err | sed 's/^plimsoll policy lint: //; s/^plimsoll: //')")"

policy '[{datastream: ds.xml, profile: all, scanner: oscap}]'
mkdir none
PATH=$work/none judge rootfs:plain
check "it is not installed" "2 9 rules were not evaluated: oscap was asked in vain: oscap is not installed: it is in no folder of PATH: mode, owner, setid, link, climbing, layered, gone, value, ..." \
	"$(cat status) $(jq -r '.unknown[].reason | select(contains("vain"))' v.json | sed 's/xccdf_test_rule_//g')"
if [ -z "$version" ]; then
	echo "skipped: oscap is not installed"
	exit $failed
fi
if [ "$(id -u)" != 0 ] || ! unshare -m true 2>err; then
	judge rootfs:plain
	check "without the right to, it is unknown" 2 "$(cat status)"
	echo "skipped: what only root can unpack, with a view of files of its own"
	exit $failed
fi

# Each form of the same image
"$root/tools/oci-image" image.oci config.json lower upper
"$root/tools/oci-image" image.oci.tar config.json lower upper
"$root/tools/oci-image" image.docker.tar config.json lower upper
xz -k image.docker.tar
wanted="mode pass by oscap
owner pass by oscap
setid pass by oscap
link pass by oscap
climbing pass by oscap
layered pass by oscap
gone pass by oscap
value pass by oscap
manual unknown: its check names no definition: it has none, or runs a program"
for target in oci:image.oci oci-archive:image.oci.tar docker-archive:image.docker.tar docker-archive:image.docker.tar.xz; do
	judge $target
	check "$target" "2 $wanted" "$(cat status) $(rules | grep -v ^dpkg)"
	check "nothing of it is left: $target" "" "$(left)"
done
check "the same again, the layers being known" "$(md5sum <v.json)" "$(judge docker-archive:image.docker.tar.xz; md5sum <v.json)"
check "what is not known is said once for each reason" "1 rule was not evaluated: its check names no definition: it has none, or runs a program: manual" "$(jq -r '.unknown[].reason | select(contains("names no"))' v.json)"
policy '[{datastream: ds.xml, profile: manual, scanner: oscap}]'
judge oci:image.oci
check "of a profile of which nothing was evaluated" "2 unknown" "$(cat status) $(jq -r .result v.json)"

# What does not hold is a finding, with the terms of the entry
cp -a upper broken; chmod u+s lower/opt/tool; printf 'size=4\n' >broken/etc/size; printf 'x\n' >broken/etc/secret; chmod 644 broken/etc/secret
ln -sf /../../../etc/hostname broken/etc/climbing; printf 'lower\n' >broken/etc/layered; rm broken/etc/.wh.gone
"$root/tools/oci-image" broken.oci config.json lower broken
policy '[{datastream: ds.xml, profile: all, scanner: oscap}]'
judge oci:broken.oci
check "what does not hold" "1 mode fail by oscap
owner fail by oscap
setid fail by oscap
link pass by oscap
climbing fail by oscap
layered fail by oscap
gone fail by oscap
value fail by oscap
manual unknown: its check names no definition: it has none, or runs a program" "$(cat status) $(rules | grep -v ^dpkg)"
check "each is a finding" "configuration high xccdf_test_rule_setid about setid: oscap found that it does not hold" \
	"$(jq -r '.findings[] | select(.rule | endswith("setid")) | "\(.area) \(.severity) \(.rule) \(.title): \(.message)"' v.json | sed "s/oscap $version/oscap/")"
policy '[{datastream: ds.xml, profile: all, scanner: oscap, action: warn}]' 'unknown: {not_evaluated: warn}'
judge oci:broken.oci
check "which warns where the entry says so" "0 warn" "$(cat status) $(jq -r '.findings[].action' v.json | sort -u)"
cat >tailoring.xml <<'X'
<Tailoring xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_t_tailoring_a"><version time="2026-01-01T00:00:00">1</version><Profile id="xccdf_t_profile_own" extends="xccdf_test_profile_all">
<select idref="xccdf_test_rule_manual" selected="false"/><select idref="xccdf_test_rule_dpkg" selected="false"/><refine-value idref="xccdf_test_value_size" selector="large"/></Profile></Tailoring>
X
policy '[{datastream: ds.xml, profile: own, tailoring: tailoring.xml, scanner: oscap}]'
judge oci:image.oci
check "a tailoring is laid into what is asked" "1 value fail by oscap" "$(cat status) $(rules | grep -v pass)"
sed -i 's/selector="large"/selector="none"/' tailoring.xml
judge oci:image.oci
check "a value that nobody has is no default" "2 value unknown: the profile gives a value that its check takes no text" "$(cat status) $(rules | grep -v pass)"

# What else a profile says of rules
sed 's/<Rule id="xccdf_test_rule_gone" /&cluster-id="together" /; s/<Rule id="xccdf_test_rule_link" /&cluster-id="together" /
	s|\(<check system="[^"]*"\)\(><check-content-ref href="oval.xml" name="oval:org.test:def:6"/></check>\)|\1\2\1 selector="other"><check-content-ref href="oval.xml" name="oval:org.test:def:4"/></check>|
	s|<title>about mode</title>|&<requires idref="xccdf_test_rule_owner"/>|' ds.xml >more.xml
refined() { # SETTINGS IMAGE
	sed "s|<refine-value.*|$1</Profile></Tailoring>|" tailoring.xml >refined.xml
	policy '[{datastream: more.xml, profile: own, tailoring: refined.xml, scanner: oscap}]'
	judge "oci:${2-image.oci}"
	rules
}
check "which of a rule's checks is meant" "layered pass by oscap" "$(refined '<refine-rule idref="xccdf_test_rule_layered" selector="other"/>' broken.oci | grep ^layered)"
check "without that it is the other" "layered fail by oscap" "$(refined '' broken.oci | grep ^layered)"
check "what nobody shall check, or score, is out of scope, and others may require it" "mode pass by oscap
owner out_of_scope: its role is unchecked
setid out_of_scope: its role is unscored" "$(refined '<refine-rule idref="xccdf_test_rule_owner" role="unchecked"/><refine-rule idref="xccdf_test_rule_setid" role="unscored"/>' | head -3)"
check "several rules by the name of their cluster" "mode owner setid climbing layered value" "$(refined '<select idref="together" selected="false"/>' | sed 's/ .*//' | xargs)"

# A tree, whose links lead nowhere else either; dpkg
mkdir -p tree/etc tree/opt tree/var/lib/dpkg
cp -a lower/etc/. tree/etc/; cp -a upper/etc/layered tree/etc/; rm tree/etc/gone
printf 'Package: telnetd\nStatus: install ok installed\nArchitecture: all\nVersion: 1\nMaintainer: a\nDescription: b\n' >tree/var/lib/dpkg/status
policy '[{datastream: ds.xml, profile: all, scanner: oscap}]'
judge rootfs:tree
check "a tree" "$wanted" "$(rules | grep -v ^dpkg)"
case $version in
1.[0-3].*) check "a package that is installed does not pass as one that is not" "dpkg unknown: oscap cannot ask dpkg about another root, 1.4 can" "$(rules | grep ^dpkg)" ;;
*) check "a package that is installed" "dpkg fail by oscap" "$(rules | grep ^dpkg)" ;;
esac
judge host:tree
check "a machine's root that is not running" "$wanted" "$(rules | grep -v ^dpkg)"
python3 ds.py rpm >rpm.xml
policy '[{datastream: rpm.xml, profile: all, scanner: oscap}]'
mkdir -p rpm/var/lib/rpm
printf 'demo 1.0 1 demo-1.0-1.src.rpm - 1\n' | python3 "$root/tests/cli/make-rpmdb.py" rpm/var/lib/rpm/Packages.db
judge rootfs:rpm
check "nor does one of rpm, whether this oscap can read its database or not" "" "$(rules | grep -vx -e 'rpm fail by oscap' -e 'rpm unknown: oscap does not find demo, a package of rpm that is there')"
judge rootfs:lower
check "where rpm has none, none is there" "0 rpm pass by oscap" "$(cat status) $(rules)"
python3 ds.py xattrs acl device odd plain process ages kernel unit verified mode >blind.xml
policy '[{datastream: blind.xml, profile: all, scanner: oscap}]'
judge rootfs:lower
check "what it answers and does not see of another root" "2 xattrs unknown: it asks for what is not unpacked: xattrs, devices, pipes or sockets
acl unknown: it asks for what is not unpacked: xattrs, devices, pipes or sockets
device unknown: it asks for what is not unpacked: xattrs, devices, pipes or sockets
odd unknown: it asks for what is not unpacked: xattrs, devices, pipes or sockets
plain pass by oscap
process unknown: it asks what oscap does not see of another root
ages unknown: it asks what oscap does not see of another root
kernel unknown: it asks what oscap does not see of another root
unit unknown
verified unknown: it asks what oscap does not see of another root
mode pass by oscap" "$(cat status) $(rules | sed 's/^unit unknown: .*/unit unknown/')"
python3 ds.py all defined local >recurse.xml
policy '[{datastream: recurse.xml, profile: all, scanner: oscap}]'
judge rootfs:lower
check "what it looks for on the machine's disks alone it would not find" "1 all fail by oscap
defined fail by oscap
local unknown: it asks what oscap does not see of another root" "$(cat status) $(rules)"
sed 's|<status date="2026-01-01">draft</status><title>t</title>|&<platform idref="cpe:/o:debian:debian_linux:12"/>|' ds.xml >other.xml
policy '[{datastream: other.xml, profile: all, scanner: oscap}]'
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
judge rootfs:tree
check "who takes it for another release does not say what does not apply" "9 unknown: oscap does not take this for what the benchmark is for" "$(rules | grep -v ^manual | sed 's/^[a-z]* //' | uniq -c | sed 's/^ *//')"
printf 'ID=debian\nVERSION_ID=11\n' >tree/etc/os-release
judge rootfs:tree
check "for another release nobody is asked" "10 unknown: the benchmark is for cpe:/o:debian:debian_linux:12, and this is debian 11" "$(rules | sed 's/^[a-z]* //' | uniq -c | sed 's/^ *//')"
"$plimsoll" sbom rootfs:tree --output cyclonedx >tree.json 2>err
policy '[{datastream: ds.xml, profile: all, scanner: oscap}]'
judge sbom:tree.json
check "of a bill of materials nothing is asked" "out_of_scope" "$(jq -r .areas.configuration v.json)"
mkfifo tree/etc/pipe
ln -s a tree/etc/a
judge rootfs:tree
check "pipes are left out, circles are no trouble" "$wanted" "$(rules | grep -v ^dpkg)"
# A path is longer than any may be.
python3 -c 'import os
os.chdir("tree")
for i in range(900):
    os.mkdir("deep")
    os.chdir("deep")'
judge rootfs:tree
check "where a directory was not read no rule about files passes" "8 unknown: oscap was not shown all files: /deep" "$(rules | sed -n '/^dpkg/d; /^manual/d; s|^[a-z]* \(.*: /deep\).*|\1|p' | uniq -c | sed 's/^ *//')"
printf 'other\n' >tree/etc/layered
judge rootfs:tree
check "what fails fails all the same" "layered fail by oscap" "$(rules | grep ^layered)"
printf 'upper\n' >tree/etc/layered
check "nothing is left of that" "" "$(left)"
rm -r tree/deep

# A scanner that has been taken over: what it reaches, and what comes of what it writes
scanner() { # NAME, C of what it does with `FILE *out`, and of what it does when it is asked for packages
	mkdir -p "$1"
	cat >fake.c <<C
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
static void result(FILE *out, const char *rule, const char *what) { fprintf(out, "<rule-result idref='xccdf_test_rule_%s'><result>%s</result></rule-result>", rule, what); }
static void refused(FILE *out, const char *rule, int r) { result(out, rule, r < 0 && (errno == EPERM || errno == EACCES || errno == EROFS) ? "pass" : "fail"); }
int main(int argc, char **argv) {
	FILE *out = NULL;
	if (argc == 2) return puts("OpenSCAP command line tool (oscap) 1.4.9") < 0;
	if (strcmp(argv[1], "oval") == 0) { ${3-} return 0; }
	for (int i = 1; i < argc; i++) if (strcmp(argv[i], "--results") == 0) out = fopen(argv[i + 1], "w");
	$2
	(void)result, (void)refused;
	return fclose(out) != 0;
}
C
	cc -o "$1/oscap" fake.c || echo "not ok compile"
}
taken() { PATH=$work/$1:$PATH judge oci:image.oci; rules | sed 's/ by oscap 1.4.9//'; }
scanner reach '
	char text[16] = "";
	fputs("<TestResult xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"a\">", out);
	refused(out, "mode", socket(AF_INET, SOCK_STREAM, 0));
	refused(out, "owner", open("/etc/passwd", O_RDONLY));
	refused(out, "setid", open("/tmp/tree/etc/new", O_WRONLY | O_CREAT, 0600));
	refused(out, "link", execl("/bin/sh", "sh", "-c", "exit 0", NULL));
	result(out, "climbing", getenv("PLIMSOLL_TEST_SECRET") ? "fail" : "pass");
	int fd = open("/tmp/tree/etc/layered", O_RDONLY);
	result(out, "layered", read(fd, text, 5) == 5 && strcmp(text, "upper") == 0 ? "pass" : "fail");
	result(out, "gone", open("/tmp/own", O_WRONLY | O_CREAT, 0600) >= 0 ? "pass" : "fail");
	result(out, "value", chown("/tmp/own", 1, 1) < 0 && mkdir("/tmp/sub", 0700) == 0 ? "notapplicable" : "fail");
	int many = fork();
	if (many == 0) { setsid(); for (;;) pause(); }
	result(out, "dpkg", "pass"); result(out, "dpkg", "fail"); result(out, "dpkg", "notapplicable");
	result(out, "foreign", "fail");
	fputs("</TestResult>", out);'
check "what it reaches; what it says of one rule more than once; what it does not say" "mode pass
owner pass
setid pass
link pass
climbing pass
layered pass
gone pass
value not_applicable: oscap: notapplicable
dpkg fail
manual unknown: its check names no definition: it has none, or runs a program" "$(PLIMSOLL_TEST_SECRET=1 taken reach)"
check "what it began has ended with it" "" "$(pgrep -f "$work/reach/oscap")"
check "a rule that nobody asked about is none" "" "$(jq -r '.checks[].id | select(endswith("foreign"))' v.json)"
# Whether a rule applies: by a test of a file, of the machine, by a name of CPE, or as its group does
fact() { echo "<cpe2:platform id=\"$1\"><cpe2:logical-test operator=\"AND\" negate=\"false\"><cpe2:$2/></cpe2:logical-test></cpe2:platform>"; }
facts="$(fact file 'check-fact-ref id-ref="oval:org.test:def:1"')$(fact machine 'check-fact-ref id-ref="oval:org.test:def:2"')$(fact named 'fact-ref name="cpe:/a:test:machine"')"
facts="<cpe2:platform-specification xmlns:cpe2=\"http://cpe.mitre.org/language/2.0\">$facts</cpe2:platform-specification>"'<cpe-list><cpe-item name="cpe:/a:test:machine"><check system="http://oval.mitre.org/XMLSchema/oval-definitions-5" href="oval.xml">oval:org.test:def:2</check></cpe-item></cpe-list>'
python3 ds.py mode kernel owner setid link | sed "s|<Profile id=\"xccdf_test_profile_all\">|$facts&|; s|<title>about mode</title>|&<platform idref=\"#file\"/>|; s|<title>about owner</title>|&<platform idref=\"#machine\"/>|
	s|<title>about setid</title>|&<platform idref=\"#named\"/>|; s|<Rule id=\"xccdf_test_rule_link\".*</Rule>|<Group id=\"xccdf_test_group_g\"><platform idref=\"cpe:/a:test:machine\"/><Group id=\"xccdf_test_group_h\">&</Group></Group>|" >applies.xml
scanner applies 'fputs("<TestResult id=\"a\">", out); for (int i = 0; i < 4; i++) result(out, (const char *[]){ "mode", "owner", "setid", "link" }[i], "notapplicable"); fputs("</TestResult>", out);'
policy '[{datastream: applies.xml, profile: all, scanner: oscap}]'
hidden="unknown: whether it applies is what oscap does not see of another root"
check "what decides whether a rule applies is asked of another root, too" "mode not_applicable: oscap: notapplicable
kernel unknown: it asks what oscap does not see of another root
owner $hidden
setid $hidden
link $hidden" "$(taken applies)"
policy '[{datastream: ds.xml, profile: all, scanner: oscap}]'
dpkg='fputs("<TestResult xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"a\">", out); result(out, "dpkg", "pass"); result(out, "mode", "notapplicable"); result(out, "owner", "pass"); fputs("</TestResult>", out);'
asked() { # NAME, WHAT COMES OF IT, WHAT IT SAYS OF PACKAGES
	scanner asked "$dpkg" "$3"
	PATH=$work/asked:$PATH judge rootfs:tree
	check "$1" "$2
owner pass by oscap 1.4.9" "$(rules | grep -e ^dpkg -e ^mode -e ^owner | sort)"
}
blind="dpkg unknown: oscap 1.4.9 does not find telnetd, a package of dpkg that is there
mode unknown: oscap 1.4.9 does not find telnetd, a package of dpkg that is there"
asked "who finds what is installed is believed about packages" "dpkg pass by oscap 1.4.9
mode not_applicable by oscap 1.4.9: oscap: notapplicable" 'puts("Definition oval:org.plimsoll:def:1: true"); puts("Evaluation done.");'
asked "who does not is not" "$blind" 'puts("Definition oval:org.plimsoll:def:1: false"); puts("Definition oval:org.plimsoll:def:2: true");'
asked "nor who says nothing of it" "$blind" ''
asked "nor who ends otherwise" "$blind" 'puts("Definition oval:org.plimsoll:def:1: true"); return 1;'
asked "nor who says too much" "$blind" 'for (int i = 0; i < 4096; i++) puts("Definition oval:org.plimsoll:def:1: true");'
scanner hang 'return 1;' 'pause();'
cp -a rpm both; mkdir -p both/var/lib/dpkg; cp tree/var/lib/dpkg/status both/var/lib/dpkg/
PATH=$work/hang:$PATH "$plimsoll" check --policy policy.yaml rootfs:both >out 2>err &
run=$!
for _ in {1..100}; do asked=$(find "$TMPDIR" -name packages.xml 2>err); [ -s "$asked" ] && break; sleep 0.1; done
cp "$asked" packages.xml; kill -9 $run; wait $run 2>err
check "what it is asked of packages is OVAL" "0 dpkg rpm" "$(oscap oval validate packages.xml >out 2>&1; echo "$? $(grep -o '<[a-z]*info_object' packages.xml | sed 's/<//; s/info.*//' | xargs)")"
vain() { # NAME, WHY, WHAT IT DOES
	scanner trick "$3"
	check "$1" "9 unknown: oscap was asked in vain: $2" "$(taken trick | grep -v ^manual | sed 's/^[a-z]* //' | uniq -c | sed 's/^ *//')"
	check "and nothing is left: $1" "" "$(left)"
}
vain "no XML" "its results cannot be read: xml: line 1: text outside of any element" 'fputs("nothing", out);'
vain "no results" "its results cannot be read: there is no TestResult" 'fputs("<Benchmark id=\"a\"/>", out);'
vain "a result that there is not" "its results cannot be read: line 1: a result that XCCDF does not have" 'fputs("<TestResult id=\"a\"><rule-result idref=\"a\"><result>passed</result></rule-result></TestResult>", out);'
vain "its words cannot steer a terminal" 'oscap ended with status 1: \x1b[31mred' 'fputs("first\n\033[31mred\n", stderr); return 1;'
vain "it is ended" "oscap was ended by signal 11 (Segmentation fault)" '*(volatile char *)0 = 1;'
vain "a link where its results should be" "results.xml: Permission denied" 'for (int i = 1; i < argc; i++) if (strcmp(argv[i], "--results") == 0) { unlink(argv[i + 1]); if (symlink("/etc/passwd", argv[i + 1]) < 0) return 1; }'
scanner slow 'if (fork() == 0) pause(); pause();'
PATH=$work/slow:$PATH judge --limit SCAN_S=1 oci:image.oci
check "it takes too long" "oscap was asked in vain: oscap took longer than limit SCAN_S (1)" "$(jq -r '.checks[0].reason' v.json)"
judge --limit SCAN_TREE_BYTES=10 oci:image.oci
check "too much to unpack" "oscap was asked in vain: it could not be unpacked: /etc/size: more than limit SCAN_TREE_BYTES (10)" "$(jq -r '.checks[0].reason' v.json)"
mkdir -p big/opt; head -c 2000000 /dev/urandom >big/opt/blob
judge --limit WORKER_ANSWER_BYTES=1000000 rootfs:big
check "too much of one tree" "oscap was asked in vain: it could not be unpacked: more bytes of files than limit WORKER_ANSWER_BYTES (1000000)" "$(jq -r '.checks[0].reason' v.json)"

# Killed, it leaves nothing
PATH=$work/slow:$PATH "$plimsoll" check --policy policy.yaml oci:image.oci >out 2>err &
run=$!
for _ in {1..100}; do [ -n "$(left)" ] && [ -n "$(find "$TMPDIR" -name tailoring.xml)" ] && break; sleep 0.1; done
check "it is in a directory for its owner alone" "700" "$(stat -c %a "$TMPDIR"/plimsoll-*)"
kill -9 $run; wait $run 2>err
for _ in {1..100}; do [ -z "$(left; pgrep -f "$work/slow/oscap")" ] && break; sleep 0.1; done
check "of a run that was killed nothing is left" "" "$(left; pgrep -f "$work/slow/oscap")"

# Where owners cannot be kept, there is no answer
chmod 755 "$work" "$TMPDIR"; chmod -R a+rX image.oci ds.xml policy.yaml; mkdir -m 777 home
if command -v setpriv >out && su_home=$work/home; then
	HOME=$su_home XDG_CACHE_HOME=$su_home XDG_STATE_HOME=$su_home setpriv --reuid=12345 --regid=12345 --clear-groups "$plimsoll" check --policy policy.yaml --output json --at 2026-11-01 oci:image.oci >v.json 2>err
	check "by nobody in particular it cannot be unpacked" "oscap was asked in vain: only root, also that of a user namespace with all its users (podman unshare), can unpack it with the owners that its rules ask for" \
		"$(jq -r '.checks[0].reason' v.json; cat err)"
else
	echo "skipped: setpriv is not there"
fi
exit $failed
