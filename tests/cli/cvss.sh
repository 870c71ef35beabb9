#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tests/cases/cvss: vectors and what is printed of them.  published.tsv: of FIRST's documents and of its calculators, with the scores that
# are printed there; recorded.tsv: at random, with the scores that another implementation gives.
set -u
plimsoll=$1
here=$(cd "$(dirname "$0")" && pwd)
. "$here/compare.bash"

for cases in "$here"/../cases/cvss/*.tsv; do
	check "${cases##*/}" "" "$(diff "$cases" <(paste <(cut -f 1 "$cases") <(cut -f 1 "$cases" | "$plimsoll" cvss)))"
done

said() { # ARGUMENTS...: what is printed, and the exit code
	local status=0 out
	out=$("$plimsoll" cvss "$@" 2>err) || status=$?
	echo "${out//$'\n'/ } $status"
}
tab=$'\t'
base=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
check "arguments" "9.8${tab}critical$tab-$tab- 10.0${tab}high$tab-$tab- 0" "$(said $base '(AV:N/AC:L/Au:N/C:C/I:C/A:C)')"
check "all three scores" "9.8${tab}critical${tab}8.9${tab}6.2 0" "$(said $base/E:P/RL:T/MAV:P)"
check "version 4" "9.3${tab}critical${tab}8.9${tab}0.0 0" "$(said CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P/MVC:N/MVI:N/MVA:N)"
check "no impact" "0.0${tab}none${tab}0.0$tab- 0" "$(said CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N/E:U)"
check "the rest is not looked at" "9.8${tab}critical$tab-$tab- 3" "$(said $base ${base%/A:H} $base)"
check "says why" "plimsoll cvss: A is missing, CVSS 3.1 needs it" "$(cat err)"
check "lines" "error: an empty vector 9.8${tab}critical$tab-$tab- error: no vector of CVSS 2.0, 3.0, 3.1 or 4.0 error: a NUL byte 0" \
	"$(printf '\n%s\nCVSS:9/AV:N\nx\0y' $base | said)"
check "no lines" " 0" "$(said </dev/null)"
check "wrong use" " 3" "$(said --score $base)"
[ -w /dev/full ] && check "what cannot be written is no answer" 3 "$(echo $base | "$plimsoll" cvss >/dev/full 2>/dev/null; echo $?)"
exit $failed
