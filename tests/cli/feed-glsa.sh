#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Gentoo's advisories: what each kind of range becomes, slots, what is refused, and what an image hears of it.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
put() { mkdir -p "$(dirname "$1")"; cat >"$1"; }
glsa() { # FOLDER ID IMPACT PACKAGES [REFERENCES [DATE]]
	put "$1/glsa-$2.xml" <<F
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE glsa SYSTEM "http://www.gentoo.org/dtd/glsa.dtd">
<?xml-stylesheet href="/xsl/glsa.xsl" type="text/xsl"?>
<glsa id="$2">
  <title>Some: flaws</title>
  <announced>${6:-2026-01-03}</announced>
  <revised count="2">2026-01-05</revised>
  <affected>$4</affected>
  <impact type="$3"><p>Words.</p></impact>
  <references>${5:-}</references>
</glsa>
F
}
p() { printf '<package name="%s" auto="yes" arch="%s">%s</package>' "$1" "${3:-*}" "$2"; }
u() { printf '<unaffected range="%s"%s>%s</unaffected>' "$1" "${3:+ slot=\"$3\"}" "$2"; }
v() { printf '<vulnerable range="%s"%s>%s</vulnerable>' "$1" "${3:+ slot=\"$3\"}" "$2"; }

glsa glsa 202601-01 normal "$(p app-arch/unzip "$(u ge 6.0_p27)$(v lt 6.0_p27)")" \
	'<uri link="https://example.com/CVE-2026-0529">CVE-2026-0529</uri><uri link="https://example.com/?CAN-2004-0010"/><uri link="x">CVE-2026-0529</uri>'
glsa glsa 202601-02 high "$(p a/gone "$(v le 1.0)")$(p a/open "$(v ge 0)")"
glsa glsa 202601-03 low "$(p a/rev "$(u ge 1.3.1)$(v lt 1.3.1)$(u rge 1.2-r2)$(u rle 1.1-r1)$(u eq 1.3)")" "" "January 18, 2013"
glsa glsa 202601-04 minimal "$(p a/glob "$(u 'eq' '1.2*')$(u eq '1.05*')$(v 'lt' 2)")$(p a/begun "$(v eq '1.2*')")"
glsa glsa 202601-05 normal "$(p a/slots "$(u ge 3.8.10 3.8)$(u ge 3.9.5 3.9)$(v lt 3.8.10 3.8)$(v lt 3.9.5 3.9)")"
glsa glsa 202601-06 normal "$(p a/arch "$(u ge 1.5)$(v lt 1.5)" sparc)$(p a/arch "$(u ge 1.2)$(v lt 1.2)" amd64)$(p a/none "$(u ge 1)")"
glsa glsa 202601-07 normal '<service type="rsync" fixed="yes"/>'
"$plimsoll" db build --from glsa --output glsa.db >build.out 2>&1
check "one feed, as new as its newest revision" "taken glsa 7 records 2026-01-05" "$(grep ^taken build.out | tr -s ' ')"
# Each span of what is said of a package: where it begins and what ends it.
spans() {
	"$plimsoll" db show --db glsa.db "$1" | jq -r '.advisories[].affected[] | "\(.package): \([.events[] | to_entries[] | "\(.key) \(.value)"] | join(", "))"' | sort
}
check "a package and what mends it" "app-arch/unzip: introduced 0, fixed 6.0_p27" "$(spans CVE-2004-0010)"
check "no end, and nothing that mends" "a/gone: introduced 0, last_affected 1.0
a/open: introduced 0" "$(spans GLSA-202601-02)"
check "revisions of one version" "a/rev: introduced 0, limit 1.1, introduced_after 1.1-r1, fixed 1.2-r2, introduced_after 1.2-r999999999, fixed 1.3, introduced_after 1.3, fixed 1.3.1" \
	"$(spans GLSA-202601-03)"
check "what begins so" "a/begun: introduced 1.2_alpha_alpha, limit 1.3_alpha_alpha
a/glob: introduced 0, limit 1.2_alpha_alpha, introduced 1.3_alpha_alpha, fixed 2" "$(spans GLSA-202601-04)"
check "each slot's" "a/slots: introduced 0, fixed 3.8.10, introduced 0, fixed 3.9.5" "$(spans GLSA-202601-05)"
check "each architecture's; of what nothing is vulnerable nothing is said" "a/arch: introduced 0, fixed 1.2
a/arch: introduced 0, fixed 1.5" "$(spans GLSA-202601-06)"
check "one of no package" 1 "$("$plimsoll" db show --db glsa.db GLSA-202601-07 | jq '.advisories | length')"
check "search" "$(printf 'gentoo:\tapp-arch/unzip\tGLSA-202601-01\tfixed\t6.0_p27')" "$("$plimsoll" db search --db glsa.db app-arch/unzip | sed 's/\t*$//')"
check "dates, severities, names" '["GLSA-202601-01","2026-01-03T00:00:00Z","2026-01-03T00:00:00Z","medium",["CVE-2026-0529","CVE-2004-0010"],"https://security.gentoo.org/glsa/202601-01"]
["GLSA-202601-03","2013-01-18T00:00:00Z","2013-01-18T00:00:00Z","low",[],"https://security.gentoo.org/glsa/202601-03"]' \
	"$(for id in 1 3; do "$plimsoll" db show --db glsa.db GLSA-202601-0$id; done | jq -c '.advisories[] | [.id, .published, .affected[0].fix_known, .severity, .aliases // [], .url]')"

# What an image hears.
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\n' >policy.yaml
printf 'ID=gentoo\nNAME=Gentoo\nVERSION_ID=2.17\n' | put tree/etc/os-release
heard() { # CATEGORY/NAME-VERSION...
	rm -rf tree/var
	for pf; do put "tree/var/db/pkg/$pf/PF" <<<"${pf#*/}"; done
	"$plimsoll" check --policy policy.yaml --db "${db:-glsa.db}" --at 2026-02-01 --output json rootfs:tree >v.json
	jq -r '.findings[] | select(.vulnerability) | "\(.vulnerability.id) \(.evidence.package) \(.evidence.version) \(.vulnerability.state) \(.severity)"' v.json | sort -u
}
check "an image" "CVE-2004-0010 app-arch/unzip 6.0_p26-r1 fixed medium
CVE-2026-0529 app-arch/unzip 6.0_p26-r1 fixed medium
GLSA-202601-02 a/gone 1.0 affected high
GLSA-202601-02 a/open 9 affected high" "$(heard app-arch/unzip-6.0_p26-r1 a/gone-1.0 a/open-9)"
check "few packages cover no release" gentoo: "$(jq -r '.unknown[] | select(.kind == "no_data") | .subject' v.json)"
check "what is mended" "" "$(heard app-arch/unzip-6.0_p27 a/gone-1.0-r1 a/none-0.5)"
versions() { for version in "${@:2}"; do heard "$1-$version" | cut -d' ' -f3; done | xargs; } # NAME VERSION...
check "revisions" "1.0 1.1-r2 1.2 1.2-r1 1.2.1 1.3-r1 1.3.0" "$(versions a/rev 1.0 1.1 1.1-r1 1.1-r2 1.2 1.2-r1 1.2-r2 1.2-r77 1.2.1 1.3 1.3-r1 1.3.0 1.3.1)"
check "begun by, not vulnerable" "1.05 1.05.1 1.1 1.3_alpha1 1.3 1.20 1.25" "$(versions a/glob 1.05 1.05.1 1.1 1.2_rc1 1.2 1.2-r1 1.2.9 1.3_alpha1 1.3 1.20 1.25 2)"
check "begun by, vulnerable" "1.2_rc1 1.2 1.2-r1 1.2.9" "$(versions a/begun 1.05 1.1 1.2_rc1 1.2 1.2-r1 1.2.9 1.3_alpha1 1.3 1.20 2)"
check "of any slot that is vulnerable" "3.8.9 3.8.10 3.9.4" "$(versions a/slots 3.8.9 3.8.10 3.9.4 3.9.5 4)"
check "of any architecture" "1.1 1.2 1.4" "$(versions a/arch 1.1 1.2 1.4 1.5)"

# Covered by as many as say something of 100 packages.
for i in {10..99} 1{00..09}; do glsa many 202602-$i normal "$(p "many/p$i" "$(u ge 2)$(v lt 2)")"; done
"$plimsoll" db build --from many --output many.db >build.out 2>&1
check "a release that is covered" "GLSA-202602-10 many/p10 1 fixed medium 0" "$(db=many.db heard many/p10-1 many/p11-2) $(jq '.unknown | length' v.json)"

# As many ranges as a package may have, each of which each of the others cuts.
ranges=$(for i in $(seq 1000 1255); do v ge $i; u eq $((i * 2)); done)
glsa wide 202603-01 normal "$(for i in 1 2 3; do p "wide/p$i" "$ranges"; done)"; glsa wide 202603-02 normal "$(p wide/other "$(u ge 2)$(v lt 2)")"
check "packages of very many ranges" "2 records" "$(timeout 60 "$plimsoll" db build --from wide --output wide.db 2>&1 | grep -o '^taken.*records' | grep -o '[0-9]* records')"
glsa wide 202603-03 normal "$(for i in $(seq 60); do p "wide/p$i" "$ranges"; done)"
check "so many that they take too much" "glsa-202603-03.xml: refused as glsa: it takes more than 64 times its size to read" "$(timeout 60 "$plimsoll" db build --from wide --output wide.db 2>&1 | grep -o "glsa-202603-03.xml: .*")"

# What is not understood refuses them all, by name and line.
refused() { # NAME SED WANTED
	rm -rf bad; cp -r glsa bad; sed -i "$2" bad/glsa-202601-03.xml
	check "refused: $1" "skipped glsa-202601-03.xml: refused as glsa: $3
0" "$("$plimsoll" db build --from bad --output bad.db >bad.out 2>&1; grep 'refused as' bad.out | tr -s ' '; grep -c ^taken bad.out)"
}
refused "a kind" 's/"rge"/"about"/' 'line 8: a range of kind "about"'
refused "a version" 's/>1.3.1</>1.3.x</' 'line 8: "1.3.x" is no version'
refused "an element" 's/<unaffected range="eq">1.3<.unaffected>/<maybe\/>/' 'line 8: <maybe> is no range'
refused "a name" 's,a/rev,rev,' 'line 8: a package without its category'
refused "what is none" 's,package,packet,g' 'line 8: <packet> is no package'
refused "an id" 's/id="2/id="x/' 'line 4: no GLSA, or one without its id'
refused "a date" 's/<announced>[^<]*/<announced>soon/' '"soon" is no date'
refused "nothing affected" 's,\(</*\)affected>,\1infected>,g' 'it does not tell what is affected'
refused "an end" '$d' 'line 11: no element found'
refused "entities" 's/glsa.dtd"/glsa.dtd" [<!ENTITY a "b">]/; s/flaws/\&a;/' 'line 5: undefined entity'
exit $failed
