#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Processes killed at any moment: what a worker was reading becomes unknown, what others know stays, the cache is sound, and what
# is asked afterwards has the same answer as ever.
set -u
plimsoll=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_CACHE_HOME=$work/cache
failed=0
check() { if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1"; printf '  wanted: %s\n  got:    %s\n' "$2" "$3"; failed=1; fi; }

# Two layers that take a while: text of this system's own programs, again and again.
mkdir -p one/etc one/var/lib/dpkg one/usr two/usr
printf 'ID=debian\nVERSION_ID=12\n' >one/etc/os-release
printf 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n' >one/var/lib/dpkg/status
for i in 1 2 3 4; do cat /usr/bin/[a-d]* /usr/bin/p* 2>/dev/null | head -c 8000000 >one/usr/$i; head -c 7000000 one/usr/$i >two/usr/$i; done
echo '{"User": "1000", "Entrypoint": ["/usr/1"]}' >config.json
"$root/tools/oci-image" image.oci config.json one two
printf 'plimsoll: v1\nname: t\ncomponents: {forbidden: [{name: telnetd}]}\n' >policy.yaml
run=("$plimsoll" check --policy policy.yaml --at 2026-11-01 --output json oci:image.oci)
"${run[@]}" --no-cache >wanted.json 2>err
check "undisturbed" 0 $?

# The process of that name that a parent's run has, once it is there.
child() { # PARENT NAME
	local zygote pid
	for _ in $(seq 400); do
		zygote=$(pgrep -P "$1" 2>/dev/null)
		[ "$2" = plimsoll-zygote ] && [ -n "$zygote" ] && { echo "$zygote"; return; }
		pid=$(pgrep -P "${zygote:-0}" -x "${2:0:15}" 2>/dev/null | head -n 1)
		[ -n "$pid" ] && { echo "$pid"; return; }
		sleep 0.005
	done
}
kill_one() { # NAME: its exit status in $status, what it said in out and err
	"${run[@]}" --no-cache >out 2>err &
	local parent=$! victim
	victim=$(child $parent "$1")
	[ -n "$victim" ] && kill -9 "$victim"
	wait $parent
	status=$?
}
kill_one plimsoll-layer; check "a layer's worker: cannot tell" 2 $status
check "a layer's worker: why" "the process that read it ended by signal 9 (Killed)" "$(jq -r '[.unknown[] | select(.subject == "layer") | .reason][0]' out)"
kill_one plimsoll-hasher; check "the hasher: no verdict" 3 $status
check "the hasher: why" 1 "$(grep -c 'the hasher ended by signal 9' err)"
kill_one plimsoll-judge; check "the judge: no verdict" 3 $status
check "the judge: why" 1 "$(grep -c 'the judge ended by signal 9' err)"
kill_one plimsoll-zygote; check "the zygote: no verdict" 3 $status

# Ten at once on one cache, each of them and their children killed at moments that differ; nothing half-written may be believed.
for round in $(seq 6); do
	rm -rf cache
	parents=()
	for i in $(seq 10); do "${run[@]}" >"out.$i" 2>"err.$i" & parents+=($!); done
	sleep "0.$((RANDOM % 6))$((RANDOM % 9))"
	for parent in "${parents[@]}"; do [ $((RANDOM % 2)) = 0 ] && kill -9 "$parent" 2>/dev/null; done
	wait "${parents[@]}" 2>/dev/null
	good=0
	for i in $(seq 10); do [ ! -s "out.$i" ] || cmp -s "out.$i" wanted.json || good=1; done
	check "round $round: those that answered agree" 0 $good
	"${run[@]}" >after.json 2>err
	check "round $round: the same afterwards, from what they left" 0 "$(cmp after.json wanted.json >/dev/null; echo $?)"
done 2>/dev/null
"${run[@]}" >after.json 2>err
"$plimsoll" cache clear >/dev/null
check "nothing is left beside the entries" 0 "$(find cache -type f | wc -l)"
sleep 2
check "no process is left" "" "$(pgrep -f "oci:image.oci" | tr '\n' ' ')"
exit $failed
