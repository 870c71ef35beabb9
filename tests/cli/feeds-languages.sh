#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Feeds of single languages in formats of their own: ruby-advisory-db, and the PHP Security Advisories Database.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
put() { mkdir -p "$(dirname "$1")"; cat >"$1"; }
build() { "$plimsoll" db build --from feeds --output a.db >build.txt 2>&1; }
spans() { "$plimsoll" db show --db a.db "$1" | jq -r '.advisories[0].affected[] | "\(.ecosystem) \(.package): " + ([.events[] | to_entries[] | "\(.key) \(.value)"] | join(", "))'; }

# What is neither patched nor unaffected.
ruby() { put "feeds/ruby/$1.yml" <<<"---
${2:-gem}: $(basename "$(dirname "$1")")
date: 2026-01-02
title: T
$3"; }
ruby gems/demo/CVE-2026-1 gem 'cve: 2026-1
ghsa: aaaa-bbbb-cccc
url: https://example.org/1
cvss_v3: 9.8
cvss_v2: 1.0
patched_versions:
  - "~> 2.3.5"
  - "~> 2.4.0.rc1"
  - ">= 3.0.1"
unaffected_versions:
  - "< 2.0"'
ruby gems/other/GHSA-x gem 'patched_versions: [">= 1.0, < 1.1", "> 2"]'
ruby gems/never/OSVDB-1 gem ''
ruby gems/old/CVE-2026-8 gem $'cvss_v2: 10.0\npatched_versions: ["> 1"]'
ruby gems/odd/CVE-2026-9 gem $'cvss_v3: none yet\npatched_versions: ["> 1"]'
ruby rubies/jruby/CVE-2026-2 engine 'patched_versions: [">= 9.4"]'
build
check "patched and unaffected" "RubyGems demo: introduced 2.0, fixed 2.3.5, introduced 2.4.a, fixed 2.4.0.rc1, introduced 2.5.a, fixed 3.0.1" "$(spans CVE-2026-1)"
check "words" 'CVE-2026-1 GHSA-aaaa-bbbb-cccc critical T https://example.org/1 2026-01-02T00:00:00Z' "$("$plimsoll" db show --db a.db CVE-2026-1 | jq -r '.advisories[0] | "\(.aliases | join(" ")) \(.severity) \(.title) \(.url) \(.published)"')"
check "in between" "RubyGems other: introduced 0, fixed 1.0, introduced 1.1, last_affected 2" "$(spans GHSA-x)"
check "nothing patched" "RubyGems never: introduced 0" "$(spans OSVDB-1)"
check "an engine" "generic jruby: introduced 0, fixed 9.4" "$(spans CVE-2026-2)"
check "version 2 has a scale of its own, and words are no scores" "high -" "$(for id in CVE-2026-8 CVE-2026-9; do "$plimsoll" db show --db a.db $id | jq -r '.advisories[0].severity // "-"'; done | xargs)"
check "one feed" "6 records  2026-01-02" "$(sed -n 's/^taken  *ruby-advisory-db  *//p' build.txt)"
put root/usr/lib/ruby/gems/3.1.0/specifications/demo-2.4.0.gemspec <<<$'Gem::Specification.new do |s|\n  s.name = "demo"\n  s.version = "2.4.0"\nend'
put root/gems/specifications/demo-2.2.0.gemspec <<<$'Gem::Specification.new do |s|\n  s.name = "demo"\n  s.version = "2.2.0"\nend'
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\n' >policy.yaml
"$plimsoll" check --policy policy.yaml --db a.db --at 2026-03-05 --output json rootfs:root >verdict.json 2>log
check "a gem" "CVE-2026-1 demo 2.2.0" "$(jq -r '.findings[] | "\(.vulnerability.id) \(.evidence.package) \(.evidence.version)"' verdict.json)"
ruby gems/bad/CVE-2026-3 gem 'patched_versions: [">= x"]'
build
check "no requirement" "refused as ruby-advisory-db: line 5: '>= x': no version of RubyGems" "$(sed -n 's/^skipped .*bad.CVE-2026-3.yml: //p' build.txt)"
ruby gems/bad/CVE-2026-3 gem $'\tx: ['
build
check "no YAML" 1 "$(grep -c 'bad/CVE-2026-3.yml: refused as ruby-advisory-db: .*CVE-2026-3.yml:' build.txt)"
check "nothing of it is left" 0 "$(grep -c ^taken build.txt)"
rm -r feeds

# Branches.
put feeds/php/acme/tool/CVE-2026-4.yaml <<'Y'
title:     "T"
link:      https://example.org/4
cve:       CVE-2026-4
branches:
    1.x:
        time:     2026-01-03 23:55:51
        versions: ['>=1.0', '<1.2.3']
    2.0.x:
        time:     2026-01-02 00:00:00
        versions: ['>2.0.0-beta1', '<=2.0.4']
    old:
        time:     ~
        versions: [<0.9]
reference: composer://Acme/Tool
Y
put feeds/php/acme/tool/2026-01-01.yaml <<<$'title: U\nlink: x\nbranches: {master: {time: ~, versions: [">=3.0-RC1"]}}\nreference: composer://acme/tool'
build
check "branches" "Packagist acme/tool: introduced 1.0-dev, fixed 1.2.3
Packagist acme/tool: introduced_after 2.0.0-beta1, last_affected 2.0.4
Packagist acme/tool: introduced 0, fixed 0.9" "$(spans CVE-2026-4)"
check "when" "2026-01-02T00:00:00Z 2026-01-03T23:55:51Z 2026-01-02T00:00:00Z null" "$("$plimsoll" db show --db a.db CVE-2026-4 | jq -r '.advisories[0] | "\(.published) \([.affected[].fix_known | tostring] | join(" "))"')"
check "without a CVE" "Packagist acme/tool: introduced 3.0-RC1" "$(spans acme/tool/2026-01-01)"
check "of PHP one feed" "2 records  2026-01-02" "$(sed -n 's/^taken  *friendsofphp  *//p' build.txt)"
put feeds/php/acme/tool/x.yaml <<<$'title: U\nbranches: {master: {versions: ["~3"]}}\nreference: composer://acme/tool'
build
check "no bound" "refused as friendsofphp: line 2: no bound that can be read" "$(sed -n 's/^skipped .*x.yaml: //p' build.txt)"
exit $failed
