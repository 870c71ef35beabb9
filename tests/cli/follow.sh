#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# db update --from: an organisation's mirror, good or bad, of signed databases; what is transferred, what is taken, and what survives.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/registry/registry.bash"
registry_server=$root/tests/feeds/feed_server.py
export HOME=$work/home XDG_CACHE_HOME=$work/cache no_proxy='*' TERM=dumb
unset SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy HTTP_PROXY HTTPS_PROXY PLIMSOLL_OFFLINE PLIMSOLL_KEY_PASSPHRASE
mkdir -p home tree/data
limits=(--limit FETCH_STALL_S=2 --limit FETCH_TRY_COUNT=2 --limit FETCH_CONNECT_S=5)
db() { "$plimsoll" db "$@" 2>&1 </dev/null; }
sum() { sha256sum <"$1" | cut -c1-64; }
serial() { "$plimsoll" db status --db "$1" | sed -n 's/^signed.* serial \([0-9]*\).*/\1/p'; }
for name in data other; do "$plimsoll" key generate --no-passphrase --type ed25519 --out $name --role data >/dev/null </dev/null; done
id=$("$plimsoll" key show data.pub | sed -n 's/^id *//p')

# Days of one feed, large enough that a delta is smaller; each is signed a second later.
mkdir feed
day() { # NUMBER [KEY]
	python3 - "$1" <<'P' >feed/main.json
import json, sys
more = int(sys.argv[1])
pkgs = [{"pkg": {"name": f"p{i}", "secfixes": {f"1.{i}-r{j}": [f"CVE-2025-{10000 + i * 3 + j}"] for j in range(1, 3)}}} for i in range(3000 + more)]
json.dump({"distroversion": "v3.20", "reponame": "main", "packages": pkgs}, sys.stdout)
P
	db build --from feed --output "$1.db" >/dev/null
	cp "$1.db" "plain$1.db"; sleep 1.1
	db sign --key "${2:-data}.key" --db "$1.db" >/dev/null
}
day 1; day 2; day 3
sum1=$(sum 1.db) sum2=$(sum 2.db) sum3=$(sum 3.db) no1=$(serial 1.db) no2=$(serial 2.db) no3=$(serial 3.db)
publish() { db publish --db "$1.db" tree/data >/dev/null; }
registry_start --tree tree
url=$registry_url/data/index.json
begin() { exec "$plimsoll" db update --plain-http "$registry_address" --plain-http 127.0.0.1:1 "${limits[@]}" "$@"; }
follow() { (begin --from "$url" --db-key data.pub "$@") >out 2>&1; }
told() { sed "s|$registry_url/data/||g; s|$registry_address|SERVER|g; s/ ($id)//; s/after [0-9]* ms/after N ms/" out; }
asked() { registry_asked | sed 's|^GET /data/||; s/advisories-//; s/[0-9]\{10\}/N/g' | tr '\n' ' '; }
database=cache/plimsoll/advisories.db

# What is taken, and how much is transferred for it.
publish 1
follow; check "the whole, where there is none" "0 $sum1" "$? $(sum $database)"
check "it is told" "$work/$database: $(stat -c %s 1.db) bytes
taken  advisories-$no1.db.zst: bundle, signed by data.pub, serial $no1" "$(told | sed 's/ bytes, sha256:.*/ bytes/')"
check "index and bundle" "index.json 200 N.db.zst 200 " "$(asked)"
registry_forget
follow; check "nothing has changed" "0 is there already  index.json: database, signed by data.pub, serial $no1" "$? $(told)"
check "then an index is asked for, and not sent" "index.json 304 0" "$(asked)$(jq -s 'map(.sent // 0) | add' "$registry_log")"
publish 2; registry_forget
follow; check "a delta from the one before" "0 $sum2 taken  advisories-$no1-$no2.delta: delta, signed by data.pub, serial $no2" "$? $(sum $database) $(told | tail -n 1)"
check "and nothing else" "index.json 200 N-N.delta 200 " "$(asked)"
publish 3; registry_forget
cp 1.db old.db; follow --db old.db; check "a delta from an older one" "0 $sum3 delta" "$? $(sum old.db) $(told | tail -n 1 | cut -d' ' -f4 | tr -d ,)"
check "is one" "index.json 200 N-N.delta 200 " "$(asked)"
registry_forget; cp plain1.db old.db; follow --db old.db; check "a delta from the same one that nobody signed" "0 $sum3 index.json 304 N-N.delta 200 " "$? $(sum old.db) $(asked)"
registry_forget; day 9; cp 9.db old.db; rm 9.db; db sign --key other.key --db plain9.db >/dev/null; cp plain9.db old.db
follow --db old.db; check "another one, which another key signed, is replaced by the whole" "0 $sum3 index.json 304 N.db.zst 200 " "$? $(sum old.db) $(asked)"
printf broken >old.db; follow --db old.db; check "so is what is none" "0 $sum3" "$? $(sum old.db)"
follow; check "the default place" "0 $sum3" "$? $(sum $database)"
cp plain3.db old.db; follow --db old.db; check "the same one that nobody signed gets the signature" "0 $sum3" "$? $(sum old.db)"
check "what was fetched is not kept but for the index" "" "$(find cache/plimsoll/published -type f ! -name 'index.*')"

# Who signed it.
refused() { told | sed -n 's/^failed  //p'; }
(begin --from "$url" --db-key other.pub --db none.db) >out 2>&1
check "another key" "3 advisories-$no3.db.zst: what is in it: no key that is trusted signed it 1" "$? $(refused) $(test -e none.db; echo $?)"
(begin --from "$url" --db-key other.pub) >out 2>&1; check "nor does it count that it is there already" "3 $sum3" "$? $(sum $database)"
(begin --from "$url") >out 2>&1; check "a key is asked for" "3 plimsoll db update: whose signature must it have? --db-key FILE; --allow-unsigned takes what anybody signed, or nobody" "$? $(cat out)"
(begin --from "$url" --allow-unsigned --db none.db) >out 2>&1
check "unless nobody need have signed" "0 $sum3 its signature was not checked (--db-key)" "$? $(sum none.db) $(grep -o 'its signature was .*' out)"
(begin --db-key data.pub) >out 2>&1; check "feeds have no keys" "3 plimsoll db update: feeds are not signed: --db-key, --allow-older and --allow-unsigned are for --from" "$? $(head -n 1 out)"
follow --feed kev; check "nor has a database feeds to choose" "3 plimsoll db update: --from takes a database as it is: there is nothing to choose of feeds and their mirrors then" "$? $(head -n 1 out)"
(begin --from "http://me:secret@$registry_address/data/index.json" --db-key data.pub) >out 2>&1
check "an address has no secrets" "3 1 0" "$? $(grep -c 'may have neither credentials' out) $(grep -c secret out)"

# A mirror that lies: the database that is there stays.
cp -r tree/data good
lie() { # NAME WANTED FILTER(jq) [OPTION...] ; the index says something else
	local name=$1 wanted=$2 filter=$3; shift 3
	jq "$filter" good/index.json >tree/data/index.json; cp 1.db old.db
	follow --db old.db "$@"; check "an index: $name" "$wanted" "$? $(refused)"
	check "an index: $name: the old one stays" "$sum1" "$(sum old.db)"
	cp good/index.json tree/data/
}
lie "another schema" "3 index.json: its schema is not plimsoll/database-index/v1" '.schema = "plimsoll/database-index/v2"'
lie "a file elsewhere" "3 index.json: file: no name of a file beside it" '.bundle.file = "../../etc/passwd"'
lie "an address as a file" "3 index.json: file: no name of a file beside it" '.deltas[0].file = "https://elsewhere.example/x"'
lie "a hidden file" "3 index.json: file: no name of a file beside it" '.bundle.file = ".htpasswd"'
lie "an enormous size" "3 index.json: advisories-$no3.db.zst: size: none of a database, limit DATABASE_BYTES" '.bundle.size = 4000000000'
lie "no size" "3 index.json: bundle: size: is missing" 'del(.bundle.size)'
lie "a digest that is none" "3 index.json: bundle: sha256: no digest" '.bundle.sha256 = "sha256:00"'
lie "a delta from nothing" "3 index.json: deltas[1]: from: is missing" 'del(.deltas[1].from)'
lie "deltas that are no list" "3 index.json: deltas: no list" '.deltas = {}'
lie "no serial" "3 index.json: database: no digest, or no serial" '.database.serial = 0'
lie "another digest of all files" "3 advisories-$no3.db.zst: it is not the file that the index names" '(.bundle, .deltas[]).sha256 = "'"$(sum data.pub)"'"'
lie "a smaller size" "3 advisories-$no3.db.zst: it is longer than it may be: limit FEED_FILE_BYTES, what is left of UPDATE_BYTES, or what an index says" '.deltas = [] | .bundle.size = 100'
lie "a larger size" "3 advisories-$no3.db.zst: it is not the file that the index names" '.deltas = [] | .bundle.size += 1'
head -c 5000000 /dev/zero | tr '\0' ' ' >tree/data/index.json
follow; check "an index without end" "3 index.json: it is longer than it may be: limit FEED_FILE_BYTES, what is left of UPDATE_BYTES, or what an index says" "$? $(refused)"
head -c 200 good/index.json >tree/data/index.json
follow; check "half an index" "3 1" "$? $(refused | grep -c '^index.json: .*line')"
printf '[%.0s' {1..100000} >tree/data/index.json
follow; check "an index of depth only" "3 1" "$? $(refused | grep -c DOCUMENT_DEPTH_COUNT)"
cp good/index.json tree/data/index.json
follow; check "a good one again" "0 $sum3" "$? $(sum $database)"
delta=advisories-$no1-$no3.delta
for way in flip cut other zeros; do
	cp good/$delta delta
	case $way in
	flip) python3 -c 'b = bytearray(open("delta", "rb").read()); b[len(b) // 2] ^= 4; open("delta", "wb").write(b)' ;;
	cut) head -c "$(($(stat -c %s good/$delta) / 2))" good/$delta >delta ;;
	other) cp good/advisories-$no2-$no3.delta delta ;;
	zeros) head -c 3000 /dev/zero >delta ;;
	esac
	cp delta tree/data/$delta; cp 1.db old.db
	jq --arg s "$(sum delta)" --argjson n "$(stat -c %s delta)" --arg f $delta '(.deltas[] | select(.file == $f)) |= (.sha256 = $s | .size = $n)' good/index.json >tree/data/index.json
	follow --db old.db; check "a delta that is wrong costs the whole one: $way" "0 $sum3 1" "$? $(sum old.db) $(grep -c '^left out .*; all of it is fetched$' out)"
done
rm tree/data/$delta; cp good/index.json tree/data/; cp 1.db old.db
follow --db old.db; check "as does one that is not there" "0 $sum3 left out  $delta: the server answered 404 Not Found; all of it is fetched" "$? $(sum old.db) $(told | grep '^left')"
cp good/* tree/data/

# A mirror that offers what is past, and one that hides its age.
rm -r tree/data/*; publish 1; cp 3.db old.db; registry_forget
follow --db old.db; check "an older one" "3 index.json: its serial is $no1, the one that is installed has $no3: it is older; --allow-older takes it" "$? $(refused)"
check "is not even fetched" "index.json 200 " "$(asked)"
jq '.database.serial = 9999999999' tree/data/index.json >i && mv i tree/data/index.json
follow --db old.db; check "one that lies about its serial" "3 advisories-$no1.db.zst: its serial is $no1, the one that is installed has $no3: it is older; --allow-older takes it" "$? $(refused)"
jq --arg d "$(jq -r .database.digest good/index.json)" '.database.digest = $d' tree/data/index.json >i && mv i tree/data/index.json
follow --db old.db; check "one that says that nothing is new takes nothing away" "0 $sum3" "$? $(sum old.db)"
rm -r tree/data/*; publish 1
follow --db old.db --allow-older; check "unless it is wanted" "0 $sum1" "$? $(sum old.db)"
rm -r tree/data/*; cp good/* tree/data/

# Mirrors that are broken.
both() { (begin --db-key data.pub --db old.db "$@") >out 2>&1; }
cp 1.db old.db; both --from http://127.0.0.1:1/index.json --from "$registry_url/none/index.json" --from "$url"
check "broken ones, then a good one" "0 $sum3 2" "$? $(sum old.db) $(grep -c '^failed' out)"
mkdir -p tree/lying; jq '.bundle.sha256 = "'"$(sum data.pub)"'" | .deltas = []' good/index.json >tree/lying/index.json; cp good/*.zst tree/lying
cp 1.db old.db; both --from "$registry_url/lying/index.json" --from "$url"
check "a lying one, then a good one" "0 $sum3 1" "$? $(sum old.db) $(grep -c '^failed' out)"
cp 1.db old.db; both --from http://127.0.0.1:1/index.json; check "none of them" "3 plimsoll db update: no mirror gave a database that may be taken; what was there before stays $sum1" "$? $(tail -n 1 out) $(sum old.db)"
bad() { # NAME WANTED WAY ; done to the bundle
	cp 1.db old.db; jq '.deltas = []' good/index.json >tree/data/index.json
	registry_misbehave "$3,path=.db.zst"
	follow --db old.db; check "$1" "$2 $sum1" "$? $(refused | sed 's/^[^:]*: //') $(sum old.db)"
	registry_misbehave
}
bad "a bundle that is not there" "3 the server answered 404 Not Found" "html-404,on=blob"
bad "a page in its place" "3 it is not the file that the index names" "html,on=blob"
bad "nothing in its place" "3 it is not the file that the index names" empty-body
bad "half of it in its place" "3 it is not the file that the index names" short-body
bad "a body that stalls" "3 Operation too slow. Less than 128 bytes/sec transferred the last 2 seconds" stall-body
bad "zeros without end" "3 it is longer than it may be: limit FEED_FILE_BYTES, what is left of UPDATE_BYTES, or what an index says" endless-chunks
bad "a redirect to a file" "3 it sends us on to an address that is not https" "redirect-file,on=blob"
bad "another range" "3 it answered with a part where all was asked for" "range-wrong"

# What breaks off.
half=$(($(stat -c %s good/advisories-$no3.db.zst) / 2))
ranges() { jq -r 'select(.headers.range) | "\(.status) \(.headers.range)"' "$registry_log"; }
cp 1.db old.db; registry_forget; registry_misbehave truncated,first=1,path=.db.zst
follow --db old.db; check "a transfer that breaks off goes on where it was" "0 $sum3 206 bytes=$half-" "$? $(sum old.db) $(ranges)"
cp 1.db old.db; registry_misbehave truncated,first=1,path=.db.zst; follow --db old.db --limit FETCH_TRY_COUNT=1; check "one that breaks off for today" "3 $sum1" "$? $(sum old.db)"
registry_misbehave; registry_forget
follow --db old.db; check "goes on another time" "0 $sum3 206 bytes=$half-" "$? $(sum old.db) $(ranges)"
registry_stop
# A mark may be the same of two files: what comes of both is found out, and fetched once more.
registry_start --tree tree --marks modified
url=$registry_url/data/index.json
rm -r tree/data/*; publish 2; jq '.deltas = []' tree/data/index.json >i && mv i tree/data/index.json
touch -d 2026-01-01 tree/data/*
cp 1.db old.db; registry_misbehave truncated,first=1,path=.db.zst; follow --db old.db --limit FETCH_TRY_COUNT=1
rm -r tree/data/*; cp good/* tree/data/; jq '.deltas = []' good/index.json >tree/data/index.json; touch -d 2026-01-01 tree/data/*.zst; touch -d 2026-01-02 tree/data/index.json
registry_misbehave; registry_forget
follow --db old.db; check "the rest of another file" "0 $sum3 206 200" "$? $(sum old.db) $(jq -r 'select(.path | contains("zst")) | .status' "$registry_log" | xargs)"
check "leaves nothing behind" "0" "$(find cache/plimsoll/published -name '*.new' -o -name '*.mark' | wc -l)"

# No room, and no place.
if [ "$(id -u)" != 0 ]; then
	mkdir closed; cp 1.db closed/old.db; chmod 555 closed
	follow --db closed/old.db; check "where nothing can be written" "3 $sum1" "$? $(sum closed/old.db)"
	chmod 755 closed
fi
cp 1.db old.db; rm -rf cache/plimsoll/published
(ulimit -f 16; trap '' XFSZ; begin --from "$url" --db-key data.pub --db old.db) >out 2>&1
check "no room" "3 $sum1" "$? $(sum old.db)"
follow --db old.db; check "and room again" "0 $sum3" "$? $(sum old.db)"
cp 1.db elsewhere.db; ln -s elsewhere.db link.db
follow --db link.db; check "a link is replaced, not what it leads to" "0 $sum3 $sum1" "$? $(sum link.db) $(sum elsewhere.db)"

# Killed at any moment: it opens, old or new, and the next one is whole.
lost=
for ((i = 1; i <= 20; i++)); do
	cp "$((i % 2 + 1)).db" old.db.new && mv old.db.new old.db; before=$(sum old.db)
	begin --from "$url" --db-key data.pub --db old.db >out 2>&1 & one=$!
	sleep "0.$(printf %03d $((RANDOM % 250)))"
	kill -9 $one 2>/dev/null; wait $one 2>/dev/null
	now=$(sum old.db); [ "$now" = "$before" ] || [ "$now" = "$sum3" ] || lost+=" $i"
	"$plimsoll" db status --db old.db --db-key data.pub >/dev/null 2>&1 || lost+=" status:$i"
done
check "killed at 20 moments" "" "$lost"
follow --db old.db; check "the next one is whole" "0 $sum3" "$? $(sum old.db)"

# Several at once.
cp 1.db old.db
for i in 1 2 3 4; do begin --limit FETCH_STALL_S=20 --from "$url" --db-key data.pub --db old.db >"out.$i" 2>&1 & pids[i]=$!; done
statuses=; for i in 1 2 3 4; do wait "${pids[i]}"; statuses+=" $?"; done
check "four at once" " 0 0 0 0 $sum3" "$statuses $(sum old.db)"
registry_stop

# A private authority.
registry_start --tree tree --tls tls
(exec "$plimsoll" db update --from "$registry_url/data/index.json" --db-key data.pub --db tls.db "${limits[@]}") >out 2>&1
check "an unknown authority" "3 yes 1" "$? $(grep -qi certificate out && echo yes) $(test -e tls.db; echo $?)"
SSL_CERT_FILE=tls/ca.pem "$plimsoll" db update --from "$registry_url/data/index.json" --db-key data.pub --db tls.db >out 2>&1
check "one that is known" "0 $sum3" "$? $(sum tls.db)"
exit $failed
