#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What OSV's records mean: ranges as its schema evaluates them, names as each registry compares them, jars without a group, repositories, malice.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
put() { mkdir -p "$(dirname "$1")"; cat >"$1"; }
record() { # ID ECOSYSTEM NAME RANGES [MORE MEMBERS OF AFFECTED] [MORE MEMBERS]
	put "feeds/osv/$1.json" <<<'{"id": "'"$1"'", "modified": "2026-11-01T00:00:00Z", "affected": [{"package": {"ecosystem": "'"$2"'", "name": "'"$3"'"}, "ecosystem_specific": {"severity": "high"}, "ranges": ['"$4"']'"${5:-}"'}]'"${6:-}"'}'
}
range() { echo '{"type": "ECOSYSTEM", "events": ['"$1"']}'; }
build() { "$plimsoll" db build --from feeds --output a.db >build.txt 2>&1; }
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\n' >policy.yaml
judged() { "$plimsoll" check --policy policy.yaml --db a.db --at 2026-11-02 --output json rootfs:root >verdict.json 2>log; }
found() { judged; jq -r '.findings[]? | "\(.vulnerability.id) \(.evidence.package) \(.evidence.version)"' verdict.json | sort; }

# ranges
node() { put "root/app/node_modules/$1/package.json" <<<'{"name": "'"$1"'", "version": "'"$2"'"}'; }
node unordered 2.5.0; node limited 3.0.0; node within 1.9.0; node twice 2.0.0; node listed 1.0.0; node last 1.2.3; node behind 1.2.4; node gone 1.0.0; node joined 5.0.0
record R-unordered npm unordered "$(range '{"introduced": "2.0.0"}, {"introduced": "0"}, {"fixed": "3.0.0"}, {"fixed": "1.0.0"}')"
record R-unordered-not npm unordered "$(range '{"introduced": "0"}, {"fixed": "3.0.0"}, {"introduced": "2.9.0"}, {"fixed": "2.0.0"}')"
record R-limited-not npm limited "$(range '{"introduced": "0"}, {"limit": "2.0.0"}, {"limit": "3.0.0"}')"
record R-limited npm limited "$(range '{"introduced": "0"}, {"limit": "2.0.0"}, {"limit": "4.0.0"}')"
record R-limitless npm limited "$(range '{"introduced": "0"}, {"limit": "2.0.0"}, {"limit": "*"}')"
record R-within npm within "$(range '{"limit": "2.0.0"}, {"introduced": "1.0.0"}')"
record R-twice npm twice "$(range '{"introduced": "0"}, {"fixed": "1.0.0"}'), $(range '{"introduced": "2.0.0"}, {"fixed": "2.0.1"}')"
record R-twice-not npm twice "$(range '{"introduced": "0"}, {"fixed": "2.0.0"}, {"fixed": "3.0.0"}')"
record R-listed npm listed "$(range '{"introduced": "9.0.0"}')" ', "versions": ["v1.0.0"]'
record R-last npm last "$(range '{"introduced": "1.0.0"}, {"last_affected": "1.2.3"}')"
record R-last-not npm behind "$(range '{"introduced": "1.0.0"}, {"last_affected": "1.2.3"}')"
record R-gone-not npm gone "$(range '{"introduced": "0"}')" '' ', "withdrawn": "2026-11-01T00:00:00Z"'
record R-joined npm joined "$(range '{"introduced": "0"}, {"fixed": "1.0.0"}')" ', "versions": []' ', "related": ["CVE-2020-1111"], "upstream": ["CVE-2020-2222"]'
build
check "ranges as the schema evaluates them" "R-last last 1.2.3
R-limited limited 3.0.0
R-limitless limited 3.0.0
R-listed listed 1.0.0
R-twice twice 2.0.0
R-unordered unordered 2.5.0
R-within within 1.9.0" "$(found)"
check "as spans" "[{introduced:0},{fixed:1.0.0},{introduced:2.0.0},{fixed:3.0.0}]" "$("$plimsoll" db show --db a.db R-unordered | jq -c '.advisories[0].affected[0].events' | tr -d '"')"
check "what is related is no other name" "CVE-2020-1111 CVE-2020-2222" "$("$plimsoll" db show --db a.db R-joined | jq -r '.advisories[0] | "\(.related[]) \(.aliases[])"')"
record R-bad npm x "$(range '{"fixed": "1.0.0"}')"
build
check "nothing introduced" "refused as osv-documents: a range that does not begin with an introduction" "$(sed -n 's/^skipped.*R-bad.json: //p' build.txt)"
check "a feed is refused as a whole" "0 osv/R-gone-not.json and 12 more" "$(grep -c '^taken' build.txt) $(sed -n 's/^skipped *\(.*\): a file of its feed was refused/\1/p' build.txt)"
rm -rf feeds root

# names
put root/p/lib/python3.11/site-packages/A.b_C-1.0.dist-info/METADATA <<<$'Name: A.b_C\nVersion: 1.0'
put root/srv/vendor/composer/installed.json <<<'{"packages": [{"name": "Acme/Widget", "version": "1.0.0"}]}'
put root/erl/lib/cowboy-2.9.0/ebin/cowboy.app <<<'{application,cowboy,[{vsn,"2.9.0"}]}.'
node Exact 1.0.0
all=$(range '{"introduced": "0"}')
record N-pypi PyPI "a-B.c" "$all"; record N-composer Packagist "acme/WIDGET" "$all"; 
record N-hex Hex "Cowboy" "$all"; record N-npm-not npm "exact" "$all"; record N-npm npm "Exact" "$all"
record N-elsewhere "Packagist:https://packages.example.org/8" "ACME/widget" "$all"
build
check "names as each registry compares them" "N-composer Acme/Widget 1.0.0
N-elsewhere Acme/Widget 1.0.0
N-hex cowboy 2.9.0
N-npm Exact 1.0.0
N-pypi A.b_C 1.0" "$(found)"
record N-nuget NuGet "Newtonsoft.Json" "$all"; record N-cargo crates.io "Serde_JSON" "$all"; record N-conan ConanCenter "OpenSSL" "$all"; record N-swift SwiftURL "https://GitHub.com/Apple/Swift-NIO.git" "$all"
record N-go Go "github.com/BurntSushi/toml" "$all"; record N-gem RubyGems "RedCloth" "$all"; record N-actions "GitHub Actions" "Actions/Checkout" "$all"
build
check "as they are kept" "ConanCenter openssl
GitHub Actions actions/checkout
Go github.com/BurntSushi/toml
NuGet newtonsoft.json
RubyGems RedCloth
SwiftURL github.com/apple/swift-nio
crates.io serde-json" "$("$plimsoll" db search --db a.db '**' | cut -f1,2 | tr '\t' ' ' | grep -E '^(crates|Conan|Swift|Go|NuGet|Ruby|GitHub)' | sort)"
rm -rf feeds root

# a jar that tells no group
jar() { mkdir -p "$(dirname "$1")"; python3 -c 'import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z: z.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n")' "$1"; }
jar root/app/widget-core-2.14.1.jar; jar root/app/harmless-1.0.jar
record J-1 Maven "org.example:widget-core" "$(range '{"introduced": "2.0"}, {"fixed": "2.15.0"}')"
record J-2 "Maven:https://repo.example.org" "com.example:widget-core" "$(range '{"introduced": "2.0"}, {"fixed": "3.0"}')"
record J-not Maven "com.example:widget-api" "$all"
build
check "it is judged by each group that has such an artifact" "J-1 widget-core 2.14.1
J-2 widget-core 2.14.1" "$(found)"
check "which is not said twice" "1 1" "$("$plimsoll" db show --db a.db J-1 | jq '.advisories[0].affected | length') $("$plimsoll" db search --db a.db '*widget-core' | grep -c J-1)"
rm -rf feeds root

# repositories, scores, malice
put feeds/osv/G.json <<<'{"id": "G-1", "modified": "2026-11-01T00:00:00Z", "affected": [{"ranges": [{"type": "GIT", "repo": "https://GitHub.com/A/b.git", "events": [{"introduced": "0"}, {"fixed": "00"}]},
	{"type": "GIT", "repo": "git://github.com/a/B", "events": [{"introduced": "0"}]}, {"type": "GIT", "repo": "https://github.com/A/b.git", "events": [{"introduced": "0"}]}], "versions": ["v1.0", "v1.1"]}]}'
build
check "tags of repositories" "git	github.com/a/b	G-1	fixed	" "$("$plimsoll" db search --db a.db '**')"
record MAL-2026-1 npm evil "" ', "versions": ["1.0.0"]' ', "summary": "Steals tokens"'
record MAL-2026-2 npm evil2 "$all" '' ', "summary": "Malicious code in evil2 (npm)"'
record GHSA-evil npm evil3 "$all" '' ', "summary": "Malware in evil3", "database_specific": {"cwe_ids": ["CWE-506"], "severity": "HIGH"}'
record S-2 npm s "$all" '' ', "severity": [{"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}, {"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}]'
both() { echo ', "severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/'"$1"'/SC:N/SI:N/SA:N"}, {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/'"$2"'"}]'; }
record S-3 npm s3 "$all" '' "$(both VC:H/VI:H/VA:H C:L/I:N/A:N)"
record S-4 npm s4 "$all" '' "$(both VC:L/VI:N/VA:N C:H/I:H/A:H)"
record S-U Ubuntu:22.04 u "$all" '' ', "severity": [{"type": "Ubuntu", "score": "medium"}]'
build
said() { "$plimsoll" db show --db a.db "$1" | jq -r '.advisories[0] | [.title, .severity, .vector] | map(. // "-") | join("|")'; }
check "malice" "malicious package: Steals tokens|critical|-
Malicious code in evil2 (npm)|critical|-
Malware in evil3|high|-" "$(said MAL-2026-1; said MAL-2026-2; said GHSA-evil)"
check "scores" "-|-|CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N
-|medium|-" "$(said S-2; said S-U)"
check "of versions 3 and 4 the worse" "-|-|CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N
-|-|CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" "$(said S-3; said S-4)"
rm -rf feeds root

# GitHub's own database
github() { # REVIEWED ID
	put "tree/advisory-database-main/advisories/$1/2026/01/$2/$2.json" <<<'{"id": "'"$2"'", "modified": "2026-11-01T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "x'"$2"'"}, "ecosystem_specific": {"severity": "high"}, "ranges": ['"$all"']}]}'
}
for i in $(seq 100 199); do github github-reviewed "GHSA-$i"; done
github unreviewed GHSA-200
mkdir -p feeds; (cd tree && tar czf ../feeds/advisory-database-main.tar.gz .)
node xGHSA-150 1.0.0; node harmless 1.0.0
build
check "is one feed" "101 records" "$(sed -n 's/^taken *github-advisories *\([0-9]* records\).*/\1/p' build.txt)"
check "which speaks of a registry" "GHSA-150 xGHSA-150 1.0.0" "$(found)"
check "as a whole" 0 "$(jq '[.unknown[] | select(.subject == "npm")] | length' verdict.json)"

# Documents of a directory, and what lies between them.
rm -rf feeds root
node one 1.0.0; node two 1.0.0; node three 1.0.0
kev() { echo '{"catalogVersion": "1", "dateReleased": "2026-11-01T00:00:00Z", "vulnerabilities": [{"cveID": "CVE-2024-2", "dateAdded": "2025-12-24"}]}'; }
record D-1 npm one "$all"; record D-3 npm two "$all"; record D-5 npm three "$all"
kev | put feeds/osv/D-2.json; put feeds/osv/D-4/D-4.json <feeds/osv/D-1.json; echo words | put feeds/osv/D-4.txt
build
check "documents of a directory are one feed, whatever lies between them" "kev 1
osv documents in osv 3
osv documents in osv/D-4 1" "$(sed -n 's/^taken  *\(.*[^ ]\)  *\([0-9]*\) records.*/\1 \2/p' build.txt | sort)"
check "and all of them are heard" "D-1 one 1.0.0
D-3 two 1.0.0
D-5 three 1.0.0" "$(found)"
record D-5 npm three "$(range '{"fixed": "1"}')"; build
check "one of them that is malformed takes all with it" "kev
osv documents in osv/D-4" "$(sed -n 's/^taken  *\(.*[^ ]\)  *[0-9]* records.*/\1/p' build.txt | sort)"
record D-5 npm three "$all"; put feeds/osv/D-6.json <<<'<html>busy</html>'; build
check "so does one that nobody can read" "D-1.json: a file of its feed was refused|D-6.json: it should be a document of osv-documents, and its content is none" \
	"$(sed -n 's/^skipped  *osv.\(D-[16].json.*\)/\1/p' build.txt | paste -sd'|')"
rm -rf feeds
github github-reviewed GHSA-100; jq -c '.modified = "2026-11-03T00:00:00Z"' tree/advisory-database-main/advisories/github-reviewed/2026/01/GHSA-100/GHSA-100.json >late
put feeds/b/advisories/github-reviewed/2026/01/GHSA-101/GHSA-101.json <<<'{"id": "GHSA-101", "modified": "2026-11-02T00:00:00Z", "affected": []}'
put feeds/a/advisories/github-reviewed/2026/01/GHSA-100/GHSA-100.json <<<'{"id": "GHSA-100", "modified": "2026-11-01T00:00:00Z", "affected": []}'
put feeds/a/advisories/github-reviewed/2026/01/GHSA-102/GHSA-102.json <late
build
check "of two feeds of many documents the one with the newest of all counts" "github-advisories 2 records  2026-11-03" "$(sed -n 's/^taken  *\(github-advisories\)  *\(.*\)/\1 \2/p' build.txt)"

# What is null is not there; of commits nobody can tell which versions they are in.
rm -rf feeds root
node null 1.0.0; node named 1.0.0; node commits 1.0.0; node empty 1.0.0; node tagged 1.0.0
record U-null npm null "$all" '' ', "withdrawn": null, "upstream": null, "aliases": null, "severity": null, "references": null'
put feeds/osv/U-named.json <<<'{"id": "U-named", "modified": "2026-11-01T00:00:00Z", "database_specific": {"package": "curl"}, "affected": [{"package": null, "versions": ["1.0"], "ranges": null}]}'
record U-commits npm commits '{"type": "GIT", "repo": "https://example.org/c", "events": [{"introduced": "0"}, {"fixed": "00"}]}'
record U-empty npm empty '{"type": "SEMVER", "events": []}'
record U-tagged npm tagged '{"type": "GIT", "repo": "https://example.org/c", "events": [{"introduced": "0"}]}' ', "versions": ["0.9.0"]'
build
check "what is null is not there" "U-null null 1.0.0" "$(found | grep null)"
check "no package, and null in its place" "generic curl" "$("$plimsoll" db search --db a.db curl | cut -f1,2 | tr '\t' ' ')"
check "which versions have a commit is not told" "U-commits under_investigation
U-empty under_investigation" "$(jq -r '.findings[] | select(.vulnerability.id != "U-null") | "\(.vulnerability.id) \(.vulnerability.state)"' verdict.json | sort)"

# Ubuntu's channels: who has one is judged by what is said of it, who has not has no fix that is in one alone.
rm -rf feeds root
put root/etc/os-release <<<$'ID=ubuntu\nVERSION_ID="20.04"'
deb() { put root/var/lib/dpkg/status <<<$'Package: one\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: Ubuntu\nVersion: '"$1"; }
on() { echo '{"package": {"ecosystem": "Ubuntu:'"$1"'", "name": "one"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}'"${2:+, {\"fixed\": \"$2\"\}}"']}]}'; }
ubuntu() { put "feeds/osv/$1.json" <<<'{"id": "'"$1"'", "modified": "2026-11-01T00:00:00Z", "severity": [{"type": "Ubuntu", "score": "high"}], "affected": ['"$2"']}'; }
ubuntu CVE-2026-1 "$(on 20.04:LTS), $(on Pro:20.04:LTS 1.0-1ubuntu2.3+esm1), $(on Pro:FIPS:20.04:LTS), $(on Pro:FIPS-preview:20.04:LTS), $(on Pro:FIPS-updates:20.04:LTS 1.0-1ubuntu2.fips.9)"
ubuntu CVE-2026-2 "$(on Pro:20.04:LTS 1.0-1ubuntu2.3+esm2)"
ubuntu CVE-2026-3 "$(on 20.04:LTS 1.0-1ubuntu2.5)"
build
check "channels" "esm fips" "$("$plimsoll" db show --db a.db CVE-2026-1 | jq -r '[.advisories[].affected[].channel // empty] | sort | join(" ")')"
states() { deb "$1"; judged; jq -r '.findings[]? | "\(.vulnerability.id) \(.vulnerability.state) \(.fix.version // "")"' verdict.json | sort | tr '\n' ,; }
check "without a channel" "CVE-2026-1 affected ,CVE-2026-2 affected ,CVE-2026-3 fixed 1.0-1ubuntu2.5," "$(states 1.0-1ubuntu2.3)"
check "with esm" "CVE-2026-2 fixed 1.0-1ubuntu2.3+esm2,CVE-2026-3 fixed 1.0-1ubuntu2.5," "$(states 1.0-1ubuntu2.3+esm1)"
check "with fips, whose own numbers are not the release's" "CVE-2026-1 fixed 1.0-1ubuntu2.fips.9,CVE-2026-3 fixed 1.0-1ubuntu2.5," "$(states 1.0-1ubuntu2.fips.8)"
check "with what was mended since" "CVE-2026-3 fixed 1.0-1ubuntu2.5," "$(states 1.0-1ubuntu2.fips.9)"
check "with fips that tells what it is made from" "CVE-2026-1 fixed 1.0-1ubuntu2.fips.9," "$(states 1.0-1ubuntu2.5+Fips1)"

# Names of releases, as OSV has them; what is a product beside a release is none.
rm -rf feeds root
n=0
for name in "SUSE:Linux Enterprise Server 15 SP5" "SUSE:Linux Enterprise Module for Python 3 15 SP4" "SUSE:Linux Enterprise Server 15 SP3-LTSS" \
	"SUSE:Linux Enterprise Server LTSS Extended Security 12 SP5" "SUSE:Linux Enterprise Module for Web and Scripting 12" "SUSE:Linux Enterprise Server for SAP Applications 15 SP5" \
	"SUSE:Manager Server 4.3" "openSUSE:Leap 15.5" "openSUSE:Tumbleweed" "Azure Linux:3" "Azure Linux:2" MinimOS "Alpaquita:23" "Alpaquita:stream" "Echo" "Echo:PyPI"; do
	record "E-$((++n))" "$name" "p$n" "$all"
done
build
check "releases as OSV names them" "p1=sles:15.5 p2=sles:15.4 p3=sles:15.3 p4=sles:12.5 p5=sles:12 p5=sles:12.1 p5=sles:12.2 p5=sles:12.3 p5=sles:12.4 p5=sles:12.5 p6=SUSE:Linux Enterprise Server for SAP Applications 15 SP5 p7=SUSE:Manager Server 4.3 p8=opensuse-leap:15.5 p9=opensuse-tumbleweed: p10=azurelinux:3.0 p11=mariner:2.0 p12=minimos: p13=alpaquita:23 p14=alpaquita:stream p15=Echo p16=Echo:PyPI" \
	"$("$plimsoll" db search --db a.db 'p*' | awk -F'\t' '{print $2 "=" $1}' | sort -V | xargs)"
rm -rf feeds
put root/etc/os-release <<<$'ID=minimos\nVERSION_ID="20260101"'; put root/lib/apk/db/installed <<<$'P:p1\nV:1.2_rc1-r0\nA:x86_64\n'
record M-1 MinimOS p1 "$(range '{"introduced": "0"}, {"fixed": "1.2-r0"}')"; record M-2-not MinimOS p1 "$(range '{"introduced": "0"}, {"fixed": "1.2_beta2-r0"}')"
build
check "versions as that system orders them" "M-1 p1 1.2_rc1-r0" "$(found)"
rm -rf root

# The year 1 is no date: a fix that is known since then would be over every grace period.
rm -rf feeds
put feeds/osv/R-dateless.json <<<'{"id": "R-dateless", "published": "0001-01-01T00:00:00Z", "modified": "0001-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "Go", "name": "x"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.0"}]}]}]}'
build
check "a date that is none" '[null,null,null]' "$("$plimsoll" db show --db a.db R-dateless | jq -c '.advisories[0] | [.published, .modified, .affected[0].fix_known]')"
exit $failed
