#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Reports for pipelines of an image that fails, warns, is excepted and cannot be told, with names that want to be markup; each is read by
# another program, and says as many things as the verdict.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
"$root/tests/cases/reports/make"
"$plimsoll" check --policy policy.yaml --output json=v.json --output sarif=v.sarif --output junit=v.xml --output markdown=v.md --output csv=v.csv --output gitlab=v.gitlab --output gitlab-codequality=v.quality oci:image.oci
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

# As large as an image can make it: many findings with long names, of bytes that are shown as four, bars and backticks, and many images.
python3 - <<'P'
import json
verdict = json.load(open("v.json"))
of = lambda one, **more: {**one, **more}
evil = "|" * 100 + "`" * 100 + "\x1b" * 400
fails = next(f for f in verdict["findings"] if f["action"] == "fail")
longer = of(fails, title=evil, evidence=of(fails["evidence"], path="/" + "\x1b" * 500))
big = of(verdict, findings=[longer] * 200 + verdict["findings"], unknown=[of(verdict["unknown"][0], reason=evil, subject="\x1b" * 500)] * 200 + verdict["unknown"])
big["subject"] = of(verdict["subject"], reference="\x1b" * 500)
json.dump(big, open("big.json", "w"))
json.dump({**verdict, "images": [of(big, findings=[longer], unknown=[])] * 300}, open("many.json", "w"))
json.dump({**verdict, "images": [big] * 3}, open("three.json", "w"))
P
for try in big three many; do
	"$plimsoll" convert --output markdown $try.json >$try.md
	check "markdown: $try: a comment that code hosts take" "1 yes" "$? $([ "$(wc -c <$try.md)" -lt 65400 ] && echo yes || wc -c <$try.md)"
done
check "markdown: big: what is left out is counted" "To mend (200+), Could not be told (200+)" "$(grep -oE '^### (To mend|Could).*' big.md | sed -E 's/^### //; s/2[0-9]{2}/200+/' | paste -sd, | sed 's/,/, /')"
check "markdown: big: lines and the rest are all" "$(jq '[.findings[] | select(.action == "fail")] | length' big.json)" \
	"$(sed -n '/^### To mend/,/^### Could/p' big.md | awk '/^\| (low|medium|high|critical)/ { n++ } / more stand in the verdict/ { n += $1 } END { print n }')"
check "markdown: three: each shows some of its own" "3 yes" "$(grep -c '^## ' three.md) $(awk '/^## / { image++ } /^\| (low|medium|high|critical)/ { n[image]++ } END { print (n[1] > 2 && n[2] > 2 && n[3] > 2) ? "yes" : n[1] " " n[2] " " n[3] }' three.md)"
check "markdown: many: the images that are left out are counted" "300 FAIL." "$(awk '/^## / { n++ } / more images stand/ { n += $1; worst = $NF } END { print n, worst }' many.md)"

# What the container scanning schema (15.2.1) demands of what we write, and what it would refuse the whole report for.
cat >gitlab.py <<'P'
import json, re, sys
report = json.load(open(sys.argv[1]))
scan, found = report["scan"], report["vulnerabilities"]
wrong = []
def demand(holds, what):
    if not holds:
        wrong.append(what)
demand(report["version"] == "15.2.1" and report["schema"].endswith("/v15.2.1/dist/container-scanning-report-format.json"), "version")
for key in "start_time", "end_time":
    demand(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", scan[key]), key)
for key in "analyzer", "scanner":
    demand(all(scan[key][k] for k in ("id", "name", "version")) and scan[key]["vendor"]["name"], key)
demand(scan["type"] == "container_scanning" and scan["status"] == "success" and all(m["level"] in ("info", "warn", "fatal") and m["value"] for m in scan["messages"]), "scan")
for v in found:
    demand(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", v["id"]), "id")
    demand(v["severity"] in ("Info", "Unknown", "Low", "Medium", "High", "Critical"), "severity")
    demand(len(v["name"]) <= 255 and len(v.get("solution", "")) <= 7000 and len(v["description"]) <= 1048576, "length")
    demand(v["identifiers"] and all(i["type"] and i["name"] and i["value"] and re.match("https?://.", i.get("url", "http://x")) for i in v["identifiers"]), "identifiers")
    demand(all(re.match("https?://.", link["url"]) for link in v.get("links", [])), "links")
    place = v["location"]
    demand(place["image"] and place["operating_system"] and isinstance(place["dependency"]["version"], str) and isinstance(place["dependency"]["package"]["name"], str), "location")
    demand(all(d["name"] and d["type"] == "text" and isinstance(d["value"], str) for d in v.get("details", {}).values()), "details")
    demand(all(vector["vendor"] and re.match("CVSS:3[.][01]/", vector["vector"]) for vector in v.get("cvss_vectors", [{"vendor": "x", "vector": "CVSS:3.1/"}])), "vectors")
    for text in v["description"], v.get("solution", ""):
        demand(not re.search(r"[<@\[]", re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)), "markdown: " + text)
demand(len({v["id"] for v in found}) == len(found), "an id twice")
print("\n".join(wrong) or len(found))
P
check "gitlab: one for each, as the schema demands" $((findings + unknowns)) "$(python3 gitlab.py v.gitlab)"
check "gitlab: what could not be told is among them" "$unknowns" "$(jq '[.vulnerabilities[] | select(.name | startswith("Could not be told"))] | length' v.gitlab)"
check "gitlab: its message is the verdict" "oci:image.oci, linux/amd64: FAIL. It may not ship. 1 excepted." "$(jq -r '.scan.messages[].value' v.gitlab)"
check "code quality: one for each, with what GitLab reads" "$((findings + unknowns)) 0" "$(jq -r '"\(length) \([.[] | select((.description | length == 0) or (.check_name | length == 0) or
	(.fingerprint | test("^[0-9a-f]{32}$") | not) or (.severity | IN("info", "minor", "major", "critical", "blocker") | not) or (.location.path | test("^/|^$")) or
	.location.lines.begin != 1)] | length)"' v.quality)"
check "code quality: fingerprints stand once" $((findings + unknowns)) "$(jq -r '.[].fingerprint' v.quality | sort -u | wc -l)"

# For people: no line is wider than the terminal, but for one word that is; a character may take two columns.
cat >wide.py <<'P'
import re, sys, unicodedata
most = int(sys.argv[1])
for line in sys.stdin.read().split("\n"):
    width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
    before = line[:len(line) - len(line.split()[-1])] if line.split() else ""
    if width > most and not re.fullmatch(r"\s*|\s+(rule|why|found|from|fix)\s+|[A-Za-z]+ ", before):
        print(line)
P
"$plimsoll" db build --from feeds --output a.db >build.txt || cat build.txt
for image in image two layers; do
	"$plimsoll" check --policy policy.yaml --db a.db --at 2026-06-01 --output json=w.json oci:$image.oci
	for columns in 60 80 200; do
		COLUMNS=$columns "$plimsoll" convert w.json >wide.txt
		check "text: $image within $columns columns" "" "$(python3 wide.py $columns <wide.txt)"
	done
done
cp -r tree "tree of many short words"
"$plimsoll" check --policy metadata.yaml --output json=short.json "rootfs:tree of many short words"
check "text: within any number of columns" "" "$(for columns in {50..90}; do COLUMNS=$columns "$plimsoll" convert short.json | python3 wide.py "$columns"; done)"
check "text: and it takes the room that there is" yes "$([ "$(wc -L <wide.txt)" -gt 150 ] && echo yes)"
check "text: an instruction is cut between characters" "é ä ..." "$(tr -s '\n ' ' ' <wide.txt | grep -o 'é ä [.][.][.]' | tail -n 1)"

# A policy that demands nothing, or nothing of this target: exit status 2, and no report that looks clean.
for try in "nothing.yaml oci:image.oci not_required" "metadata.yaml rootfs:tree out_of_scope"; do
	read -r policy target kind <<<"$try"
	"$plimsoll" check --policy $policy --output sarif=n.sarif --output junit=n.xml --output markdown=n.md --output csv=n.csv --output gitlab=n.gitlab --output gitlab-codequality=n.quality $target
	check "$kind: it is no pass" 2 $?
	check "$kind: sarif has a result" "$kind $kind warning" "$(jq -r '.runs[0] | "\(.tool.driver.rules[0].id) \(.results[0].ruleId) \(.results[0].level)"' n.sarif)"
	check "$kind: junit an error" "1" "$(grep -c "<error.*type=\"$kind\"" n.xml)"
	check "$kind: csv a line" "$kind" "$(sed -n 2p n.csv | cut -d'"' -f10)"
	check "$kind: gitlab one" "1 $kind Unknown" "$(python3 gitlab.py n.gitlab) $(jq -r '.vulnerabilities[0] | "\(.identifiers[0].value) \(.severity)"' n.gitlab)"
	check "$kind: code quality one" "$kind major" "$(jq -r '.[] | "\(.check_name) \(.severity)"' n.quality)"
	check "$kind: markdown says no pass" 0 "$(grep -c PASS n.md)"
done

# Two images in one report: each its own run, suite and comment.
"$plimsoll" check --policy policy.yaml --output sarif=two.sarif --output markdown=two.md --output gitlab=two.gitlab --output gitlab-codequality=two.quality oci:two.oci
check "two images: two runs, categories without what a build changes, titles with it" "plimsoll/linux-amd64/ oci:two.oci, one, linux/amd64
plimsoll/linux-arm64-v8/ oci:two.oci, two, linux/arm64/v8" "$(jq -r '.runs[].automationDetails | "\(.id) \(.description.text)"' two.sarif)"
"$plimsoll" check --policy policy.yaml --output json=two.json oci:two.oci
jq -c '.images += [.images[1], .images[1], .images[1], .images[1]] | .images[2:][].subject.platform = "linux/arm64" | .images[4].subject.platform = "linux/arm-v7" | .images[5].subject.platform = "linux/arm/v7" | .images[1].subject.platform = "linux/ar%/m64/../v 8"' two.json >six.json
check "images of one platform are numbered, a platform is one word" "plimsoll/linux-amd64/
plimsoll/linux-ar%25-m64-..-v%208/
plimsoll/linux-arm64/
plimsoll/linux-arm64/2/
plimsoll/linux-arm-v7/
plimsoll/linux-arm-v7/2/" "$("$plimsoll" convert --output sarif six.json | jq -r '.runs[].automationDetails.id')"
"$plimsoll" check --policy policy.yaml --as registry.example.com/team/web:1 --output sarif=as.sarif oci:layers.oci
check "where it will live is part of the category" "plimsoll/registry.example.com/team/web/linux-amd64/" "$(jq -r '.runs[].automationDetails.id' as.sarif)"
check "a tree has no platform" "plimsoll/rootfs/" "$(jq -r '.runs[].automationDetails.id' n.sarif)"
check "gitlab: two messages, no id twice" "2 $(jq length two.quality)" "$(jq '.scan.messages | length' two.gitlab) $(python3 gitlab.py two.gitlab)"
check "code quality: no fingerprint twice" "$(jq length two.quality)" "$(jq -r '.[].fingerprint' two.quality | sort -u | wc -l)"
check "and two comments" 2 "$(grep -c '^## ' two.md)"

# A vulnerability, with all that is known of it.
"$plimsoll" check --policy policy.yaml --db a.db --at 2026-06-01 --output gitlab=l.gitlab oci:layers.oci
check "gitlab: a vulnerability" "CVE-2026-0001 TEST-1 vulnerabilities/CVE-2026-0001
CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
https://advisories.example.org/1
Critical two 1 debian 12 Upgrade \`two\` to \`2\`" "$(jq -r '.vulnerabilities[0] | ([.identifiers[].value] | join(" ")), .cvss_vectors[0].vector, .links[0].url,
	"\(.severity) \(.location.dependency.package.name) \(.location.dependency.version) \(.location.operating_system) \(.solution)"' l.gitlab)"
check "and the others" "$(jq '.vulnerabilities | length' l.gitlab)" "$(python3 gitlab.py l.gitlab)"

printf 'plimsoll: v1\nname: t\nrules: [{id: t/twice, title: T, query: "SELECT %s AS path, 0 AS layer UNION ALL SELECT %s, 1"}]\n' "'/x'" "'/x'" >twice.yaml
"$plimsoll" check --policy twice.yaml --output json=t.json --output gitlab=t.gitlab oci:layers.oci
check "gitlab: one path in two layers is two things" "2 1 2" "$(jq '.findings | length' t.json) $(jq -r '.findings[].id' t.json | sort -u | wc -l) $(python3 gitlab.py t.gitlab)"

# What each layer brought: of the final tree, each content once, removed files not at all.
"$plimsoll" check --policy policy.yaml --output json=l.json oci:layers.oci
layer() { jq -r ".inventory.layers[$1] | \"\(.files) \(.bytes) \(.packages) \(.instruction)\"" l.json; }
check "layers: files, bytes and packages of the first" "1 24 1 FROM" "$(layer 0)"
check "and of the second" "3 $(cat bytes) 2 RUN <script>alert(1)</script>" "$(layer 1 | sed 's/ && .*//')"
check "layers: their files are all of them" 4 "$(jq '.inventory.files' l.json)"
exit $failed
