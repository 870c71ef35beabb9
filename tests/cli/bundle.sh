#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Signed databases: who may sign one, what is refused, and how they travel: packed, as deltas, into a place that stands whatever happens.
set -u
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
unset PLIMSOLL_KEY_PASSPHRASE
export XDG_CACHE_HOME=$work/cache
key() { "$plimsoll" key generate --no-passphrase --type ed25519 "$@" >/dev/null </dev/null; }
db() { "$plimsoll" db "$@" 2>&1 </dev/null; }
got() { local out; out=$("$@"); echo "$? $out"; }
sum() { sha256sum <"$1"; }
id() { "$plimsoll" key show "$1" | sed -n 's/^id *//p'; }
serial() { "$plimsoll" db status --db "$1" | sed -n 's/^signed.* serial \([0-9]*\).*/\1/p'; }

for name in data other; do key --out $name --role data; done
key --out approve; key --out deny --role deny; key --out evidence --role evidence
key --out past --role data --until 2001-01-01
key --out bare --role data; rm bare.may.yaml

# Two days of one feed, of 2,000 packages, so that there are many blocks.
mkdir -p one/v3.20 two/v3.20
feed() { # DAY FIXES
	python3 - "$@" <<'P'
import json, sys
day, more = sys.argv[1], int(sys.argv[2])
pkgs = [{"pkg": {"name": f"p{i}", "secfixes": {f"1.{i}-r{j}": [f"CVE-2025-{10000 + i * 3 + j}"] for j in range(1, 3)}}} for i in range(2000 + more)]
json.dump({"distroversion": "v3.20", "reponame": "main", "packages": pkgs}, sys.stdout)
P
}
feed 1 0 >one/v3.20/main.json; feed 2 20 >two/v3.20/main.json
kev() { printf '{"title": "t", "catalogVersion": "x", "dateReleased": "%s", "count": 1, "vulnerabilities": [{"cveID": "CVE-2025-10001", "dateAdded": "2025-12-24"}]}' "$1"; }
kev 2026-01-02T10:00:00Z >one/kev.json; kev 2026-01-03T10:00:00Z >two/kev.json
db build --from one --output one.db >/dev/null; db build --from two --output two.db >/dev/null
cp one.db plain1.db; cp two.db plain2.db

# Signing
check "unsigned is told where keys are asked for" "3 plimsoll db status: one.db: it is not signed" "$(got db status --db one.db --db-key data.pub)"
out=$(got db sign --key data.key --db one.db)
check "signed" "0 one.db: signed with key $(id data.pub)" "${out%%, *}"
check "status tells by whom, unchecked" "signed  with key $(id data.pub)" "$(db status --db one.db | sed -n 's/, .*; not checked.*//p')"
check "and checked" "signed  by data.pub ($(id data.pub))" "$(db status --db one.db --db-key other.pub --db-key data.pub | sed -n '2s/, .*//p')"
check "another key" "3 plimsoll db status: one.db: no key that is trusted signed it" "$(got db status --db one.db --db-key other.pub)"
check "what is in front of it did not change" "" "$(cmp -n "$(stat -c %s plain1.db)" one.db plain1.db)"
python3 - one.db "$(stat -c %s plain1.db)" <<'P' >signed
import base64, json, sys
trailer = open(sys.argv[1], "rb").read()[int(sys.argv[2]):]
size = int.from_bytes(trailer[8:16], "little")
lines = trailer[16:].decode().splitlines()
statement = json.loads(base64.b64decode(json.loads(lines[0])["payload"]))
print(trailer[:8], size == len(trailer) - 16, len(lines), statement["_type"], statement["predicateType"], statement["subject"][0]["digest"]["sha256"])
print(*(f["name"] + " " + f.get("snapshot", "-") for f in statement["predicate"]["feeds"]), sep="\n")
P
check "what is signed" "b'PLIMSIG\\n' True 1 https://in-toto.io/Statement/v1 application/vnd.plimsoll.database.v1+json $(db status --db one.db | sed -n '1s/.*sha256://p')
alpine-secdb v3.20/main -
kev 2026-01-02T10:00:00Z" "$(head -1 signed; tail -n +2 signed | sort)"
db sign --key data.key --db one.db >/dev/null
check "the same key's is replaced" 1 "$(db status --db one.db | grep -c '^signed')"
cp one.db both.db; db sign --key other.key --db both.db >/dev/null
check "another key's stays" "2 0 0" "$(db status --db both.db | grep -c '^signed') $(db status --db both.db --db-key data.pub >/dev/null; echo $?) $(db status --db both.db --db-key other.pub >/dev/null; echo $?)"

# Roles exclude each other.
for role in approve deny evidence; do
	check "$role signs no data" "3 plimsoll db sign: the key's role is '$role', this needs 'data'" "$(got db sign --key $role.key --db plain1.db)"
done
check "and the file is what it was" 0 "$(db status --db plain1.db | grep -c '^signed')"
order=$(dirname "$plimsoll")/../../tests/unit/trust/trust_order
if [ -x "$order" ]; then
	D=sha256:$(printf 'a%.0s' {1..64})
	check "a data key approves nothing" "the key's role is 'data', this needs 'approve'" "$(setsid -w "$order" data.key - simple registry.example.com/web 1.0 "$D" "$D" </dev/null)"
	check "nor denies" "the key's role is 'data', this needs 'deny'" "$(setsid -w "$order" data.key - deny registry.example.com/web "$D" leaked 2001-09-09T00:00:00Z </dev/null)"
	check "nor is its statement evidence" "application/vnd.plimsoll.database.v1+json is of databases, not evidence" \
		"$(setsid -w "$order" evidence.key - evidence registry.example.com/web "$D" application/vnd.plimsoll.database.v1+json '{}' </dev/null)"
fi
check "a key whose time is over signs nothing" "3 plimsoll db sign: the key could sign until 2001-01-01" "$(got db sign --key past.key --db plain1.db)"
sed 's/until: .*/until: 2099-01-01/' past.may.yaml >now.yaml
cp plain1.db late.db; db sign --key past.key --companion now.yaml --db late.db >/dev/null
check "nor counts what it signed" "3 plimsoll db status: late.db: the key could sign until 2001-01-01" "$(got db status --db late.db --db-key past.pub)"
cp plain1.db b.db; cp data.may.yaml bare2.may.yaml
sed "s/^key: .*/key: $(id bare.pub)/; s/^role: .*/role: data/" data.may.yaml >bare-may.yaml
db sign --key bare.key --companion bare-may.yaml --db b.db >/dev/null
check "a public key without companion counts, for it was named for this" 0 "$(db status --db b.db --db-key bare.pub >/dev/null; echo $?)"
cp bare.pub wrong.pub; sed "s/^role: .*/role: approve\npolicies: any\nrepositories: '*'/" bare-may.yaml >wrong.may.yaml
check "one with another role does not" "3 plimsoll db status: b.db: the key's role is 'approve', this needs 'data'" "$(got db status --db b.db --db-key wrong.pub)"
key --out cert --role data --type p256 --certificate "C=DE, ST=Hessen, O=Example, CN=data"; cp plain1.db c.db; db sign --key cert.key --db c.db >/dev/null
check "a certificate does as well" "signed  by cert.crt ($(id cert.pub))" "$(db status --db c.db --db-key cert.crt | sed -n '2s/, .*//p')"
check "a private key is none to verify with" "3 plimsoll db status: data.key: a private key; name the public one" "$(got db status --db b.db --db-key data.key)"

# Who uses it
mkdir -p tree/etc tree/lib/apk/db; printf 'ID=alpine\nVERSION_ID=3.20.3\n' >tree/etc/os-release
printf 'P:p1\nV:1.1-r0\nA:x86_64\no:p1\n\n' >tree/lib/apk/db/installed
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{id: ["CVE-2025-*"]}]}\n' >policy.yaml
judge() { "$plimsoll" check --policy policy.yaml --no-cache "$@" rootfs:tree 2>&1 | tail -1; return "${PIPESTATUS[0]}"; }
judge --db one.db --db-key data.pub >/dev/null; check "check takes one that is signed" 1 $?
check "and no other" "3 plimsoll check: two.db: it is not signed" "$(got judge --db two.db --db-key data.pub)"
check "by another key" "3 plimsoll check: one.db: no key that is trusted signed it" "$(got judge --db one.db --db-key other.pub)"
check "--at brings back no key" "3 plimsoll check: late.db: the key could sign until 2001-01-01" "$(got judge --db late.db --db-key past.pub --at 2000-06-01)"
judge --db-key data.pub >/dev/null; check "where keys are asked for, none is an error" 3 $?
"$plimsoll" diff --policy policy.yaml --db two.db --db-key data.pub rootfs:tree rootfs:tree >/dev/null 2>err; check "diff asks too" "3 plimsoll diff: two.db: it is not signed" "$? $(cat err)"
"$plimsoll" attest --key approve.key --evidence-from evidence.pub --db-key data.pub docker://localhost/x >/dev/null 2>err; check "by evidence it would bind nothing" "3 plimsoll attest: by evidence no database is read here: --db-key binds nothing then" "$? $(head -1 err)"

# A policy asks for it.
asking() { # SIGNED_BY [UNKNOWN [MORE]]
	printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{id: ["CVE-2021-*"]}]}\ndata: {signed_by: %s}\nunknown: {no_data: warn, end_of_life: warn%s}\n%s' "$1" "${2:+, data_signature: $2}" "${3-}" >asking.yaml
	rm -f v.json
	"$plimsoll" check --policy asking.yaml --no-cache --db "$db" --output json=v.json --output text rootfs:tree >out 2>&1
	echo "$? $(jq -r '[.areas.vulnerabilities, (.unknown[] | select(.kind == "data_signature") | "\(.area) \(.subject): \(.reason)")] | join(" ")' v.json 2>/dev/null)"
}
db=one.db; check "a policy whose signer signed the data" "0 pass" "$(asking data.pub)"
check "who did is told" "data signed by data.pub ($(id data.pub))" "$(tr -s ' \n' ' ' <out | grep -o 'data signed by [^)]*)')"
check "one of several" "0 pass" "$(asking '[other.pub, {key: data.pub, until: 2099-01-01}]')"
check "another key" "2 unknown vulnerabilities advisory data: no key that is trusted signed it; asked for: other.pub" "$(asking other.pub)"
check "a key whose time is over" "2 unknown vulnerabilities advisory data: the key could sign until 2001-01-01; asked for: data.pub" "$(asking '{key: data.pub, until: 2001-01-01}')"
db=plain1.db; check "nobody" "2 unknown vulnerabilities advisory data: it is not signed; asked for: data.pub" "$(asking data.pub)"
check "is a failure where the policy says so" "1 fail vulnerabilities advisory data: it is not signed; asked for: data.pub" "$(asking data.pub fail)"
check "or a warning" "0 pass vulnerabilities advisory data: it is not signed; asked for: data.pub" "$(asking data.pub warn)"
db=two.db; check "another database" "2 unknown vulnerabilities advisory data: it is not signed; asked for: data.pub" "$(asking data.pub)"
python3 -c 'n = len(open("plain1.db", "rb").read()); open("stolen.db", "wb").write(open("plain2.db", "rb").read() + open("one.db", "rb").read()[n:])'
db=stolen.db; check "another one's signature behind it" "2 unknown vulnerabilities advisory data: its signature is of another database; asked for: data.pub" "$(asking data.pub)"
python3 -c 'open("garbage.db", "wb").write(open("plain1.db", "rb").read() + b"PLIMSIG\n" + (9).to_bytes(8, "little") + b"{\"a\": 1}\n")'
db=garbage.db; check "a signature that is none" "2 1" "$(asking data.pub | grep -c 'unknown vulnerabilities advisory data: its signature: ' | sed 's/^/2 /')"
db=plain1.db; check "a minimum version, by what the distribution fixed" "2 components unknown vulnerabilities unknown" "$(asking data.pub '' 'components: {minimum: [{name: p1, version: "2.0"}]}
' >/dev/null; "$plimsoll" check --policy asking.yaml --no-cache --db plain1.db --output json rootfs:tree 2>/dev/null >v.json; echo "$? $(jq -r '[.unknown[] | select(.kind == "data_signature") | .area] | sort | map(. + " unknown") | join(" ")' v.json)")"
check "what the data say is shown all the same" "1 unknown" "$(sed -i 's/CVE-2021-/CVE-2025-/' asking.yaml; "$plimsoll" check --policy asking.yaml --no-cache --db plain1.db --output json rootfs:tree 2>/dev/null >v.json; jq -r '"\([.findings[] | select(.area == "vulnerabilities")] | length | if . > 0 then 1 else 0 end) \([.unknown[] | select(.kind == "data_signature")] | length | if . > 0 then "unknown" else "" end)"' v.json)"
db=one.db; check "a key that is none" "3 plimsoll check: data.signed_by: policy.yaml: " "$(asking policy.yaml | cut -c1-2)$(grep -o 'plimsoll check: data.signed_by: policy.yaml: ' out)"
check "no key at all" "3 1" "$(asking '[]')$(grep -c 'an empty list lets nobody sign: leave data out instead' out)"
check "one that is not there" "3 1" "$(asking absent.pub)$(grep -c 'the key cannot be read: absent.pub' out)"
digest_of() { asking "$1" >/dev/null; jq -r .policy.digest v.json; }
cp data.pub turned.pub; was=$(digest_of turned.pub); cp other.pub turned.pub; check "the policy's digest covers the key" yes "$([ "$was" != "$(digest_of turned.pub)" ] && echo yes)"
# What a parent demands a child may not loosen.
printf 'plimsoll: v1\nname: parent\ndata: {signed_by: data.pub}\n' >parent.yaml
heir() { printf 'plimsoll: v1\nname: child\nextends: parent.yaml\n%s\n' "$1" >child.yaml; "$plimsoll" policy lint child.yaml >out 2>&1; echo "$? $(grep -o 'data/signed_by: looser' out)"; }
check "a child adds no signer" "1 data/signed_by: looser" "$(heir 'data: {signed_by: other.pub}')"
check "nor needs to repeat it" "0 " "$(heir '')"
printf 'open: [data]\n' >>parent.yaml; check "where the parent leaves it open it does" "0 " "$(heir 'data: {signed_by: other.pub}')"

# Packed
sleep 1; db sign --key data.key --db two.db >/dev/null
check "export" "0" "$(db export --db one.db one.zst >/dev/null; echo $?)"
db export --db one.db again.zst >/dev/null; check "the same gives the same bytes" "$(sum one.zst)" "$(sum again.zst)"
check "it is one frame with a checksum, and zstd reads it" "1 XXH64 $(sum one.db)" "$(zstd -l one.zst | awk 'NR == 2 {print $1, $(NF - 1)}') $(zstd -dc one.zst | sha256sum)"
place=$XDG_CACHE_HOME/plimsoll/advisories.db
out=$(db import --db-key data.pub one.zst)
check "import" "taken  one.zst: bundle, signed by data.pub ($(id data.pub)), serial $(serial one.db)" "$(tail -1 <<<"$out")"
check "is what was exported" "$(sum one.db)" "$(sum "$place")"
check "twice" "is there already  one.zst: bundle, signed by data.pub ($(id data.pub)), serial $(serial one.db)" "$(db import --db-key data.pub one.zst)"
check "without keys it says that nobody looked" "is there already  one.zst: bundle, serial $(serial one.db); its signature was not checked (--db-key)" "$(db import one.zst)"
check "one without signature takes none away" "is there already  plain1.db: database, signed by data.pub ($(id data.pub)), serial $(serial one.db)
$(sum one.db)" "$(db import --db-key data.pub plain1.db; sum "$place")"

# Deltas
check "a delta" 0 "$(db delta one.db two.db --output d >/dev/null; echo $?)"
db delta one.db two.db --output d2 >/dev/null; check "the same gives the same bytes" "$(sum d)" "$(sum d2)"
check "it is small" yes "$([ "$(stat -c %s d)" -lt 4000 ] && echo yes || stat -c %s d)"
digest() { db status --db "$1" | sed -n '1s/digest *//p'; }
kev 2026-01-02T11:00:00Z >one/kev.json; db build --from one --output b0.db >/dev/null
check "to the wrong one" "3 plimsoll db import: d: it is a delta to $(digest one.db), and $(digest b0.db) is installed" "$(got db import --db b0.db d)"
check "to none" "3 plimsoll db import: d: a delta needs the database before it, and none is installed" "$(got db import --db none.db d)"
check "applied" "taken  d: delta, signed by data.pub ($(id data.pub)), serial $(serial two.db)
$(sum two.db)" "$(db import --db-key data.pub d | tail -1; sum "$place")"
check "twice" "is there already  d: delta, signed by data.pub ($(id data.pub)), serial $(serial two.db)" "$(db import --db-key data.pub d)"
db delta plain2.db plain1.db --output unsigned.delta >/dev/null
check "one whose result nobody signed" "3 plimsoll db import: unsigned.delta: what is in it: it is not signed" "$(got db import --allow-older --db-key data.pub unsigned.delta)"

db import --allow-older plain1.db >/dev/null
check "applied to the same one as nobody signed it" "0 $(sum two.db)" "$(db import --db-key data.pub d >/dev/null; echo $?) $(sum "$place")"

# Downgrade
check "an older serial is refused" "3 plimsoll db import: one.zst: its serial is $(serial one.db), the one that is installed has $(serial two.db): it is older; --allow-older takes it" "$(got db import --db-key data.pub one.zst)"
check "without keys too" 3 "$(db import one.zst >/dev/null; echo $?)"
check "an older feed is refused" "3 plimsoll db import: plain1.db: its feed kev is of 2026-01-02T10:00:00Z, the one that is installed of 2026-01-03T10:00:00Z; --allow-older takes it" "$(got db import plain1.db)"
check "and the old one stands" "$(sum two.db)" "$(sum "$place")"
check "unless it is wanted" "0 $(sum one.db)" "$(db import --db-key data.pub --allow-older one.zst >/dev/null; echo $?) $(sum "$place")"
cp one.db ours.db; sleep 1; db sign --key other.key --db ours.db >/dev/null
check "what another key signed later here makes the mirror's next no older one" 0 "$(db import --db-key data.pub --db ours.db two.db >/dev/null; echo $?)"
mkdir less; cp two/kev.json less/; db build --from less --output less.db >/dev/null
check "a feed that is gone is told" "gone    alpine-secdb v3.20/main: the one before had this feed" "$(db import --db g.db one.zst >/dev/null; db import --db g.db less.db | grep '^gone')"
printf broken >broken.db
check "what stood there and is broken hinders no new one" "0 $(sum one.db)" "$(db import --db broken.db one.zst >/dev/null; echo $?) $(sum broken.db)"

# Damage: a bit anywhere is found, by keys or without, and what is installed stands.
db import --allow-older --db-key data.pub one.zst >/dev/null; before=$(sum "$place")
flip() { # FILE OUTPUT OFFSET BIT
	python3 -c 'import sys; b = bytearray(open(sys.argv[1], "rb").read()); b[int(sys.argv[3])] ^= 1 << int(sys.argv[4]); open(sys.argv[2], "wb").write(b)' "$@"
}
size=$(stat -c %s plain2.db) whole=$(stat -c %s two.db) taken=""
for at in 0 9 13 17 25 40 70 100 $((size / 2)) $((size / 3)) $((size - 1)) $((size - 40)) "$size" $((size + 3)) $((size + 8)) $((size + 11)) $((size + 15)) $((size + 40)) $((size + 300)) $((whole - 30)); do
	flip two.db flipped.db "$at" $((at % 7))
	db import --db-key data.pub flipped.db >said && taken+=" $at"
	db status --db flipped.db --db-key data.pub >/dev/null && [ "$at" -ge "$size" ] && taken+=" status:$at"
done
check "a flipped bit in a database is found" "" "$taken"
flip two.db flipped.db $((size / 2)) 1
check "a block that was changed is named" "3 plimsoll db import: flipped.db: what is in it: the block at offset" "$(got db import --db-key data.pub flipped.db | sed 's/offset .*/offset/')"
db import --allow-older --db-key data.pub one.zst >/dev/null; db export --db two.db two.zst >/dev/null
for file in two.zst d; do
	n=$(stat -c %s $file); taken=""
	for i in {0..24}; do
		flip $file flipped $((n * i / 25)) $((i % 8))
		db import --db-key data.pub flipped >/dev/null && taken+=" $i"
		head -c $((n * i / 25)) $file >short
		db import --db-key data.pub short >/dev/null && taken+=" short:$i"
	done
	check "$file: a flipped bit, or a part, is refused" "" "$taken"
done
check "and what was there stands" "$before" "$(sum "$place")"
check "something behind a bundle" "3 plimsoll db import: tail: offset $(stat -c %s two.zst): something else behind the frame" "$(cp two.zst tail; printf x >>tail; got db import tail)"
check "something behind a database" "3 plimsoll db status: tail.db: behind its end is something else than signatures" "$(cp plain1.db tail.db; printf x >>tail.db; got db status --db tail.db)"
check "behind its signatures" 3 "$(cp two.db tail.db; printf x >>tail.db; db status --db tail.db >/dev/null; echo $?)"
python3 -c 'import sys; sys.stdout.buffer.write(open("plain1.db", "rb").read() + b"PLIMSIG\n" + (1 << 30).to_bytes(8, "little") + b"{}")' >huge.db
check "a trailer of 1 GB" "3 plimsoll db status: huge.db: signatures of 1073741824 bytes, limit DATA_SIGNATURE_BYTES" "$(got db status --db huge.db)"
python3 -c 'import sys; sys.stdout.buffer.write(open("plain1.db", "rb").read() + b"PLIMSIG\n" + (9).to_bytes(8, "little") + b"{\"a\": 1}\n")' >odd.db
check "a trailer that is no envelope" 3 "$(db status --db odd.db --db-key data.pub >/dev/null; echo $?)"
check "signing it makes it whole" "0 signed  by data.pub ($(id data.pub))" "$(cp odd.db mended.db; db sign --key data.key --db mended.db >/dev/null; echo "$? $(db status --db mended.db --db-key data.pub | sed -n '2s/, .*//p')")"
# Another database's signature, put behind this one.
python3 -c 'import sys; n = int(sys.argv[1]); sys.stdout.buffer.write(open("plain1.db", "rb").read() + open("two.db", "rb").read()[n:])' "$size" >moved.db
check "another one's signature" "3 plimsoll db status: moved.db: its signature is of another database" "$(got db status --db moved.db --db-key data.pub)"
head -c 3000000 /dev/zero | zstd -q -c >zeros.zst
check "a frame of something else" 3 "$(db import zeros.zst >/dev/null; echo $?)"
cat one.db | zstd -q -c >stream.zst
check "a frame that does not tell its size" "3 plimsoll db import: stream.zst: no whole zstd frame that tells its size" "$(got db import stream.zst)"
check "a bomb" "3 plimsoll db import: one.zst: beyond limit DATABASE_BYTES: $(stat -c %s one.db) bytes are packed in it, 100000 are the limit" "$(got db import --limit DATABASE_BYTES=100000 one.zst)"
check "none of all" "3 plimsoll db import: policy.yaml: it is neither a bundle, nor a database, nor a delta" "$(got db import policy.yaml)"

# Killed: it opens, old or new.
bad=""
for i in {1..20}; do
	"$plimsoll" db import --allow-older --db-key data.pub "$([ $((i % 2)) = 0 ] && echo one.zst || echo two.zst)" >/dev/null 2>&1 & pid=$!
	sleep "0.0$((RANDOM % 60 + 10))"; kill -9 "$pid" 2>/dev/null; wait "$pid" 2>/dev/null
	now=$(sum "$place"); [ "$now" = "$(sum one.db)" ] || [ "$now" = "$(sum two.db)" ] || bad+=" $i"
	"$plimsoll" db status --db-key data.pub >/dev/null 2>&1 || bad+=" status:$i"
done
check "killed at any moment" "" "$bad"
# What is being written has no name where the file system can do that: whoever is killed leaves nothing.
mkdir killed
if python3 -c 'import os; os.open(".", os.O_TMPFILE | os.O_WRONLY)' 2>/dev/null && strace -o /dev/null true 2>/dev/null; then
	{ ASAN_OPTIONS=detect_leaks=0 strace -o calls -e inject=fsync:signal=KILL "$plimsoll" db export --db one.db killed/one.zst >/dev/null 2>&1; } 2>/dev/null
	check "killed when all is written, it leaves nothing" "137 1 " "$? $(grep -c 'fsync(' calls) $(ls killed)"
else
	echo "skipped: no files without names, or no strace: what a process leaves that is killed while it writes"
fi

# Two at once, of which the older one is slow: it does not take the place of the newer one, that came since it looked.
cp one.db racing.db; kev 2026-01-04T10:00:00Z >two/kev.json; db build --from two --output three.db >/dev/null; sleep 1; db sign --key data.key --db three.db >/dev/null
for i in {1..12}; do
	cp one.db racing.db
	db import --db-key data.pub --db racing.db two.zst >said.2 & older=$!
	db import --db-key data.pub --db racing.db three.db >said.3 & newer=$!
	wait $older; wait $newer || cat said.3
	[ "$(sum racing.db)" = "$(sum three.db)" ] || racing+=" $i"
done
check "the newest of two at once stays" "" "${racing-}"

# A mirror's directory
mkdir mirror
check "unsigned is not published" "3 plimsoll db publish: it is not signed: plimsoll db sign does" "$(got db publish --db plain1.db mirror)"
db publish --db one.db mirror >/dev/null; db publish --db two.db mirror >/dev/null
old=$(serial one.db) new=$(serial two.db)
check "a mirror's files" "advisories-$old-$new.delta
advisories-$old.db.zst
advisories-$new.db.zst
index.json" "$(ls mirror)"
check "its index" "plimsoll/database-index/v1 advisories-$new.db.zst $(digest two.db) $new $(stat -c %s plain2.db) advisories-$old-$new.delta $(digest one.db)" \
	"$(jq -r '[.schema, .bundle.file, .database.digest, .database.serial, .database.size, (.deltas[] | .file, .from)] | join(" ")' mirror/index.json)"
check "sizes and digests" "" "$(cd mirror; jq -r '.bundle, .deltas[] | "\(.sha256)  \(.file)"' index.json | sha256sum -c --quiet; jq -r '.bundle, .deltas[] | "\(.size) \(.file)"' index.json | while read -r n f; do [ "$(stat -c %s "$f")" = "$n" ] || echo "$f"; done)"
db import --db m.db mirror/advisories-$old.db.zst >/dev/null; db import --db m.db --db-key data.pub mirror/advisories-$old-$new.delta >/dev/null
check "followed" "$(sum two.db)" "$(sum m.db)"
check "nothing older" "3 plimsoll db publish: mirror/advisories-$old-$new.delta is newer" "$(got db publish --db one.db mirror | sed "s|mirror/.* is|mirror/advisories-$old-$new.delta is|")"
cp "mirror/advisories-$new.db.zst" kept.zst; cp "mirror/advisories-$old.db.zst" "mirror/advisories-$new.db.zst"
check "another one of the same serial is not replaced" "3 plimsoll db publish: mirror/advisories-$new.db.zst: another database, or one signed otherwise, has this serial: sign once more" "$(got db publish --db two.db mirror)"
cp kept.zst "mirror/advisories-$new.db.zst"
for i in 1 2 3 4 5 6 7 8; do cp "mirror/advisories-$old.db.zst" "mirror/advisories-$i.db.zst"; done; printf x >"mirror/advisories-$old.db.zst"; touch mirror/advisories-1-2.delta mirror/else
db publish --db two.db mirror >said
check "seven stay" "advisories-$old.db.zst advisories-$new.db.zst advisories-3.db.zst advisories-4.db.zst advisories-5.db.zst advisories-6.db.zst advisories-7.db.zst advisories-8.db.zst else 6" \
	"$(cd mirror; LC_ALL=C ls | grep -v delta | grep -v index.json | xargs) $(jq '.deltas | length' mirror/index.json)"
check "what cannot be read is left out, and told" "left out  advisories-$old.db.zst: it is neither a bundle, nor a database, nor a delta" "$(grep '^left' said)"

# Nothing can be written where it cannot.
check "a place that is a directory" 3 "$(mkdir -p dir.db; db import --db dir.db one.zst >/dev/null; echo $?)"
mkfifo fifo
soon() { timeout 20 "$plimsoll" db "$@" 2>&1 </dev/null; }
check "what is no file is not waited for" "3 plimsoll db import: fifo: not a regular file" "$(got soon import fifo)"
check "nor in its place" "3 plimsoll db import: fifo: not a regular file" "$(got soon import --db fifo one.zst)"
check "nor to be signed" "3 plimsoll db sign: advisory database: fifo: not a regular file" "$(got soon sign --key data.key --db fifo)"
check "no such file" "3 plimsoll db import: absent: No such file or directory" "$(got db import absent)"
exit $failed
