#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How long Docker's authorization plugin takes: guard-docker.sh [PLIMSOLL]
#
# Starts Docker Engine behind the plugin, and asks the plugin N (2000) times as the engine does: reading (PASS), a start of an approved image
# from what is remembered (START, for which it asks the engine twice, which asks it again each time), and a create (its early word).  Prints p50, p99 and the
# longest in milliseconds, then questions a second on PARALLEL (8) connections.  Needs root and dockerd; judges nothing.
plimsoll=$(realpath "${1:-$(dirname "$0")/../build-gcc/src/cli/plimsoll}")
. "$(dirname "$0")/../tests/cli/compare.bash"
. "$root/tests/registry/registry.bash"
export XDG_CACHE_HOME=$work/cache HOME=$work DOCKER_HOST=unix://$work/docker.sock DOCKER_CONFIG=$work REGISTRY_AUTH_FILE=$work/auth.json
echo '{}' >auth.json
name=plimsoll-bench-$$ plugin=/run/docker/plugins/plimsoll-bench-$$.sock engine='' guard=''
clean() {
	docker rm --force web
	kill "$engine" && wait "$engine"
	kill "$guard" && wait "$guard"
	umount "$work"/docker-run/netns/* "$work/docker"
	rm -f "$plugin"
} >/dev/null 2>&1
trap "clean; $(trap -p EXIT | sed "s/^trap -- '//; s/' EXIT\$//")" EXIT

mkdir a && echo 1 >a/file
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >config.json
"$root/tools/oci-image" one.oci config.json a
printf 'plimsoll: v1\nname: bench\nmetadata: {user: {root: deny}}\n' >p.yaml
registry_start || exit 3
here=$registry_address
{
	"$plimsoll" key generate --no-passphrase --out approve && "$plimsoll" key generate --no-passphrase --role assign --out assign
	registry_put one.oci team/web:1
	"$plimsoll" attest --policy p.yaml --plain-http "$here" --key approve.key "docker://$here/team/web:1"
	printf 'plimsoll_assign: v1\nrules:\n  - {name: team, repositories: ["%s/team/*"], keys: approve.pub}\n' "$here" >assign.yaml
	"$plimsoll" assign sign --key assign.key assign.yaml
} >out 2>&1 || { cat out >&2; exit 3; }
"$plimsoll" guard docker --listen "$plugin" --engine "$work/docker.sock" --assign assign.yaml.signed --assign-key assign.pub --memory memory --plain-http "$here" \
	--log "$work/log" --status "$work/status.sock" 2>guard.err &
guard=$!
dockerd --host "$DOCKER_HOST" --data-root "$work/docker" --exec-root "$work/docker-run" --pidfile "$work/docker.pid" --bridge none --iptables=false \
	--ip6tables=false --storage-driver vfs --authorization-plugin "$name" >docker.log 2>&1 &
engine=$!
for _ in $(seq 300); do docker version >out 2>&1 && break; sleep 0.1; done
docker pull --quiet "$here/team/web:1" >out 2>&1 && id=$(docker create --network none --name web "$here/team/web:1") || { cat out guard.err >&2; tail -n 3 docker.log >&2; exit 3; }

python3 - "$plugin" "$id" "$here/team/web:1" "${N:-2000}" "${PARALLEL:-8}" <<'P'
import base64, http.client, json, socket, sys, threading, time

plugin, id, image, n, parallel = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
create = base64.b64encode(json.dumps({"Image": image, "HostConfig": {"NetworkMode": "none"}}).encode()).decode()
questions = {
    "PASS": {"RequestMethod": "GET", "RequestUri": "/v1.41/containers/json", "RequestHeaders": {}},
    "START": {"RequestMethod": "POST", "RequestUri": f"/v1.41/containers/{id}/start", "RequestHeaders": {"Content-Length": "0"}},
    "CREATE": {"RequestMethod": "POST", "RequestUri": "/v1.41/containers/create", "RequestHeaders": {"Content-Type": "application/json"}, "RequestBody": create},
}


def ask(kind, times):
    connection = http.client.HTTPConnection("plugin")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(plugin)
    body, took = json.dumps(questions[kind]), []
    for _ in range(times):
        began = time.perf_counter()
        connection.request("POST", "/AuthZPlugin.AuthZReq", body)
        said = connection.getresponse().read()
        took.append((time.perf_counter() - began) * 1000)
        assert json.loads(said)["Allow"], said
        if kind == "START":
            connection.request("POST", "/AuthZPlugin.AuthZRes", body)
            connection.getresponse().read()
    return took


print("| question | p50 ms | p99 ms | longest ms |\n| --- | ---: | ---: | ---: |")
for kind in questions:
    ask(kind, 50)
    took = sorted(ask(kind, n))
    print(f"| {kind} | {took[n // 2]:.2f} | {took[n * 99 // 100]:.2f} | {took[-1]:.2f} |")
for kind in questions:
    threads = [threading.Thread(target=ask, args=(kind, n // parallel)) for _ in range(parallel)]
    began = time.perf_counter()
    [t.start() for t in threads], [t.join() for t in threads]
    print(f"{kind}: {n / (time.perf_counter() - began):.0f} a second on {parallel} connections")
P
