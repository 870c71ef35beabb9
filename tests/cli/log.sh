#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The log: every verdict and every exception that it used, in a chain in which nothing can be changed unseen; writers that are killed, full
# disks, no home.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
mkdir -p tree/etc tree/var/lib/dpkg feeds
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
printf 'Package: demo-tool\nStatus: install ok installed\nArchitecture: all\nVersion: 1.0-1\n\n' >tree/var/lib/dpkg/status
echo '{"User": "1000", "Entrypoint": ["/bin/true"]}' >config.json
"$root/tools/oci-image" image.oci config.json tree
for id in CVE-2026-0001 CVE-2026-0002; do
	cat >"feeds/$id.json" <<J
{"id": "$id", "published": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "database_specific": {"plimsoll": {"covers": ["Debian:12"], "packages": ["*"]}},
 "affected": [{"package": {"ecosystem": "Debian:12", "name": "demo-tool"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}
J
done
"$plimsoll" db build --from feeds --output a.db >build.txt || cat build.txt
policy() { # EXCEPTIONS
	printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\nunknown: {data_age: {over: 36500d, is: warn}}\n%s\n' "$1" >p.yaml
}
policy ''
judge() { "$plimsoll" check --policy p.yaml --db a.db --at 2026-06-01 "$@"; }
log=$XDG_STATE_HOME/plimsoll/log
verify() { "$plimsoll" log verify "$@" 2>err; echo "= $?"; }
entries() { jq -c "$1" "$log"; }

"$plimsoll" log show >out 2>err
check "no log yet" "3 plimsoll log show: log: there is no log" "$? $(sed "s|$XDG_STATE_HOME/plimsoll/||" err)"
check "verify: no log yet" "= 3" "$(verify)"

# what is in it
judge --as registry.example.com/team/web --output json "oci:$work/image.oci" >v.json
check "one check, status and answer as ever" "1 fail" "$? $(jq -r .result v.json)"
check "the verdict" "$(jq -cS '{config: .subject.config, data: .data.digest, evaluated_at: .evaluated_at, findings: 2, index: .subject.index, manifest: .subject.manifest,
	platform: .subject.platform, policy: .policy.digest, policy_name: "t", repository: "registry.example.com/team/web", result: "fail", target: .subject.target, tool: .tool.version,
	unknown: (.unknown | length), waived: 0} | with_entries(select(.value != null))' v.json)" "$(entries .fields)"
check "no path of this machine is in it" 0 "$(grep -c "$work" "$log")"
check "the members of an entry" '["fields","kind","previous","schema","sequence","time"] "verdict" null 1 1' \
	"$(entries 'keys_unsorted, .kind, .previous, .schema, .sequence' | xargs -d '\n')"
check "canonical" "$(jq -cS . "$log")" "$(cat "$log")"
check "private" "600 700" "$(stat -c %a "$log" "$XDG_STATE_HOME/plimsoll" | xargs)"
all='{rule: vulnerabilities, reason: "not reachable", owner: team-web, ticket: SEC-17, until: 2026-12-31}'
policy "exceptions: [$all]"
judge "oci:$work/image.oci" >out; check "an exception passes it" 0 $?
check "verdict and exception" "verdict pass 0 2 -
exception not reachable team-web SEC-17 2026-12-31 2 2 CVE-2026-0001 CVE-2026-0002" "$(entries 'select(.sequence > 1)' | jq -r '.kind + " " + if .kind == "verdict" then
	"\(.fields.result) \(.fields.findings) \(.fields.waived) -" else .fields.reason + " " + .fields.owner + " " + .fields.ticket + " " + .fields.until +
	" \(.fields.findings) \(.fields.rules | length) " + (.fields.rules | map(sub("vulnerabilities/"; "")) | join(" ")) end')"
check "the exception says of what" "$(entries 'select(.sequence == 2) | [.fields.manifest, .fields.policy, .fields.evaluated_at]')" \
	"$(entries 'select(.sequence == 3) | [.fields.manifest, .fields.policy, .fields.evaluated_at]')"
one='{id: CVE-2026-0001, reason: one, owner: o, until: 2026-12-31}' two='{id: CVE-2026-0002, reason: two, owner: o, until: 2026-12-31}' unused='{id: CVE-2026-9999, reason: gone, owner: o, until: 2026-12-31}'
policy "exceptions: [$two, $one, $unused]"
judge "oci:$work/image.oci" >out
check "each that was used, by itself" 'one ["vulnerabilities/CVE-2026-0001"]
two ["vulnerabilities/CVE-2026-0002"]' "$(entries 'select(.sequence > 4) | .fields' | jq -r '.reason + " " + (.rules | tostring)')"
policy ''

# anybody can follow the chain with sha256sum
chain() { # FILE...
	local line previous=null
	cat "$@" | while IFS= read -r line; do
		[ "$(jq -r .previous <<<"$line")" = "$previous" ] || echo "broken at $(jq .sequence <<<"$line")"
		previous=sha256:$(sha256sum <<<"$line" | cut -d' ' -f1)
	done
}
check "the chain, by other means" "" "$(chain "$log")"
head=sha256:$(tail -n 1 "$log" | sha256sum | cut -d' ' -f1)
check "whole" "whole: 6 entries in 1 file
head $head, entry 6
= 0" "$(verify)"
check "show ends with the head" "head $head, entry 6" "$("$plimsoll" log show | tail -n 1)"

# show and export
check "show: the last two" "  5 exception
  6 exception" "$("$plimsoll" log show -n 2 | awk 'NR > 1 && !/^head/ {print "  " $1, $3}')"
check "show: of a kind" "1 2 4" "$("$plimsoll" log show --kind verdict | awk 'NR > 1 && !/^head/ {print $1}' | xargs)"
check "show: what one looks for first" 'verdict result=fail target=oci:image.oci repository=registry.example.com/team/web findings=2' \
	"$("$plimsoll" log show | sed -n 2p | tr -s ' ' | cut -d' ' -f4-8)"
for bad in 0 -1 x 9999999; do "$plimsoll" log show -n "$bad" >out 2>&1 && echo "-n $bad was taken"; done
check "export: all that is in it" "$(jq -cS '[.sequence, .kind, .time, .fields]' "$log")" "$("$plimsoll" log export | jq -cS '.entries[] | [.sequence, .kind, .time, .fields]')"
check "export: hashes" "$(while IFS= read -r line; do sha256sum <<<"$line" | cut -d' ' -f1; done <"$log")" "$("$plimsoll" log export | jq -r '.entries[].hash | sub("sha256:"; "")')"
check "export: the head" "$head true" "$("$plimsoll" log export | jq -r '"\(.head) \(.whole)"')"
cat >rows.py <<'P'
import csv, json, sys
for row in csv.DictReader(open(sys.argv[1], newline="")):
    print(row["sequence"], row["kind"], row["result"], row["target"], row["manifest"][:10], row["reason"], sorted(json.loads(row["others"]))[:1], len(row["hash"]))
P
"$plimsoll" log export --output csv --kind exception >e.csv
check "export: csv" "3 exception  oci:image.oci sha256:$(jq -r '.fields.manifest[7:10]' "$log" | head -n 1) not reachable ['rules'] 71" "$(python3 rows.py e.csv | head -n 1)"
check "export: of a kind" 3 "$(python3 rows.py e.csv | wc -l)"
check "export: nothing since tomorrow, all since long ago" "0 6" \
	"$("$plimsoll" log export --since 2999-01-01 | jq '.entries | length') $("$plimsoll" log export --since 2001-01-01T00:00:00Z | jq '.entries | length')"
"$plimsoll" log export --since yesterday >out 2>err; check "export: no time" 3 $?
"$plimsoll" log export --output xml >out 2>err; check "export: no format" 3 $?
"$plimsoll" log verify --head sha256:12 >out 2>err; check "verify: no hash" 3 $?

# names that others chose: no escape reaches a terminal, no formula a spreadsheet
cp -r image.oci $'=1+2 "\e[31m"\n.oci'
judge $'oci:=1+2 "\e[31m"\n.oci' >out
check "show: an escape is spelled out" 1 "$("$plimsoll" log show -n 1 | grep -cF '\x1b[31m')"
check "show: and a line stays one" 3 "$("$plimsoll" log show -n 1 | wc -l)"
"$plimsoll" log export --output csv >e.csv
check "csv: it is one field" 7 "$(python3 rows.py e.csv | wc -l)"
check "an image of any name does no harm to the chain" "= 0" "$(verify | tail -n 1)"

# tampering
cp "$log" good
tampered() { # NAME WANTED, the log being changed: what verify says first, and its status
	check "$1" "$2
= 1" "$(verify | grep -v '^torn\|^head' | sed 's/ at offset [0-9]*//')"
	"$plimsoll" log show >out 2>err; check "$1: show says so too" "1 broken" "$? $(grep -o '^broken' out)"
	"$plimsoll" log export >out 2>err; check "$1: so does export" "1 false" "$? $(jq .whole out)"
	cp good "$log"
}
behind='it was written behind something else: entry'
or='was changed, or something was taken out or put in before this one'
sed -i '1s/"fail"/"pass"/' "$log"; tampered "edited" "broken at entry 2, log: $behind 1 $or"
sed -i '6s/team-web\|"o"/"x"/' "$log"; tampered "edited near the end" "broken at entry 7, log: $behind 6 $or"
sed -i 3d "$log"; tampered "taken out" "broken at entry 3, log: entry 4 stands where entry 3 is due"
sed -i 1d "$log"; tampered "the first taken out" "broken at entry 1, log: entry 2 stands where entry 1 is due"
sed -i '3{h;d};4G' "$log"; tampered "in another order" "broken at entry 3, log: entry 4 stands where entry 3 is due"
sed -i 3p "$log"; tampered "twice" "broken at entry 4, log: entry 3 stands where entry 4 is due"
sed -i '3s/^{/{"kind":"verdict",/' "$log"; tampered "a key twice" "broken at entry 3, log: it is no entry: JSON, line 1, column $(sed -n 3p good | wc -c | awk '{print $1 + 17}'): an object has the same key twice"
sed -i '3s/:/: /' "$log"; tampered "the same in other words" "broken at entry 3, log: it is no entry: it is not spelled as entries are"
sed -i '3i not json' "$log"; verify | grep -q '^broken at entry 3' && check "put in: a line that is none" "= 1" "$(verify | tail -n 1)"; cp good "$log"
{ cat good; sed -n 7p good; } >"$log"; tampered "put in at the end" "broken at entry 8, log: entry 7 stands where entry 8 is due"
{ cat good; echo '{}'; } >"$log"; tampered "no entry at the end" "broken at entry 8, log: it is no entry: it has not the members of an entry"
# a forger who rewrites all of it, hashes included, is found out by who kept the head
forge() { # renumbers and links whatever lines come
	python3 -c 'import hashlib, json, sys
previous = None
for number, line in enumerate(sys.stdin, 1):
    entry = dict(json.loads(line), previous=previous, sequence=number)
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    previous = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    sys.stdout.write(text)'
}
kept=$("$plimsoll" log show | sed -n 's/^head \(.*\),.*/\1/p')
forge <good | cmp - good && echo "ok the forger is good"
sed 1d good | forge >"$log"
check "forged anew: whole by itself" "= 0" "$(verify | tail -n 1)"
check "forged anew: not for who has the head" "broken at entry 7: the entry that is demanded, $kept, is not in it: the end was cut off, or it is another log
= 1" "$(verify --head "$kept")"
sed '$d' good >"$log"
check "the tail cut off: whole by itself" "= 0" "$(verify | tail -n 1)"
check "the tail cut off: not for who has the head" "= 1" "$(verify --head "$kept" | tail -n 1)"
cp good "$log"; judge rootfs:tree >out
check "more behind the head" "whole: 8 entries in 1 file
the head that is demanded is entry 7: 1 behind it
= 0" "$(verify --head "$kept" | grep -v ^head)"

# torn: an entry of which a part was written is told, and the next goes on behind it
cp good "$log"; truncate -s -100 "$log"
bytes=$(tail -n 1 "$log" | wc -c)
check "torn" "whole: 6 entries in 1 file
torn tail: $bytes bytes behind entry 6, log at offset $(head -n 6 good | wc -c): an entry that was not written whole; the next one goes on behind it
head $(head -n 6 good | tail -n 1 | sha256sum | sed 's/^/sha256:/; s/ .*//'), entry 6
= 0" "$(verify)"
judge rootfs:tree >out
check "torn, and gone on" "whole: 7 entries in 1 file
torn: $((bytes + 1)) bytes of entries that were not written whole, covered by those behind them
= 0" "$(verify | grep -v ^head)"
check "torn: nothing before is lost" "" "$(head -n 6 "$log" | cmp - <(head -n 6 good))"
sed -i '7s/./x/' "$log"
check "torn: what was left cannot be changed unseen" "= 1" "$(verify | tail -n 1)"

# where it is
rm -rf state; mkdir home
env -u XDG_STATE_HOME HOME="$work/home" "$plimsoll" check --policy p.yaml --db a.db --at 2026-06-01 rootfs:tree >out 2>err
check "below home" "1 1" "$? $(wc -l <home/.local/state/plimsoll/log)"
env -u XDG_STATE_HOME -u HOME "$plimsoll" check --policy p.yaml --db a.db --at 2026-06-01 rootfs:tree >out 2>err
check "no home: no log, and no word" "1 " "$? $(cat err)"
env -u XDG_STATE_HOME -u HOME "$plimsoll" log verify >out 2>err; check "no home: nothing to verify" 3 $?
env -u XDG_STATE_HOME -u HOME "$plimsoll" check --log here --policy p.yaml --db a.db --at 2026-06-01 rootfs:tree >out 2>err
check "no home and --log" "1 1" "$? $(wc -l <here)"
PLIMSOLL_LOG=$work/there judge rootfs:tree >out; check "PLIMSOLL_LOG" "1 $(test -e "$log" && echo both)" "$(wc -l <there) "
PLIMSOLL_LOG=$work/there judge --log here rootfs:tree >out; check "--log before PLIMSOLL_LOG" "2 1" "$(wc -l <here) $(wc -l <there)"
PLIMSOLL_LOG=$work/there judge --no-log rootfs:tree >out; check "--no-log" "2 1" "$(wc -l <here) $(wc -l <there)"
check "log reads PLIMSOLL_LOG" "whole: 1 entry in 1 file" "$(PLIMSOLL_LOG=there verify | head -n 1)"
check "log reads --log" "whole: 2 entries in 1 file" "$(verify --log here | head -n 1)"
judge rootfs:tree >out 2>wanted.err
failing() { # NAME WHY LOG: asked for, it is an error; with no report, and nothing half-done
	judge --log "$3" --output json=r.json rootfs:tree >out 2>err
	check "$1: asked for" "3 plimsoll check: the log: $2" "$? $(cat err)"
	check "$1: no report tells what is in no log" "" "$(ls r.json 2>/dev/null)"
}
failing "no such directory" "none/log: No such file or directory" none/log
failing "a directory" ".: Is a directory" .
echo 'plimsoll: v1' >notes.yaml
failing "another file" "notes.yaml: it is no log" notes.yaml
check "another file is left alone" 'plimsoll: v1' "$(cat notes.yaml)"
mkfifo fifo; failing "nobody reads it" "fifo is no regular file" fifo
judge --log "" rootfs:tree >out 2>err; check "an empty name" "3 plimsoll check: the log's name is empty" "$? $(cat err)"
: >state.file
XDG_STATE_HOME=$work/state.file judge --output json rootfs:tree >out 2>err
check "the usual place cannot be made: told, and the verdict stands" "1 fail warning: this is not in the log: state.file/plimsoll: Not a directory" "$? $(jq -r .result out) $(sed "s|$work/||" err)"
as_nobody=()
[ "$(id -u)" != 0 ] || as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
if [ ${#as_nobody[@]} = 0 ] || "${as_nobody[@]}" "$plimsoll" --version >/dev/null 2>&1; then
	mkdir locked; chmod 755 "$work"; chmod 500 locked
	"${as_nobody[@]}" "$plimsoll" check --no-cache --log locked/log --policy p.yaml --db a.db --at 2026-06-01 rootfs:tree >out 2>err
	check "a directory that may not be written" "3 locked/log: Permission denied" "$? $(grep -o 'locked/log: .*' err)"
else
	echo "nobody else can run it here: a directory that may not be written is not tried"
fi

# what gates and is no check writes nothing
before=$(cat "$log" | wc -l)
"$plimsoll" diff --policy p.yaml --db a.db --at 2026-06-01 "oci:$work/image.oci" "oci:$work/image.oci" >out 2>&1
check "diff and queries are not in it" "$before" "$(wc -l <"$log")"

# several files
rm -rf state
for i in 1 2 3 4 5 6 7; do judge --limit LOG_SEGMENT_BYTES=1500 rootfs:tree >out; done
files=("$(dirname "$log")"/log.* "$log")
check "it goes on in other files" "= 0" "$(verify | tail -n 1)"
check "more than two of them, none larger than it may be" yes "$([ ${#files[@]} -gt 2 ] && [ "$(stat -c %s "${files[@]}" | sort -n | tail -n 1)" -le 1500 ] && echo yes)"
check "the chain goes through all of them" "7 " "$(cat "${files[@]}" | wc -l) $(chain "${files[@]}")"
mkdir old; first=sha256:$(tail -n 1 "$log.1" | sha256sum | cut -d' ' -f1); n=$(wc -l <"$log.1"); mv "$log.1" old/log.1
check "an older file is elsewhere" "broken at entry 1, log.2 at offset 0: entry $((n + 1)) stands where entry 1 is due
= 1" "$(verify)"
check "... and is known by its head" "= 0" "$(verify --after "$first" | tail -n 1)"
check "... and is whole by itself" "head $first, entry $n
= 0" "$(verify --log old/log | tail -n 2)"

# Several writers at once, each killed at a moment of its own: what was reported is in the log, and the log is whole. The log is small, so
# that files change while they write.
rm -rf state; rounds=12
if "$plimsoll" doctor | grep -q sanitizer; then rounds=3; echo "a sanitizer is slow: $rounds rounds instead of 12"; fi
RANDOM=5
reported=0 killed=0
for round in $(seq $rounds); do
	writers=()
	# One that is killed before it has opened its output would leave that of the round before.
	rm -f out.*
	for i in $(seq 8); do
		"$plimsoll" check --policy p.yaml --db a.db --at 2026-06-01 --limit LOG_SEGMENT_BYTES=4000 --as "r.example/w$round-$i" --output json rootfs:tree \
			>"out.$i" 2>"err.$i" &
		writers+=($!)
	done
	killers=()
	for writer in "${writers[@]}"; do
		[ $((RANDOM % 3)) = 0 ] || { (sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"; kill -9 "$writer") & killers+=($!); }
	done
	for i in $(seq 8); do
		wait "${writers[i - 1]}"
		[ $? = 137 ] && killed=$((killed + 1))
		jq -r '"r.example/w'$round-$i'"' "out.$i" >>reported 2>/dev/null
	done
	wait "${killers[@]}"
	verify >v.txt
	[ "$(tail -n 1 v.txt)" = "= 0" ] || check "round $round" whole "$(cat v.txt)"
done 2>/dev/null
"$plimsoll" log export | jq -r '.entries[].fields.repository' | sort >logged
check "killed writers: what was reported is logged" "" "$(sort reported | comm -23 - logged)"
check "killed writers: nothing twice" "" "$(uniq -d logged)"
check "killed writers: some were killed before they wrote" yes "$([ "$(wc -l <logged)" -lt $((8 * rounds)) ] && echo yes)"
check "killed writers: some were killed, some were not" yes "$([ $killed -gt 0 ] && [ -s reported ] && echo yes)"
echo "$(wc -l <logged) entries, $killed writers killed, $(wc -l <reported) reports"

# Full disks: a real one where this may mount, else the limit of a file's size.
rm -rf state
(ulimit -f 1; for i in $(seq 8); do judge --no-cache --log full.log rootfs:tree >out 2>full.err; echo $?; done) >statuses
check "room for some, then for none" "1 3" "$(uniq statuses | xargs)"
check "no room: why" "plimsoll check: the log: full.log: nothing was written: File too large" "$(cat full.err)"
whole=$(grep -c '^1$' statuses)
check "no room: nothing is lost" "whole: $whole entries in 1 file" "$(verify --log full.log | head -n 1)"
if [ "$(id -u)" = 0 ] && unshare -m mount -t tmpfs none home 2>/dev/null; then
	unshare -m bash -c 'mount -t tmpfs -o size=8k none home
		for i in $(seq 40); do "$0" check --no-cache --log home/log --policy p.yaml --db a.db --at 2026-06-01 rootfs:tree >out.full 2>err.full; echo $?; done >statuses
		"$0" log verify --log home/log >full.txt; echo "= $?" >>full.txt; wc -l <home/log >full.lines
		"$0" check --log home/log --policy p.yaml --db a.db --at 2026-06-01 rootfs:tree >out.full 2>err.full
		mount -o remount,size=64k home; "$0" check --log home/log --policy p.yaml --db a.db --at 2026-06-01 rootfs:tree >out 2>err; echo "$?" >>statuses
		"$0" log verify --log home/log | head -n 1 >>full.txt' "$plimsoll"
	whole=$(grep -c '^1$' statuses)
	check "a full disk: first they are written, then they are refused" "1 3 1" "$(uniq statuses | xargs)"
	check "a full disk: all that were told are there" "whole: $((whole - 1)) entries in 1 file
= 0
whole: $whole entries in 1 file" "$(grep -v '^head' full.txt)"
	check "a full disk: why" "No space left on device" "$(grep -o 'No space left on device' err.full)"
else
	echo "only root makes a full disk: it is played by the limit of a file's size alone"
fi
exit $failed
