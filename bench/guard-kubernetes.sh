#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How many reviews of an API server a guard answers out of its memory, and how soon: guard-kubernetes.sh [PLIMSOLL]
#
# Recorded reviews (tests/cases/admission) over TLS on loopback, SECONDS_EACH (10) of each kind and number of connections: the guard on one core, wrk on
# another.  Prints a row each: reviews a second, latencies, CPU of the guard's process, and what one core would do (reviews a second of CPU time, which other
# work on the machine does not change).  `run` has one image, `lists` three; `handshake` is `run` with a connection each.  Needs wrk; judges nothing.
set -eu
cd "$(dirname "$0")/.."
plimsoll=$(realpath "${1:-build-gcc/src/cli/plimsoll}") seconds=${SECONDS_EACH:-10}
cases=$PWD/tests/cases/admission
command -v wrk >/dev/null || { echo "wrk is not here" >&2; exit 3; }
ninja -C "${plimsoll%/src/cli/plimsoll}" src/cli/plimsoll src/cli/plimsoll-{guard,fetch,sign} >/dev/null || exit 3
. tests/cli/compare.bash
. "$root/tests/registry/registry.bash"
. "$root/tests/cli/guard-kubernetes.bash"
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run REGISTRY_AUTH_FILE=$work/auth.json
echo '{}' >auth.json
mkdir -p tree/etc
echo 'ID=debian' >tree/etc/os-release
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >config.json
"$root/tools/oci-image" image.oci config.json tree
printf 'plimsoll: v1\nname: bench\nmetadata: {user: {root: deny}}\n' >policy.yaml
"$plimsoll" key generate --no-passphrase --out approve >out
"$plimsoll" key generate --no-passphrase --role assign --out assign >out
registry_start
here=$registry_address
digest=$(registry_put image.oci team/web:1)
"$plimsoll" attest --policy policy.yaml --plain-http "$here" --key approve.key "docker://$here/team/web:1" >out 2>err || { cat err; exit 3; }
printf 'plimsoll_assign: v1\nrules:\n  - {name: team, repositories: ["%s/team/*"], keys: approve.pub}\n' "$here" >assign.yaml
"$plimsoll" assign sign --key assign.key assign.yaml >out
certificate tls 1
address=127.0.0.1:$(free_port)
taskset -c 0 "$plimsoll" guard kubernetes --listen "$address" --certificate tls.crt --key tls.key --assign assign.yaml.signed --assign-key assign.pub \
	--memory "$work/memory" --log "$work/log" --plain-http "$here" 2>guard.err &
guard=$!
registry_pids+=("$guard")
until grep -q serving guard.err; do sleep 0.1; done

cat >post.lua <<'L'
local file = io.open(os.getenv("REVIEW"))
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = "application/json"
if os.getenv("CLOSE") == "yes" then wrk.headers["Connection"] = "close" end
function response(status, headers, body)
	if status ~= 200 or not body:find('"allowed":true', 1, true) then print("refused: " .. body); os.exit(1) end
end
function done(summary, latency, requests)
	io.stderr:write(string.format("%d %d %.2f %.2f %.2f\n", summary.requests, summary.duration, latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
L
ticks() { awk '{print $14 + $15}' "/proc/$guard/stat"; }
row() { # NAME REVIEW CONNECTIONS
	local before requests micro p50 p99 most used
	sed "s|registry.example/team/web:[0-9]|$here/team/web@$digest|g" "$cases/$2.json" >review.json
	status validate @review.json >out
	before=$(ticks)
	REVIEW=review.json CLOSE=${CLOSE:-no} taskset -c 1 wrk -t1 -c"$3" -d"${seconds}s" -s post.lua "https://$address/validate?timeout=10s" >wrk.out 2>wrk.err || { cat wrk.out wrk.err; exit 1; }
	used=$(($(ticks) - before))
	read -r requests micro p50 p99 most < <(tail -n 1 wrk.err)
	awk -v name="$1" -v c="$3" -v n="$requests" -v us="$micro" -v t="$used" -v hz="$(getconf CLK_TCK)" -v p50="$p50" -v p99="$p99" -v most="$most" \
		'BEGIN { printf "| %s | %d | %d | %s | %s | %s | %.0f | %.0f |\n", name, c, n / us * 1e6, p50, p99, most, t / hz / n * 1e6, n / (t / hz) }'
}
echo "| review | connections | reviews a second | p50 ms | p99 ms | largest ms | CPU of one, µs | one core, reviews a second |"
echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
for connections in 1 8 64; do
	row run run $connections
	row lists lists $connections
done
CLOSE=yes row handshake run 8
