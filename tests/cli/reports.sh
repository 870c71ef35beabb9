#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Reports for pipelines of an image that fails, warns, is excepted and cannot be told, with names that want to be markup; each is read by
# another program, and says as many things as the verdict.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
"$root/tests/cases/reports/make"
"$plimsoll" check --policy policy.yaml --output json=v.json --output sarif=v.sarif --output junit=v.xml --output markdown=v.md --output csv=v.csv oci:image.oci
check "it fails" 1 $?
findings=$(jq '.findings | length' v.json) unknowns=$(jq '.unknown | length' v.json) waived=$(jq '.waived | length' v.json)
check "there is one of each at least" "yes" "$([ "$findings" -gt 5 ] && [ "$unknowns" -gt 0 ] && [ "$waived" -gt 0 ] && echo yes || echo "$findings $unknowns $waived")"

check "sarif: a result for each" $((findings + unknowns + waived)) "$(jq '.runs[0].results | length' v.sarif)"
check "sarif: what is excepted is suppressed" "$waived" "$(jq '[.runs[0].results[] | select((.suppressions // []) | length > 0)] | length' v.sarif)"
check "sarif: each has a rule, a place and a level" 0 "$(jq '[.runs[0] as $r | ($r.tool.driver.rules | map(.id)) as $ids | $r.results[] |
	select((.ruleId as $id | $ids | index($id) | not) or (.locations[0].physicalLocation.artifactLocation.uri | test("^[-A-Za-z0-9._~/%]+$") | not) or (.level | IN("error", "warning") | not))] | length' v.sarif)"
check "sarif: rules stand once" "$(jq -r '.runs[0].tool.driver.rules[].id' v.sarif | sort -u)" "$(jq -r '.runs[0].tool.driver.rules[].id' v.sarif | sort)"
check "sarif: fingerprints are the verdict's" "$(jq -r '.findings[].id, .waived[].finding.id' v.json | sort)" "$(jq -r '.runs[0].results[].partialFingerprints | select(.) | .["plimsoll/v1"]' v.sarif | sort)"
check "sarif: errors are what fails" "$(jq '[.findings[] | select(.action == "fail")] | length' v.json)" "$(jq '[.runs[0].results[] | select(.level == "error" and ((.suppressions // []) | length == 0))] | length' v.sarif)"
check "sarif: its version" "2.1.0" "$(jq -r .version v.sarif)"

read_junit() {
	python3 - "$1" <<'P'
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
count = lambda e, name: len(list(e.iter(name)))
for suite in root:
    has = {"tests": count(suite, "testcase"), "failures": count(suite, "failure"), "errors": count(suite, "error"), "skipped": count(suite, "skipped")}
    said = {key: int(suite.get(key)) for key in has}
    if has != said:
        print("says", said, "has", has)
print(count(root, "testcase") - len(list(root)), count(root, "failure"), count(root, "error"))
P
}
check "junit: a case for each, failures and errors as in the verdict" "$((findings + unknowns + waived)) $(jq '[.findings[], .unknown[] | select(.action == "fail")] | length' v.json) $(jq '[.unknown[] | select(.action == "unknown")] | length' v.json)" "$(read_junit v.xml)"
check "junit: an area that is not asked is skipped" "not_required" "$(python3 -c 'import xml.etree.ElementTree as t; print([s for s in t.parse("v.xml").getroot() if s.get("name").endswith(": rules")][0].find(".//skipped").get("message"))')"

check "csv: a line for each, of equal length, none a formula" "$((findings + unknowns + waived + 1)) 14 0" "$(python3 -c '
import csv
rows = list(csv.reader(open("v.csv", newline="")))
print(len(rows), *{len(row) for row in rows}, sum(field[:1] in "=+-@" and field != "" for row in rows for field in row))')"

check "markdown: nothing that an image chose stands outside of code" "" "$(python3 - <<'P'
import re
text = open("v.md").read()
bare = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
print("\n".join(line for line in bare.splitlines() if re.search(r"<(?!br>)|@|\[|toor|img|script", line)), end="")
P
)"
check "markdown: the verdict first, then what to mend" "## FAIL: It may not ship." "$(head -n 1 v.md)"
check "markdown: each line of a table has its columns" "" "$(grep '^|' v.md | sed 's/\\|//g' | awk -F'|' 'NF != 4 && NF != 6')"

# A policy that demands nothing, or nothing of this target: exit status 2, and no report that looks clean.
for try in "nothing.yaml oci:image.oci not_required" "metadata.yaml rootfs:tree out_of_scope"; do
	read -r policy target kind <<<"$try"
	"$plimsoll" check --policy $policy --output sarif=n.sarif --output junit=n.xml --output markdown=n.md --output csv=n.csv $target
	check "$kind: it is no pass" 2 $?
	check "$kind: sarif has a result" "$kind $kind warning" "$(jq -r '.runs[0] | "\(.tool.driver.rules[0].id) \(.results[0].ruleId) \(.results[0].level)"' n.sarif)"
	check "$kind: junit an error" "1" "$(grep -c "<error.*type=\"$kind\"" n.xml)"
	check "$kind: csv a line" "$kind" "$(sed -n 2p n.csv | cut -d'"' -f10)"
	check "$kind: markdown says no pass" 0 "$(grep -c PASS n.md)"
done

# Two images in one report: each its own run, suite and comment.
"$plimsoll" check --policy policy.yaml --output sarif=two.sarif --output markdown=two.md oci:two.oci
check "two images: two runs that are told apart" 2 "$(jq -r '.runs[].automationDetails.id' two.sarif | sort -u | wc -l)"
check "and two comments" 2 "$(grep -c '^## ' two.md)"

# What each layer brought: of the final tree, each content once, removed files not at all.
"$plimsoll" check --policy policy.yaml --output json=l.json oci:layers.oci
layer() { jq -r ".inventory.layers[$1] | \"\(.files) \(.bytes) \(.packages) \(.instruction)\"" l.json; }
check "layers: files, bytes and packages of the first" "1 24 1 FROM" "$(layer 0)"
check "and of the second" "3 $(cat bytes) 2 RUN <script>alert(1)</script>" "$(layer 1)"
check "layers: their files are all of them" 4 "$(jq '.inventory.files' l.json)"
exit $failed
