#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real overrides of NVD's configurations, where they are at hand (PLIMSOLL_FEEDS, or ../shared/feeds): every application that they name, counted without us.
set -u
plimsoll=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
feeds=$(realpath -q "${PLIMSOLL_FEEDS:-$root/../shared/feeds}")
[ -f "$feeds/nvd/nvd-data-overrides.tar.zst" ] || { echo "there are no real feeds here: set PLIMSOLL_FEEDS"; exit 77; }
. "$(dirname "$0")/compare.bash"

"$plimsoll" db build --from "$feeds/nvd" --output a.db >build.txt || { cat build.txt; exit 1; }
zstd -qdc "$feeds/nvd/nvd-data-overrides.tar.zst" | tar x
find . -path '*/data/*.json' -print0 | xargs -0 jq -r '._annotation.cve_id as $id | (.cve.configurations // [])[].nodes[].cpeMatch[]
	| select(.vulnerable and (.criteria | startswith("cpe:2.3:a:"))) | [.criteria | splits("(?<!\\\\):")] | "\(.[3]):\(.[4])\t\($id)" | gsub("\\\\(?<c>.)"; "\(.c)")' | sort -u >named.txt
check "records" "$(find . -path '*/data/*.json' | wc -l)" "$(sed -n 's/^taken  *nvd-overrides  *\([0-9]*\) records.*/\1/p' build.txt)"
"$plimsoll" db search --db a.db '**' | cut -f2,3 | sort -u >ours.txt
check "applications and their vulnerabilities" "" "$(diff named.txt ours.txt | head)"
fixes() { "$plimsoll" db show --db a.db "$1" | jq -r --arg p "$2" '.advisories[0].affected[] | select(.package == $p) | [.events[]? | to_entries[] | "\(.key) \(.value)"] + (.versions // []) | join(", ")'; }
check "what one says" "$(jq -r '[.cve.configurations[].nodes[].cpeMatch[] | select(.criteria | contains(":nodejs:node.js:")) | "introduced \(.versionStartIncluding // "0"), fixed \(.versionEndExcluding)"] | join(", ")' \
	"$(find . -name CVE-2024-22019.json)")" "$(fixes CVE-2024-22019 nodejs:node.js)"
exit $failed
