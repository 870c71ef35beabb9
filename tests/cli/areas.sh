#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Six small images with their own advisories: five break exactly one area each, the sixth passes.  The same image in three
# forms gives the same findings and areas; as a tree it is out of scope for base image and metadata.
set -eu
plimsoll=$1
. "$(dirname "$0")/compare.bash"

package() { # NAME VERSION
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: Test <t@example.org>\nVersion: %s\nDescription: test\n\n' "$1" "$2"
}

# tree DIR: the base of all six, a Debian 12 with two packages.
tree() {
	mkdir -p "$1/etc" "$1/var/lib/dpkg" "$1/usr/bin"
	printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nNAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n' >"$1/etc/os-release"
	printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/app:/usr/sbin/nologin\n' >"$1/etc/passwd"
	printf 'root:x:0:\napp:x:1000:\n' >"$1/etc/group"
	printf 'root:*:19000:0:99999:7:::\napp:!:19000:0:99999:7:::\n' >"$1/etc/shadow"
	chmod 640 "$1/etc/shadow"
	chmod 644 "$1/etc/passwd" "$1/etc/group" "$1/etc/os-release"
	{ package libdemo 2.0-1; package demo-tool 1.5-1; } >"$1/var/lib/dpkg/status"
	printf '#!/bin/sh\necho demo\n' >"$1/usr/bin/demo"
	chmod 755 "$1/usr/bin/demo"
}

tree base
mkdir -p application/opt && echo hello >application/opt/hello
cat >good.json <<'J'
{"User": "1000:1000", "Entrypoint": ["/usr/bin/demo"], "Env": ["PATH=/usr/bin"], "Labels": {"org.opencontainers.image.source": "https://git.example.org/demo"}}
J
sed 's/"1000:1000"/"root"/' good.json >root.json
cat >policy.yaml <<'J'
plimsoll: v1
name: test/areas
base_image: {approved: [{name: demo-base, generations: bases/demo-base.json, until: 2027-12-31}]}
vulnerabilities: {deny: [{severity: high}]}
components: {minimum: [{name: libdemo, version: "1.9"}], forbidden: [{name: telnetd}]}
configuration: {checks: [accounts/uid-zero]}
metadata: {user: {root: deny}, entrypoint: {required: true}}
rules: [{id: test/no-debris, severity: low, title: Debris, query: "SELECT path FROM file WHERE path = '/debris'"}]
unknown: {data_age: {over: 36500d, is: warn}}
J
mkdir advisories
cat >advisories/TEST-1.json <<'J'
{"id": "CVE-2026-0001", "published": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "affected": [{"package": {"ecosystem": "Debian:12", "name": "demo-tool"},
               "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.5-1"}]}]}],
 "database_specific": {"plimsoll": {"covers": ["Debian:12"], "packages": ["*"], "sample": true}}}
J
cat >advisories/TEST-2.json <<'J'
{"id": "CVE-2026-0002", "published": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N"}],
 "affected": [{"package": {"ecosystem": "generic", "name": "libdemo"},
               "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.9"}]}]},
              {"package": {"ecosystem": "Debian:12", "name": "libdemo"},
               "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0-1"}]}]}]}
J
"$plimsoll" db build --from advisories --output advisories.db >/dev/null 2>&1
image() { "$root/tools/oci-image" "$@"; }
image base.oci good.json base
mkdir bases
"$plimsoll" base add --name demo-base --file bases/demo-base.json --date 2026-11-01 oci:base.oci >/dev/null

cp -a application vulnerable
mkdir -p vulnerable/var/lib/dpkg
{ package libdemo 2.0-1; package demo-tool 1.4-1; } >vulnerable/var/lib/dpkg/status
cp -a application outdated
mkdir -p outdated/var/lib/dpkg
{ package libdemo 1.8-1; package demo-tool 1.5-1; } >outdated/var/lib/dpkg/status
cp -a application misconfigured
mkdir -p misconfigured/etc
{ cat base/etc/passwd; echo 'evil::0:0:::/bin/sh'; } >misconfigured/etc/passwd
cp -a base foreign
echo other >foreign/etc/issue

image good.oci good.json base application
image good.oci.tar good.json base application
image good.docker.tar good.json base application
image base_image.oci good.json foreign application
image vulnerabilities.oci good.json base vulnerable
image components.oci good.json base outdated
image configuration.oci good.json base misconfigured
image metadata.oci root.json base application

judge() { "$plimsoll" check --policy policy.yaml --db advisories.db --at 2026-11-20 --output json "$1"; }
areas='[.areas | to_entries[] | select(.value != "pass" and .value != "not_required") | "\(.key)=\(.value)"] | join(" ")'

for broken in base_image vulnerabilities components configuration metadata; do
	status=0
	judge oci:$broken.oci >verdict.json || status=$?
	check "$broken is broken there only" "$broken=fail" "$(jq -r "$areas" verdict.json)"
	check "$broken: exit status" 1 $status
done
status=0
judge oci:good.oci >good-oci.json || status=$?
check "the sixth passes" "pass 0" "$(jq -r .result good-oci.json) $status"
check "the sixth: every area" "" "$(jq -r "$areas" good-oci.json)"

judge oci:good.oci >again.json || true
check "the same input gives the same bytes" "$(sha256sum <good-oci.json)" "$(sha256sum <again.json)"
for form in oci-archive:good.oci.tar docker-archive:good.docker.tar good.oci good.oci.tar good.docker.tar; do
	judge $form >other.json || true
	check "$form: the same findings and areas" "$(jq -S '[.findings, .areas]' good-oci.json)" "$(jq -S '[.findings, .areas]' other.json)"
done
judge oci:vulnerabilities.oci >image.json || true
mkdir tree && cp -a base/. tree && cp -a vulnerable/. tree
judge rootfs:tree >tree.json || true
same='[.findings[] | select(.area == "configuration" or .area == "components" or .area == "vulnerabilities")
       | del(.evidence.layer, .evidence.layer_digest, .evidence.instruction, .evidence.origin)]'
check "a tree has the same findings" "$(jq -S "$same" image.json)" "$(jq -S "$same" tree.json)"
check "a tree has neither base nor metadata" "out_of_scope out_of_scope" "$(jq -r '"\(.areas.base_image) \(.areas.metadata)"' tree.json)"
# What could not be read of one package may be what a rule asks for: no rule that reads packages passes, others do.
mkdir -p tree/usr/lib/python3/dist-packages/broken-1.0.dist-info && echo Version: 1.0 >tree/usr/lib/python3/dist-packages/broken-1.0.dist-info/METADATA
printf 'plimsoll: v1\nname: t\nrules: [{id: t/python, title: t, query: SELECT * FROM python_packages}, {id: t/users, title: t, query: "SELECT 1 FROM users WHERE uid = 7"}]\n' >rules.yaml
"$plimsoll" check --policy rules.yaml --output json rootfs:tree 2>err >rules.json || true
check "a rule about packages, one of which could not be read" "t/python unknown, t/users pass, unknown" \
	"$(jq -r '([.checks[] | "\(.id) \(.result)"] + [.areas.rules]) | join(", ")' rules.json)"
exit $failed
