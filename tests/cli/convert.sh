#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# convert: a verdict read back gives, byte for byte, each report that check would have given, and its exit status; whatever is no verdict is an
# error that says where.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
"$root/tests/cases/reports/make"
"$plimsoll" db build --from feeds --output a.db >build.txt || cat build.txt
formats=$("$plimsoll" convert --help | sed -n 's/^  --output FORMAT[^ ]* *//p' | sed 's/; .*//; s/(the default)//; s/,//g; s/ or / /')
check "the help names the formats" "text json sarif junit markdown csv gitlab gitlab-codequality html xccdf arf matrix-html matrix-csv" "$(xargs <<<"$formats")"

both() { # NAME STATUS TARGET OPTION...: every format by check and by convert
	local name=$1 wanted=$2 target=$3 from to
	shift 3
	from=() to=()
	for format in $formats; do from+=(--output "$format=check.$format") to+=(--output "$format=convert.$format"); done
	"$plimsoll" check "$@" --at 2026-06-01 "${from[@]}" "$target"
	check "$name: check" "$wanted" $?
	"$plimsoll" convert "${to[@]}" check.json
	check "$name: convert has its exit status" "$wanted" $?
	for format in $formats; do
		check "$name: $format" "$(sha256sum <"check.$format")" "$(sha256sum <"convert.$format")"
	done
}
both "hostile names" 1 oci:image.oci --policy policy.yaml
cp check.json hostile.json
both "two images" 1 oci:two.oci --policy policy.yaml
cp check.json two.json
both "a vulnerability" 1 oci:layers.oci --policy policy.yaml --db a.db --as registry.example.com/team/web
check "(there is one)" 1 "$(jq '[.findings[] | select(.vulnerability)] | length' check.json)"
both "an older verdict" 1 oci:layers.oci --policy policy.yaml --db a.db --since hostile.json
both "a tree" 0 rootfs:tree --policy strict
both "a policy that demands nothing" 2 oci:image.oci --policy nothing.yaml
both "out of scope" 2 rootfs:tree --policy metadata.yaml
cp -r tree "$(printf 'tr\xffee')"
both "a target that is no text" 2 "rootfs:$(printf 'tr\xffee')" --policy metadata.yaml

"$plimsoll" convert two.json >text
check "text is for whom nothing else is asked" "$("$plimsoll" convert --output text two.json)" "$(cat text)"
check "columns are the terminal's" yes "$([ "$(COLUMNS=200 "$plimsoll" convert two.json | wc -l)" -lt "$(COLUMNS=60 "$plimsoll" convert two.json | wc -l)" ] && echo yes)"
check "standard input" "$(sha256sum <two.json)" "$("$plimsoll" convert --output json - <two.json | sha256sum)"
check "a pipe that has a name" "$(sha256sum <two.json)" "$("$plimsoll" convert --output json <(cat two.json) | sha256sum)"
jq . two.json >pretty.json
check "white space makes no difference" "$(sha256sum <two.json)" "$("$plimsoll" convert --output json pretty.json | sha256sum)"
jq -c '.images[0].tool.version = "0.0.1"' two.json >older.json
check "the version is that of who judged" "0.0.1" "$("$plimsoll" convert --output sarif older.json | jq -r '.runs[0].tool.driver.version')"
jq -c '.news = {a: 1} | .images[0].findings[0].news = 1' two.json >newer.json
check "what is not known here is passed over" "$(sha256sum <two.json)" "$("$plimsoll" convert --output json newer.json | sha256sum)"

refused() { # NAME WANTED, the file on standard input
	cat >bad.json
	"$plimsoll" convert --output json bad.json >out 2>err
	check "refused: $1" "3 bad.json: $2" "$? $(sed 's/^plimsoll convert: //;q' err)"
	check "refused: $1: nothing is written" "" "$(cat out)"
}
changed() { jq -c "$2" hostile.json | refused "$1" "$3"; }
printf '' | refused "nothing" "JSON, line 1, column 1: parse error: premature EOF"
head -c 1000 hostile.json | refused "a truncated one" "JSON, line 1, column 1001: parse error: premature EOF"
echo '{"runs": []}' | refused "another document" "no verdict: it has no schema"
echo '[]' | refused "an array" "no verdict: it has no schema"
changed "another schema" '.schema = 2' "a verdict of schema 2; this program reads 1"
changed "without findings" 'del(.findings)' "findings: it is missing"
changed "findings of another type" '.findings = {}' "findings: no array"
changed "a finding that is none" '.findings[1] = 1' "findings[1]: no object"
changed "a layer beyond numbers" '.findings[2].evidence.layer = 4294967295' "findings[2].evidence.layer: no number that it can be"
changed "a negative layer" '.findings[2].evidence.layer = -1' "findings[2].evidence.layer: no number that it can be"
changed "an action that there is not" '.findings[0].action = "ignore"' "findings[0].action: a word that is not known here"
changed "a severity in another case" '.findings[0].severity = "HIGH"' "findings[0].severity: a word that is not known here"
changed "a digest that is none" '.policy.digest = "sha256:12"' "policy.digest: no digest"
changed "a time that is none" '.evaluated_at = "yesterday"' "evaluated_at: no time"
changed "a day that is none" '.waived[0].exception.until = "2026-02-30"' "waived[0].exception.until: no day"
changed "references that are no strings" '.findings[0].references = ["a", 1]' "findings[0].references[1]: no string"
changed "an area that there is not" '.areas.network = "fail"' "areas: an area that is not known here"
changed "a platform that is none" '.subject.platform = "linux"' "subject: no platform"
changed "no diff ids" 'del(.subject.diff_ids)' "subject: diff_ids are missing"
changed "packages that are no number" '.inventory.packages.deb = "many"' "inventory.packages: no number of packages"
changed "a result that is too good" '.result = "pass"' "its result does not follow from its areas, findings and unknowns"
changed "a check that is too good" '(.checks[] | select(.result == "fail") | .result) = "pass"' "the result of a check does not follow from its findings and unknowns"
changed "a check that does not apply, and finds" '(.checks[] | select(.result == "fail") | .result) = "not_applicable"' "the result of a check does not follow from its findings and unknowns"
jq -c '.checks[0] as $c | .unknown += [{action: "warn", area: $c.area, kind: "unreadable", reason: "a", subject: $c.id}] | .checks[0].result = "pass"' hostile.json |
	refused "a check that could not be told" "the result of a check does not follow from its findings and unknowns"
changed "a finding that is neither" '.findings[0].action = "unknown"' "its result does not follow from its areas, findings and unknowns"
changed "areas that are too good" '.areas.configuration = "pass" | .result = "unknown"' "its result does not follow from its areas, findings and unknowns"
jq -c '.images[1].unknown[0].reason = null' two.json | refused "a place in one of several" "images[1].unknown[0].reason: no string"
jq -c 'del(.subject)' two.json | refused "a set of nothing" "subject.target: it is missing"
jq -c '.images = []' two.json | refused "no images" "images: there are none"
jq -c '.result = "pass"' two.json | refused "a worst that is not" "its result is not the worst of its images'"
sed 's/"schema":1/"schema":1,"schema":1/' hostile.json >twice.json
check "refused: a key twice" "3" "$("$plimsoll" convert twice.json >out 2>err; echo $?)"
"$plimsoll" convert --limit VERDICT_BYTES=1000 hostile.json >out 2>err
check "refused: a huge one" "3 plimsoll convert: hostile.json: it is larger than limit VERDICT_BYTES (1000)" "$? $(cat err)"
"$plimsoll" convert none.json >out 2>err
check "refused: none" "3 plimsoll convert: none.json: it cannot be opened: No such file or directory" "$? $(cat err)"
"$plimsoll" convert tree >out 2>err
check "refused: a directory" "3 plimsoll convert: tree: read at offset 0: Is a directory" "$? $(cat err)"
"$plimsoll" convert --output xml hostile.json >out 2>err
check "refused: another format" "3 plimsoll convert: there is no report format 'xml'" "$? $(head -n 1 err)"
# Several are one answer, the worst of theirs; where one is no verdict there is none.
"$plimsoll" convert --output json hostile.json two.json >several.json
check "several files: the worst of them" "1 3 fail several verdicts" "$? $(jq -r '"\(.images | length) \(.result) \(.subject.target)"' several.json)"
check "several files: each verdict as it was" "$(jq -c . hostile.json; jq -c '.images[]' two.json)" "$(jq -c '.images[]' several.json)"
check "several files: read back" "$(sha256sum <several.json)" "$("$plimsoll" convert --output json several.json | sha256sum)"
check "several files of one target keep its name" "$(jq -r .subject.target hostile.json)" "$("$plimsoll" convert --output json hostile.json hostile.json | jq -r .subject.target)"
echo '{}' >none.json
"$plimsoll" convert --output json hostile.json none.json >out 2>err
check "refused: the second of two" "3 plimsoll convert: none.json: no verdict: it has no schema 0" "$? $(head -n 1 err) $(wc -c <out)"
"$plimsoll" convert >out 2>err; check "refused: none" "3 plimsoll convert: a verdict is missing" "$? $(head -n 1 err)"
exit $failed
