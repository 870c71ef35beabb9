#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every case of tests/cases/hostile: what a query answers, and that a check never passes what could not be read.  No crash, no hang.
set -u
plimsoll=$1
cases=$(cd "$(dirname "$0")/../cases/hostile" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
command -v zstd >/dev/null || { echo "zstd is not here"; exit 77; }
"$cases/make" "$work/made" || exit 1
cd "$work/made" || exit 1
printf 'plimsoll: v1\nname: t\nrules: [{id: t/none, title: t, severity: low, query: "SELECT 1 WHERE 0", fix: t}]\n' >policy.yaml
failed=0
wrong() { echo "not ok $1"; shift; printf '    %s\n' "$@"; failed=1; }

# NAME, status of a query, words of its standard error ("-": nothing), the listing ("-": not compared).
while IFS=$'\t' read -r name status words listing; do
	[ -n "$name" ] && [ "${name:0:1}" != "#" ] || continue
	timeout 30 "$plimsoll" query --no-cache --output csv "oci:$name.oci" "SELECT path, type, size FROM file" >out 2>err </dev/null
	got=$?
	timeout 30 "$plimsoll" check --no-cache --policy policy.yaml "oci:$name.oci" >check 2>check.err </dev/null
	gate=$?
	have=$(tail -n +2 out | tr '\n' ' ')
	[ "$got" = "$status" ] || { wrong "$name" "a query exits $got, not $status" "$(head -3 err)"; continue; }
	[ "$words" = - ] || grep -qF -- "$words" err || { wrong "$name" "wanted: $words" "got:    $(head -3 err)"; continue; }
	[ "$words" != - ] || ! grep -q "unreadable: layer\|limit: layer" err || { wrong "$name" "unexpected: $(cat err)"; continue; }
	[ "$listing" = - ] || [ "$have" = "$listing " ] || { wrong "$name" "wanted: $listing" "got:    $have"; continue; }
	# Nothing unreadable is clean: an error, or cannot tell.
	if [ "$status" = 3 ]; then wanted=3; elif [ "$words" = - ]; then wanted=0; else wanted=2; fi
	[ "$gate" = $wanted ] || { wrong "$name" "a check exits $gate, not $wanted" "$(head -3 check.err check)"; continue; }
	echo "ok $name"
done <"$cases/expected.tsv"
[ "$(ls -d ./*.oci | wc -l)" = "$(grep -c '^[a-z]' "$cases/expected.tsv")" ] || wrong "every case is expected" "$(ls -d ./*.oci | wc -l) made"
exit $failed
