#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# packaging/docker and packaging/build: the plugin under Docker's own command line, where that is here, and without; the Dockerfile's shell on trees,
# and all of it with podman, where that can build.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export HOME=$work XDG_CACHE_HOME=$work/cache XDG_RUNTIME_DIR=$work/run DOCKER_CONFIG=$work/docker PATH=$(dirname "$plimsoll"):$PATH
unset DOCKER_HOST DOCKER_CONTEXT
mkdir -p docker/cli-plugins run
echo '{}' >docker/config.json
plugin=$root/packaging/docker/docker-plimsoll
ln -s "$plugin" docker/cli-plugins/docker-plimsoll

check "metadata" '0.1.0 plimsoll '"$("$plimsoll" --version | cut -d' ' -f2)" "$("$plugin" docker-cli-plugin-metadata | jq -r '[.SchemaVersion, .Vendor, .Version] | join(" ")')"
check "metadata without plimsoll" "0.1.0 plimsoll" "$(mkdir none; for tool in dirname readlink; do ln -s "$(command -v $tool)" none/; done; cp "$plugin" none/alone; PATH=$work/none /bin/sh none/alone docker-cli-plugin-metadata | jq -r '[.SchemaVersion, .Vendor] | join(" ")')"
check "it is called with its name" "0 <" "$(DOCKER_HOST=x "$plugin" plimsoll version compare dpkg 1 2 >out; echo "$? $(cat out)")"
check "and by Docker only" "3 1" "$("$plugin" version compare 2>err; echo "$? $(grep -c 'docker runs this' err)")"
mkdir -p prefix/bin prefix/libexec/docker/cli-plugins
printf '#!/bin/sh\necho "installed $DOCKER_HOST $DOCKER_CONFIG:" "$@"\n' >prefix/bin/plimsoll
cp "$plugin" prefix/libexec/docker/cli-plugins/
chmod +x prefix/bin/plimsoll
installed() { "$work/prefix/libexec/docker/cli-plugins/docker-plimsoll" "$@" 2>&1; }
check "installed, it runs what was installed with it" "installed h $DOCKER_CONFIG: check a b c" "$(DOCKER_HOST=h installed plimsoll check a "b c")"
for option in "--host s" "--host=s" "-H s" "-Hs" "-H=s"; do
	# shellcheck disable=SC2086
	check "the engine that is meant: $option" "installed s $DOCKER_CONFIG: check plimsoll" "$(DOCKER_HOST=h installed -D $option --log-level debug plimsoll check plimsoll)"
done
check "another configuration" "installed s other: check" "$(installed --config other --host s plimsoll check)"
printf '#!/bin/sh\n[ "$5" != gone ] && echo "of ${5:-the current context}"\n' >fake-docker
chmod +x fake-docker
export DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND=$work/fake-docker
check "a context" "installed of away $DOCKER_CONFIG: check" "$(DOCKER_HOST=h installed --context away plimsoll check)"
check "the current one" "installed of the current context $DOCKER_CONFIG: check" "$(installed plimsoll check)"
check "one that is not there" "docker-plimsoll: there is no context gone" "$(installed -c gone plimsoll check)"
unset DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND

mkdir -p base/etc base/var/lib/dpkg app
printf 'ID=debian\nVERSION_ID=12\n' >base/etc/os-release
printf 'Package: telnetd\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n' >base/var/lib/dpkg/status
printf '#!/bin/sh\n' >app/run
chmod 755 app/run
printf 'plimsoll: v1\nname: pass\ncomponents: {required: [{name: telnetd}]}\n' >pass.yaml
printf 'plimsoll: v1\nname: fail\ncomponents: {forbidden: [{name: telnetd}]}\n' >fail.yaml
printf 'plimsoll: v1\nname: unknown\nvulnerabilities: {deny: [{severity: high}]}\n' >unknown.yaml
if command -v docker >/dev/null && docker --help 2>/dev/null | grep -q '^ *plimsoll\*'; then
	check "docker plimsoll" "0 <" "$(docker plimsoll version compare dpkg 1 2 >out; echo "$? $(cat out)")"
	for policy in "pass 0" "fail 1" "unknown 2" "nosuch 3"; do
		docker plimsoll check --policy "${policy% *}.yaml" rootfs:base >out 2>&1
		check "docker plimsoll check: ${policy% *}" "${policy#* }" $?
	done
	check "docker plimsoll asks the engine that docker would" "3 1 1" "$(docker --host "unix://$work/nobody" plimsoll check docker-daemon:x 2>err; echo "$? $(grep -c "$work/nobody: no engine listens" err) $(docker context create away --docker "host=unix://$work/away" >out 2>&1; docker --context away plimsoll check docker-daemon:x 2>&1 | grep -c "$work/away: no engine listens")")"
else
	echo "skipped: there is no docker here that takes plugins"
fi

# The shell of the gate in the Dockerfile.
cat >gate.py <<'P'
import re, sys
text = re.sub(r"\\\n\s*", "", open(sys.argv[1]).read())
(command,) = [line for line in text.splitlines() if line.startswith("RUN ")]
print(re.sub(r"^RUN (--mount=\S+ +)*", "", command).replace("rootfs:/image", "rootfs:base").replace("/gate/", "gate/"))
P
python3 gate.py "$root/packaging/build/Dockerfile.gate" >gate.sh
mkdir gate
for policy in "pass 0 yes" "fail 1 no" "unknown 2 no"; do
	read -r name status passed <<<"$policy"
	rm -f gate/passed
	cp "$name.yaml" gate/policy.yaml
	GATE_DAY=2026-11-20 sh gate.sh >out 2>&1
	check "the Dockerfile's gate: $name" "$status $passed" "$? $([ -e gate/passed ] && echo yes || echo no)"
done

# All of the Dockerfile.
"$plimsoll" doctor | grep -q sanitizer && { echo "skipped: an image of the gate is not made of a build with sanitizers"; exit $failed; }
build() { podman --root "$work/store" --runroot "$work/run/store" --storage-driver vfs "$@"; }
mkdir -p tree/bin tree/tmp
cp "$plimsoll" /bin/touch tree/bin/
cp -L /bin/sh tree/bin/sh
ldd "$plimsoll" /bin/touch /bin/sh | grep -o '/[^ ]*\.so[^ ]*' | sort -u | while read -r library; do mkdir -p "tree$(dirname "$library")" && cp -L "$library" "tree$library"; done
if command -v podman >/dev/null && tar -C tree -c . | build import - gate:1 >out 2>&1 && tar -C base -c . | build import - base:1 >out 2>&1; then
	cp "$root/packaging/build/Dockerfile.gate" .
	image() { build build --isolation chroot --network host --build-arg BASE=localhost/base:1 --build-arg GATE=localhost/gate:1 --build-arg POLICY="$1.yaml" --build-arg GATE_DAY="${2:-2026-11-20}" -f Dockerfile.gate -t "$1" . >out 2>&1; }
	image pass
	check "podman build: pass" "0 1" "$? $(grep -c '^PASS rootfs:' out)"
	image pass
	check "podman build: nothing new is not judged anew" "0 0" "$? $(grep -c '^PASS rootfs:' out)"
	image pass 2026-11-21
	check "podman build: another day is" "0 1" "$? $(grep -c '^PASS rootfs:' out)"
	for name in fail unknown; do
		image $name
		status=$?
		check "podman build: $name" "1 no" "$((status != 0)) $(build image exists localhost/$name && echo yes || echo no)"
	done
	build push -q localhost/pass oci-archive:image.tar:app >out 2>&1 || cat out
	printf 'plimsoll: v1\nname: m\nmetadata: {user: {root: deny}}\n' >metadata.yaml
	check "the image itself has its metadata" 0 "$("$plimsoll" check --policy metadata.yaml oci-archive:image.tar >out 2>&1; status=$?; [ $status = 0 ] || cat out; echo $status)"
	check "which the tree had not" out_of_scope "$("$plimsoll" check --policy metadata.yaml --output json rootfs:base 2>err | jq -r .areas.metadata)"
else
	echo "skipped: podman is not here, or can keep no images here: $(tail -n 1 out)"
fi
exit $failed
