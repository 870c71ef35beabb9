#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The advisory database: feeds of every format in, each file answered for; asked; damaged; and what an image gets out of it.
set -u
plimsoll=$1
. "$(dirname "$0")/compare.bash"

mkdir -p feeds/alpine/v3.20 feeds/osv/Debian feeds/loose feeds/bad
cat >feeds/alpine/v3.20/main.json <<'J'
{"distroversion": "v3.20", "reponame": "main", "packages": [
 {"pkg": {"name": "musl", "secfixes": {"1.2.5-r1": ["CVE-2025-1 XSA-1", "CVE-2025-2 CVE-2025-3"], "0": ["CVE-2020-9"]}}},
 {"pkg": {"name": "busybox", "secfixes": {"1.36.1-r29": ["CVE-2024-5"]}}}]}
J
cat >tracker.json <<'J'
{"openssl": {
 "CVE-2024-1": {"description": "fixed one", "scope": "remote", "releases": {
   "bookworm": {"status": "resolved", "repositories": {}, "fixed_version": "3.0.15-1", "urgency": "high**"},
   "bullseye": {"status": "resolved", "repositories": {}, "fixed_version": "0", "urgency": "unimportant"}}},
 "CVE-2024-2": {"releases": {"bookworm": {"status": "open", "repositories": {}, "urgency": "medium"}}},
 "CVE-2024-3": {"releases": {"bookworm": {"status": "open", "repositories": {}, "urgency": "low", "nodsa": "Minor issue", "nodsa_reason": "postponed"}}},
 "CVE-2024-4": {"releases": {"bookworm": {"status": "open", "repositories": {}, "urgency": "unimportant"}}},
 "CVE-2024-5": {"releases": {"bookworm": {"status": "open", "repositories": {}, "urgency": "end-of-life"}}},
 "CVE-2024-6": {"releases": {"bookworm": {"status": "undetermined", "repositories": {}, "urgency": "not yet assigned"}}},
 "CVE-2024-7": {"releases": {"bookworm": {"status": "open", "repositories": {}, "urgency": "low", "nodsa": "x", "nodsa_reason": "ignored"}}}}}
J
gzip -c tracker.json >feeds/tracker.json.gz
cat >kev.json <<'J'
{"title": "t", "catalogVersion": "2026.01.02", "dateReleased": "2026-01-02T10:00:00Z", "count": 1,
 "vulnerabilities": [{"cveID": "CVE-2024-2", "dateAdded": "2025-12-24"}]}
J
zstd -q kev.json -o feeds/kev.json.zst
printf '#model_version:v1,score_date:2026-01-03T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1,0.5,0.9\nCVE-2024-2,1e-05,0.1\n' | xz >feeds/epss.csv.xz
cat >CVE-2024-1.json <<'J'
{"id": "CVE-2024-1", "modified": "2026-01-04T00:00:00Z", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "affected": [{"package": {"ecosystem": "PyPI", "name": "x"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}
J
python3 - <<'P'
import zipfile
with zipfile.ZipFile("feeds/osv/Debian/all.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.write("CVE-2024-1.json")
with zipfile.ZipFile("feeds/bad/all.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.write("CVE-2024-1.json")
    z.writestr("broken.json", '{"id": "X"}')
P
for n in 1 2; do
	printf '{"id": "DEMO-%s", "modified": "2026-01-0%s", "affected": [{"package": {"ecosystem": "Alpine:v3.20", "name": "demo"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}, {"fixed": "1.%s"}, {"introduced": "2.0"}, {"last_affected": "2.1"}]}]}]}' $n $n $n >feeds/loose/$n.json
done
echo hello >feeds/README
echo '{"distroversion": "v3.19", "packages": [{"pkg": {}}]}' >feeds/bad/secdb.json
echo noise >feeds/bad/noise.bin
ln -s ../README feeds/bad/link

out=$("$plimsoll" db build --from feeds --output a.db 2>&1)
check "db build answers for every file" "0
taken    alpine-secdb v3.20/main                  4 records  no date
taken    epss                                     2 records  2026-01-03
taken    kev                                      1 records  2026-01-02
taken    osv documents in loose                   2 records  2026-01-02
taken    osv Debian                               1 records  2026-01-04
taken    debian-tracker                           7 records  no date
skipped  README: documentation
skipped  bad/all.zip: refused as osv: broken.json: id or modified are missing
skipped  bad/link: a link, which is not followed
skipped  bad/noise.bin: its content is no format that is read
skipped  bad/secdb.json: refused as alpine-secdb: a package without name or secfixes" "$?
$(grep -v '^a.db' <<<"$out")"
"$plimsoll" db build --from feeds --output b.db >/dev/null
check "the same feeds give the same bytes" "$(sha256sum <a.db)" "$(sha256sum <b.db)"
check "db search" "alpine:3.20	musl	CVE-2020-9	not_affected	
alpine:3.20	musl	CVE-2025-1	fixed	1.2.5-r1
alpine:3.20	musl	CVE-2025-2	fixed	1.2.5-r1
alpine:3.20	musl	CVE-2025-3	fixed	1.2.5-r1" "$("$plimsoll" db search --db a.db musl)"
check "the tracker's states" "CVE-2024-1 fixed
CVE-2024-2 affected
CVE-2024-3 deferred
CVE-2024-4 wont_fix
CVE-2024-5 end_of_life
CVE-2024-6 under_investigation
CVE-2024-7 wont_fix" "$("$plimsoll" db search --db a.db openssl | awk '$1 == "debian:12" {print $3, $4}')"
check "db show by alias, with scores" '["CVE-2024-2",true,"2025-12-24T00:00:00Z",["debian-tracker"]]' \
	"$("$plimsoll" db show --db a.db CVE-2024-2 | jq -c '[.id, .epss == 0.00001, .exploited_since, [.advisories[].feed]]')"
check "an alias is an id too" '["CVE-2025-1"]' "$("$plimsoll" db show --db a.db XSA-1 | jq -c '[.advisories[].id]')"
"$plimsoll" db show --db a.db CVE-1999-1 >/dev/null 2>&1; check "db show of nothing" 1 $?
"$plimsoll" db status --db absent.db >/dev/null 2>&1; check "a database that is not there" 3 $?
mkdir empty; out=$("$plimsoll" db build --from empty --output a.db 2>&1)
check "an empty directory does not replace a good database" "3 plimsoll db build: there is no feed in empty" "$? $out"
check "and the old one stands" "$(sha256sum <b.db)" "$(sha256sum <a.db)"

# Two files of one feed: the newer counts.
mkdir two
sed 's/2026-01-02T/2026-02-02T/; s/CVE-2024-2/CVE-2024-9/' kev.json >two/kev-b.json
cp kev.json two/kev-a.json
check "of two files of one feed the newer" "taken    kev                                      1 records  2026-02-02
skipped  kev-a.json: another file of this feed is as new or newer" "$("$plimsoll" db build --from two --output two.db | grep -v '^two.db')"
check "the older one is gone" 1 "$("$plimsoll" db show --db two.db CVE-2024-2 >/dev/null 2>&1; echo $?)"

# A feed that does not date its fixes: they are known since the snapshot that showed them first.
mkdir -p days/v3.20
secdb() { printf '{"distroversion": "v3.20", "reponame": "main", "packages": [{"pkg": {"name": "musl", "secfixes": {%s}}}]}' "$1" >days/v3.20/main.json; }
days() { # PREVIOUS DAY: of each fix the day that is known
	"$plimsoll" db build --from days ${1:+--previous "$1"} --at "$2" --output "day-$2.db" >/dev/null || return
	"$plimsoll" db search --db "day-$2.db" musl | cut -f3 | while read -r id; do
		"$plimsoll" db show --db "day-$2.db" "$id" | jq -r '[.id, (.advisories[].affected[] | .fix_known // "-")] | join(" ")'
	done
}
secdb '"1.2.5-r1": ["CVE-2025-1111"]'
check "the first snapshot knows no day" "CVE-2025-1111 -" "$(days '' 2026-01-01)"
secdb '"1.2.5-r1": ["CVE-2025-1111", "CVE-2025-2222"]'
check "what is new is known since this one" "CVE-2025-1111 -
CVE-2025-2222 2026-01-02T00:00:00Z" "$(days day-2026-01-01.db 2026-01-02)"
secdb '"1.2.5-r1": ["CVE-2025-1111", "CVE-2025-2222"], "1.2.5-r2": ["CVE-2025-3333"]'
check "and stays so" "CVE-2025-1111 -
CVE-2025-2222 2026-01-02T00:00:00Z
CVE-2025-3333 2026-01-03T00:00:00Z" "$(days day-2026-01-02.db 2026-01-03)"
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{id: ["CVE-2025-*"], fix: available, grace: 7d}]}\n' >grace.yaml
mkdir -p graced/etc graced/lib/apk/db
printf 'ID=alpine\nVERSION_ID=3.20.3\n' >graced/etc/os-release
printf 'P:musl\nV:1.2.5-r0\nA:x86_64\no:musl\n\n' >graced/lib/apk/db/installed
check "a grace period begins with it" "fail CVE-2025-2222
unknown fix_date CVE-2025-1111" "$("$plimsoll" check --policy grace.yaml --db day-2026-01-03.db --at 2026-01-10 --output json rootfs:graced |
	jq -r '(.findings[] | "fail \(.vulnerability.id)"), (.unknown[] | select(.kind == "fix_date") | "unknown fix_date \(.subject | split(" ")[0])")')"
"$plimsoll" db build --from days --previous feeds/README --output none.db >/dev/null 2>&1
check "what is no database is none from before" "3 1" "$? $(test -e none.db; echo $?)"

# Why an advisory applies or does not.
explained() { "$plimsoll" check --policy grace.yaml --db day-2026-01-03.db --at 2026-01-10 --color never --explain "$1" rootfs:graced | sed -n '/^explained/,$p' | sed 1d | tr -s ' \n' ' '; }
check "of a package" " applies musl 1.2.5-r0: CVE-2025-1111: 1.2.5-r0 is below the fix, 1.2.5-r1 (alpine-secdb v3.20/main) applies musl 1.2.5-r0: CVE-2025-2222: 1.2.5-r0 is below the fix, 1.2.5-r1 (alpine-secdb v3.20/main) applies musl 1.2.5-r0: CVE-2025-3333: 1.2.5-r0 is below the fix, 1.2.5-r2 (alpine-secdb v3.20/main) " \
	"$(explained musl)"
printf 'P:musl\nV:1.2.5-r1\nA:x86_64\no:musl\n\n' >graced/lib/apk/db/installed
check "of an id" " does not musl 1.2.5-r1: CVE-2025-1111: 1.2.5-r1 has the fix, 1.2.5-r1 (alpine-secdb v3.20/main) " "$(explained 'CVE-*-1111')"
check "of nothing" "" "$(explained zlib)"

# Damage.
damaged() { # NAME WORDS
	out=$("$plimsoll" db search --db bad.db '*' 2>&1)
	status=$?
	check "$1" "3 yes" "$status $(grep -q "$2" <<<"$out" && echo yes || echo "no: $out")"
}
head -c 3000 a.db >bad.db; damaged "cut off" "bad.db: it is 3000 bytes"
: >bad.db; damaged "empty" "bad.db"
cp a.db bad.db; printf XXXX | dd of=bad.db bs=1 seek=40 conv=notrunc 2>/dev/null; damaged "another root" "digest"
cp a.db bad.db; printf X | dd of=bad.db bs=1 seek=1036 conv=notrunc 2>/dev/null; damaged "a changed block" "bad.db: the block at offset 1024"
cp a.db bad.db; printf '\11' | dd of=bad.db bs=1 seek=8 conv=notrunc 2>/dev/null; damaged "another version" "version 9"
echo hello >bad.db; damaged "no database" "bad.db: it is no advisory database"

# What an image gets out of it.
mkdir -p tree/etc tree/lib/apk/db
printf 'ID=alpine\nVERSION_ID=3.20.3\n' >tree/etc/os-release
printf 'P:musl\nV:1.2.5-r0\nA:x86_64\no:musl\n\nP:musl-utils\nV:1.2.5-r1\nA:x86_64\no:musl\n\nP:demo\nV:2.1\nA:x86_64\n\n' >tree/lib/apk/db/installed
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}, {id: "*", fix: none, action: warn}]}\n' >p.yaml
"$plimsoll" check --policy p.yaml --db a.db --at 2026-03-01 --output json rootfs:tree >v.json
check "what nobody rates is unknown, not skipped" "unknown" "$(jq -r .areas.vulnerabilities v.json)"
check "each vulnerability once, by package" "CVE-2025-1 in musl 1.2.5-r0
CVE-2025-2 in musl 1.2.5-r0
CVE-2025-3 in musl 1.2.5-r0
DEMO-1 in demo 2.1
DEMO-2 in demo 2.1" "$(jq -r '.unknown[] | select(.kind == "severity") | .subject' v.json)"
check "what has no fix" "vulnerabilities/DEMO-1 affected
vulnerabilities/DEMO-2 affected" "$(jq -r '.findings[] | "\(.rule) \(.vulnerability.state)"' v.json)"
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: high}]}\n' >p.yaml
printf 'ID=centos\nVERSION_ID=7\n' >tree/etc/os-release
"$plimsoll" check --policy p.yaml --db a.db --output json rootfs:tree >v.json
check "a release that no feed speaks of" "2 unknown no_data no feed in the advisory data speaks of centos:7" \
	"$? $(jq -r '"\(.result) " + (.unknown[] | select(.kind == "no_data") | "\(.kind) \(.reason)")' v.json)"
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
"$plimsoll" check --policy p.yaml --db a.db --output json rootfs:tree >v.json
check "stray records do not cover" "no feed covers debian:12 as a whole: debian-tracker names 1 of its packages, 100 are asked for" \
	"$(jq -r '.unknown[] | select(.kind == "no_data") | .reason' v.json)"
exit $failed
