#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# For ten real packages of each distribution and registry the state that the publisher's own record shows (tests/cases/states/published.tsv), where
# the real feeds are at hand (PLIMSOLL_FEEDS, or ../shared/feeds).
set -u
export LC_ALL=C
plimsoll=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
feeds=${PLIMSOLL_FEEDS:-$root/../shared/feeds}
[ -d "$feeds" ] || { echo "there are no real feeds here: set PLIMSOLL_FEEDS"; exit 77; }
. "$(dirname "$0")/compare.bash"

"$plimsoll" db build --from "$feeds" --output a.db >build.txt || { cat build.txt; exit 1; }
"$plimsoll" db search --db a.db '**' | sort >said.tsv
cases=$root/tests/cases/states/published.tsv
for ecosystem in $(grep -v '^#' "$cases" | cut -f1 | sort -u); do
	grep "^$ecosystem	" "$cases" | sort >wanted.tsv
	check "$ecosystem" "$(cat wanted.tsv)" "$(comm -12 wanted.tsv said.tsv)"
done
exit $failed
