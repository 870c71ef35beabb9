#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# db update: what servers of feeds, good and bad, make of the database; what is kept, and what survives.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/registry/registry.bash"
registry_server=$root/tests/feeds/feed_server.py
export HOME=$work/home XDG_CACHE_HOME=$work/cache no_proxy='*' TERM=dumb
unset SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy HTTP_PROXY HTTPS_PROXY PLIMSOLL_OFFLINE
mkdir -p home
limits=(--limit FETCH_STALL_S=2 --limit FETCH_TRY_COUNT=2 --limit FETCH_CONNECT_S=5)

# Three feeds in miniature, at their publishers' paths.
kev=mirror/www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json
tracker=mirror/security-tracker.debian.org/tracker/data/json
npm=mirror/osv-vulnerabilities.storage.googleapis.com/npm/all.zip
mkdir -p "$(dirname $kev)" "$(dirname $tracker)" "$(dirname $npm)"
make_kev() { # RELEASED COUNT
	jq -n --arg released "$1" --argjson n "$2" '{title: "t", catalogVersion: "1", dateReleased: $released, count: $n,
		vulnerabilities: [range($n) | {cveID: "CVE-2024-\(1000 + .)", dateAdded: "2025-12-24"}]}' >$kev
	touch -d "$1" $kev
}
make_tracker() { # MODIFIED FIXED [PADDING]
	jq -n --arg fixed "$2" --arg padding "${3:-}" '{openssl: {"CVE-2024-1": {description: $padding, releases: {
		bookworm: {status: "resolved", repositories: {}, fixed_version: $fixed, urgency: "low"}}}}}' >$tracker
	touch -d "$1" $tracker
}
make_npm() { # FIXED
	jq -n --arg fixed "$1" '{id: "GHSA-1", modified: "2026-01-04T00:00:00Z",
		affected: [{package: {ecosystem: "npm", name: "x"}, ranges: [{type: "SEMVER", events: [{introduced: "0"}, {fixed: $fixed}]}]}]}' >GHSA-1.json
	python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w").write("GHSA-1.json")' $npm
}
make_kev 2026-01-02T10:00:00Z 3
make_tracker 2026-01-03T00:00:00Z 3.0.15-1
make_npm 1.2.3
registry_start --tree mirror
feeds=(--feed kev --feed debian --feed osv/npm)
update() { "$plimsoll" db update --mirrors-only --mirror "$registry_url" --plain-http "$registry_address" "${limits[@]}" "${feeds[@]}" "$@" >out 2>&1; }
# Without what differs each time.
told() { sed "s/$registry_address/SERVER/g; s/port $registry_port/port N/; s/after [0-9]* ms/after N ms/; s/fetched on $(date -u +%F)/fetched on TODAY/; s/: [0-9]* bytes, sha256:.*/ is written/; s/\([a-z]\): [0-9]* bytes, /\1: /" out; }
sent() { jq -s 'map(.sent // 0) | add' "$registry_log"; }
fixed() { "$plimsoll" db search openssl 2>/dev/null | cut -f5; }
database=cache/plimsoll/advisories.db

update; check "an update" "0 new      debian: 1 records
new      kev: 3 records
new      osv/npm: 1 records
$work/$database is written" "$? $(told)"
check "what it says" "3.0.15-1" "$(fixed)"
check "feeds are kept, and nothing besides" 6 "$(find cache/plimsoll/feeds -type f | wc -l)"

registry_forget
update; check "nothing has changed" "0 same     debian: 1 records
same     kev: 3 records
same     osv/npm: 1 records
$work/$database is written" "$? $(told)"
check "then nothing is sent" "3 0" "$(registry_asked 'select(.status == 304)' | wc -l) $(sent)"
check "and it is asked for what changed" 3 "$(jq -s 'map(select(.headers["if-none-match"] and .headers["if-modified-since"])) | length' "$registry_log")"

registry_forget
make_tracker 2026-01-04T00:00:00Z 3.0.16-1
update; check "one has changed" "0 new same same" "$? $(awk '$1 == "same" || $1 == "new" {printf "%s%s", s, $1; s = " "}' out)"
check "which is fetched" "$(stat -c %s $tracker)" "$(sent)"
check "and counts" "3.0.16-1" "$(fixed)"
exit $failed
