#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# OVAL: bounds, modules, products, flavours and what no fix is for, of each maker; what is not understood refuses the file.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
mkdir feeds

# A definition: ID CLASS METADATA CRITERIA; tests by `t ID COMMENT OBJECT [STATE...]`; objects `o ID NAME`; states `s ID XML`.
d() { definitions+="<definition class=\"$2\" id=\"$maker:def:$1\"><metadata>$3</metadata>$4</definition>"; }
c() { printf '<criterion test_ref="%s:tst:%s"/>' "$maker" "$1"; }
and() { printf '<criteria operator="AND">%s</criteria>' "$*"; }
or() { printf '<criteria operator="OR">%s</criteria>' "$*"; }
t() {
	local id=$1 comment=$2 object=$3
	shift 3
	tests+="<rpminfo_test id=\"$maker:tst:$id\" comment=\"$comment\"><object object_ref=\"$maker:obj:$object\"/>"
	for state; do tests+="<state state_ref=\"$maker:ste:$state\"/>"; done
	tests+="</rpminfo_test>"
}
o() { objects+="<rpminfo_object id=\"$maker:obj:$1\"><name>$2</name></rpminfo_object>"; }
s() { states+="<rpminfo_state id=\"$maker:ste:$1\">$2</rpminfo_state>"; }
evr() { printf '<evr datatype="evr_string" operation="%s">%s</evr>' "$1" "$2"; }
begin() { maker=$1 definitions= tests= objects= states=; }
finish() {
	printf '<oval_definitions><generator><timestamp>2026-10-01T00:00:00</timestamp></generator><definitions>%s</definitions><tests>%s</tests><objects>%s</objects><states>%s</states></oval_definitions>\n' \
		"$definitions" "$tests" "$objects" "$states" >"$1"
}

begin oval:com.microsoft.azurelinux
o 1 golang; o 2 curl; o 3 old
s 1 "$(evr 'greater than' 0:1.19.0-1.azl3)"; s 2 "$(evr 'less than' 0:1.21.0-1.azl3)"; s 3 "$(evr 'less than or equal' 0:8.0-1.azl3)"
t 1 "greater" 1 1; t 2 "earlier" 1 2; t 3 "or earlier" 2 3; t 4 "earlier" 3 2
d 1 vulnerability '<title>CVE-2026-1001 affecting package golang</title><patchable>true</patchable><severity>High</severity><advisory_date>2026-09-01T00:00:00Z</advisory_date>' "$(and "$(c 1)$(c 2)")"
d 2 vulnerability '<title>CVE-2026-1002 affecting package curl</title><patchable>false</patchable><severity>Low</severity>' "$(and "$(c 3)")"
d 3 vulnerability '<title>CVE-2026-1003 affecting package old</title><patchable>Not Applicable</patchable>' "$(and "$(c 4)")"
finish feeds/azurelinux-3.0-oval.xml

begin oval:com.oracle.elsa
o 1 oraclelinux-release; o 2 openssl; o 3 nodejs; o 4 gnutls
s 1 '<version operation="pattern match">^8</version>'; s 2 '<signature_keyid operation="equals">01</signature_keyid>'
s 3 "$(evr 'less than' 2:1.1.1g-15.ksplice1.el8_3)"; s 5 "$(evr 'less than' 10:3.6.16-8.el8_fips)"; s 6 "$(evr 'less than' 1:2.0-1.nofips.el8)"; s 4 "$(evr 'less than' 1:18.2-1.el8)"
t 1 "Oracle Linux 8 is installed" 1 1; t 2 "openssl is earlier" 2 3; t 3 "openssl is signed with the Oracle Linux 8 key" 2 2
t 6 "gnutls is earlier" 4 5; t 7 "gnutls is earlier" 4 6
t 4 "nodejs is earlier" 3 4; t 5 "Module nodejs:18 is enabled" 1 1
meta='<reference source="elsa" ref_id="ELSA-2026-9001" ref_url="https://example.com/elsa"/><advisory><severity>IMPORTANT</severity><issued date="2026-08-01"/><cve>CVE-2026-2001</cve></advisory>'
d 1 patch "<title> ELSA-2026-9001: openssl security update (IMPORTANT) </title>$meta" "$(and "$(c 1)$(or "$(and "$(c 2)$(c 3)")$(and "$(c 2)$(c 3)")")")"
d 2 patch "<title>ELSA-2026-9002: nodejs:18 security update</title>" "$(and "$(c 5)$(c 1)$(or "$(and "$(c 4)")")")"
d 3 patch "<title>ELSA-2026-9003: gnutls security update</title>" "$(and "$(c 1)$(or "$(c 6)$(c 7)")")"
# One of several modules, beside the package.
o 5 perl; s 7 "$(evr 'less than' 0:4.5-1.el8)"; t 8 "perl is earlier" 5 7; t 9 "Module perl:5.24 is enabled" 1 1; t 10 "Module perl:5.26 is enabled" 1 1
d 4 patch "<title>ELSA-2026-9004: perl security update</title>" "$(and "$(c 1)$(or "$(c 9)$(c 10)")$(c 8)")"
finish feeds/ol.xml

begin oval:org.opensuse.security
o 1 sles-release; o 2 krb5; o 3 zlib
s 1 '<version operation="equals">15.5</version>'; s 2 "$(evr 'less than' 0:1.20-1.1)"; s 3 '<version operation="equals">0</version>'
t 1 "SUSE Linux Enterprise Server 15 SP5-LTSS is installed" 1 1; t 2 "openSUSE Leap 15.5 is installed" 1 1; t 3 "krb5" 2 2; t 4 "zlib is not affected" 3 3
t 5 "SUSE Linux Enterprise Module for Basesystem 15 SP6 is installed" 1 1; t 6 "SUSE Manager Server 4.1 is installed" 1 1
t 7 "SUSE Linux Enterprise Module for Web and Scripting 12 is installed" 1 1; t 8 "SUSE Linux Enterprise Server 12 SP5 is installed" 1 1
d 1 vulnerability '<title>CVE-2026-3001</title>' "$(or "$(and "$(or "$(c 1)$(c 2)")$(or "$(c 3)$(c 4)")")$(and "$(c 5)$(c 3)")$(and "$(c 6)$(c 3)")")"
d 2 vulnerability '<title>CVE-2026-3002</title>' "$(or "$(and "$(or "$(c 7)$(c 8)")$(c 3)")")"
finish feeds/suse.xml

begin oval:com.redhat.cve
o 1 redhat-release; o 2 ldns
s 1 '<version operation="pattern match">^8</version>'
t 1 "Red Hat Enterprise Linux 8 is installed" 1 1; t 2 "ldns is installed" 2
d 1 vulnerability '<title>CVE-2026-4001 ldns: words (low)</title><advisory><severity>Low</severity><affected><resolution state="Will not fix"><component>ldns</component></resolution></affected></advisory>' "$(and "$(c 1)$(or "$(c 2)")")"
# Where ldns-compat is not there, and where the release is not, which narrows nothing.
o 3 ldns-compat; o 4 unbound; s 2 "$(evr 'less than' 0:1.16-2.el8)"
t 3 "unbound is earlier" 4 2
tests+="<rpminfo_test id=\"$maker:tst:4\" check_existence=\"none_exist\" comment=\"ldns-compat is absent\"><object object_ref=\"$maker:obj:3\"/></rpminfo_test>"
tests+="<rpminfo_test id=\"$maker:tst:5\" check=\"none satisfy\" comment=\"Red Hat Enterprise Linux must be installed\"><object object_ref=\"$maker:obj:1\"/><state state_ref=\"$maker:ste:1\"/></rpminfo_test>"
d 2 patch '<title>RHSA-2026:4002: unbound</title>' "$(or "$(c 5)$(and "$(c 1)$(c 4)$(c 3)")")"
finish feeds/rhel-8.xml

"$plimsoll" db build --from feeds --output a.db >build.out 2>&1
check "what each says" "azurelinux:3.0	curl	CVE-2026-1002	fixed	
azurelinux:3.0	golang	CVE-2026-1001	fixed	1.21.0-1.azl3
azurelinux:3.0	old	CVE-2026-1003	not_affected	
ol:8	gnutls	ELSA-2026-9003	fixed	10:3.6.16-8.el8_fips
ol:8	gnutls	ELSA-2026-9003	fixed	1:2.0-1.nofips.el8
ol:8	nodejs	ELSA-2026-9002	fixed	1:18.2-1.el8
ol:8	openssl	ELSA-2026-9001	fixed	2:1.1.1g-15.ksplice1.el8_3
ol:8	perl	ELSA-2026-9004	fixed	4.5-1.el8
ol:8	perl	ELSA-2026-9004	fixed	4.5-1.el8
opensuse-leap:15.5	krb5	CVE-2026-3001	fixed	1.20-1.1
opensuse-leap:15.5	zlib	CVE-2026-3001	not_affected	
rhel:8	ldns	CVE-2026-4001	wont_fix	
rhel:8	unbound	RHSA-2026:4002	fixed	1.16-2.el8
sles:12	krb5	CVE-2026-3002	fixed	1.20-1.1
sles:12.1	krb5	CVE-2026-3002	fixed	1.20-1.1
sles:12.2	krb5	CVE-2026-3002	fixed	1.20-1.1
sles:12.3	krb5	CVE-2026-3002	fixed	1.20-1.1
sles:12.4	krb5	CVE-2026-3002	fixed	1.20-1.1
sles:12.5	krb5	CVE-2026-3002	fixed	1.20-1.1
sles:15.5	krb5	CVE-2026-3001	fixed	1.20-1.1
sles:15.5	zlib	CVE-2026-3001	not_affected	
sles:15.6	krb5	CVE-2026-3001	fixed	1.20-1.1" "$("$plimsoll" db search --db a.db '*' | cut -f1-5 | sort)"
check "one of several modules" "perl:5.24 perl:5.26" "$("$plimsoll" db show --db a.db ELSA-2026-9004 | jq -r '[.advisories[].affected[].module] | sort | join(" ")')"
"$plimsoll" db show --db a.db CVE-2026-2001 >shown.json
check "an erratum by its CVE" true "$(jq -c '[.. | strings | select(. == "ELSA-2026-9001")] | length > 0' shown.json)"
check "for whom, by what packages have in their versions" '["fips",null]' \
	"$("$plimsoll" db show --db a.db ELSA-2026-9003 | jq -c '[.advisories[].affected[].channel] | sort_by(. == null)')"
check "few statements are no release" 0 "$("$plimsoll" db status --db a.db | grep -cE '^ +(azurelinux|ol|sles).*  oval')"

# Bounds of one package, as many as a file has room for.
mkdir many && begin oval:com.redhat.rhsa
o 1 unbound; s 1 "$(evr 'less than' 0:1.16-2.el8)"; t 1 "Red Hat Enterprise Linux 8 is installed" 1; t 2 "unbound is earlier" 1 1
d 1 patch '<title>RHSA-2026:4003: unbound</title>' "$(and "$(c 1)$(printf "$(c 2)%.0s" {1..30000})")"
finish many/rhel-8.xml
begin oval:com.redhat.cve
o 1 unbound; t 1 "Red Hat Enterprise Linux 8 is installed" 1; t 2 "unbound is installed" 1
d 1 vulnerability "<title>RHSA-2026:4004: unbound</title><advisory>$(printf '<cve>CVE-2026-1%06d</cve>' {1..200000})</advisory>" "$(and "$(c 1)$(c 2)")"
finish many/cves.xml
check "an AND of very many, and an erratum of many" 2 "$(timeout 30 "$plimsoll" db build --from many --output m.db | grep -c '^taken')"

# What is not understood refuses the file, by name.
mkdir bad
sed 's/less than</less or so</; s/operation="less than or equal"/operation="about"/' feeds/azurelinux-3.0-oval.xml >bad/a.xml
sed 's/tst:1"\/>/tst:99"\/>/' feeds/ol.xml >bad/b.xml
sed 's/oval:com.oracle.elsa/oval:org.nobody/g' feeds/ol.xml >bad/c.xml
head -c 900 feeds/suse.xml >bad/d.xml
# Fixes of extended support have lower versions than the release's: they would clear its packages.
sed '0,/<definition /s//<!-- cpe:\/o:redhat:rhel_eus:8.4 --><definition /' feeds/rhel-8.xml >bad/e.xml
"$plimsoll" db build --from bad --output b.db >bad.out 2>&1
check "each is refused" 5 "$(grep -c 'refused as oval' bad.out)"
check "with words" 4 "$(grep -cE 'of extended support|operation "about"|a criterion of no test|a maker that is not read' bad.out)"

# How images name the releases that feeds speak of.
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: high}]}\n' >policy.yaml
release() { # ID VERSION_ID
	mkdir -p root/etc
	printf 'ID="%s"\nVERSION_ID="%s"\n' "$1" "$2" >root/etc/os-release
	"$plimsoll" check --policy policy.yaml --db a.db --at 2026-11-02 --output json rootfs:root 2>/dev/null |
		jq -r '.unknown[] | select(.kind == "no_data") | .subject'
}
check "releases" "opensuse-tumbleweed:
opensuse-leap:15.5
sles:15.5
amzn:2023
azurelinux:3.0
mariner:2.0
ol:8
photon:5.0" "$(release opensuse-tumbleweed 20260101; release opensuse-leap 15.5; release sles 15.5; release amzn 2023.6.20250101
	release azurelinux 3.0.20250101; release mariner 2.0.20240101; release ol 8.10; release photon 5.0)"
exit $failed
