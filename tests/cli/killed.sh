#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Processes killed at any moment: what a worker was reading becomes unknown, what others know stays, the cache is sound, and what
# is asked afterwards has the same answer as ever.
set -u
plimsoll=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state PLIMSOLL_LOG=
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
run=("$plimsoll" check --policy policy.yaml --at 2026-11-01 --output json "oci:$work/image.oci")
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


# How a run whose processes were killed may have ended: with the answer, with a layer unknown and why, with an error and why, killed.
judge() { # STATUS OUT ERR
	case $1 in
	0) cmp -s "$2" wanted.json || echo "passed with another answer" ;;
	2) jq -e '[.unknown[] | select(.subject == "layer") | .reason] | length > 0 and all(test("ended"))' "$2" >/dev/null || echo "unknown without a reason" ;;
	3) grep -qE "ended|gone|to another process" "$3" || echo "an error without a reason: $(cat "$3")" ;;
	137) [ ! -s "$2" ] || cmp -s "$2" wanted.json || echo "killed with half an answer" ;;
	*) echo "status $1" ;;
	esac
}
gone() { # nothing of these runs is left, within some seconds
	for _ in $(seq 100); do
		pgrep -f "oci:$work/image.oci" >/dev/null || return 0
		sleep 0.05
	done
	pgrep -af "oci:$work/image.oci"
}

# The parent: all that it began goes with it.
"${run[@]}" --no-cache >out 2>err &
parent=$!
victim=$(child $parent plimsoll-layer)
check "the parent: killed at work" 1 "$((${victim:-0} > 0))"
kill -9 $parent; wait $parent 2>/dev/null
check "the parent: status" 137 $?
check "the parent: none of its processes is left" "" "$(gone)"

# Ten at once on one cache; of each, the parent or one of its children is killed at a moment of its own, or nobody. Nothing half-written
# may be believed, and what is asked afterwards has the answer that it ever had. Every third round begins with what the last one left.
rounds=30
if "$plimsoll" doctor | grep -q sanitizer; then rounds=5; echo "a sanitizer is slow: $rounds rounds instead of 30"; fi
RANDOM=3
disturb() { # PARENT
	local zygote all
	sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
	case $((RANDOM % 3)) in
	0) kill -9 "$1" ;;
	1)
		zygote=$(pgrep -P "$1") && all=("$zygote" $(pgrep -P "$zygote")) && kill -9 "${all[RANDOM % ${#all[@]}]}"
		;;
	esac
} 2>/dev/null
ends=
for round in $(seq $rounds); do
	[ $((round % 3)) = 0 ] || rm -rf cache
	parents=() disturbers=() wrong=
	for i in $(seq 10); do
		"${run[@]}" >"out.$i" 2>"err.$i" &
		parents+=($!)
		RANDOM=$((round * 100 + i))
		disturb $! &
		disturbers+=($!)
	done
	for i in $(seq 10); do
		wait "${parents[i - 1]}"
		status=$?
		ends+="$status "
		wrong+=$(judge $status "out.$i" "err.$i")
	done
	wait "${disturbers[@]}"
	check "round $round: each ended as it may" "" "$wrong"
	check "round $round: none of their processes is left" "" "$(gone)"
	"${run[@]}" >after.json 2>err
	check "round $round: the same answer afterwards" "0 " "$? $(cmp after.json wanted.json 2>&1)"
	check "round $round: two layers are kept and nothing beside them" "2 0" \
		"$(find cache/plimsoll/layers/?? -type f | wc -l) $(find cache/plimsoll/layers/new -type f | wc -l)"
done 2>/dev/null
echo "ends: $(tr ' ' '\n' <<<"$ends" | grep . | sort -n | uniq -c | awk '{printf "%s times %s  ", $1, $2}')"
check "some were killed, some were not" 1 "$(grep -q 137 <<<"$ends" && grep -q '\b0 ' <<<"$ends" && echo 1)"

# A run that finds everything has what is left beside the entries removed too.
echo half >cache/plimsoll/layers/new/1-0123456789abcdef
"${run[@]}" >after.json 2>err
check "a warm run removes what was left" "0 0" "$? $(find cache/plimsoll/layers/new -type f | wc -l)"
exit $failed
