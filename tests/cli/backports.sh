#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A minimum upstream version and a distribution's older one: it is met when the distribution's data says that all that upstream
# fixed by then is fixed in this revision, missed when it says of one that it is not, unknown when it does not say.
set -u
plimsoll=$1
. "$(dirname "$0")/compare.bash"

"$plimsoll" db build --from "$root/advisories" --output samples.db >build.txt || { cat build.txt; exit 1; }

# installed RELEASE NAME VERSION [SOURCE [SOURCE-VERSION]]: a tree with this package of Debian.
installed() {
	rm -rf tree
	mkdir -p tree/etc tree/var/lib/dpkg
	printf 'ID=debian\nVERSION_ID="%s"\n' "$1" >tree/etc/os-release
	{
		printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\n' "$2" "$3"
		[ -z "${4:-}" ] || printf 'Source: %s%s\n' "$4" "${5:+ ($5)}"
		echo
	} >tree/var/lib/dpkg/status
}
judged() { # MINIMUM [DATABASE]: result, findings with what would mend them, unknowns, note
	printf 'plimsoll: v1\nname: t\ncomponents: {minimum: [{%s}]}\n' "$1" >p.yaml
	if [ -n "${2:-}" ]; then set -- --db "$2"; else set --; fi
	XDG_CACHE_HOME=$work "$plimsoll" check --no-cache --policy p.yaml "$@" --at 2026-11-20 --output json rootfs:tree >v.json 2>err
	jq -r '[.result, (.findings[] | .message + " -> " + .fix.version), (.unknown[] | "? " + .kind + " " + .subject + ": " + .reason),
	        (.area_notes.components // empty)] | join("\n")' v.json
	cat err
}
older() { echo "version $1 is installed; by upstream's number it is below the minimum $2"; }

# Both ways, from facts.
installed 11 openssl 1.1.1n-0+deb11u4
check "a revision with all backports" "pass
openssl 1.1.1n-0+deb11u4 counts as 1.1.1q: its distribution has fixed in it what upstream did by then: 3 advisories" \
	"$(judged 'name: openssl, version: 1.1.1q' samples.db)"
check "and up to a later version" "pass
openssl 1.1.1n-0+deb11u4 counts as 1.1.1t: its distribution has fixed in it what upstream did by then: 4 advisories" \
	"$(judged 'name: openssl, version: 1.1.1t' samples.db)"
installed 11 openssl 1.1.1n-0+deb11u3
check "a revision that lacks one" "fail
$(older 1.1.1n-0+deb11u3 1.1.1q), and its distribution has not fixed in it CVE-2022-2097 -> 1.1.1n-0+deb11u4" \
	"$(judged 'name: openssl, version: 1.1.1q' samples.db)"
check "what it lacks is not asked of a lower minimum" "pass
openssl 1.1.1n-0+deb11u3 counts as 1.1.1p: its distribution has fixed in it what upstream did by then: 2 advisories" \
	"$(judged 'name: openssl, version: 1.1.1p' samples.db)"
check "a revision that lacks two" "fail
$(older 1.1.1n-0+deb11u3 1.1.1t), and its distribution has not fixed in it CVE-2022-2097, CVE-2023-0286 -> 1.1.1n-0+deb11u4" \
	"$(judged 'name: openssl, version: 1.1.1t' samples.db)"
check "the sample policy's words: reason and action" "pass
$(older 1.1.1n-0+deb11u3 1.1.1q), and its distribution has not fixed in it CVE-2022-2097: support ends -> 1.1.1n-0+deb11u4" \
	"$(judged 'name: openssl, version: 1.1.1q, reason: support ends, action: warn' samples.db)"
check "a number that is high enough needs no data" pass "$(judged 'name: openssl, version: 1.1.1n')"
check "a minimum of a revision is compared as it stands" "fail
$(older 1.1.1n-0+deb11u3 1.1.1n-0+deb11u4) -> 1.1.1n-0+deb11u4" "$(judged 'name: openssl, version: 1.1.1n-0+deb11u4' samples.db)"

# What is not told.
below="upstream's 1.1.1n is below 1.1.1q, and"
check "without data" "unknown
? no_data openssl 1.1.1n-0+deb11u3: $below there is no advisory data that says what its distribution fixed in it" \
	"$(judged 'name: openssl, version: 1.1.1q')"
installed 12 openssl 1.1.1n-0+deb11u3
check "another release, of which nothing is said" "unknown
? no_data openssl 1.1.1n-0+deb11u3: upstream fixed CVE-2022-1292 and others by 1.1.1q, and the data of debian:12 does not say whether this revision has the fix" \
	"$(judged 'name: openssl, version: 1.1.1q' samples.db)"
installed 11 curl 7.74.0-1
check "software of which no upstream is covered" "unknown
? no_data curl 7.74.0-1: upstream's 7.74.0 is below 8.0.0, and no advisory data covers what upstream fixed in curl" \
	"$(judged 'name: curl, version: 8.0.0' samples.db)"
installed 11 openssl 2.9-1
check "nothing was fixed for it by then" "pass
openssl 2.9-1 counts as 3.0.0: no advisory that upstream fixed by then concerns it" \
	"$(judged 'name: openssl, version: 3.0.0' samples.db)"

check "out of its scope nothing is asked" pass "$(judged 'name: openssl, version: 3.1.0, scope: {ecosystem: rpm}')"

# Names.
installed 11 libssl1.1 1.1.1n-0+deb11u3 openssl
check "a binary package is known by its source" "fail
$(older 1.1.1n-0+deb11u3 1.1.1q), and its distribution has not fixed in it CVE-2022-2097 -> 1.1.1n-0+deb11u4" \
	"$(judged 'name: libssl1.1, version: 1.1.1q' samples.db)"
check "an ecosystem that is not covered" "unknown
? no_data libssl1.1 1.1.1n-0+deb11u3: $below no advisory data covers what upstream fixed in PyPI:openssl" \
	"$(judged 'name: libssl1.1, version: 1.1.1q, upstream: "PyPI:openssl"' samples.db)"
check "the ecosystem spelled out" "fail
$(older 1.1.1n-0+deb11u3 1.1.1q), and its distribution has not fixed in it CVE-2022-2097 -> 1.1.1n-0+deb11u4" \
	"$(judged 'name: libssl1.1, version: 1.1.1q, upstream: "generic:openssl"' samples.db)"
installed 11 xz-utils 5.6.1+really5.4.5-1
check "a reverted version is what it went back to" "unknown
? no_data xz-utils 5.6.1+really5.4.5-1: upstream's 5.4.5 is below 5.6.0, and no advisory data covers what upstream fixed in xz-utils" \
	"$(judged 'name: xz-utils, version: 5.6.0' samples.db)"
installed 11 native 1.8
check "without a revision there is nothing to backport" "fail
$(older 1.8 1.9) -> 1.9" "$(judged 'name: native, version: "1.9"' samples.db)"

# Other words of a distribution, and of an upstream.
mkdir -p feeds
said() { # ID STATUS URGENCY MORE
	printf '"%s": {"releases": {"bullseye": {"status": "%s", "urgency": "%s"%s}}}' "$@"
}
upstream() { # ID EVENTS: of the package that a record without one names
	printf '{"id": "UP-%s", "aliases": ["%s"], "modified": "2026-01-01T00:00:00Z", "affected": [{"ranges": [{"type": "SEMVER", "events": [%s]}, {"type": "GIT", "repo": "https://git.example.org/demo", "events": [{"introduced": "0"}]}]}], "database_specific": {"package": "demo"%s}}\n' \
		"$1" "$1" "$2" "${3:-}" >"feeds/$1.json"
}
whole=', "plimsoll": {"covers": ["generic"], "packages": ["demo"], "sample": true}'
tracker() { printf '{"demo": {%s}}' "$1" >feeds/tracker.json; "$plimsoll" db build --from feeds --output a.db >build.txt 2>&1 || cat build.txt; }
upstream CVE-2026-0001 '{"introduced": "1.0"}, {"fixed": "2.0"}' "$whole"
upstream CVE-2026-0002 '{"introduced": "1.5"}, {"fixed": "2.0-rc1"}'
upstream CVE-2026-0003 '{"introduced": "0"}, {"last_affected": "1.7"}'
upstream CVE-2026-0004 '{"introduced": "0"}, {"fixed": "3.0"}'
fixed() { said "$1" resolved high ", \"fixed_version\": \"$2\""; }
# Names nothing, and costs nothing.
echo '{"id": "ODD-1", "modified": "2026-01-01T00:00:00Z", "affected": [{"package": {"name": "demo"}}, {"package": {"ecosystem": "generic"}}, {}]}' >feeds/odd.json
installed 11 demo 1.4-2
tracker "$(fixed CVE-2026-0001 1.4-2), $(fixed CVE-2026-0003 0)"
check "fixed, and never concerned" "pass
demo 1.4-2 counts as 2.0: its distribution has fixed in it what upstream did by then: 2 advisories" "$(judged 'name: demo, version: "2.0"' a.db)"
tracker "$(said CVE-2026-0001 open low ', "nodsa": "minor"'), $(fixed CVE-2026-0003 1.4-3)"
check "one without a fix: upstream's version is all there is" "fail
$(older 1.4-2 2.0), and its distribution has not fixed in it CVE-2026-0001, CVE-2026-0003 -> 2.0" "$(judged 'name: demo, version: "2.0"' a.db)"
tracker "$(fixed CVE-2026-0001 1.4-3), $(fixed CVE-2026-0003 1.4-5)"
check "the revision that has them all" "fail
$(older 1.4-2 2.0), and its distribution has not fixed in it CVE-2026-0001, CVE-2026-0003 -> 1.4-5" "$(judged 'name: demo, version: "2.0"' a.db)"
tracker "$(fixed CVE-2026-0001 1.4-2), $(fixed CVE-2026-0003 1.4-1), $(said CVE-2026-0002 open high "")"
check "what upstream does not have in it, and the distribution says it has" "fail
$(older 1.4-2 2.0), and its distribution has not fixed in it CVE-2026-0002 -> 2.0" "$(judged 'name: demo, version: "2.0"' a.db)"
tracker "$(fixed CVE-2026-0001 1.4-2)"
check "one of which it does not speak" "unknown
? no_data demo 1.4-2: upstream fixed CVE-2026-0003 by 2.0, and the data of debian:11 does not say whether this revision has the fix" \
	"$(judged 'name: demo, version: "2.0"' a.db)"
tracker "$(fixed CVE-2026-0001 1.4-2), $(said CVE-2026-0003 undetermined "")"
check "one of which it has not decided" "unknown
? no_data demo 1.4-2: upstream fixed CVE-2026-0003 by 2.0, and the data of debian:11 does not say whether this revision has the fix" \
	"$(judged 'name: demo, version: "2.0"' a.db)"
check "one that is not told does not hide one that lacks" "fail
$(older 1.4-1 2.0), and its distribution has not fixed in it CVE-2026-0001 -> 1.4-2" \
	"$(installed 11 demo 1.4-1; judged 'name: demo, version: "2.0"' a.db)"
rm feeds/CVE-2026-0001.json
tracker "$(fixed CVE-2026-0003 1.4-1)"
check "stray records of upstream do not make it whole" "unknown
? no_data demo 1.4-1: upstream's 1.4 is below 2.0, and no advisory data covers what upstream fixed in demo" \
	"$(judged 'name: demo, version: "2.0"' a.db)"

# All that the authors published, in one list.
tracker "$(fixed CVE-2026-0002 1.4-1), $(fixed CVE-2026-0003 1.4-1), $(fixed CVE-2026-0004 1.4-1)"
jq -s 'map(del(.database_specific.plimsoll))' feeds/CVE-*.json >list.json && rm feeds/CVE-*.json && mv list.json feeds/vuln.json
tracker "$(fixed CVE-2026-0003 1.4-1)"
check "a list is taken" "taken    osv list of demo                         3 records  2026-01-01" "$(grep "osv list" build.txt)"
check "a list of the authors is whole" "pass
demo 1.4-1 counts as 2.0: its distribution has fixed in it what upstream did by then: 1 advisory" "$(judged 'name: demo, version: "2.0"' a.db)"
check "nothing between is an answer then" "pass
demo 1.4-1 counts as 1.5: no advisory that upstream fixed by then concerns it" "$(judged 'name: demo, version: "1.5"' a.db)"
jq ".[1].modified = 1" feeds/vuln.json >list.json && mv list.json feeds/vuln.json
"$plimsoll" db build --from feeds --output a.db >build.txt 2>&1
check "a list with a damaged record" "skipped  vuln.json: refused as osv-list: record 1: id or modified are missing" "$(grep vuln.json build.txt)"
rm feeds/vuln.json

# A collection: it speaks of an ecosystem as a whole from 100 packages on, and of the time since it began.
collection() { # PACKAGES FIXED: so many packages, and one advisory of demo
	mkdir -p feeds/Bitnami
	python3 - "$@" <<'P'
import json, sys, zipfile
with zipfile.ZipFile("feeds/Bitnami/all.zip", "w") as zip:
    for i in range(int(sys.argv[1])):
        name, fixed, id = ("demo", sys.argv[2], "CVE-2026-0003") if i == 0 else (f"other{i}", "1", f"CVE-2020-{1000 + i}")
        record = {"id": f"BIT-{id}", "aliases": [id], "modified": "2026-01-01T00:00:00Z", "affected": [
            {"package": {"ecosystem": "Bitnami", "name": name}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}
        zip.writestr(f"BIT-{id}.json", json.dumps(record))
P
	tracker "$(fixed CVE-2026-0003 1.4-1)"
}
collection 100 1.8
check "a collection that has something to ask" "pass
demo 1.4-1 counts as 2.0: its distribution has fixed in it what upstream did by then: 1 advisory" "$(judged 'name: demo, version: "2.0"' a.db)"
collection 100 1.2
check "a collection that has nothing between the two" "unknown
? no_data demo 1.4-1: upstream's 1.4 is below 2.0, and the collection that speaks of it has nothing that upstream fixed between them" \
	"$(judged 'name: demo, version: "2.0"' a.db)"
collection 99 1.8
check "too small a collection" "unknown
? no_data demo 1.4-1: upstream's 1.4 is below 2.0, and no advisory data covers what upstream fixed in demo" "$(judged 'name: demo, version: "2.0"' a.db)"
exit $failed
