#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Red Hat's own documents, where they are at hand (PLIMSOLL_FEEDS, or ../shared/feeds): as many statements in each state as jq finds.
set -u
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
sample=${PLIMSOLL_FEEDS:-$root/../shared/feeds}/rhel/redhat-csaf-vex-sample.tar.zst
[ -e "$sample" ] || { echo "there are no real feeds here: set PLIMSOLL_FEEDS"; exit 77; }
mkdir feeds && zstd -qdc "$sample" | tar x -C feeds || exit 3
"$plimsoll" db build --from feeds --output a.db >build.txt || { cat build.txt; exit 1; }

# What is a package of a release: CVE, CPE, name, stream and state, once for all architectures and builds.
jq -r 'select(.document.publisher.namespace | contains("redhat"))
	| (.document.category == "csaf_vex" | if . then "redhat-vex" else "redhat-advisories" end) as $feed
	| ([.product_tree | .. | .product? // empty | {key: .product_id, value: .product_identification_helper}] | from_entries) as $products
	| ([.product_tree.relationships[] | {key: .full_product_name.product_id, value: [.product_reference, .relates_to_product_reference]}] | from_entries) as $of
	| .vulnerabilities[] | .cve as $cve
	| ([.remediations[]? | .details as $why | select(.category == "none_available" or .category == "no_fix_planned") | .product_ids[] |
		{key: ., value: {"Fix deferred": "deferred", "Will not fix": "wont_fix", "Out of support scope": "end_of_life"}[$why]}] | from_entries) as $why
	| .product_status | to_entries[] | .key as $status | .value[] | . as $id
	| $of[$id] // empty | ($products[.[0]].purl // "pkg:rpm/redhat/\(.[0])") as $purl | ($products[.[1]].cpe // empty) as $cpe | select($purl | startswith("pkg:rpm/"))
	| ($cpe | sub("^cpe:/[ao]:redhat:(enterprise_linux|rhel_els):(?<n>[0-9]+).*"; "rhel:\(.n)") | sub("^cpe:/[ao]:redhat:(?<s>rhel_(eus|aus|e4s|tus|eus_long_life)):(?<v>[0-9.]+).*"; "\(.s):\(.v)")
		| sub("^cpe:/[ao]:redhat:enterprise_linux_eus"; "rhel_eus") | sub("^cpe:/[ao]:redhat:"; "")) as $release
	| ($purl | sub(".*rpmmod=(?<m>[^:]*:[^:&]*).*"; "\(.m)") | if startswith("pkg:") then "" else . end) as $stream
	| {fixed: "fixed", known_not_affected: (if $purl | test("@") then "not_affected_build" else "not_affected" end), known_affected: ($why[$id] // "affected")}[$status] as $state
	| [$feed, $cve, $release, ($purl | sub("^pkg:rpm/redhat/"; "") | sub("[@?].*"; "") | gsub("%2B"; "+")), $stream, $state] | @tsv' \
	feeds/vex/*/*.json feeds/advisories/*/*.json | sort -u >said
# A build that is not affected says nothing of the package when something else is said of others.
awk -F'\t' -v OFS='\t' '{key = $1 FS $2 FS $3 FS $4 FS $5} NR == FNR {n[key] += $6 !~ /^not/; all[key] += $6 == "not_affected"; next}
	$6 ~ /^not/ && n[key] {next} $6 == "not_affected_build" {if (all[key]) next; $6 = "under_investigation"} 1' said said | sort -u >wanted
: >got
for cve in $(cut -f2 wanted | sort -u); do
	"$plimsoll" db show --db a.db "$cve" | jq -r '.id as $cve | .advisories[] | .feed as $feed | .affected[] |
		[$feed, $cve, (.ecosystem | sub("rhel-product:"; "") | sub("^rhel-(?<s>.*?):"; "rhel_\(.s):") | gsub("eus-long-life"; "eus_long_life")), .package, .module // "", .state] | @tsv'
done | sort -u >got
# Binaries of the version of their source are in its statement.
check "nothing is there that jq does not find" "" "$(comm -13 wanted got)"
for state in affected deferred wont_fix end_of_life not_affected under_investigation; do
	check "statements: $state" "$(grep -c "redhat-vex.*	$state\$" wanted)" "$(comm -12 wanted got | grep -c "redhat-vex.*	$state\$")"
done
check "vulnerabilities with fixes" "$(grep '	fixed$' wanted | cut -f1-3,5 | sort -u | wc -l)" "$(grep '	fixed$' got | cut -f1-3,5 | sort -u | wc -l)"
exit $failed
