#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A report as a template of the user's says: mustache over the names of the verdict's JSON; what an image says stays text there; what is wrong in a template is told with its place, before anything is judged.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
"$root/tests/cases/reports/make"
"$plimsoll" check --policy policy.yaml --at 2026-06-01 --output json=v.json oci:image.oci
"$plimsoll" check --policy policy.yaml --at 2026-06-01 --output json=two.json oci:two.oci
filled() { "$plimsoll" convert --output "template:$1" "${2:-v.json}"; }
try() { printf '%s' "$1" >t.txt; filled t.txt "${2:-}"; } # TEMPLATE [VERDICT]

check "names of the verdict" "$(jq -r '"\(.result) \(.policy.name) \(.evaluated_at) \(.inventory.files) \(.areas.metadata)"' v.json)" "$(try '{{result}} {{policy.name}} {{evaluated_at}} {{inventory.files}} {{areas.metadata}}')"
check "a section for each of a list" "$(jq -r '.findings[] | "\(.rule) \(.severity) \(.action)"' v.json)" "$(try '{{#findings}}
{{rule}} {{severity}} {{action}}
{{/findings}}
')"
check "names of what stands outside" "$(jq -r '.result as $r | .findings[] | $r' v.json)" "$(try '{{#findings}}
{{result}}
{{/findings}}
')"
check "each image of several" "$(jq -r '.images[] | "\(.subject.platform) \(.result)"' two.json)" "$(try '{{#images}}
{{subject.platform}} {{result}}
{{/images}}
' two.json)"
check "what is there in one and not in the other" "one" "$(try '{{#images}}more{{/images}}{{^images}}one{{/images}}')"
check "the item itself, truth, other delimiters, comments" "T-1|false|{{x}}" "$(try '{{#exceptions.unused}}{{ticket}}{{/exceptions.unused}}|{{data.sample}}{{! nothing }}|{{=<% %>=}}{{x}}')"
check "references, each" "$(jq -r '[.findings[0].references // [] | .[]] | join(",")' v.json)" "$(try '{{#findings}}{{#references}}{{.}},{{/references}}{{/findings}}' | tr -d '\n' | cut -d , -f 1-"$(jq '.findings[0].references | length' v.json)")"

# What an image says: markup in HTML, a string in JSON, printable elsewhere; as it is only where the template asks for it.
all='{{#findings}}<{{evidence.path}}|{{title}}>{{/findings}}'
printf '%s' "$all" >r.html; filled r.html >out.html
check "HTML: no element of an image" "" "$(grep -o '<script\|<img' out.html)"
check "HTML: it is all there" yes "$(grep -q '&lt;img src=x&gt;|`@all`&amp;&quot;&#39;.key' out.html && echo yes)"
cp r.html r.html.mustache; check "by the name before .mustache" "$(sha256sum <out.html)" "$(filled r.html.mustache | sha256sum)"
printf '[{{#findings}}"{{evidence.path}}",{{/findings}}null]' >r.json
check "JSON: strings stay strings" "$(jq -c '.findings | map(.evidence.path // "")' v.json)" "$(filled r.json | jq -c '.[:-1]')"
check "text: nothing that a terminal obeys" "" "$(try "$all" | LC_ALL=C grep -o $'[\001-\010\033]')"
check "as it is" "$(jq -r '[.findings[].evidence.path // empty] | join("")' v.json | sha256sum)" "$({ try '{{#findings}}{{{evidence.path}}}{{/findings}}'; echo; } | sha256sum)"

# To where it is asked for, beside others, and from check.
printf '{{result}}\n' >a.txt; printf '{{policy.name}}\n' >b.txt
"$plimsoll" check --policy policy.yaml --at 2026-06-01 --output template:a.txt=a.out --output template:b.txt=b.out --output json oci:image.oci >c.json
status=$?
check "several, and the exit status" "1 fail $(jq -r .policy.name v.json) fail" "$status $(cat a.out) $(cat b.out) $(jq -r .result c.json)"

wrong() { # NAME WANTED TEMPLATE
	printf '%s' "$3" >bad.txt
	"$plimsoll" check --output template:bad.txt=out oci:nowhere.oci >/dev/null 2>err
	check "wrong: $1" "3 plimsoll check: bad.txt:$2" "$? $(head -n 1 err)"
}
wrong "a section without an end" "2:3: the section does not end: 'findings'" 'a
b {{#findings}} x'
wrong "an end without a section" "1:1: no section is open that could end here: 'x'" '{{/x}}'
wrong "crossed" "1:13: another section is to end first: 'b'" '{{#a}}{{#b}}{{/a}}{{/b}}'
wrong "a tag without an end" "1:2: a tag that does not end" 'x{{result'
wrong "a tag without a name" "1:1: a tag without a name" '{{ }}'
wrong "a partial" "1:1: a template is one file; there is no partial 'other'" '{{> other}}'
wrong "delimiters" "1:1: no two delimiters: 'a b c'" '{{=a b c=}}'
wrong "too deep" "1:193: sections in each other beyond limit TEMPLATE_DEPTH_COUNT: 'a'" "$(printf '{{#a}}%.0s' {1..40})"
printf 'x\n{{findings}}' >bad.txt
"$plimsoll" convert --output template:bad.txt v.json >out 2>err
check "wrong: a list as a text" "3 plimsoll convert: bad.txt:2:1: a list is no text, write a section: 'findings' 0" "$? $(head -n 1 err) $(wc -c <out)"
printf '{{subject}}' >bad.txt
check "wrong: an object as a text" "plimsoll convert: bad.txt:1:1: an object is no text, write a section or a dotted name: 'subject'" "$("$plimsoll" convert --output template:bad.txt v.json 2>&1)"
printf '{{#findings}}{{#findings}}{{#findings}}{{#findings}}{{#findings}}{{#findings}}{{#findings}}{{#findings}}{{/findings}}{{/findings}}{{/findings}}{{/findings}}{{/findings}}{{/findings}}{{/findings}}{{/findings}}' >bad.txt
check "lists in lists have an end" "3 plimsoll convert: bad.txt:1: more than limit TEMPLATE_STEPS parts are filled" "$(timeout 60 "$plimsoll" convert --limit TEMPLATE_STEPS=100000 --output template:bad.txt v.json 2>err; echo $?) $(sed 's/:1:[0-9]*:/:1:/;q' err)"
printf '{{#findings}}%01000d{{/findings}}' 0 >bad.txt
check "so has what is written" "3 limit TEMPLATE_BYTES 0" "$("$plimsoll" convert --limit TEMPLATE_BYTES=1000 --output template:bad.txt v.json >out 2>err; echo $?) $(grep -o 'limit TEMPLATE_BYTES' err) $(wc -c <out)"
check "no file" "3 plimsoll convert: none.txt: " "$("$plimsoll" convert --output template:none.txt v.json 2>err; echo $?) $(grep -o 'plimsoll convert: none.txt: ' err)"
check "no name" 3 "$("$plimsoll" convert --output template: v.json 2>/dev/null; echo $?)"
exit $failed
