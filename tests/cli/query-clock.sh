#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Whatever way a query asks for the time, it is the evaluation's: the machine's would let a verdict change that is made again, and hide what comes from forecasts.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
mkdir -p tree/etc tree/var/lib/dpkg && printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
printf 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >tree/var/lib/dpkg/status

rule() { # SQL: one value, which a rule's finding then tells
	printf 'plimsoll: v1\nname: t\nrules:\n  - {id: t/clock, severity: low, title: t, query: "SELECT CAST((%s) AS TEXT) AS setting"}\n' "$1" >clock.yaml
	"$plimsoll" check --policy clock.yaml --at "${at:-2026-01-31T12:34:56Z}" --output json rootfs:tree 2>err | jq -r '.findings[].evidence.setting'
}
while IFS='|' read -r sql wanted; do
	check "$sql" "$wanted" "$(rule "$sql")"
done <<'L'
date('now')|2026-01-31
date()|2026-01-31
time('now')|12:34:56
datetime('NOW')|2026-01-31 12:34:56
datetime('now', '-31 days')|2025-12-31 12:34:56
strftime('%s', 'now')|1769862896
strftime('%Y')|2026
unixepoch()|1769862896
julianday('now') = julianday('2026-01-31T12:34:56')|1
CURRENT_DATE|2026-01-31
CURRENT_TIME|12:34:56
CURRENT_TIMESTAMP|2026-01-31 12:34:56
CAST(strftime('%s', CURRENT_TIMESTAMP) AS INTEGER) = :now|1
L
check "before 1970" 1969-12-31 "$(at=1969-12-31 rule "date('now')")"
check "each evaluation its own" "2026-03-01 2027-03-01" "$(at=2026-03-01 rule "date('now')") $(at=2027-03-01 rule "date('now')")"
# Where the machine is makes no difference either.
for zone in UTC JST-9 America/New_York; do
	check "local time in $zone" "2026-01-31 12:34:56" "$(TZ=$zone rule "datetime('now', 'localtime')")"
done
# Without --at it is today, the same for both ways of asking.
check "a query asks now" "1,1" "$("$plimsoll" query --output csv rootfs:tree "SELECT strftime('%s', 'now') = CAST(:now AS TEXT), abs(:now - $(date +%s)) < 60" 2>err | tail -n 1 | tr -d '\r')"
exit $failed
