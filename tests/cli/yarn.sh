#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Packages in the zip archives of Yarn that Node loads from there, and the binary lock of Bun.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
put() { mkdir -p "root/$(dirname "$1")"; cat >"root/$1"; }
ask() { "$plimsoll" query --output csv rootfs:root "$1" 2>warnings | tr -d '"\r'; }
corpus=$root/fuzz/corpus/yarn_pnp
put four/.pnp.cjs <"$corpus/string"
put three/.pnp.cjs <"$corpus/literal"
put apart/.pnp.cjs <<<'const dataLocation = path.resolve(__dirname, "./.pnp.data.json");'
put apart/.pnp.data.json <<<'{"packageRegistryData": [["d", [["npm:4.0.0", {"packageLocation": "./.yarn/cache/d.zip/node_modules/d/"}]]]]}'
put lost/.pnp.cjs <<<'const dataLocation = path.resolve(__dirname, "./.pnp.data.json");'
put nowhere/.pnp.data.json <<<'{"packageRegistryData": [["n", [["npm:1.0.0", {"location": "./.yarn/cache/n.zip/node_modules/n/"}]]]]}'
put new/.pnp.cjs <<<'const STATE = 1;'
put cut/.pnp.cjs < <(head -c 300 "$corpus/string")
put bun/bun.lockb <<<'#!/usr/bin/env bun'
check "packages in the archives of Yarn, each once" 'name,version,scope,path
@s/a,1.0.0,installed,/four/.pnp.cjs
b,2.1.0,installed,/four/.pnp.cjs
d,4.0.0,installed,/apart/.pnp.data.json
old,0.1.0,installed,/three/.pnp.cjs' "$(ask "SELECT name, version, scope, path FROM package WHERE type = 'npm' ORDER BY name")"
check "nothing of these is silently nothing" "/bun/bun.lockb
/cut/.pnp.cjs
/lost/.pnp.cjs
/new/.pnp.cjs
/nowhere/.pnp.data.json
/three/.pnp.cjs" "$(grep -oE "/[a-z]*/(bun.lockb|[.]pnp[.a-z]*)" warnings | sort -u)"
exit $failed
