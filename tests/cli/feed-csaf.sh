#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# CSAF of distributions with rpms: products by their CPE, packages by their purl, states by remediation; streams of modules apart.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
mkdir -p feeds/vex/2024 feeds/vex/2025 feeds/advisories/2024

document() { # CATEGORY ID VULNERABILITY, with components "RELEASE|PRODUCT" as `of`, on stdin "PRODUCT PURL" lines
	jq -nR --arg category "$1" --arg id "$2" --argjson vulnerability "$3" --arg of "$of" '
	[inputs | split(" ") | {category: "product_version", name: .[0], product: {name: .[0], product_id: .[0],
		product_identification_helper: {purl: .[1]}}}] as $versions
	| def release(id; cpe): {category: "product_name", name: id, product: {name: id, product_id: id, product_identification_helper: {cpe: cpe}}};
	{document: {category: $category, csaf_version: "2.0", publisher: {name: "P", namespace: "https://www.redhat.com"},
		tracking: {id: $id, current_release_date: "2025-02-01T00:00:00Z", status: "final"}},
	 product_tree: {branches: [{category: "vendor", name: "Red Hat", branches: ($versions + [
			release("R8"; "cpe:/a:redhat:enterprise_linux:8::appstream"), release("R9"; "cpe:/o:redhat:enterprise_linux:9::baseos"),
			release("R10"; "cpe:/o:redhat:enterprise_linux:10.1"), release("L7"; "cpe:/o:redhat:rhel_els:7"),
			release("E9.2"; "cpe:/o:redhat:rhel_eus:9.2::baseos"), release("OCP"; "cpe:/a:redhat:openshift:4.12::el8")])}],
		relationships: ($of | split(" ") | map(split("|") | {category: "default_component_of", product_reference: .[1],
			relates_to_product_reference: .[0], full_product_name: {name: "x", product_id: join(":")}}))},
	 vulnerabilities: [$vulnerability]}'
}
of="R9|curl.src R9|curl.x86_64 R9|curl.aarch64 R9|libcurl.x86_64 R9|extra.x86_64 E9.2|curl.eus R8|curl R10|curl R8|wget R9|wget OCP|curl R9|image" \
	document csaf_vex CVE-2024-0001 '{"cve": "CVE-2024-0001", "title": "T", "release_date": "2024-01-02T00:00:00Z",
	"references": [{"category": "self", "url": "https://example.org/CVE-2024-0001"}],
	"product_status": {"fixed": ["R9:curl.src", "R9:curl.x86_64", "R9:curl.aarch64", "R9:libcurl.x86_64", "R9:extra.x86_64", "E9.2:curl.eus"],
		"known_affected": ["R8:curl", "R10:curl", "OCP:curl", "R8:wget"], "known_not_affected": ["R9:wget", "R9:image"]},
	"remediations": [{"category": "vendor_fix", "date": "2024-03-01T00:00:00Z", "details": "x", "product_ids": ["R9:curl.src"]},
		{"category": "vendor_fix", "date": "2024-02-01T00:00:00Z", "details": "x", "product_ids": ["R9:extra.x86_64"]},
		{"category": "none_available", "details": "Fix deferred", "product_ids": ["R8:curl"]},
		{"category": "no_fix_planned", "details": "Will not fix", "product_ids": ["R10:curl"]},
		{"category": "no_fix_planned", "details": "Out of support scope", "product_ids": ["R8:wget"]},
		{"category": "none_available", "details": "Affected", "product_ids": ["OCP:curl"]}],
	"scores": [{"cvss_v2": {"vectorString": "AV:N/AC:L/Au:N/C:C/I:C/A:C"}, "cvss_v3": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"}, "products": ["R9:curl"]},
		{"cvss_v3": {"vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}, "products": ["R8:curl"]}],
	"threats": [{"category": "impact", "details": "Important"}, {"category": "impact", "details": "Low", "product_ids": ["R8:curl"]}]}' \
	>feeds/vex/2024/cve-2024-0001.json <<'P'
curl.src pkg:rpm/redhat/curl@7.76.1-26.el9_3.3?arch=src
curl.x86_64 pkg:rpm/redhat/curl@7.76.1-26.el9_3.3?arch=x86_64
curl.aarch64 pkg:rpm/redhat/curl@7.76.1-26.el9_3.3?arch=aarch64
libcurl.x86_64 pkg:rpm/redhat/libcurl@7.76.1-26.el9_3.3?arch=x86_64
extra.x86_64 pkg:rpm/redhat/extra@2-1.el9?arch=x86_64&epoch=1
curl.eus pkg:rpm/redhat/curl@7.76.1-23.el9_2.5?arch=x86_64
curl pkg:rpm/redhat/curl
wget pkg:rpm/redhat/wget
image pkg:oci/image?repository_url=registry.example/image
P
of="R8|node18 R8|node18.src R8|node20 R8|node" document csaf_vex CVE-2025-0002 '{"cve": "CVE-2025-0002",
	"product_status": {"fixed": ["R8:node18", "R8:node18.src", "R8:node"], "known_affected": ["R8:node20"]},
	"threats": [{"category": "impact", "details": "Moderate"}]}' >feeds/vex/2025/cve-2025-0002.json <<'P'
node18 pkg:rpm/redhat/nodejs@18.20.4-1.module%2Bel8?arch=x86_64&epoch=1&rpmmod=nodejs:18:8100020240801:489197e6
node18.src pkg:rpm/redhat/nodejs@18.20.4-1.module%2Bel8?arch=src&epoch=1&rpmmod=nodejs:18:8100020240801:489197e6
node20 pkg:rpm/redhat/nodejs?rpmmod=nodejs:20
node pkg:rpm/redhat/nodejs@22.0-1.el8?arch=x86_64&epoch=1
P
of="R9|bash.a" document csaf_security_advisory RHSA-2024:0003 '{"cve": "CVE-2024-0003", "product_status": {"fixed": ["R9:bash.a"]}}' \
	>feeds/advisories/2024/rhsa-2024_0003.json <<<'bash.a pkg:rpm/redhat/bash@5.1.8-9.el9?arch=x86_64'
touch feeds/vex/changes.csv feeds/vex/deletions.csv feeds/vex/archive_latest.txt

check "feeds: years are one" "taken redhat-advisories 1 records
taken redhat-vex 2 records
skipped vex/archive_latest.txt: the name
skipped vex/changes.csv: when documents
skipped vex/deletions.csv: which documents" "$("$plimsoll" db build --from feeds --output a.db | grep -E '^(taken|skipped)' | sed 's/  */ /g' | cut -d' ' -f1-4)"
check "states and releases" "rhel-eus:9.2 curl fixed 7.76.1-23.el9_2.5 high
rhel-product:openshift:4.12::el8 curl affected null high
rhel:10 curl wont_fix null high
rhel:8 curl deferred null low
rhel:8 wget end_of_life null high
rhel:9 curl fixed 7.76.1-26.el9_3.3 high
rhel:9 extra fixed 1:2-1.el9 high
rhel:9 wget not_affected null high" \
	"$("$plimsoll" db show --db a.db CVE-2024-0001 | jq -r '.advisories[] | (.severity // "high") as $s | .affected[] |
		"\(.ecosystem) \(.package) \(.state) \([.events[]?.fixed // empty][0]) \(.severity // "high")"' | sort)"
check "of the scores of all products the worst" "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" "$("$plimsoll" db show --db a.db CVE-2024-0001 | jq -r '.advisories[0].vector')"
check "when a fix is known" "2024-03-01T00:00:00Z curl
2024-02-01T00:00:00Z extra" "$("$plimsoll" db show --db a.db CVE-2024-0001 | jq -r '.advisories[].affected[] | select(.fix_known) | "\(.fix_known) \(.package)"')"
check "an erratum is of its vulnerabilities" "CVE-2024-0003 RHSA-2024:0003" \
	"$("$plimsoll" db show --db a.db CVE-2024-0003 | jq -r '.advisories[] | "\(.id) \(.related[0])"')"

rootfs() { # DIR ID VERSION, packages on stdin
	mkdir -p "$1/etc" "$1/var/lib/rpm"
	printf 'ID="%s"\nVERSION_ID="%s"\n' "$2" "$3" >"$1/etc/os-release"
	python3 "$root/tests/cli/make-rpmdb.py" "$1/var/lib/rpm/Packages.db"
}
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\n' >p.yaml
judged() {
	"$plimsoll" check --policy p.yaml --db "${2:-a.db}" --at 2025-03-01 --output json rootfs:"$1" >v.json
	jq -r '(.findings[] | "\(.vulnerability.id) \(.evidence.package) \(.vulnerability.state)"), (.unknown[] | select(.kind == "no_data") | "? \(.subject)")' v.json | sort
}
rootfs ubi9 rhel 9.4 <<'P'
libcurl 7.76.1 26.el9_3.2 curl-7.76.1-26.el9_3.2.src.rpm Red_Hat,_Inc.
curl 7.76.1 26.el9_3.3 curl-7.76.1-26.el9_3.3.src.rpm Red_Hat,_Inc.
extra 2 1.el9 curl-7.76.1-26.el9_3.3.src.rpm Red_Hat,_Inc. 1
wget 1.0 1.el9 wget-1.0-1.el9.src.rpm Red_Hat,_Inc.
P
check "a release of the vendor's, by source" "? rhel:9
CVE-2024-0001 libcurl fixed" "$(judged ubi9)"
for id in centos almalinux rocky; do
	rootfs $id $id 9.4 <<<"libcurl 7.76.1 26.el9_3.2 curl-7.76.1-26.el9_3.2.src.rpm -"
	check "$id is judged by its own data" "? $id:9" "$(judged $id)"
done
module() { rootfs "$1" rhel 8.10 <<<"nodejs $2 $3 nodejs-$2-$3.src.rpm Red_Hat,_Inc. 1 $4"; }
module m18old 18.19.0 1.module+el8 nodejs:18:8090020240101:abc
module m18new 18.20.4 1.module+el8 nodejs:18:8100020240801:489197e6
module m20 20.1.0 1.module+el8 nodejs:20:8100020240801:489197e6
module m16 16.1.0 1.module+el8 nodejs:16:8100020240801:489197e6
module plain 18.20.4 1.el8 -
check "an older build of the stream" "? rhel:8
CVE-2025-0002 nodejs fixed" "$(judged m18old)"
check "the mended build of the stream" "? rhel:8" "$(judged m18new)"
check "another stream, as is said of it" "? rhel:8
CVE-2025-0002 nodejs affected" "$(judged m20)"
check "a stream of which nothing is said" "? rhel:8" "$(judged m16)"
check "no stream" "? rhel:8
CVE-2025-0002 nodejs fixed" "$(judged plain)"

# One build is not affected: nor is what comes behind it; of what was before nobody says anything.
mkdir -p builds/vex/2024
of="R9|one R9|one2 R9|two" document csaf_vex CVE-2024-0007 '{"cve": "CVE-2024-0007", "product_status": {"known_not_affected": ["R9:one", "R9:one2", "R9:two"]}, "threats": [{"category": "impact", "details": "Low"}]}' >builds/vex/2024/cve-2024-0007.json <<'P'
one pkg:rpm/redhat/one@1.10-1.el9?arch=x86_64
one2 pkg:rpm/redhat/one@1.9-1.el9?arch=x86_64
two pkg:rpm/redhat/two
P
# Names below an architecture that are no builds: of every version.
jq '.vulnerabilities[0] |= (.cve = "CVE-2024-0008" | .product_status = {known_affected: ["R9:bare"]}) |
	.product_tree.branches[0].branches += [{category: "architecture", name: "x86_64", branches: [{category: "product_version", name: "three.x86_64", product: {name: "three.x86_64", product_id: "bare"}}]}] |
	.product_tree.relationships += [{category: "default_component_of", product_reference: "bare", relates_to_product_reference: "R9", full_product_name: {name: "x", product_id: "R9:bare"}}]' \
	builds/vex/2024/cve-2024-0007.json >builds/vex/2024/cve-2024-0008.json
"$plimsoll" db build --from builds --output builds.db >build.txt
built() { rootfs built rhel 9.4 <<<"$1 $2 1.el9 $1-$2-1.el9.src.rpm Red_Hat,_Inc."; judged built builds.db | grep -v '^?'; }
check "before the first build that is not affected" "CVE-2024-0007 one under_investigation" "$(built one 1.8)"
check "from it on" "" "$(built one 1.9; built one 1.10; built one 1.11)"
check "no build is named" "" "$(built two 1.8)"
check "a name that is no build" "CVE-2024-0008 three affected" "$(built three 1.8)"

# The stream's own word decides what a minimum is worth, too: 20 lacks what 18 has.
mkdir -p up/osv && cp -r feeds/vex up/ && jq -n '{id: "GHSA-1", aliases: ["CVE-2025-0002"], modified: "2025-01-01T00:00:00Z",
	database_specific: {plimsoll: {covers: ["generic"], packages: ["nodejs"]}},
	affected: [{package: {ecosystem: "generic", name: "nodejs"}, ranges: [{type: "SEMVER", events: [{introduced: "0"}, {fixed: "20.5.0"}]}]}]}' >up/osv/GHSA-1.json
"$plimsoll" db build --from up --output u.db >/dev/null
printf 'plimsoll: v1\nname: t\ncomponents: {minimum: [{name: nodejs, version: 20.5.0}]}\n' >m.yaml
"$plimsoll" check --policy m.yaml --db u.db --at 2025-03-01 --output json rootfs:m20 >v.json
check "a minimum by what is said of the stream" "fail" "$(jq -r .result v.json)"

# What is mended for those with a longer life cycle alone is broken in the release.
mkdir longer && of="L7|fcgi" document csaf_vex CVE-2025-0004 '{"cve": "CVE-2025-0004", "product_status": {"fixed": ["L7:fcgi"]},
	"threats": [{"category": "impact", "details": "Moderate"}]}' >longer/cve-2025-0004.json <<<'fcgi pkg:rpm/redhat/perl-FCGI@0.74-8.el7_9.1?arch=src&epoch=1'
"$plimsoll" db build --from longer --output l.db >/dev/null
rootfs ubi7 rhel 7.9 <<<"perl-FCGI 0.74 8.el7 perl-FCGI-0.74-8.el7.src.rpm Red_Hat,_Inc. 1"
check "a fix of extended life cycle support" "? rhel:7
CVE-2025-0004 perl-FCGI fixed" "$(judged ubi7 l.db)"

# The archive has all; what is loose has some.
mkdir archive && tar cf archive/csaf_vex_2025-02-01.tar -C feeds/vex 2024 2025 && "$plimsoll" db build --from archive --output b.db >/dev/null
check "the archive covers its releases" "CVE-2024-0001 libcurl fixed" "$(judged ubi9 b.db)"

# SUSE has names in rpm's form where there are no package URLs, and "recommended" for what is fixed.
mkdir suse && jq -n '{document: {category: "csaf_security_advisory", csaf_version: "2.0", publisher: {name: "SUSE", namespace: "https://www.suse.com/"},
		tracking: {id: "SUSE-SU-2024:1-1"}},
	product_tree: {branches: [{category: "vendor", name: "SUSE", branches: [
		{category: "architecture", name: "x86_64", branches: [{category: "product_version", name: "libcurl4-8.0.1-1.2.x86_64", product: {name: "libcurl4-8.0.1-1.2.x86_64", product_id: "c"}}]},
		{category: "product_name", product: {product_id: "M", product_identification_helper: {cpe: "cpe:/o:suse:sle-module-basesystem:15:sp5"}}},
		{category: "product_name", product: {product_id: "L", product_identification_helper: {cpe: "cpe:/o:opensuse:leap:15.5"}}},
		{category: "product_name", product: {product_id: "T", product_identification_helper: {cpe: "cpe:/o:suse:sles-ltss:15:sp4"}}}]}],
		relationships: ["M", "L", "T" | {category: "default_component_of", product_reference: "c", relates_to_product_reference: ., full_product_name: {product_id: "\(.):c"}}]},
	vulnerabilities: [{cve: "CVE-2024-0009", product_status: {recommended: ["M:c", "L:c", "T:c"]}}]}' >suse/suse-su-2024_1-1.json
"$plimsoll" db build --from suse --output s.db >/dev/null
check "SUSE" "opensuse-leap:15.5	libcurl4	CVE-2024-0009	fixed	8.0.1-1.2
sles:15.5	libcurl4	CVE-2024-0009	fixed	8.0.1-1.2
suse-product:sles-ltss:15:sp4	libcurl4	CVE-2024-0009	fixed	8.0.1-1.2" "$("$plimsoll" db search --db s.db libcurl4)"

# Malformed: the whole feed.
refused() { "$plimsoll" db build --from bad --output c.db 2>/dev/null | sed -n 's/^skipped  *\(.*\)/\1/p'; }
broken() { # NAME, jq's change
	rm -rf bad && cp -r feeds bad && rm -r bad/advisories bad/vex/*.*
	jq "$2" feeds/vex/2024/cve-2024-0001.json >bad/vex/2024/cve-2024-0001.json
	check "$1" "vex/2024/cve-2024-0001.json: refused as csaf: $3
vex/2025/cve-2025-0002.json: a file of its feed was refused" "$(refused)"
}
broken "a status that is unknown" '.vulnerabilities[0].product_status.odd = ["R9:wget"]' "CVE-2024-0001: product_status has an unknown one: odd"
broken "a product that is not there" '.vulnerabilities[0].product_status.fixed = ["R7:x"]' "CVE-2024-0001: product_status: R7:x is not in the product_tree"
broken "a component of nothing" '.product_tree.relationships[0].product_reference = "y"' "product_tree: relationship 0 is of products that are not there"
broken "fixed without a version" '.vulnerabilities[0].product_status.fixed = ["R8:curl"]' "CVE-2024-0001: product_status: R8:curl is fixed in no version"
broken "a date that is none" '.vulnerabilities[0].remediations[0].date = "soon"' "CVE-2024-0001: remediation 0: its date is none"
broken "another version of CSAF" '.document.csaf_version = "3.0"' "CSAF 3.0, 2.0 is read"
rm -rf bad && cp -r feeds bad && rm -r bad/advisories bad/vex/*.* && echo '{"csaf_version": "2.0", "x": "https://www.redhat.com", ' >bad/vex/2025/cve-2025-0002.json
check "what came before a broken one goes with it" "vex/2024/cve-2024-0001.json: a file of its feed was refused" "$(refused | grep 2024)"
exit $failed
