#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds every case of tests/cases/hostile and asks and judges it: an error with its place, a warning and an unknown, or the listing that a
# runtime would unpack; never a crash, never a hang.  hostile-cases.sh PLIMSOLL [WORD]: only cases whose name contains WORD.
set -u
plimsoll=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state PLIMSOLL_LOG=
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
"$root/tests/cases/hostile/make" "$work/images" "${2:-}" || exit 1
cd "$work/images" || exit 1
printf 'plimsoll: v1\nname: t\ncomponents: {forbidden: [{name: telnetd}]}\n' >gate.yaml
failed=0

# A worker that dies of a signal is told by the parent, with exit status 0 or 2.
crash='by signal [0-9]|before it answered|nobody knows why|Sanitizer|runtime error:'

# why NAME STATUS WANTED WORDS FILE...: empty when all is well, else what is not.
why() {
	local status=$1 wanted=$2 words=$3
	shift 3
	if [ "$status" = 124 ]; then echo "no end within 20 seconds"
	elif [ "$status" -ge 125 ]; then echo "a crash, exit status $status"
	elif grep -qaE "$crash" "$@"; then echo "a process crashed"
	elif [ "$status" != "$wanted" ]; then echo "exit status $status, wanted $wanted"
	elif [ "$words" != - ] && ! grep -qaiE -- "$words" "$@"; then echo "no words '$words'"
	elif grep -qa $'\x1b' err; then echo "an escape reaches the terminal"
	fi
}

fault() { # STEP WHY
	[ -z "$bad" ] && echo "not ok $name"
	bad=1 failed=1
	echo "    $1: $2"
	sed 's/^/        /' out err | head -c 4000
}

while IFS=$'\t' read -r name target query check words; do
	bad=
	# What one case left would spare the next the layers that it is about; within one, check finds what query left.
	rm -rf "$XDG_CACHE_HOME"
	timeout 20 "$plimsoll" query --output csv "$target" "SELECT path FROM file ORDER BY path" >out 2>err
	reason=$(why $? "$query" "$words" err)
	paths=${name//\//.}.paths
	if [ -z "$reason" ] && [ -e "$paths" ] && ! cmp -s "$paths" out; then
		reason="the listing differs"
		diff "$paths" out | head -20 >>err
	fi
	[ -z "$reason" ] || fault query "$reason"
	timeout 20 "$plimsoll" check --policy gate.yaml --output json "$target" >out 2>err
	status=$?
	jq -r '.unknown[] | "\(.kind) \(.subject) \(.reason)"' <out >unknown 2>/dev/null
	reason=$(why $status "$check" "$words" err unknown)
	[ -z "$reason" ] || fault check "$reason"
	[ -n "$bad" ] || echo "ok $name"
done <cases.tsv
exit $failed
