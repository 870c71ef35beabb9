#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Feeds in the distributions' own formats: what each word of theirs becomes, what is refused, and what an image hears of it.
set -u
plimsoll=$1
. "$(dirname "$0")/compare.bash"
put() { mkdir -p "$(dirname "$1")" && cat >"$1"; }
build() { "$plimsoll" db build --from "$1" --output "$1.db" 2>&1; }
said() { "$plimsoll" db search --db "$1.db" "$2" | cut -f1,3-5 | sed 's/\t*$//; s/\t/ /g'; }

# Debian's lists, read together.
put debian/data/CVE/list <<'X'
CVE-2024-0001 (A flaw in openssl ...)
	{DSA-1-1 DLA-2-1}
	- openssl 3.2-1 (low; bug #12)
	[trixie] - openssl <not-affected> (Introduced later)
	[bullseye] - openssl <no-dsa> (Minor issue)
	NOTE: a note
CVE-2024-0002
	- bash 5.2-1 (bug #13)
	[bookworm] - bash <ignored> (Too intrusive)
	[bullseye] - bash <postponed> (Later)
	[buster] - bash <end-of-life> (Over)
CVE-2024-0003 [text of its own]
	- apt <unfixed> (unimportant; bug #14)
CVE-2024-XXXX [no number yet]
	- foot <undetermined> (bug #1053115)
	- later <itp> (bug #15)
	- gone <removed>
CVE-2024-0005
	RESERVED
CVE-2024-0006 (Other software)
	NOT-FOR-US: Other
CVE-2024-0007
	TODO: check
X
put debian/data/DSA/list <<'X'
[29 Mar 2023] DSA-1-1 openssl - security update
	{CVE-2024-0001}
	[bookworm] - openssl 3.0-1+deb12u1
[28 Mar 2023] DSA-3-1 old - several
	[bookworm] - old 1.0-2
[27 Mar 2023] DSA-1-2 openssl - regression update
	[bookworm] - openssl 3.0-1+deb12u2
X
put debian/data/DLA/list <<'X'
[01 Apr 2023] DLA-2-1 openssl - security update
	{CVE-2024-0001}
	[buster] - openssl 1.1-1+deb10u1
X
put debian/data/DTSA/list <<'X'
[August 26th, 2005] DTSA-1-1 kismet - various
	{CVE-2005-2626}
	[etch] - kismet 2005.08.R1-0.1etch1
X
check "the lists are one feed, as new as their newest advisory" "taken    debian-lists                             7 records  2023-04-01" "$(build debian | head -1)"
check "what nothing of its own is said of hears of unstable, what an advisory says is said of its CVEs" "debian:10 CVE-2024-0001 fixed 1.1-1+deb10u1
debian:11 CVE-2024-0001 deferred
debian:12 CVE-2024-0001 fixed 3.0-1+deb12u1
debian:13 CVE-2024-0001 not_affected
debian:14 CVE-2024-0001 fixed 3.2-1
debian:sid CVE-2024-0001 fixed 3.2-1" "$(said debian openssl | grep -E ':(1[0-4]|sid) ')"
check "words" "debian:10 CVE-2024-0002 end_of_life
debian:11 CVE-2024-0002 deferred
debian:12 CVE-2024-0002 wont_fix
debian:12 CVE-2024-0003 wont_fix
debian:12 DSA-3-1 fixed 1.0-2
debian:etch CVE-2005-2626 fixed 2005.08.R1-0.1etch1" "$( (said debian bash | grep -E ':1[012] '; said debian apt | grep :12; said debian old; said debian kismet) )"
id=$(printf 'no number yet' | md5sum | cut -c1-6 | tr a-f A-F)
check "without a number: the tracker's name for it, and nothing of what is not there yet" "debian:12 TEMP-1053115-$id under_investigation
debian:12 TEMP-1053115-$id affected" "$( (said debian foot; said debian gone; said debian later 2>/dev/null) | grep :12)"
check "since when the fix is known" 2023-03-29T00:00:00Z "$("$plimsoll" db show --db debian.db CVE-2024-0001 | jq -r '[.. | objects | select(.ecosystem? == "debian:12") | .fix_known // empty][0]')"

mkdir -p tree/etc tree/var/lib/dpkg
printf 'ID=debian\nVERSION_ID="12"\n' >tree/etc/os-release
stanza() { printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\nDescription: x\n\n' "$@"; }
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{id: "*"}]}\n' >p.yaml
seen() { "$plimsoll" check --policy p.yaml --db "$1" --at 2024-02-01 --output json rootfs:tree >v.json; jq -r '.findings[] | select(.vulnerability) | "\(.vulnerability.id) \(.evidence.package) \(.vulnerability.state)"' v.json | sort -u; }
{ stanza bash 5.1-1; stanza openssl 3.0-1+deb12u1; stanza apt 2.6; } >tree/var/lib/dpkg/status
check "an image hears what its versions are in" "CVE-2024-0002 bash wont_fix
CVE-2024-0003 apt wont_fix" "$(seen debian.db)"
{ stanza bash 5.2-1; stanza openssl 3.0-1; } >tree/var/lib/dpkg/status
check "what is not meant to be mended is, in what has unstable's version" "CVE-2024-0001 openssl fixed" "$(seen debian.db)"
check "a few entries cover no release" "debian:12: no feed" "$(jq -r '.unknown[] | select(.kind == "no_data") | "\(.subject): \(.reason | .[0:7])"' v.json)"
for i in $(seq 100); do printf 'CVE-2023-%04d\n\t- many%d <unfixed>\n' "$i" "$i"; done >>debian/data/CVE/list
build debian >/dev/null
check "all of the list does" "" "$(seen debian.db >/dev/null; jq -r '.unknown[] | select(.kind == "no_data") | .subject' v.json)"
rm -r debian/data/CVE
for i in $(seq 200); do printf '[01 Jan 2020] DSA-%d-1 many%d - security update\n\t{CVE-2020-%04d}\n\t[bookworm] - many%d 2-1\n' "$i" "$i" "$i" "$i"; done >>debian/data/DSA/list
build debian >/dev/null
check "advisories alone do not: what is open is not in them" debian:12 "$(seen debian.db >/dev/null; jq -r '.unknown[] | select(.kind == "no_data") | .subject' v.json)"
put twice/data/CVE/list <<'X'
CVE-2024-0001
	{DSA-1-1 DSA-1-1}
	- one 1.0-1
	- one 1.0-2
	[bookworm] - one 0.9-1+deb12u1
	[bookworm] - one 0.9-1+deb12u1
	[bullseye] - one <no-dsa> (Minor issue)
	[bullseye] - one <no-dsa> (Minor issue)
	[buster] - one <not-affected>
	[buster] - one <unfixed>
CVE-2024-0001
	- one 1.0-1
X
put twice/data/DSA/list <<'X'
[29 Mar 2023] DSA-1-1 one - security update
	{CVE-2024-0001 CVE-2024-0001}
	[bookworm] - one 0.9-1+deb12u1
	[bookworm] - one 0.9-1+deb12u1
X
check "what a list says twice is said once, the later version and what is open of it" "1 records debian:10 CVE-2024-0001 affected,debian:11 CVE-2024-0001 deferred,debian:12 CVE-2024-0001 fixed 0.9-1+deb12u1,debian:14 CVE-2024-0001 fixed 1.0-2" \
	"$(build twice | grep -o '1 records') $(said twice one | grep -E ':1[0124] ' | paste -sd,)"
refused() { # NAME FILE: what became of the lists
	put bad/data/CVE/list; check "$1" "$2" "$(build bad | head -1 | sed 's/.*refused as debian-lists: //')"
}
refused "a word that the tracker does not have" "data/CVE/list: line 2: neither a version nor a word that the tracker has" <<<$'CVE-2024-1\n\t- bash <wontfix>'
refused "a line that is none" "data/CVE/list: line 2: a package is expected" <<<$'CVE-2024-1\n\tbash 5.2-1'
refused "an entry that is none" "data/CVE/list: line 3: neither a CVE nor an advisory with its date" <<<$'CVE-2024-1\n\tRESERVED\nnothing'

# Ubuntu's tracker.
put ubuntu/active/CVE-2024-0001 <<'X'
Candidate: CVE-2024-0001
PublicDate: 2024-01-02 03:04:05 UTC
CRD: 2024-01-01
References:
 https://example.org/one
Description:
 A flaw
 in one.
Notes:
 somebody> jammy_one: released (9)
Priority: medium
 Because.
Priority_two: critical
CVSS:
 nvd: CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N [5.3 MEDIUM]
 nvd: CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H [9.8 CRITICAL]

Patches_one:
 upstream: https://example.org/patch
Tags_one: universe-binary
upstream_one: 2.6
dapper_one: ignored (end of life, was needed)
trusty_one: ignored (end of standard support)
trusty/esm_one: released (1.0-1+esm1)
esm-infra/xenial_one: needed
fips/focal_one: needed
fips-updates/focal_one: released (1.0-1.fips.2)
fips-preview/noble_one: not-affected
fips/noble_one: needed
focal_one: deferred (2024-01-03)
jammy_one: pending (1.2-1ubuntu0.1)
mantic_one: needs-triage
noble_one: released (1.2-3ubuntu1 )
oracular_one: not-affected (code not present)
plucky_one: ignored (too intrusive)
resolute_one: DNE
devel_one: released
snap_one: needed
X
put ubuntu/retired/CVE-2023-0001 <<'X'
Candidate: CVE-2023-0001
PublicDate: unknown
Description:
Priority: low
jammy_two: released (2-1)
X
printf 'Candidate:\nPublicDate:\n#jammy_PKG:\n' | put ubuntu/active/00boilerplate
check "the folders are one feed" "taken    ubuntu-cve-tracker                       2 records  no date
skipped  active/00boilerplate: a form for new files of the tracker" "$(build ubuntu | grep -v '^ubuntu')"
check "statuses" "ubuntu:14.04 CVE-2024-0001 end_of_life
ubuntu:14.04 CVE-2024-0001 fixed 1.0-1+esm1
ubuntu:16.04 CVE-2024-0001 affected
ubuntu:20.04 CVE-2024-0001 deferred
ubuntu:20.04 CVE-2024-0001 fixed 1.0-1.fips.2
ubuntu:22.04 CVE-2024-0001 affected
ubuntu:23.10 CVE-2024-0001 under_investigation
ubuntu:24.04 CVE-2024-0001 affected
ubuntu:24.04 CVE-2024-0001 fixed 1.2-3ubuntu1
ubuntu:24.10 CVE-2024-0001 not_affected
ubuntu:25.04 CVE-2024-0001 wont_fix
ubuntu:6.06 CVE-2024-0001 end_of_life
ubuntu:devel CVE-2024-0001 under_investigation" "$(said ubuntu one | sort)"
printf 'ID=ubuntu\nVERSION_ID="14.04"\n' >tree/etc/os-release
stanza one 1.0-1+esm0 >tree/var/lib/dpkg/status
check "who has the channel hears of it" "CVE-2024-0001 one fixed" "$(seen ubuntu.db)"
stanza one 1.0-1 >tree/var/lib/dpkg/status
printf 'ID=ubuntu\nVERSION_ID="20.04"\n' >tree/etc/os-release
check "who has not hears of the release" "CVE-2024-0001 one deferred" "$(seen ubuntu.db)"
stanza one 1.0-1.fips.1 >tree/var/lib/dpkg/status
check "certified packages have what was mended since" "CVE-2024-0001 one fixed" "$(seen ubuntu.db)"
printf 'ID=ubuntu\nVERSION_ID="22.04"\n' >tree/etc/os-release
stanza one 1.2-1ubuntu0.1 >tree/var/lib/dpkg/status
check "what was pending is there" "" "$(seen ubuntu.db)"
printf 'Candidate: CVE-2023-0002\nPublicDate: unknown\njammy_two: mended\n' | put ubuntu/active/CVE-2023-0002
check "one file that cannot be read refuses all" "skipped  active/CVE-2023-0002: refused as ubuntu-cve-tracker: line 3: the tracker has no status 'mended'
skipped  active/CVE-2024-0001: a file of its feed was refused
skipped  retired/CVE-2023-0001: a file of its feed was refused" "$(build ubuntu | grep -v -e boiler -e 'no feed')"
rm ubuntu/active/CVE-2023-0002
mkdir cut && tar cf - --sort=name -C ubuntu active retired | head -c 4000 >cut/ubuntu.tar
check "an archive that ends too early is no feed" "" "$(build cut | grep -e ^taken -e '^cut')"
head -c 2000000 /dev/zero | tr '\0' '#' >ubuntu/retired/CVE-2023-0009 && tar cf - --sort=name -C ubuntu active retired | head -c 100000 >cut/ubuntu.tar
check "nor what was whole before its end" "ubuntu.tar/active/CVE-2024-0001: refused with the archive that it is in" "$(build cut | sed -n 's/^skipped  \(.*archive that.*\)/\1/p')"

# Arch
put arch/all.json <<'X'
[{"name": "AVG-1", "packages": ["one", "lib32-one"], "status": "Fixed", "severity": "High", "type": "code execution", "affected": "1-1", "fixed": "1-2", "ticket": null, "issues": ["CVE-2024-1", "CVE-2024-2"], "advisories": ["ASA-1"]},
 {"name": "AVG-2", "packages": ["two"], "status": "Vulnerable", "severity": "Low", "type": "t", "affected": "1-1", "fixed": null, "ticket": null, "issues": ["CVE-2024-3"], "advisories": []},
 {"name": "AVG-3", "packages": ["two"], "status": "Testing", "severity": "Medium", "type": "t", "affected": "1-1", "fixed": "3-1", "ticket": null, "issues": ["CVE-2024-4"], "advisories": []},
 {"name": "AVG-4", "packages": ["two"], "status": "Not affected", "severity": "Unknown", "type": "t", "affected": "1-1", "fixed": null, "ticket": null, "issues": ["CVE-2024-5"], "advisories": []},
 {"name": "AVG-5", "packages": ["two"], "status": "Unknown", "severity": "Unknown", "type": "t", "affected": "1-1", "fixed": "", "ticket": null, "issues": ["CVE-2024-6"], "advisories": []}]
X
build arch >/dev/null
check "Arch's groups" "arch: AVG-1 fixed 1-2
arch: AVG-2 affected
arch: AVG-3 affected
arch: AVG-4 not_affected
arch: AVG-5 under_investigation" "$( (said arch one; said arch two) )"
mkdir -p pac/etc pac/var/lib/pacman/local/two-3-1
printf 'ID=arch\nBUILD_ID=rolling\nVERSION_ID=20260101.0.1\n' >pac/etc/os-release
printf '%%NAME%%\ntwo\n\n%%VERSION%%\n3-1\n\n%%ARCH%%\nx86_64\n' >pac/var/lib/pacman/local/two-3-1/desc
check "an image of it, whatever the day it was made" "CVE-2024-3 affected
CVE-2024-6 under_investigation" "$("$plimsoll" check --policy p.yaml --db arch.db --at 2024-02-01 --output json rootfs:pac | jq -r '.findings[] | select(.vulnerability) | "\(.vulnerability.id) \(.vulnerability.state)"' | sort -u)"
sed -i 's/"Vulnerable"/"Perhaps"/' arch/all.json
check "a status that is none" "group 2: no name, or status 'Perhaps', which the tracker does not have" "$(build arch | head -1 | sed 's/.*refused as arch: //')"

# Photon
put photon/cve_data_photon5.0.json <<'X'
[{"cve_id": "CVE-2024-1", "pkg": "curl", "cve_score": 9.8, "aff_ver": "all versions before 8-1.ph5 are vulnerable", "res_ver": "8-1.ph5", "status": "Fixed"},
 {"cve_id": "CVE-2024-2", "pkg": "curl", "cve_score": null, "aff_ver": "NA", "res_ver": "NA", "status": "Not Affected"},
 {"cve_id": "CVE-2024-3", "pkg": "curl", "cve_score": 5, "aff_ver": "NA", "res_ver": "NA", "status": "Fixed"}]
X
build photon >/dev/null
check "Photon's entries" "photon:5.0 CVE-2024-1 fixed 8-1.ph5
photon:5.0 CVE-2024-2 not_affected
photon:5.0 CVE-2024-3 under_investigation" "$(said photon curl)"

# Wolfi and its kin
put wolfi/wolfi/security.json <<'X'
{"apkurl": "{{urlprefix}}/{{reponame}}/{{arch}}/{{pkg.name}}-{{pkg.ver}}.apk", "archs": ["x86_64"], "reponame": "os", "urlprefix": "https://packages.wolfi.example",
 "packages": [{"pkg": {"name": "curl", "secfixes": {"0": ["CVE-2024-1"], "8-r1": ["CVE-2024-2", "CVE-2024-3 GHSA-3"]}}}]}
X
put wolfi/chainguard/security.json <<'X'
{"apkurl": "x", "archs": ["x86_64"], "reponame": "chainguard", "urlprefix": "https://packages.example", "packages": [{"pkg": {"name": "curl", "secfixes": {"7-r1": ["CVE-2024-2"]}}}]}
X
build wolfi >/dev/null
check "Wolfi's and Chainguard's" "chainguard: CVE-2024-2 fixed 7-r1
wolfi: CVE-2024-1 not_affected
wolfi: CVE-2024-2 fixed 8-r1
wolfi: CVE-2024-3 fixed 8-r1" "$(said wolfi curl)"
mkdir -p apk/etc apk/lib/apk/db
printf 'ID=wolfi\nVERSION_ID="20230201"\n' >apk/etc/os-release
printf 'P:curl\nV:7-r9\nA:x86_64\n\n' >apk/lib/apk/db/installed
check "an image of Wolfi" "CVE-2024-2 fixed
CVE-2024-3 fixed" "$("$plimsoll" check --policy p.yaml --db wolfi.db --at 2024-02-01 --output json rootfs:apk | jq -r '.findings[] | select(.vulnerability) | "\(.vulnerability.id) \(.vulnerability.state)"' | sort -u)"
sed -i 's/wolfi.example/example/' wolfi/wolfi/security.json && mv wolfi/wolfi wolfi/some
check "whose nobody tells" "packages are missing, or what tells the distribution and its release" "$(build wolfi | sed -n 's/.*refused as alpine-secdb: //p')"

# How long releases are supported
put eol/products.json <<'X'
{"schema_version": "1.2.0", "generated_at": "2026-11-01T00:00:00+00:00", "total": 2, "result": [{"name": "debian", "releases": [{"name": "12", "isEol": true, "eolFrom": "2026-06-10", "eoesFrom": "2027-01-31"}]},
 {"name": "python", "releases": [{"name": "3.9", "isEol": true, "eolFrom": "2025-10-31"}]}]}
X
put eol/v0/ubuntu.json <<'X'
[{"cycle": "22.04", "support": "2024-09-30", "eol": "2023-04-01", "extendedSupport": "2032-04-09", "lts": true}, {"cycle": "4.10", "eol": true}]
X
check "endoflife.date, both editions" "endoflife 2
endoflife cycles 2" "$(build eol | sed -n 's/^taken    \(endoflife\( cycles\)*\)  *\([0-9]*\) records.*/\1 \3/p')"
supported() { # ID VERSION DAY: why not
	printf 'ID=%s\nVERSION_ID="%s"\n' "$1" "$2" >tree/etc/os-release
	"$plimsoll" check --policy p.yaml --db eol.db --at "$3" --output json rootfs:tree | jq -r '.unknown[] | select(.kind == "end_of_life") | "\(.subject): \(.reason | sub(":.*"; ""))"'
}
check "the data's word is newer than what is compiled in" "ubuntu 22.04: its support ended on 2023-04-01" "$(supported ubuntu 22.04 2024-02-01)"
check "and the verdict's summary says the same" 2023-04-01 "$("$plimsoll" check --policy p.yaml --db eol.db --at 2024-02-01 --output json rootfs:tree | jq -r .inventory.os.support_end)"
check "long-term support that everybody has is support" "" "$(supported debian 12 2027-01-31)"
check "and it ends" "debian 12: its support ended on 2027-01-31" "$(supported debian 12 2027-02-01)"
check "of what the data does not know the compiled word holds" "alpine 3.18: its support ended on 2025-05-09" "$(supported alpine 3.18 2025-06-01)"
printf '[{"cycle": "1", "eol": "soon"}]' | put bad-eol/x.json
check "a date that is none" "x:1: eol 'soon' is no date" "$(build bad-eol | sed -n 's/.*refused as endoflife: //p')"
exit $failed
