#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real images against real feeds, where they are at hand (PLIMSOLL_IMAGES, PLIMSOLL_FEEDS, or ../shared): what each release's own data says, and
# `unknown` with its reason where no feed covers it.  Counts per feed equal those of independent readers.
set -u
plimsoll=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
images=${PLIMSOLL_IMAGES:-$root/../shared/images} feeds=${PLIMSOLL_FEEDS:-$root/../shared/feeds}
[ -d "$images" ] && [ -d "$feeds" ] || { echo "there are no real images and feeds here: set PLIMSOLL_IMAGES and PLIMSOLL_FEEDS"; exit 77; }
. "$(dirname "$0")/compare.bash"

"$plimsoll" db build --from "$feeds" --output a.db >build.txt || { cat build.txt; exit 1; }
taken() { sed -n "s/^taken  *$1  *\([0-9]*\) records.*/\1/p" build.txt; }

# Counted without us.
zstd -qdc "$feeds/alpine/secdb.tar.zst" | tar x
for file in */main.json */community.json; do
	check "secdb ${file%.json}" "$(jq '[.packages[].pkg.secfixes[] | length] | add' "$file")" "$(taken "alpine-secdb ${file%%/*}\\/$(basename "$file" .json)")"
done
check "debian tracker" "$(zstd -qdc "$feeds"/debian/tracker-derived-from-dsa-dla.json.zst | jq '[.[] | length] | add')" "$(taken debian-tracker)"
check "kev" "$(zstd -qdc "$feeds"/kev/known_exploited_vulnerabilities.json.zst | jq '.vulnerabilities | length')" "$(taken kev)"
check "epss" "$(zcat "$feeds"/epss/epss_scores-current.csv.gz | grep -c ^CVE-)" "$(taken epss)"
zstd -qdc "$feeds/osv.tar.zst" | tar x
for zip in osv/*/all.zip; do
	ecosystem=$(basename "$(dirname "$zip")")
	check "osv $ecosystem" "$(python3 -c 'import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))' "$zip")" "$(taken "osv $ecosystem")"
done
check "excerpts are never data" 0 "$(grep '^taken' build.txt | grep -c excerpt)"

printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\n' >p.yaml
judged() { # TARGET: for each image in it the vulnerabilities as "ID PACKAGE", then "? KIND SUBJECT: REASON"
	"$plimsoll" check --policy p.yaml --db a.db --at 2026-08-22 --output json "$1" >v.json
	jq -r '(.images // [.])[] | (.findings[] | "\(.vulnerability.id) \(.evidence.package)"),
	       (.unknown[] | select(.kind == "no_data" or .kind == "os") | "? \(.kind) \(.subject): \(.reason)")' v.json | sort -u
}
musl="CVE-2025-26519 musl
CVE-2025-26519 musl-utils"
for image in alpine-3.20.3.oci shop-api.docker.tar.xz; do
	check "$image: musl" "$musl" "$(judged "$images/$image" | grep 26519)"
done
check "alpine 3.18.9: musl" "$musl" "$(judged "docker-archive:$images/shop-api.docker.tar.xz:test/alpine:3.18.9" | grep 26519)"
none() { check "$1: no feed covers it" "$2" "$(judged "$images/$1" | grep '^?')"; }
none debian-bookworm.oci "? no_data debian:12: no feed covers debian:12 as a whole: osv Debian names 1 of its packages, 100 are asked for
? no_data generic: no feed has all of NVD, by which these are judged: python"
none distroless-cc.oci "? no_data debian:12: no feed covers debian:12 as a whole: osv Debian names 1 of its packages, 100 are asked for"
none centos-7-bdb.docker.tar.xz "? no_data centos:7: no feed in the advisory data speaks of centos:7"
none cbl-mariner-2.0.oci "? no_data mariner:2.0: no feed in the advisory data speaks of mariner:2.0"
none sles-15.3-ndb.oci.tar "? no_data sles:15.3: no feed in the advisory data speaks of sles:15.3"
none busybox-1.38.0-multi.oci "? no_data generic: no feed has all of NVD, by which these are judged: busybox
? no_data operating system: it could not be told, so no feed can be chosen for it
? os os: the operating system could not be told"
exit $failed
