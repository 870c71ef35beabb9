#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The doors of each start behind real engines: Docker with a runtime of ours, podman with one and with a hook, containerd 2 with a verifier, a registry of
# Debian's.  What gets past the Docker API meets them all the same: restart policies, steps of builds, another runtime's name, clients of containerd, bundles
# of one's own.  Debian 12 has no containerd that asks verifiers: that of its next release is unpacked once and kept.
plimsoll=$(realpath "$1")
kept=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/plimsoll-tests
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run XDG_STATE_HOME=$work/state
mkdir -p "$XDG_RUNTIME_DIR"
started=()
# The engines' containers first: what is stopped with its engine keeps its mounts.
end_started() {
	for ((i = ${#started[@]} - 1; i >= 0; i--)); do kill "${started[i]}" && wait "${started[i]}"; done
	started=()
	sed -n "s|^[^ ]* \($work/[^ ]*\) .*|\1|p" /proc/mounts | sort -r | xargs -r umount -l
} 2>/dev/null
trap "end_started; $(trap -p EXIT | sed "s/^trap -- '//; s/' EXIT\$//")" EXIT
[ "$(id -u)" = 0 ] || { echo "skipped: engines need root here"; exit 77; }
for program in docker-registry skopeo runc cc; do command -v $program >/dev/null || { echo "skipped: $program is not here"; exit 77; }; done

waits_for() { for ((tries = 0; tries < 200; tries++)); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done; return 1; }
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
here=127.0.0.1:$port net=(--plain-http "127.0.0.1:$port")
printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: %s/registry}, delete: {enabled: true}}\nhttp: {addr: "%s"}\nlog: {level: error}\n' "$work" "$here" >registry.yaml
docker-registry serve registry.yaml >registry.log 2>&1 &
started+=($!)
waits_for curl --silent --fail "http://$here/v2/" || { echo "skipped: docker-registry does not run here: $(tail -n 1 registry.log)"; exit 77; }

cat >hello.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int
main(int argc, char **argv)
{
	puts("hello");
	fflush(stdout);
	return argc > 1 ? (int)sleep((unsigned)atoi(argv[1])) : 0;
}
C
mkdir -p a/bin b/srv
cc -static -O1 -o a/bin/hello hello.c || { echo "skipped: nothing static can be linked here"; exit 77; }
echo bad >b/srv/bad
echo '{"User": "1000", "Entrypoint": ["/bin/hello"]}' >config.json
"$root/tools/oci-image" good.oci config.json a
"$root/tools/oci-image" bad.oci config.json a b
for image in good:1 bad:1; do skopeo copy --quiet --dest-tls-verify=false "oci:${image%:*}.oci" "docker://$here/team/$image" || exit 1; done
good=$(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$here/team/good:1")

printf 'plimsoll: v1\nname: acme/prod\nmetadata: {user: {root: deny}}\ncomponents: {forbidden: [{path: /srv/bad, reason: none}]}\nunknown: {os: warn}\n' >p.yaml
for key in approve other "assign --role assign"; do "$plimsoll" key generate --no-passphrase --out $key >out 2>err || cat err; done
"$plimsoll" attest --policy p.yaml "${net[@]}" --key approve.key "docker://$here/team/good:1" >out 2>err || cat err
"$plimsoll" attest --policy p.yaml "${net[@]}" --key approve.key "docker://$here/team/bad:1" >out 2>err
check "a failing image gets no approval" 1 $?
rules() { # KEY
	printf 'plimsoll_assign: v1\nrules:\n  - {name: team, repositories: ["%s/team/*"], keys: %s.pub, policies: p.yaml}\n' "$here" "$1" >assign.yaml
	# Its time is its number.
	sleep 1
	"$plimsoll" assign sign --key assign.key assign.yaml >out 2>err || cat err
}
rules approve
# The registry door, in front of this registry: skopeo pulls through it.
door=127.0.0.1:$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$plimsoll" guard registry --listen "$door" --upstream "$here" "${net[@]}" --assign assign.yaml.signed --assign-key assign.pub --memory door --log log >out 2>err &
registry_door=$!
waits_for curl --silent --fail "http://$door/readyz" || cat err
through() { skopeo --insecure-policy copy --src-tls-verify=false "docker://$door/team/$1:1" "oci:through:$1" >out 2>&1; }
check "the registry's door: an approved image" 0 "$(through good; echo $?)"
check "another" "1 1" "$(through bad; echo "$? $(grep -ci denied out)")"
kill -9 $registry_door
wait $registry_door 2>/dev/null
check "killed: none" 1 "$(through good; echo $?)"
conf() { # FILE RUNTIME
	cat >"$1" <<Y
plimsoll_guard: v1
runtime: $2
assign: $work/assign.yaml.signed
assign_keys: [$work/assign.pub]
memory: $work/memory
log: $work/log
plain_http: ["$here"]
docker: $work/docker
podman: $work/podman
Y
}
conf runc.conf "$(command -v runc)"
wrapper() { # FILE CONF
	printf '#!/bin/sh\nexec %s guard runtime --config %s/%s "$@"\n' "$plimsoll" "$work" "$2" >"$1"
	chmod +x "$1"
}
mkdir -p diverted
wrapper diverted/runc runc.conf
told() { # NAME runs|refused PATTERN: of the last command; each engine has a status of its own for what is refused
	check "$1" "$2 yes" "$([ "$status" = 0 ] && echo runs || echo refused) $(grep -qE -- "$3" err out && echo yes || cat err out)"
}
does() { "$@" >out 2>err; status=$?; }
refusal="plimsoll refuses $here/team/"

docker_tests() {
	export DOCKER_HOST=unix://$work/docker.sock
	docker() { timeout 120 env docker "$@"; }
	does docker pull "$here/team/good:1"; does docker pull "$here/team/bad:1"
	does docker run --rm --network none "$here/team/good:1"
	told "Docker: an approved image runs" runs '^hello$'
	does docker run --rm --network none "$here/team/good@$good"
	told "Docker: by its digest" runs '^hello$'
	does docker run --rm --network none "$(docker image inspect --format '{{.Id}}' "$here/team/good:1")"
	told "Docker: by its id" runs '^hello$'
	does docker run --name bad --network none "$here/team/bad:1"
	told "Docker: another does not, and who wanted it is told why" refused "$refusal"
	does docker start -a bad
	told "Docker: nor when it is started again" refused "$refusal"
	# Another name of a runtime: the program of that name stands behind the door, too.
	does docker run --rm --network none --runtime runc "$here/team/bad:1"
	told "Docker: with --runtime=runc, which was diverted" refused "$refusal"
	does docker run --rm --network none --runtime runc "$here/team/good:1"
	told "Docker: so is the approved one" runs '^hello$'
	# The tag moves; a container of before stays what it was.
	does docker create --name before --network none "$here/team/good:1"
	does docker tag "$here/team/bad:1" "$here/team/good:1"
	does docker run --rm --network none "$here/team/good:1"
	told "Docker: an approved tag that is another image now" refused "$refusal"
	does docker start -a before
	told "Docker: and the container that was made before" runs '^hello$'
	does docker pull "$here/team/good:1"
	# Made here: nobody approved it.
	does docker commit before "$here/team/good:committed"
	does docker run --rm --network none "$here/team/good:committed"
	told "Docker: what was committed" refused 'plimsoll refuses .*known by no name in a registry'
	printf 'FROM %s/team/good:1\nUSER 1000\nRUN ["/bin/hello"]\n' "$here" >Dockerfile
	DOCKER_BUILDKIT=0 does docker build --network none --no-cache --file Dockerfile a
	told "Docker: a step of a build" refused 'plimsoll refuses .*known by no name in a registry'
	# A restart is no call of the API.
	does docker run --detach --name always --restart always --network none "$here/team/good:1" 1000
	first=$(docker inspect --format '{{.State.Pid}}' always)
	kill -9 "$first"
	waits_for eval '[ "$(docker inspect --format "{{.State.Pid}}" always)" -gt 0 ] && [ "$(docker inspect --format "{{.State.Pid}}" always)" != '"$first"' ]'
	check "Docker: a restart of what is approved" 0 $?
	rules other
	check "Docker: what runs keeps running" true "$(docker inspect --format '{{.State.Running}}' always)"
	waits_for docker exec always /bin/hello
	does docker exec always /bin/hello
	told "Docker: and is used" runs '^hello$'
	kill -9 "$(docker inspect --format '{{.State.Pid}}' always)"
	waits_for eval 'docker inspect --format "{{.State.Error}}" always | grep -q "plimsoll refuses"'
	check "Docker: a restart of what is approved no more" "0 0" "$? $(docker inspect --format '{{.State.Pid}}' always)"
	does docker rm --force always
	check "Docker: it can be removed" 0 $status
	rules approve
	# Past the engine.
	does ctr --address "$work/docker-run/containerd/containerd.sock" images import good.docker.tar
	reference=$(ctr --address "$work/docker-run/containerd/containerd.sock" images list -q | head -n 1)
	does ctr --address "$work/docker-run/containerd/containerd.sock" run --rm --runc-binary "$work/diverted/runc" "$reference" direct
	told "containerd: a client of its own" refused 'plimsoll refuses no engine that is configured here made this bundle'
}
if [ -x "$(command -v dockerd)" ] && [ -x "$(command -v docker)" ]; then
	"$root/tools/oci-image" good.docker.tar config.json a
	jq -n --arg plimsoll "$plimsoll" --arg conf "$work/runc.conf" '{runtimes: {plimsoll: {path: $plimsoll, runtimeArgs: ["guard", "runtime", "--config", $conf]}}, "default-runtime": "plimsoll"}' >daemon.json
	PATH=$work/diverted:$PATH dockerd --config-file daemon.json --host "unix://$work/docker.sock" --data-root "$work/docker" --exec-root "$work/docker-run" --pidfile "$work/docker.pid" \
		--bridge none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false >docker.log 2>&1 &
	started+=($!)
	if waits_for env DOCKER_HOST="unix://$work/docker.sock" docker version && [ "$(DOCKER_HOST=unix://$work/docker.sock docker info --format '{{.Driver}}')" = overlay2 ]; then
		docker_tests
	else
		echo "skipped: dockerd does not run here: $(tail -n 1 docker.log)"
	fi
else
	echo "skipped: dockerd or docker, which are not here"
fi

# containerd 2
containerd_tests() { # DIRECTORY of its programs
	mkdir -p verifiers && ln -sf "$plimsoll" verifiers/plimsoll-verifier
	sed '/^runtime:/d; /^docker:/d; /^podman:/d' runc.conf >containerd.conf
	cat >containerd.toml <<T
version = 3
root = "$work/containerd"
state = "$work/containerd-run"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime"]
[grpc]
  address = "$work/containerd.sock"
[ttrpc]
  address = "$work/containerd.ttrpc"
[plugins."io.containerd.image-verifier.v1.bindir"]
  bin_dir = "$work/verifiers"
T
	PATH=$1:$PATH PLIMSOLL_GUARD_CONFIG=$work/containerd.conf containerd --config containerd.toml >containerd.log 2>&1 &
	started+=($!)
	c() { does timeout 60 "$1/ctr" --address "$work/containerd.sock" "${@:2}"; }
	waits_for "$1/ctr" --address "$work/containerd.sock" version || { echo "skipped: containerd does not run here: $(tail -n 1 containerd.log)"; return; }
	c "$1" images pull --plain-http "$here/team/good:1"
	told "containerd: an approved image is pulled" runs "$here/team/good:1"
	c "$1" images pull --plain-http "$here/team/good@$good"
	told "containerd: by its digest" runs "$here/team/good@$good"
	c "$1" images pull --plain-http "$here/team/bad:1"
	told "containerd: another is not, and who wanted it is told why" refused 'for reason: .*plimsoll refuses: there is no signature and no attestation'
	skopeo copy --quiet --src-tls-verify=false --dest-tls-verify=false "docker://$here/team/bad:1" "docker://$here/team/good:1"
	c "$1" images pull --plain-http "$here/team/good:1"
	told "containerd: a tag that moved to another image" refused 'plimsoll refuses: there is no signature and no attestation'
	# What is there does not ask again: that is for the runtime's door.
	c "$1" images pull --plain-http --local "$here/team/bad:1"
	check "containerd: what is pulled past the verifier" 0 $status
	c "$1" run --rm --runc-binary "$work/diverted/runc" "$here/team/bad:1" past
	told "containerd: is refused by the runtime's door" refused 'plimsoll refuses no engine'
	mv assign.yaml.signed kept.signed
	c "$1" images pull --plain-http "$here/team/good@$good"
	mv kept.signed assign.yaml.signed
	told "containerd: without an assign file nothing is pulled" refused 'plimsoll refuses: '
	skopeo copy --quiet --dest-tls-verify=false oci:good.oci "docker://$here/team/good:1"
}
if containerd --version 2>/dev/null | grep -q ' v\?[2-9]\.'; then
	containerd_tests "$(dirname "$(command -v containerd)")"
elif mkdir -p "$kept" && { [ -e "$kept/debian-containerd" ] || "$root/tools/debian-root" sid "$kept/debian-containerd" containerd >debian.log 2>&1; }; then
	containerd_tests "$kept/debian-containerd/usr/bin"
else
	echo "skipped: containerd 2, which Debian's next release has, cannot be had here: $(tail -n 1 debian.log)"
fi

# A bundle of one's own, by the very program.
mkdir -p own && cp -r a own/rootfs && (cd own && runc spec)
does diverted/runc --root "$work/runc-root" run --bundle own mine
told "a bundle of one's own" refused 'plimsoll refuses no engine'

cat >storage.conf <<S
[storage]
driver = "overlay"
runroot = "$work/podman-run"
graphroot = "$work/podman"
S
export CONTAINERS_STORAGE_CONF=$work/storage.conf
podman=(podman --root "$work/podman" --runroot "$work/podman-run" --tmpdir "$work/podman-tmp" --storage-driver overlay --cgroup-manager cgroupfs --events-backend none)
limits=(--ulimit nofile=1024:1024 --ulimit nproc=1024:1024)
podman_tests() { # WHAT OPTION...
	local what=$1
	shift
	p() { does timeout 120 "${podman[@]}" "${options[@]}" "$@"; }
	options=("$@")
	p run --rm --network none "${limits[@]}" "$here/team/good:1"
	told "$what: an approved image runs" runs '^hello$'
	p run --name bad --network none "${limits[@]}" "$here/team/bad:1"
	told "$what: another does not" refused "$refusal"
	p start -a bad
	told "$what: nor when it is started again" refused "$refusal"
	p rm --force bad
	p run --rm --network none "${limits[@]}" --annotation "io.kubernetes.cri.image-name=$here/team/good@$good" --annotation "io.kubernetes.cri-o.ImageName=$here/team/good:1" "$here/team/bad:1"
	told "$what: with annotations" refused "$refusal"
	p run --rm --network none "${limits[@]}" --rootfs "$work/a" /bin/hello
	told "$what: a directory" refused 'plimsoll refuses .*made of a directory'
	p tag "$here/team/bad:1" "$here/team/good:moved"
	p run --rm --network none "${limits[@]}" "$here/team/good:moved"
	told "$what: by the repository of an approved one" refused "$refusal"
	p untag "$here/team/bad:1" "$here/team/good:moved"
}
if [ -x "$(command -v podman)" ]; then
	does timeout 120 "${podman[@]}" pull --quiet --tls-verify=false "$here/team/good:1"
	does timeout 120 "${podman[@]}" pull --quiet --tls-verify=false "$here/team/bad:1"
	does timeout 120 "${podman[@]}" --runtime runc run --rm --network none "${limits[@]}" "$here/team/good:1"
	if [ "$(cat out)" = hello ]; then
		podman_tests "podman, runc" --runtime "$work/diverted/runc"
		mkdir -p hooks
		jq --arg plimsoll "$plimsoll" --arg conf "$work/runc.conf" '.hook.path = $plimsoll | .hook.args += ["--config", $conf]' "$root/packaging/oci-hooks/plimsoll.json.in" >hooks/plimsoll.json
		podman_tests "podman, hook" --runtime runc --hooks-dir "$work/hooks"
		conf crun.conf "$(command -v crun)"
		wrapper crun-behind crun.conf
		# Where groups are of both versions crun wants none of them.
		limits+=(--cgroups disabled)
		does timeout 120 "${podman[@]}" --runtime crun run --rm --network none "${limits[@]}" "$here/team/good:1"
		if [ "$(cat out)" = hello ]; then podman_tests "podman, crun" --runtime "$work/crun-behind"; else echo "skipped: crun does not run here: $(tail -n 1 err)"; fi
	else
		echo "skipped: podman does not run here: $(tail -n 1 err)"
	fi
else
	echo "skipped: podman is not here"
fi
end_started
exit $failed
