# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests of this folder: a scratch folder to stand in, which the log of what they judge goes into as well, and a comparison that shows both sides.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state PLIMSOLL_LOG=
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 3
failed=0

check() { # NAME WANTED GOT
	if [ "$2" = "$3" ]; then echo "ok $1"; else
		echo "not ok $1"; echo "  wanted:"; sed 's/^/    /' <<<"$2"; echo "  got:"; sed 's/^/    /' <<<"$3"; failed=1
	fi
}
