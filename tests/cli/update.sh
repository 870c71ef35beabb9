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
limits=(--limit FETCH_STALL_S=2 --limit FETCH_TRY_COUNT=2 --limit FETCH_CONNECT_S=5 --limit FEED_FILE_BYTES=100M)

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
	printf %s "${3:-}" >padding
	jq -n --arg fixed "$2" --rawfile padding padding '{openssl: {"CVE-2024-1": {releases: {
		bookworm: {status: "resolved", repositories: {}, fixed_version: $fixed, urgency: "low"}}, description: $padding}}}' >$tracker
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
begin() { exec "$plimsoll" db update --mirrors-only --mirror "$registry_url" --plain-http "$registry_address" "${limits[@]}" "${feeds[@]}" "$@"; }
update() { (begin "$@") >out 2>&1; }
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

# Mirrors.
mirrored() { "$plimsoll" db update --mirrors-only "${limits[@]}" "${feeds[@]}" --plain-http "$registry_address" --plain-http 127.0.0.1:1 "$@" >out 2>&1; }
registry_forget
mirrored --mirror http://127.0.0.1:1 --mirror "$registry_url/"; check "a broken mirror, then a good one" "0 3" "$? $(grep -c '^same' out)"
check "the broken one is not waited for three times" "3 0" "$(registry_asked 'select(.status == 304)' | wc -l) $(sent)"
mirrored --mirror http://127.0.0.1:1; check "a broken mirror alone" "3 plimsoll db update: no feed could be fetched; what was there before stays" "$? $(tail -n 1 out)"
check "each feed is named" "debian: http://127.0.0.1:1/security-tracker.debian.org/tracker/data/json: Failed to connect to 127.0.0.1 port N after N ms: Couldn't connect to server; what was fetched on TODAY stays
kev: http://127.0.0.1:1/www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json: it could not be reached before; what was fetched on TODAY stays" \
	"$(told | sed -n 's/port 1 /port N /; s/^failed *//p' | head -n 2)"
check "and all is there" "3.0.16-1" "$(fixed)"
update --mirror "$registry_url" --feed nothing; check "a feed that nobody knows" "3 plimsoll db update: 'nothing' names no feed; \`plimsoll db feeds\` lists them" "$? $(cat out)"
"$plimsoll" db update --mirrors-only >out 2>&1; check "no mirror to ask only" "3 plimsoll db update: --mirrors-only needs a --mirror" "$? $(head -n 1 out)"
"$plimsoll" db update --mirrors-only --mirror http://127.0.0.1:1/ --feed kev >out 2>&1; check "without TLS only where that was allowed" "3 plimsoll db update: kev: http://127.0.0.1:1/www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json: an address must begin with https://" "$? $(tail -n 1 out)"

# An address is told, and stands in what is made of it: no place for secrets.
for mirror in "http://me:secret@$registry_address" "https://me:secret@mirror.invalid/x" "https://mirror.invalid?token=secret" "$registry_url/#secret" "mirror:secret@x"; do
	mirrored --mirror "$mirror"
	check "a mirror with a secret: ${mirror%%:*}, ${#mirror} letters" "3 1 0" "$? $(grep -c 'its address may have neither credentials' out) $(grep -rl secret out cache 2>/dev/null | wc -l)"
done

# What db status says of it.
"$plimsoll" db status >out; check "status: where from, and when" "fetched $(date -u +%F), 0 days old
from $registry_url/${kev#mirror/}" "$(grep -A2 '^  kev ' out | sed -n '2,$s/^ *//p' | sed 's/T[0-9:]*Z//')"
check "what is new is not old" 0 "$(grep -c OLD out)"
"$plimsoll" db status --at "$(date -u -d '4 days' +%F)" >out; check "what is four days old is" "OLD DATA: 3 of 3 feeds are more than 3 days old, or do not tell; plimsoll db update fetches them 3" "$(grep '^OLD' out) $(grep -c '4 days old  OLD' out)"
check "a file's day is the snapshot of a feed that tells none" "2026-01-04" "$(awk '/^  debian-tracker/ {print $4}' out)"

# What a server may do wrong, to one of the feeds: it is named, the others count, and the data of before stay.
bad() { # NAME WANTED WAY... ; ways are done to the tracker only
	local name=$1 wanted=$2; shift 2
	registry_misbehave "${@/%/,path=tracker}"
	update; check "$name" "$wanted" "$? $(told | grep debian | sed 's|http://SERVER/security-tracker.debian.org/tracker/data/json: ||; s/; what was fetched on TODAY stays/; the old one stays/')"
	check "$name: the old one counts" "3.0.16-1" "$(fixed)"
	registry_misbehave
}
make_tracker 2026-01-05T00:00:00Z 3.0.17-1 "$(head -c 400000 /dev/urandom | base64 -w0)"
bad "not found" "2 failed   debian: the server answered 404 Not Found; the old one stays" "html-404,on=blob"
bad "an error" "2 failed   debian: the server answered 500 Internal Server Error: UNKNOWN: something went wrong; the old one stays" "status=500,on=blob"
bad "too many requests" "2 failed   debian: the server answered 429 Too Many Requests: TOOMANYREQUESTS: too many requests; it wants no more requests for 3600 s, limit FETCH_AFTER_S; the old one stays" "busy=3600,on=blob"
bad "a page in its place" "2 refused  debian: its content is no format that is read; the old one stays" "html,on=blob"
bad "nothing in its place" "2 refused  debian: its content is no format that is read; the old one stays" empty-body
bad "half of it in its place" "2 refused  debian: refused as debian-tracker: JSON, line 12, column 266574: parse error: premature EOF; the old one stays" short-body
bad "no end that is told" "2 failed   debian: it does not say how it tells the end of its answer; the old one stays" no-length
bad "redirects without end" "2 failed   debian: it sends us on and on, limit FETCH_REDIRECT_COUNT; the old one stays" "redirect-loop,on=blob"
bad "a redirect to a file" "2 failed   debian: it sends us on to an address that is not https; the old one stays" "redirect-file,on=blob"
bad "a body that stalls" "2 failed   debian: Operation too slow. Less than 128 bytes/sec transferred the last 2 seconds; the old one stays" stall-body
bad "an answer that stalls" "2 failed   debian: Operation too slow. Less than 128 bytes/sec transferred the last 2 seconds; the old one stays" "stall-headers,on=blob"
bad "zeros without end" "2 failed   debian: it is longer than it may be: limit FEED_FILE_BYTES, what is left of UPDATE_BYTES, or what an index says; the old one stays" endless-chunks
bad "a part of it" "2 failed   debian: it answered with a part where all was asked for; the old one stays" range-wrong
bad "no HTTP" "2 failed   debian: Received HTTP/0.9 when not allowed; the old one stays" "not-http,on=blob"

# What another one in a server's place might give.
cp $tracker good
cp $kev $tracker; touch -d 2026-01-06 $tracker
update; check "a feed in another one's place" "2 refused  debian: its content is of another format than its publisher's; what was fetched on TODAY stays" "$? $(told | grep debian)"
mv good $tracker
make_kev 2026-01-03T10:00:00Z 300; update; check "a feed that grows" "0 300" "$? $(grep -o '300 records' out | cut -d' ' -f1)"
make_kev 2026-01-04T10:00:00Z 149; update; check "one that lost most of its records" "2 refused  kev: it has 149 records, 300 were in the last one; what was fetched on TODAY stays" "$? $(told | grep kev)"
check "keeps what it had" '"2025-12-24T00:00:00Z"' "$("$plimsoll" db show CVE-2024-1290 | jq .exploited_since)"
update --accept-smaller; check "unless that is wanted" "0 new      kev: 149 records" "$? $(told | grep kev)"
check "and what is kept then" "0 same     kev: 149 records" "$(update; echo "$? $(told | grep kev)")"

# What breaks off.
ranges() { jq -r 'select(.headers.range and (.path | contains("tracker"))) | "\(.status) \(.headers.range)"' "$registry_log"; }
size=$(stat -c %s $tracker)
renew() { make_tracker "2026-01-$1T00:00:00Z" "3.1.$1-1" "$(head -c 400000 /dev/urandom | base64 -w0)"; registry_forget; }
same_bytes() { cmp -s cache/plimsoll/feeds/${tracker#mirror/}.????????????????????????????????????????????????????????????????"$(sha256sum $tracker | cut -c61-64)"* $tracker && echo same; }
renew 10; registry_misbehave truncated,first=1,path=tracker
update; check "a transfer that breaks off" "0 3.1.10-1" "$? $(fixed)"
check "goes on where it was" "206 bytes=$(((size + 1) / 2))-" "$(ranges)"
renew 11; registry_misbehave reset-body,first=1,path=tracker range-ignored,path=tracker
update; check "where there are no ranges it begins anew" "0 3.1.11-1 200" "$? $(fixed) $(ranges | cut -d' ' -f1)"
renew 12; registry_misbehave truncated,first=1,path=tracker range-wrong,path=tracker
update; check "another range than was asked for" "2 failed   debian: it answered another range than was asked for" "$? $(told | grep -o '^failed .*asked for' | sed 's|http.*/json: ||')"
registry_misbehave; registry_forget
update; check "is forgotten" "0 3.1.12-1" "$? $(fixed)"
renew 13; registry_misbehave truncated,first=1,path=tracker
update --limit FETCH_TRY_COUNT=1; check "one that breaks off for today" "2 failed" "$? $(grep -o '^failed' out)"
registry_misbehave; registry_forget
update; check "goes on another time" "0 3.1.13-1 206 bytes=$(((size + 1) / 2))-" "$? $(fixed) $(ranges)"
renew 14; registry_misbehave truncated,first=1,path=tracker; update --limit FETCH_TRY_COUNT=1
renew 15; registry_misbehave
update; check "unless it has changed meanwhile" "0 3.1.15-1 200" "$? $(fixed) $(ranges | cut -d' ' -f1)"
renew 16; registry_misbehave drip=50,path=tracker
begin >out 2>&1 & slow=$!
for ((i = 0; i < 100; i++)); do [ "$(cat cache/plimsoll/feeds/${tracker#mirror/}.??????.new 2>/dev/null | wc -c)" -gt 10 ] && break; sleep 0.1; done
kill -9 $slow; wait $slow 2>/dev/null
for ((i = 0; i < 100; i++)); do flock -n cache/plimsoll/feeds/${tracker#mirror/}.??????.new true && break; sleep 0.1; done
registry_misbehave; registry_forget
update; check "one that is killed goes on another time too" "0 3.1.16-1 206" "$? $(fixed) $(ranges | cut -d' ' -f1)"
renew 17; registry_misbehave busy=1,first=1,path=tracker
update; check "one that is told to come later" "0 3.1.17-1 2" "$? $(fixed) $(registry_asked '.path | contains("tracker")' | wc -l)"
registry_misbehave; renew 18; registry_misbehave status=503,on=blob,first=1,path=tracker
update; check "one that is not well for a while" "0 3.1.18-1" "$? $(fixed)"
registry_misbehave; renew 19; registry_misbehave gzip,path=tracker
update; check "one that packs what it sends" "0 3.1.19-1" "$? $(fixed)"
registry_misbehave
update; check "leaves nothing behind" 3 "$(find cache/plimsoll/feeds -type f -mmin -60 ! -name '*.????????????????????????????????????????????????????????????????' | wc -l)"

# Whoever asks nobody.
registry_forget
"$plimsoll" db update --offline "${feeds[@]}" >out 2>&1
check "offline" "0 kept     debian: 1 records
kept     kev: 149 records
kept     osv/npm: 1 records
$work/$database is written" "$? $(told)"
"$plimsoll" db update --offline --feed kev --feed epss --db one.db >out 2>&1
check "what was never fetched is named" "2 failed   epss: it was never fetched; there is no data of it" "$? $(grep epss out)"
"$plimsoll" db update --offline --feed epss --db none.db >out 2>&1; check "where there is nothing" "3 1" "$? $(test -e none.db; echo $?)"
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=socket,connect,sendto,execve -o calls "$plimsoll" db update --offline "${feeds[@]}" >out 2>&1
	check "offline opens no socket and starts nothing" "0 0 1" "$? $(grep -c 'socket(\|connect(\|sendto(' calls) $(grep -c 'execve(' calls)"
else
	echo "skipped: strace is not here, or may not trace: which sockets --offline opens"
fi
check "and nobody was asked" 0 "$(registry_asked | wc -l)"

# Killed at any moment: the database opens, and is the old one or the new one.
kill_old=$(fixed) lost=
for ((i = 1; i <= 20; i++)); do
	make_tracker "2026-02-$((i + 8))T00:00:00Z" "3.2.$i-1"
	begin >out 2>&1 & one=$!
	sleep "0.0$((RANDOM % 9))$((RANDOM % 10))"
	kill -9 $one 2>/dev/null; wait $one 2>/dev/null
	now=$("$plimsoll" db search openssl 2>err | cut -f5)
	[ "$now" = "$kill_old" ] || [ "$now" = "3.2.$i-1" ] || lost+=" $i:$now $(cat err)"
	kill_old=$now
done
check "killed at 20 moments, it always opens" "" "$lost"
update; check "and the next update is whole" "0 3.2.20-1" "$? $(fixed)"

# Several at once.
make_tracker 2026-03-01T00:00:00Z 3.3.1-1 "$(head -c 400000 /dev/urandom | base64 -w0)"
registry_misbehave drip=1,first=1,path=known_exploited
for i in 1 2 3 4; do
	begin --limit FETCH_STALL_S=20 >"out.$i" 2>&1 & pids[i]=$!    # four share what a busy machine has left
done
statuses=; for i in 1 2 3 4; do wait "${pids[i]}"; statuses+=" $?"; done
check "four at once" " 0 0 0 0 3.3.1-1" "$statuses $(fixed)"
registry_misbehave
update; check "leave what one leaves" "0 3" "$? $(grep -c '^same' out)"
# A file that was begun, and is not locked yet, is found by another update.
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	make_tracker 2026-03-02T00:00:00Z 3.3.2-1
	ASAN_OPTIONS=detect_leaks=0 strace -f -o calls -e trace=flock -e inject=flock:delay_enter=600000 "$plimsoll" db update --mirrors-only --mirror "$registry_url" \
		--plain-http "$registry_address" "${limits[@]}" --feed debian >out.1 2>&1 & slow=$!
	for ((i = 0; i < 200; i++)); do ls cache/plimsoll/feeds/${tracker#mirror/}.??????.new >/dev/null 2>&1 && break; sleep 0.02; done
	update; quick=$?; wait $slow
	check "both get it" "0 0 3.3.2-1" "$quick $? $(fixed)"
else
	echo "skipped: strace is not here, or may not trace: a download that another one finds before it is locked"
fi
registry_stop

# A private authority, and proxies.
registry_start --tree mirror --tls tls
"$plimsoll" db update --mirrors-only --mirror "$registry_url" --feed kev --db tls.db "${limits[@]}" >out 2>&1
check "an unknown authority" "3 yes" "$? $(grep -qi 'certificate' out && echo yes)"
SSL_CERT_FILE=tls/ca.pem "$plimsoll" db update --mirrors-only --mirror "$registry_url" --feed kev --db tls.db >out 2>&1
check "an authority of the environment" "0 same" "$? $(grep -o '^same' out)"
mkdir certs; cp tls/ca.pem certs/ca.crt
"$plimsoll" db update --mirrors-only --mirror "$registry_url" --feed kev --db tls.db --cert-dir certs >out 2>&1
check "one of --cert-dir" "0 same" "$? $(grep -o '^same' out)"
check "each a database" 0 "$("$plimsoll" db show --db tls.db CVE-2024-1001 >shown; echo $?)"
registry_stop
registry_start --tree mirror
make_kev 2026-03-01T10:00:00Z 150
no_proxy= http_proxy=http://$registry_address "$plimsoll" db update --mirrors-only --mirror http://mirror.invalid --plain-http mirror.invalid --feed kev --db proxy.db >out 2>&1
check "a proxy" "0 http://mirror.invalid/${kev#mirror/}" "$? $(registry_asked | cut -d' ' -f2)"
registry_stop

# Servers that tell less.
for marks in etag modified none etag-gzip; do
	registry_start --tree mirror --marks $marks
	make_tracker 2026-04-01T00:00:00Z "3.4-$marks"
	update; update
	check "one that tells $marks" "0 3.4-$marks same $([ $marks = none ] && echo 200 || echo 304)" "$? $(fixed) $(awk '/debian/ {print $1}' out) $(jq -r 'select(.path | contains("tracker")) | .status' "$registry_log" | tail -n 1)"
	registry_stop
done

# What the kept files have come to.
registry_start --tree mirror
update; check "all of it" 0 $?
for file in cache/plimsoll/feeds/${kev#mirror/}.????????????????????????????????????????????????????????????????; do echo x >>"$file"; done
update; check "bytes that a disk has lost are fetched anew" "0 new" "$? $(awk '/kev/ {print $1}' out)"
echo damage >cache/plimsoll/feeds/${kev#mirror/}.state
update; check "as are those of which nothing is known" "0 new" "$? $(awk '/kev/ {print $1}' out)"
printf X | dd of=$database bs=1 seek=5000 conv=notrunc 2>/dev/null
update; check "a database that is damaged is replaced" "0 yes 3.4-etag-gzip" "$? $(grep -q 'the database from before is not read' out && echo yes) $(fixed)"
update --limit UPDATE_BYTES=10; check "unchanged needs no room" 0 $?
make_kev 2026-05-01T10:00:00Z 151
update --limit UPDATE_BYTES=10; check "what is changed does" "2 failed" "$? $(awk '/kev/ {print $1}' out)"

# A file that another one names.
vex=mirror/security.access.redhat.com/data/csaf/v2/vex
mkdir -p $vex 2024
cve() { # ID PACKAGE
	jq -n --arg id "$1" --arg p "$2" '{document: {category: "csaf_vex", csaf_version: "2.0", publisher: {name: "P", namespace: "https://www.redhat.com"},
		tracking: {id: $id, current_release_date: "2025-02-01T00:00:00Z", status: "final"}},
	product_tree: {branches: [{category: "vendor", name: "Red Hat", branches: [
		{category: "product_version", name: $p, product: {name: $p, product_id: $p, product_identification_helper: {purl: "pkg:rpm/redhat/\($p)@1-1.el9?arch=src"}}},
		{category: "product_name", name: "R9", product: {name: "R9", product_id: "R9", product_identification_helper: {cpe: "cpe:/o:redhat:enterprise_linux:9::baseos"}}}]}],
		relationships: [{category: "default_component_of", product_reference: $p, relates_to_product_reference: "R9", full_product_name: {name: "x", product_id: "R9:\($p)"}}]},
	vulnerabilities: [{cve: $id, product_status: {fixed: ["R9:\($p)"]}, threats: [{category: "impact", details: "Low"}]}]}' >"2024/$1.json"
}
cve CVE-2024-1 curl
tar c 2024 | zstd -q -o $vex/csaf_vex_1.tar.zst && echo csaf_vex_1.tar.zst >$vex/archive_latest.txt
update --feed redhat; check "a file that another one names" "0 new      redhat: 1 records" "$? $(told | grep redhat)"
update --feed redhat; check "is the same while that names it" "0 same     redhat: 1 records" "$? $(told | grep redhat)"
cve CVE-2024-2 wget
tar c 2024 | zstd -q -o $vex/csaf_vex_2.tar.zst && echo csaf_vex_2.tar.zst >$vex/archive_latest.txt && rm $vex/csaf_vex_1.tar.zst
update --feed redhat; check "and another one when it names another" "0 new      redhat: 2 records csaf_vex_2.tar.zst" "$? $(told | grep redhat) $("$plimsoll" db status | grep -o 'csaf_vex_2.*$')"
for name in ../../../other/file.tar.zst 'a b' '' https://elsewhere.example/x "$(printf 'x%.0s' {1..300})"; do
	echo "$name" >$vex/archive_latest.txt
	update --feed redhat; check "'${name:0:40}' is no name" "2 it should be the name of a file, and is none" "$? $(grep redhat out | grep -o 'it should be the name of a file, and is none')"
done
check "what is had stays" "CVE-2024-1 CVE-2024-2" "$("$plimsoll" db search '*' | awk '/^rhel:/ {print $3}' | sort -u | tr '\n' ' ' | sed 's/ $//')"
"$plimsoll" db update --offline --feed redhat --db rh.db >out 2>&1; check "offline too" "0 kept     redhat: 2 records" "$? $(told | grep redhat)"

# A feed of several files, of which one breaks.
nvd=mirror/nvd.nist.gov/feeds/json/cve/2.0
mkdir -p $nvd
year() { # YEAR SCORE
	jq -n --arg id "CVE-$1-7777" --arg v "$2" '{resultsPerPage: 1, startIndex: 0, totalResults: 1, format: "NVD_CVE", version: "2.0", timestamp: "2026-01-02T00:00:00.000",
		vulnerabilities: [{cve: {id: $id, published: "2024-01-02T00:00:00.000", lastModified: "2024-01-02T00:00:00.000", vulnStatus: "Analyzed",
			descriptions: [{lang: "en", value: $v}], metrics: {}, references: []}}]}' |
		gzip >$nvd/nvdcve-2.0-$1.json.gz
}
for y in 2023 2024 2025; do year $y first; done
years=(--feed nvd/2023 --feed nvd/2024 --feed nvd/2025 --db nvd.db)
titles() { for y in 2023 2024 2025; do "$plimsoll" db show --db nvd.db CVE-$y-7777 2>/dev/null | jq -r '[.advisories[].title] | join(",")'; done | tr '\n' ' '; }
update "${years[@]}"; check "a feed of several files" "0 first first first " "$? $(titles)"
year 2023 second; year 2025 second; echo '{"format": "NVD_CVE", "vulnerabilities": [{' | gzip >$nvd/nvdcve-2.0-2024.json.gz
update "${years[@]}"; check "one of them that breaks keeps its own alone" "2 second first second  refused  nvd/2024" "$? $(titles) $(grep -o '^refused  nvd/....' out)"
# The manual's table is that of the program.
page=$(<"$root/doc/plimsoll-database.7.scd") missing=
while IFS='|' read -r name what address format licence cadence; do
	wanted=$(printf '|  %s\n:  %s\n:  %s\n:  %s\n:  %s' "${name%% *}" "$format" "$cadence" "$licence" "$what")
	[[ $name = *' (only when it is named)' ]] && wanted+='; only when it is named'
	[[ $page = *"$wanted"$'\n'* ]] || missing+=" $name"
	[[ $page = *"*${name%% *}*"$'\n\t'"${address//_/\\_}"$'\n'* ]] || missing+=" $name's address"
done < <("$plimsoll" db feeds | grep -v '^  for each of' | sed 'N;N;N;s/\n  /|/g;s/|format \(.*\), licence \(.*\), published /|\1|\2|/')
check "the manual has each feed" "" "$missing"
check "and no other" "$("$plimsoll" db feeds | grep -c '^[a-z]')" "$(sed -n '/^# FEEDS/,/^Their/p' <<<"$page" | grep -c '^|')"
"$plimsoll" db feeds 'osv/*' >out; check "files and addresses" "osv/npm	https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip" "$(grep /npm out)"
"$plimsoll" db feeds 'osv/GitHub*' >out; check "with what has to be encoded" "osv/GitHub Actions	https://osv-vulnerabilities.storage.googleapis.com/GitHub%20Actions/all.zip" "$(cat out)"
exit $failed
