#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# check --since: what an older verdict found fails no more, what is new does; a verdict that is none is an error.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
mkdir -p tree/etc
touch tree/old
cat >policy.yaml <<'Y'
plimsoll: v1
name: t
rules:
  - {id: t/old, title: Old, query: "SELECT path FROM file WHERE filename GLOB 'old*'"}
  - {id: t/warned, title: Warned, action: warn, query: "SELECT path FROM file WHERE filename = 'old'"}
unknown: {data_age: {over: 36500d, is: warn}}
Y
judge() { "$plimsoll" check --policy policy.yaml --output json "$@" >out 2>err; }
judge rootfs:tree
check "without it it fails" "1 2" "$? $(jq '.findings | length' out)"
cp out old.json
judge --since old.json rootfs:tree
check "what is known fails no more" "0 warn,warn 1 sha256:$(sha256sum <old.json | cut -d' ' -f1)" "$? $(jq -r '[.findings[].action] | join(",")' out) $(jq -r '.since.known' out) $(jq -r .since.digest out)"
check "and is marked" "t/old" "$(jq -r '.findings[] | select(.known) | .rule' out)"
touch tree/old-too
judge --since old.json rootfs:tree
check "what is new does" "1 /old-too" "$? $(jq -r '.findings[] | select(.action == "fail") | .evidence.path' out)"
"$plimsoll" check --policy policy.yaml --since old.json rootfs:tree >text 2>err
check "people see it" "  since      an older verdict, which had 1 finding that would fail" "$(grep '^  since' text)"
rm tree/old-too
jq '{schema, result, images: [., .]}' old.json >set.json
judge --since set.json rootfs:tree
check "of several images" 0 $?
# refused NAME TEXT WANTED
refused() {
	printf '%s' "$2" >bad.json
	judge --since bad.json rootfs:tree
	check "refused: $1" "3 $3" "$? $(sed 's/.*bad.json/bad.json/' err | head -n 1)"
}
refused "nothing" '' "bad.json: JSON, line 1, column 1: parse error: premature EOF"
refused "another document" '{"a": 1}' "bad.json: no verdict: it has no schema"
refused "another schema" '{"schema": 2, "findings": []}' "bad.json: a verdict of schema 2; this program reads 1"
refused "no findings" '{"schema": 1}' "bad.json: no verdict: it has no findings"
refused "a finding without id" '{"schema": 1, "findings": [{}]}' "bad.json: no verdict: a finding has no id"
judge --since none.json rootfs:tree
check "refused: none" "3 No such file or directory" "$? $(grep -o 'No such file or directory' err)"
exit $failed
