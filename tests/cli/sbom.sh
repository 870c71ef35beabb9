#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Bills of materials: what is written of an image, the same bytes twice, valid where the official schemas are at hand (PLIMSOLL_CYCLONEDX_SCHEMAS:
# res/schema of the npm package @cyclonedx/cyclonedx-library; PLIMSOLL_SPDX_SCHEMA: spdx-schema.json of SPDX 2.3), and read back to the same verdict.
set -u
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
PYTHONPATH=$root/tests/cases/hostile python3 - <<'P'
import pathlib
from parts import Layer, entry, layout_of, tar
script = "#!/bin/sh\n"
status = "".join(f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: Some One <s@example.org>\nVersion: {version}\n{more}\n"
                 for name, version, more in (("bash", "5.2.15-2", ""), ("libc6", "2:2.36-9+deb12u9", "Source: glibc (2.36-9)\n")))
base = tar(entry("etc/os-release", "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian 12\"\n"), entry("var/lib/dpkg/status", status))
added = tar(entry("opt/server", script, mode=0o755), entry("opt/data", "x"))
layout_of([Layer(base), Layer(added)]).write(pathlib.Path("a.oci"))
copyright = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: x\nLicense: GPL-3+\n\nFiles: b\nCopyright: x\nLicense: own-words\n"
told = tar(entry("usr/share/doc/bash/copyright", copyright), entry("opt/a: b, c\\d/x-1.egg-info", "Version: 1\n"))
layout_of([Layer(base), Layer(told)]).write(pathlib.Path("told.oci"))
layout_of([Layer(base), Layer(tar(entry("var/lib/dpkg/.wh.status", "")))]).write(pathlib.Path("hidden.oci"))
layout_of([Layer(tar(entry("opt/server", script, mode=0o755)))]).write(pathlib.Path("bare.oci"))
P
mkdir tree && mkdir -p tree/lib/apk/db tree/etc && printf 'ID=alpine\nVERSION_ID=3.20.3\n' >tree/etc/os-release && printf 'P:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\no:musl\n\n' >tree/lib/apk/db/installed

at="--at 2026-11-01"
sbom() { "$plimsoll" sbom --quiet $at "$@" 2>errors || echo "exit $?: $(cat errors)"; }
sbom --output cyclonedx=a.cdx --output spdx=a.spdx --output json=a.json a.oci
sbom a.oci >b.cdx; sbom --output spdx a.oci >b.spdx; sbom --output json a.oci >b.json
for format in cdx spdx json; do check "$format: the same twice" "" "$(cmp a.$format b.$format 2>&1)"; done
"$plimsoll" sbom --quiet --at 2026-11-02 a.oci 2>/dev/null >later.cdx
check "another time changes the time alone" 1 "$(diff a.cdx later.cdx | grep -c '^>')"

# What stands in it.
check "cyclonedx: form" '["CycloneDX","1.6",1,"2026-11-01T00:00:00Z"]' "$(jq -c '[.bomFormat, .specVersion, .version, .metadata.timestamp]' a.cdx)"
check "cyclonedx: a serial of its content" true "$(jq '.serialNumber | test("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")' a.cdx)"
check "cyclonedx: the subject" '["container",true,"SHA-256"]' "$(jq -c '.metadata.component | [.type, (.purl | startswith("pkg:oci/")), .hashes[0].alg]' a.cdx)"
check "cyclonedx: components" '["operating-system debian 12","library bash 5.2.15-2","library libc6 2:2.36-9+deb12u9","file /opt/server null"]' \
	"$(jq -c '[.components[] | "\(.type) \(.name) \(.version)"]' a.cdx)"
check "cyclonedx: a package" '{"purl":"pkg:deb/debian/libc6@2:2.36-9%2Bdeb12u9?arch=amd64&distro=debian-12","supplier":{"name":"Some One <s@example.org>"},"scope":"required","location":"/var/lib/dpkg/status"}' \
	"$(jq -c '.components[2] | {purl, supplier, scope, location: .evidence.occurrences[0].location}' a.cdx)"
property() { jq -r --arg name "$2" '.components[] | select(.name == "'"$1"'").properties[] | select(.name == $name).value' a.cdx; }
check "its layer, source and instruction" "0 glibc 2.36-9" "$(property libc6 plimsoll:layer) $(property libc6 plimsoll:source) $(property libc6 plimsoll:source_version)"
check "a file's layer and digest" "1 $(printf '#!/bin/sh\n' | sha256sum | cut -d' ' -f1)" "$(property /opt/server plimsoll:layer) $(jq -r '.components[3].hashes[0].content' a.cdx)"
check "layers by their digests" "$(jq -r '.layers[].digest' a.json)" "$(jq -r '.metadata.properties[] | select(.name == "plimsoll:diff_id").value' a.cdx)"
check "cyclonedx: every ref is there, and once" "" "$(jq -r '([.components[]."bom-ref", .metadata.component."bom-ref"]) as $refs | ($refs | group_by(.)[] | select(length > 1)), (.dependencies[] | .ref, .dependsOn[]) | select(type == "array" or (IN($refs[]) | not))' a.cdx)"
check "the subject has all" 4 "$(jq '.dependencies[0].dependsOn | length' a.cdx)"
check "spdx: form" '["SPDX-2.3","CC0-1.0","SPDXRef-DOCUMENT"]' "$(jq -c '[.spdxVersion, .dataLicense, .SPDXID]' a.spdx)"
check "spdx: packages" '["CONTAINER","OPERATING_SYSTEM","LIBRARY","LIBRARY","FILE"]' "$(jq -c '[.packages[].primaryPackagePurpose]' a.spdx)"
check "spdx: every id is there, and once" "" "$(jq -r '[.packages[].SPDXID, .SPDXID] as $ids | ($ids | group_by(.)[] | select(length > 1)), (.relationships[] | .spdxElementId, .relatedSpdxElement) | select(type == "array" or (IN($ids[]) | not))' a.spdx)"
check "spdx: one is described" SPDXRef-Subject "$(jq -r '.relationships[] | select(.relationshipType == "DESCRIBES").relatedSpdxElement' a.spdx)"
check "json: packages" "bash 5.2.15-2 0
libc6 2:2.36-9+deb12u9 0" "$(jq -r '.packages[] | "\(.name) \(.version) \(.layer)"' a.json)"
check "a tree has no layers" null "$(sbom --output json rootfs:tree | jq -c '.packages[0].layer')"
check "no such format" "exit 3" "$("$plimsoll" sbom --output xml a.oci 2>/dev/null || echo "exit $?")"

# Schemas.
schemas=${PLIMSOLL_CYCLONEDX_SCHEMAS:--} spdx=${PLIMSOLL_SPDX_SCHEMA:--}
documents=(a.cdx a.spdx)
if [ "$schemas$spdx" = -- ]; then
	echo "the official schemas are not here: set PLIMSOLL_CYCLONEDX_SCHEMAS and PLIMSOLL_SPDX_SCHEMA"
elif ! python3 -c 'import jsonschema' 2>/dev/null; then
	echo "python3-jsonschema is not here: nothing was validated"
else
	check "${#documents[@]} documents are valid" "" "$(python3 "$root/tests/cli/validate-sbom.py" "$schemas" "$spdx" "${documents[@]}" 2>&1)"
fi

# Read back: what both can judge comes to the same.
rows="SELECT type, name, version, epoch, arch, source, source_version, vendor, license, purl, scope, path, root, cpe, checksum FROM package ORDER BY 1, 2"
for format in cdx spdx; do
	check "$format: the same packages" "$("$plimsoll" query --output csv a.oci "$rows" 2>&1)" "$("$plimsoll" query --output csv sbom:a.$format "$rows" 2>&1)"
	check "$format: the same system" "$("$plimsoll" query --output csv a.oci "SELECT id, name, version, version_id, codename, pretty_name, platform_like, support_end FROM os_version" 2>&1)" "$("$plimsoll" query --output csv sbom:a.$format "SELECT id, name, version, version_id, codename, pretty_name, platform_like, support_end FROM os_version" 2>&1)"
done
mkdir feeds && cat >feeds/a.json <<'J'
{"schema_version": "1.6.0", "id": "DEBIAN-CVE-2026-1", "upstream": ["CVE-2026-1"], "modified": "2026-10-01T00:00:00Z", "published": "2026-10-01T00:00:00Z",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "affected": [{"package": {"ecosystem": "Debian:12", "name": "glibc"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2:2.36-9+deb12u10"}]}]}]}
J
cat >feeds/covers.json <<'J'
{"id": "NOTHING-1", "modified": "2026-11-01T00:00:00Z", "affected": [],
 "database_specific": {"plimsoll": {"covers": ["Debian:12"], "packages": ["*"], "sample": true}}}
J
"$plimsoll" db build --from feeds --output a.db >/dev/null 2>errors || cat errors
cat >p.yaml <<'Y'
plimsoll: v1
name: t
vulnerabilities: {deny: [{severity: high}]}
components: {forbidden: [{name: bash}], required: [{name: zsh}], minimum: [{name: libc6, version: "2:3"}], unaccounted: 0}
configuration: {checks: [accounts/*]}
metadata: {user: {root: deny}}
rules:
  - {id: t/p, severity: low, title: p, query: "SELECT name AS package FROM package WHERE name = 'bash'", fix: f}
  - {id: t/f, severity: low, title: f, query: "SELECT path FROM file WHERE path = '/opt/data'", fix: f}
Y
verdict() { "$plimsoll" check --policy p.yaml --db a.db $at --output json "$1" 2>errors >v.json; [ -s v.json ] || cat errors; }
told() { jq -c '[.findings[] | select(.area == "vulnerabilities" or .area == "components" or .rule == "t/p") | [.id, .rule, .action, .evidence.package, .evidence.path]] | sort' v.json; }
verdict a.oci; wanted=$(told); areas=$(jq -c '.areas | [.vulnerabilities, .components]' v.json)
check "there is something to find" true "$(jq '[.findings[].rule] | contains(["components/forbidden", "components/required", "components/unaccounted", "t/p", "t/f"])' v.json)"
for format in cdx spdx; do
	verdict sbom:a.$format
	check "$format: the same findings" "$wanted" "$(told)"
	check "$format: the same results" "$areas" "$(jq -c '.areas | [.vulnerabilities, .components]' v.json)"
	check "$format: what it cannot tell is out of scope" '["out_of_scope","out_of_scope"]' "$(jq -c '.areas | [.configuration, .metadata]' v.json)"
	check "$format: a rule about files cannot tell" '["t/f","a bill of materials does not tell what is in the table file"]' "$(jq -c '.unknown[] | select(.area == "rules") | [.subject, .reason]' v.json)"
done

# What a copyright file says, files that cannot be read, and a database that a later layer removed.
cat >r.yaml <<'Y'
plimsoll: v1
name: t
vulnerabilities: {deny: [{severity: high}]}
licenses: {deny: ["GPL-3.0*"], unknown: warn}
unknown: {hidden_database: warn, unreadable: fail}
rules: [{id: t/h, severity: low, title: h, query: "SELECT name AS package, license_expression FROM package WHERE scope = 'hidden' OR license_expression IS NOT NULL", fix: f}]
Y
all_of() { "$plimsoll" check --policy r.yaml --db a.db $at --output json "$1" 2>errors >v.json; jq -c '(.findings[] | [.rule, .action, .evidence.package, .evidence.detail]), (.unknown[] | [.area, .kind, .subject, .reason, .action]), .areas' v.json; }
for image in told hidden; do
	wanted=$(all_of $image.oci)
	for format in cyclonedx spdx; do
		sbom --output $format $image.oci >$image.$format
		check "$image, $format: the same of its packages and gaps" "$wanted" "$(all_of sbom:$image.$format)"
	done
done
check "there is a denied licence" '["licenses/deny","bash"]' "$(all_of sbom:told.spdx >/dev/null; jq -c '.findings[] | select(.rule == "licenses/deny") | [.rule, .evidence.package]' v.json)"
check "and an unreadable file" '"/opt/a: b, c\\d/x-1.egg-info"' "$(jq '.unknown[] | select(.area == "vulnerabilities" and .kind == "unreadable").subject' v.json)"
check "there are hidden packages" '["hidden_database",["bash","libc6"]]' "$(all_of sbom:hidden.spdx >/dev/null; jq -c '[(.unknown[] | select(.area == "vulnerabilities").kind), [.findings[] | select(.rule == "t/h").evidence.package]]' v.json)"

# Never a silent pass.
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\ncomponents: {forbidden: [{path: /opt/x}], unaccounted: 0}\n' >q.yaml
why() { "$plimsoll" check --policy q.yaml --db a.db $at --output json "$1" >v.json 2>errors; echo "exit $?"; jq -r '.unknown[] | "\(.area) \(.kind) \(.subject): \(.reason)"' v.json; }
# Files that could not be read, one of them for two reasons: each has its entry once, and keeps its path.
jq '.metadata.properties = (.metadata.properties // []) + [range(3) | {name: "plimsoll:gap", value: "unreadable software, layer 0, /opt/\(["x", "y", "x"][.])-long-enough-for-the-heap/f: why \(.)"}]
	| .metadata.component.properties = (.metadata.component.properties // []) + [range(3) | {name: "plimsoll:gap", value: "unreadable software, layer 0, /opt/\(["x", "y", "x"][.])-long-enough-for-the-heap/f: why \(.)"}]' told.cyclonedx >twice.cdx
check "a file that could not be read for two reasons" "/opt/x-long-enough-for-the-heap/f: why 0
/opt/x-long-enough-for-the-heap/f: why 2
/opt/y-long-enough-for-the-heap/f: why 1" "$(all_of sbom:twice.cdx >/dev/null; jq -r '.unknown[] | select(.area == "vulnerabilities" and (.reason | startswith("why"))) | "\(.subject): \(.reason)"' v.json | sort -u)"
empty='{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}'
echo "$empty" >empty.json
check "an empty one" "exit 2
vulnerabilities no_data packages: the bill of materials lists none
vulnerabilities os os: the operating system could not be told
components unreadable /opt/x: a bill of materials does not tell which files there are
components unreadable unaccounted: a bill of materials does not tell which files there are" "$(why sbom:empty.json)"
sbom bare.oci >bare.cdx
check "no system, and a program nobody knows" "$(why bare.oci)" "$(why sbom:bare.cdx | grep -v /opt/x)"
check "which is found, and leaves open what it is" "exit 1
components/unaccounted /opt/server
vulnerabilities no_data executables" "$(why sbom:bare.cdx | head -1; jq -r '(.findings[] | "\(.rule) \(.evidence.path)"), (.unknown[] | "\(.area) \(.kind) \(.subject)")' v.json | grep -v /opt/x)"
error() { "$plimsoll" check --policy q.yaml "$1" 2>&1 >/dev/null; echo "exit $?"; }
printf '{"bomFormat": "CycloneDX",\n "specVersion": "1.6" "x"}' >broken.json
check "a broken one names its line" "plimsoll check: sbom:broken.json: JSON, line 2, column 25" "$(error sbom:broken.json | head -1 | cut -c1-57)"
check "another file" "plimsoll check: sbom:p.yaml: line 1: it does not begin with SPDXVersion: no bill of materials that is known
exit 3" "$(error sbom:p.yaml)"
check "a directory" "exit 3" "$(error sbom:tree | tail -1)"
check "two are compared" 0 "$("$plimsoll" diff --policy q.yaml --db a.db $at --output json sbom:a.cdx sbom:a.spdx 2>/dev/null | jq '[.. | objects | select(has("changes")) | .changes[]?] | length')"
check "and written again" "$(jq -c '[.components[].name]' a.cdx)" "$(sbom sbom:a.spdx | jq -c '[.components[].name]')"

# Package URLs.
check "purl: arguments" "pkg:pypi/a-b@1
pkg:npm/%40x/y" "$("$plimsoll" purl PKG:pypi/A_b@1 pkg:npm/@x/y)"
check "purl: lines" "pkg:gem/a
error: offset 0: it does not begin with pkg:" "$(printf 'pkg:gem/a\nx\n' | "$plimsoll" purl)"
check "purl: a refused one" "plimsoll purl: offset 0: its type needs a namespace 3" "$("$plimsoll" purl pkg:maven/a 2>&1) $("$plimsoll" purl pkg:maven/a 2>/dev/null; echo $?)"
exit $failed
