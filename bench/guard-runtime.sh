#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a start waits for the door in front of the runtime, from the memory: with a runtime that does nothing behind it, the same without the door, and how
# much of it the engine's records are: bench/guard-runtime.sh BUILD [IMAGES [ROUNDS]].
plimsoll=$(realpath "${1:-build-gcc}")/src/cli/plimsoll images=${2:-100} rounds=${3:-200}
. "$(dirname "$0")/../tests/cli/compare.bash"
. "$root/tests/registry/registry.bash"
. "$root/tests/cli/bundles.bash"
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run REGISTRY_AUTH_FILE=$work/auth.json XDG_STATE_HOME=$work/state
echo '{}' >auth.json
mkdir -p a/etc
printf 'ID=debian\nVERSION_ID=12\n' >a/etc/os-release
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >config.json
"$root/tools/oci-image" one.oci config.json a
printf 'plimsoll: v1\nname: p\nmetadata: {user: {root: deny}}\n' >p.yaml
for key in approve "assign --role assign"; do "$plimsoll" key generate --no-passphrase --out $key >out 2>err || cat err; done
registry_start || exit 1
here=$registry_address
digest=$(registry_put one.oci team/web:1)
"$plimsoll" attest --policy p.yaml --plain-http "$here" --key approve.key "docker://$here/team/web:1" >out 2>err || cat err
printf 'plimsoll_assign: v1\nrules:\n  - {name: team, repositories: ["%s/team/*"], keys: approve.pub, policies: p.yaml}\n' "$here" >assign.yaml
"$plimsoll" assign sign --key assign.key assign.yaml >out 2>err || cat err
cat >runtime.conf <<Y
plimsoll_guard: v1
runtime: /bin/true
assign: $work/assign.yaml.signed
assign_keys: [$work/assign.pub]
memory: $work/memory
log: $work/log
plain_http: ["$here"]
docker: $work/docker
podman: $work/podman
Y
docker_image docker one.oci "$here/team/web:1" "$digest"
# Other images that the engine has.
jq -c --argjson n "$images" 'reduce range($n) as $i (.; .Repositories["example.com/team/app\($i)"] = {"example.com/team/app\($i):1": "sha256:\($i)", "example.com/team/app\($i)@sha256:\("0" * 60 + "\(1000 + $i)")": "sha256:\($i)"})' \
	docker/image/overlay2/repositories.json >r && mv r docker/image/overlay2/repositories.json
docker_container docker one.oci "$here/team/web:1"
bundle=$(docker_bundle docker)
storage_image podman one.oci "$here/team/web:1" "$digest"
docker_id=$id docker_at=$bundle
storage_container podman one.oci "$here/team/web:1"

time_of() { # COMMAND...
	python3 - "$rounds" "$@" <<'P'
import resource, subprocess, sys, time
rounds, command = int(sys.argv[1]), sys.argv[2:]
times = []
def used():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
cpu = used()
for _ in range(rounds + 5):
    begin = time.perf_counter()
    status = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    times.append((time.perf_counter() - begin) * 1000)
    assert status == 0, f"{command}: {status}"
times = sorted(times[5:])
print(f"{times[len(times) // 2]:.1f} {times[len(times) * 99 // 100]:.1f} {(used() - cpu) * 1000 / (rounds + 5):.1f}")
P
}
door=("$plimsoll" guard runtime --config runtime.conf)
row() { # WHAT COMMAND...
	local what=$1
	shift
	read -r half most cpu <<<"$(time_of "$@")"
	printf '| %s | %s | %s | %s |\n' "$what" "$half" "$most" "$cpu"
}
printf '| %d images, %d starts | p50 ms | p99 ms | CPU ms |\n| --- | ---: | ---: | ---: |\n' "$images" "$rounds"
row "a runtime that does nothing, without the door" /bin/true create --bundle "$docker_at" "$docker_id"
row "what starts nothing (state)" "${door[@]}" state "$docker_id"
row "Docker's container, remembered" "${door[@]}" create --bundle "$docker_at" "$docker_id"
row "podman's container, remembered" "${door[@]}" create --bundle "$bundle" "$id"
