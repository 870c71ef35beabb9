#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Standard descriptors that are closed: what cannot be read or written is an error, never the channel of a process, and nothing waits for it.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
mkdir -p tree/etc && printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
printf 'plimsoll: v1\nname: t\nmetadata: {user: {root: deny}}\nrules: [{id: t/t, title: t, query: SELECT path FROM file}]\n' >p.yaml
"$plimsoll" check --policy p.yaml --output json=v.json rootfs:tree 2>err
check "with all of them" 1 "$?"
timeout 20 "$plimsoll" convert - <&- >out 2>err
check "nothing to read" "3 0 yes" "$? $(wc -c <out) $(grep -q 'plimsoll convert: ' err && echo yes)"
timeout 20 "$plimsoll" convert v.json >&- 2>err
check "convert has nowhere to write" "3 yes" "$? $(grep -q 'plimsoll convert: ' err && echo yes)"
timeout 20 "$plimsoll" check --policy p.yaml rootfs:tree >&- 2>err
check "check has nowhere to write" "3 yes" "$? $(grep -q 'plimsoll check: ' err && echo yes)"
timeout 20 "$plimsoll" query rootfs:tree "SELECT 1" >&- 2>err
check "query has nowhere to write" "3 yes" "$? $(grep -q 'plimsoll query: ' err && echo yes)"
timeout 20 "$plimsoll" check --policy p.yaml --output json=w.json rootfs:tree <&- >&- 2>&-
check "a file is written without any of them" "1 same" "$? $(cmp -s <(jq -S 'del(.evaluated_at)' v.json) <(jq -S 'del(.evaluated_at)' w.json) && echo same)"
exit $failed
