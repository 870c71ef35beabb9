#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The doors that are called once for each start, with recorded calls: in front of an OCI runtime, as a hook, as containerd's verifier.  What engines keep is
# written here as Docker 20.10, podman 4.3 and containerd 1.6 write it; real ones are in guard-engines.sh.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/registry/registry.bash"
. "$root/tests/cli/bundles.bash"
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run REGISTRY_AUTH_FILE=$work/auth.json XDG_STATE_HOME=$work/state
echo '{}' >auth.json
umask 022

mkdir -p a/etc b/srv other/srv
printf 'ID=debian\nVERSION_ID=12\n' >a/etc/os-release
echo data >b/srv/data
echo other >other/srv/data
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >good.json
echo '{"User": "1000", "Entrypoint": ["/bin/y"]}' >bad.json
"$root/tools/oci-image" good.oci good.json a b
"$root/tools/oci-image" bad.oci bad.json a other
cat >p.yaml <<'Y'
plimsoll: v1
name: acme/prod
metadata: {user: {root: deny}}
Y
for key in approve "assign --role assign" "deny --role deny"; do "$plimsoll" key generate --no-passphrase --out $key >out 2>err || cat err; done
registry_start || exit 1
here=$registry_address net=(--plain-http "$registry_address")
good=$(registry_put good.oci team/web:1) bad=$(registry_put bad.oci team/web:2)
"$plimsoll" attest --policy p.yaml "${net[@]}" --key approve.key "docker://$here/team/web:1" >out 2>err || cat err
rules() {
	cat >assign.yaml
	rm -rf memory
	"$plimsoll" assign sign --key assign.key assign.yaml >out 2>err || cat err
}
team() {
	rules <<Y
plimsoll_assign: v1
rules:
  - {name: prod, repositories: ["$here/team/*"], namespaces: [prod], keys: approve.pub, policies: p.yaml}
  - {name: team, repositories: ["$here/team/*"], keys: approve.pub, policies: p.yaml$1}
$2
Y
}
team

# What stands behind the door: tells how it was called, and what it got of its caller.
cat >runtime <<'R'
#!/bin/bash
cd "$(dirname "$0")" || exit
printf '%s\n' "$0" "$@" >>started
grep -H SigIgn /proc/self/status >signals
ls -l /proc/self/fd >descriptors
exit 0
R
chmod +x runtime
conf() { # lines beyond the usual ones
	cat >runtime.conf <<Y
plimsoll_guard: v1
runtime: $work/runtime
assign: $work/assign.yaml.signed
assign_keys: [$work/assign.pub]
memory: $work/memory
log: $work/log
plain_http: ["$here"]
docker: $work/docker
podman: $work/podman
crio: $work/crio
containerd: $work/containerd
$1
Y
}
conf
# Of a list of proc's; bash holds its script as 255, ls its directory.
descriptors() { sed -n 's/.* \([0-9]*\) -> \(.*\)/\1 \2/p' | grep -v -e ' /proc/' -e '^255 ' | cut -d ' ' -f 1 | sort -n | tr '\n' ' '; }
# Which words it became the runtime with, its status, and what it said.
call() {
	rm -f started log.json
	(cd "${bundle:-$work}" && exec 3</dev/null && ls -l /proc/self/fd | descriptors >"$work/before" && "$plimsoll" guard runtime --config "$work/runtime.conf" "$@") >out 2>err
	local status=$?
	echo "$status $(tail -n +2 started 2>/dev/null | tr '\n' ' ')$(sed 's/sha256:[0-9a-f]*/DIGEST/g; s/ (.*//' err | head -n 1)"
}
create() { # ID: as Docker calls
	call --root "$work/state-of-runtime" --log "$work/log.json" --log-format json create --bundle "$bundle" --pid-file "$bundle/init.pid" "$1"
}
starts="0 --root $work/state-of-runtime --log $work/log.json --log-format json create --bundle"

# What starts nothing passes as it is.
bundle=
for words in "--version" "--root /r state abc" "exec --process p.json abc" "start abc" "delete --force abc" "kill abc 9" "list" "--debug --log=/dev/null events --stats abc" "help" ""; do
	check "passes: runtime $words" "0 $words${words:+ }" "$(call $words)"
done
check "the help of another program" "0 exec abc ls --help " "$(call exec abc ls --help)"
check "behind two dashes" "0 --version " "$(call -- --version)"
check "by the name of a link" "1 plimsoll refuses this call: /etc/plimsoll/runtime.conf" "$(ln -sf "$plimsoll" plimsoll-runtime; ./plimsoll-runtime --version >out 2>err; echo "$? $(cut -c 1-54 err)")"
call state x >/dev/null
check "the runtime is called by its path" "$work/runtime" "$(head -n 1 started)"
check "what is ignored here is not ignored there" "0" "$(( 0x$(grep -o '[0-9a-f]*$' signals) & 0x1000 ))"
check "its caller's descriptors, and none of ours" "$(cat before)" "$(descriptors <descriptors)"
# What nobody knows could start something.
for words in "creat abc" "--bogus create abc" "--roo /r state abc" "--debug=true state abc" "--log" "create -bDIR abc" "create abc --bundle /b" "create" "create a/b" "create --bundle /a --bundle /b abc" "create -b /a --bundle /b abc" \
	"create --bundle= abc" "create .. " "create -b=/b abc" "create -bundle /b abc" "restore --f /c abc" "-log /l state abc" "--log-format xml create abc" "restore --bogus abc" "run -- --x" "init"; do
	check "refused: runtime $words" "1 plimsoll refuses this call" "$(call $words | sed 's/: .*//')"
done

# Docker
docker_image docker good.oci "$here/team/web:1" "$good"
docker_image docker bad.oci "$here/team/web:2" "$bad"
docker_container docker good.oci "$here/team/web:1"
bundle=$(docker_bundle docker)
check "Docker: an approved image" "$starts $bundle --pid-file $bundle/init.pid $id " "$(create $id)"
check "from memory, with nobody to ask" "$starts $bundle --pid-file $bundle/init.pid $id " "$(registry_misbehave reset >/dev/null 2>&1; create $id)"
registry_misbehave >/dev/null 2>&1
check "the log tells" "runtime admits allowed $id" "$("$plimsoll" log export --log log --kind guard 2>/dev/null | jq -r '.entries[].fields | [.door, .does, .result, .subject] | join(" ")' | tail -n 1)"
check "run and restore are starts too" "0 run --bundle $bundle $id |0 restore --image-path /i --bundle $bundle $id |0 create -b $bundle $id " "$(call run --bundle "$bundle" $id)|$(call restore --image-path /i --bundle "$bundle" $id)|$(call create -b "$bundle" $id)"
check "the bundle is where it is called" "0 create $id " "$(call create $id)"
good_id=$id good_bundle=$bundle

docker_container docker bad.oci "$here/team/web:2"
bundle=$(docker_bundle docker)
check "Docker: another image" "1 plimsoll refuses $here/team/web:2: there is no signature and no attestation" "$(create $id)"
check "the engine's log has one line of it" "error $(head -n 1 err)" "$(jq -r '[.level, .msg] | join(" ")' log.json)"
check "in three members" "level msg time" "$(jq -r 'keys | join(" ")' log.json)"
check "as text, too" 1 "$(call --log "$work/log.json" create --bundle "$bundle" $id >/dev/null; grep -c '^time="20[0-9T:Z-]*" level=error msg="plimsoll refuses' log.json)"
check "it is appended" "before" "$(echo before >"$work/kept.json"; call --log "$work/kept.json" --log-format json create --bundle "$bundle" $id >/dev/null; head -n 1 kept.json)"
check "run and restore" "1 plimsoll 1 plimsoll" "$(call run --bundle "$bundle" $id | cut -c 1-10) $(call restore --bundle "$bundle" $id | cut -c 1-10)"
bad_id=$id bad_bundle=$bundle
refusal="1 plimsoll refuses"

# Who may run one container lends its id to another bundle.
bundle=$bad_bundle
check "the bundle of one, the id of another" "$refusal Docker's container: the bundle's files are at $(realpath "docker/overlay2/$bad_id-m/merged"), those of this container at $(realpath "docker/overlay2/$good_id-m/merged")" "$(create $good_id)"
bundle=$work/own && mkdir -p own/rootfs && oci_config rootfs >own/config.json
check "a bundle of one's own with the id of a container" "$refusal Docker's container: the bundle's files are at $work/own/rootfs" "$(create $good_id | sed 's/, those.*//')"
check "a bundle of one's own" "$refusal no engine that is configured here made this bundle: nobody knows of which image it is" "$(create mine)"
jq '.annotations = {"io.kubernetes.cri.image-name": "'"$here/team/web@$good"'"}' own/config.json >own/c && mv own/c own/config.json
check "with annotations of one's own" "$refusal no engine" "$(create mine | cut -c 1-28)"
conf 'unknown: admit'
check "unless somebody says that such may run" "$starts $bundle --pid-file $bundle/init.pid mine " "$(create mine | sed 's/plimsoll:.*//')"
check "which is told" 1 "$(grep -c 'no engine that is configured here made this bundle; it runs' err)"
check "and the log" "runtime admits cannot tell mine unknown: admit" "$("$plimsoll" log export --log log --kind guard 2>/dev/null | jq -r '.entries[].fields | [.door, .does, .result, .subject, .why] | join(" ")' | tail -n 1)"
sed -i "s|^log: .*|log: $work|" runtime.conf
check "which must take it" "$refusal the log: $work" "$(create mine | sed "s|$work:.*|$work|")"
conf 'unknown: admit'
check "but no contradiction" "$refusal Docker" "$(create $good_id | cut -c 1-25)"
conf
# Records that do not agree with each other.
bent() { # NAME FILE JQ REASON
	cp "$2" kept && jq -c "$3" kept >"$2"
	bundle=$good_bundle
	check "Docker: $1" "$refusal Docker's container: $4" "$(create $good_id | sed "s|$work/||g")"
	cp kept "$2"
}
state=docker/containers/$good_id/config.v2.json
bent "another container's record" "$state" '.ID = "x"' "$state: ID: it is another container's"
bent "no image" "$state" 'del(.Image)' "$state: Image: a digest is needed"
bent "an image in another spelling" "$state" '.image = "sha256:x"' "$state: Image: the key is also there in another spelling, which readers take for the same"
bent "the image of another container" "$state" ".Image = \"sha256:$(config_of bad.oci)\"" "the container's layers are not those of its image"
printf 'sha256:%064d' 7 >kept.parent; mv "docker/image/overlay2/layerdb/mounts/$good_id/parent" p && cp kept.parent "docker/image/overlay2/layerdb/mounts/$good_id/parent"
bundle=$good_bundle
check "Docker: other layers below" "$refusal Docker's container: the container's layers are not those of its image" "$(create $good_id)"
mv p "docker/image/overlay2/layerdb/mounts/$good_id/parent"
mv "docker/image/overlay2/layerdb/mounts/$good_id/mount-id" p
check "Docker: no mount" "$refusal Docker's container: $work/docker/image/overlay2/layerdb/mounts/$good_id/mount-id: No such file or directory" "$(create $good_id)"
mv p "docker/image/overlay2/layerdb/mounts/$good_id/mount-id"
content=docker/image/overlay2/imagedb/content/sha256/$(config_of good.oci)
cp "$content" p; sed -i 's/"1000"/"0"/' "$content"
check "Docker: a configuration that was changed" "$refusal Docker's container: $work/$content: it has another digest than its name" "$(create $good_id)"
cp p "$content"
cp "$state" p; echo '{"ID": "' >"$state"
check "Docker: a record that was cut off" "$refusal Docker's container: $work/$state" "$(create $good_id | cut -c 1-$((${#state} + ${#work} + 40)))"
cp p "$state"
cp docker/image/overlay2/repositories.json p
echo '{"Repositories":{}}' >docker/image/overlay2/repositories.json
check "Docker: an image that nobody pushed or pulled" "$refusal $here/team/web:1: it is known by no name in a registry: nobody can have approved it" "$(create $good_id)"
# What is pulled by another name, is told by another name.
jq -c '.Repositories["'"$here/other/web"'"] = {"'"$here/other/web@$good"'": "sha256:'"$(config_of good.oci)"'"}' <<<'{"Repositories":{}}' >docker/image/overlay2/repositories.json
check "Docker: known by a name that no rule speaks of" "$refusal $here/team/web:1: no rule speaks of $here/other/web" "$(create $good_id)"
# A record that says that the forbidden image is the approved one: the registry tells another configuration.
jq -c '.Repositories["'"$here/team/web"'"] = {"'"$here/team/web@$good"'": "sha256:'"$(config_of bad.oci)"'"}' <<<'{"Repositories":{}}' >docker/image/overlay2/repositories.json
docker_container docker bad.oci "$here/team/web:1"
bundle=$(docker_bundle docker)
check "Docker: a name that leads to another image" "$refusal $here/team/web:1: $here/team/web leads to another image than this one" "$(create $id)"
bundle=$bad_bundle
check "Docker: an approval for another tag" "$refusal $here/team/web:2: it was made for the tag 1" "$(create $bad_id)"
cp p docker/image/overlay2/repositories.json
# The tag moves on: the container of before stays what it was, a new one is of the new image.
jq -c '.Repositories["'"$here/team/web"'"]["'"$here/team/web:1"'"] = "sha256:'"$(config_of bad.oci)"'"' p >docker/image/overlay2/repositories.json
docker_container docker bad.oci "$here/team/web:1"
bundle=$(docker_bundle docker)
check "Docker: a tag that moved to another image" "$refusal $here/team/web:1: there is no signature and no attestation" "$(create $id)"
bundle=$good_bundle
check "and the container that was made before" "$starts $bundle --pid-file $bundle/init.pid $good_id " "$(create $good_id)"
cp p docker/image/overlay2/repositories.json
jq '. + {Root: {path: "/x"}}' "$good_bundle/config.json" >c && cp "$good_bundle/config.json" k && cp c "$good_bundle/config.json"
check "a bundle with its root twice, in upper and lower case" "$refusal $bundle/config.json: root: the key is also there in another spelling, which readers take for the same" "$(create $good_id)"
sed 's/"root"/"root":{"path":"\/x"},"root"/' k >"$good_bundle/config.json"
check "a bundle with its root twice" "$refusal $bundle/config.json: JSON, line 1" "$(create $good_id | sed 's/, column.*//')"
cp k "$good_bundle/config.json"
check "crun's other configuration" "$refusal --config: an absolute path is needed" "$(call create --bundle "$bundle" -f other.json $good_id)"
check "is the one that is read" "$refusal $work/own/none.json: No such file or directory" "$(call create --bundle "$bundle" --config "$work/own/none.json" $good_id)"
docker_container docker good.oci "$here/team/web:1" fuse-grpc
bundle=$(docker_bundle docker)
check "Docker with containerd's store" "$refusal" "$(create $id | cut -c 1-18)"
docker_container_of_containerd docker "$here/team/web:1" "$good"
bundle=$(docker_bundle docker)
check "Docker with containerd's store: an approved image" "$starts $bundle --pid-file $bundle/init.pid $id " "$(create $id)"
docker_container_of_containerd docker "$here/team/web:1" "$bad"
bundle=$(docker_bundle docker)
check "Docker with containerd's store: another" "$refusal $here/team/web:1: there is no signature and no attestation" "$(create $id)"
docker_container_of_containerd docker "$good" "$good"
bundle=$(docker_bundle docker)
check "Docker with containerd's store: by its id" "$refusal DIGEST: it is known by no name in a registry: nobody can have approved it" "$(create $id)"
docker_container docker good.oci "sha256:$(config_of good.oci)"
bundle=$(docker_bundle docker)
check "Docker: by its id" "$starts $bundle --pid-file $bundle/init.pid $id " "$(create $id)"

# podman and CRI-O
storage_image podman good.oci "$here/team/web:1" "$good"
storage_image podman bad.oci "$here/team/web:2" "$bad"
storage_container podman good.oci "$here/team/web:1"
podman() { call create --bundle "$bundle" --pid-file /p $id; }
check "podman: an approved image" "0 create --bundle $bundle --pid-file /p $id " "$(podman)"
storage_container podman bad.oci "$here/team/web:2"
check "podman: another" "$refusal $here/team/web:2: there is no signature and no attestation" "$(podman)"
oci_config "$work/podman/overlay/$layer/merged" '{"io.kubernetes.cri.image-name": "'"$here/team/web@$good"'", "io.kubernetes.cri-o.ImageRef": "'"$(config_of good.oci)"'"}' >"$bundle/config.json"
check "podman: with --annotation" "$refusal $here/team/web:2: there is no signature and no attestation" "$(podman)"
storage_container podman "" ""
check "podman: --rootfs" "$refusal podman's container: the container was made of a directory, not of an image" "$(podman)"
storage_container podman good.oci "$here/team/web:1"
cp podman/overlay-containers/containers.json p
oci_config "$work/own/rootfs" >"$bundle/config.json"
check "podman: another root" "$refusal podman's container: the bundle's files are at $work/own/rootfs" "$(podman | sed 's/, those.*//')"
oci_config "$work/podman/overlay/$layer/merged" >"$bundle/config.json"
jq -c '(.[] | select(.id == "'$layer'")).parent = "'"$(printf '%064d' 1)"'"' podman/overlay-layers/layers.json >c && cp podman/overlay-layers/layers.json k && cp c podman/overlay-layers/layers.json
check "podman: other layers below" "$refusal podman's container: the container's layers are not those of its image" "$(podman)"
cp k podman/overlay-layers/layers.json
jq -c '.[0].names = [] | .[0]["names-history"] = ["'"$here/team/web:1"'"]' podman/overlay-images/images.json >c && cp podman/overlay-images/images.json k && cp c podman/overlay-images/images.json
check "podman: an image whose name moved on" "0 create --bundle $bundle --pid-file /p $id " "$(podman)"
jq -c '.[0].names = [] | .[0]["names-history"] = []' k >podman/overlay-images/images.json
check "podman: an image without a name" "$refusal $here/team/web:1: it is known by no name in a registry" "$(podman | sed 's/: nobody.*//')"
cp k podman/overlay-images/images.json
mkdir -p podman2 && mv podman/overlay-images podman2/
conf; sed -i "s|^podman: .*|podman: [$work/podman, $work/podman2]|" runtime.conf
check "podman: images in another store" "0 create --bundle $bundle --pid-file /p $id " "$(podman)"
mv podman2/overlay-images podman/; conf
chmod 000 podman/overlay-containers/containers.json
[ "$(id -u)" = 0 ] || check "podman: records that cannot be read" "$refusal podman" "$(podman | cut -c 1-25)"
chmod 644 podman/overlay-containers/containers.json

storage_image crio good.oci "$here/team/web:1" "$good"
storage_image crio bad.oci "$here/team/web:2" "$bad"
rules <<Y
plimsoll_assign: v1
rules:
  - {name: prod, repositories: ["$here/team/*"], namespaces: [prod], keys: approve.pub, policies: p.yaml}
Y
storage_container crio good.oci "$here/team/web:1" '{"io.kubernetes.cri-o.Namespace": "prod"}'
check "CRI-O: a namespace with a rule" "0 create --bundle $bundle --pid-file /p $id " "$(podman)"
storage_container crio good.oci "$here/team/web:1" '{"io.kubernetes.cri-o.Namespace": "elsewhere", "io.kubernetes.pod.namespace": "prod"}'
check "CRI-O: one without" "$refusal $here/team/web:1: no rule speaks of $here/team/web" "$(podman)"
storage_container podman good.oci "$here/team/web:1" '{"io.kubernetes.cri-o.Namespace": "prod"}'
check "podman: whoever runs a container chooses no namespace" "$refusal $here/team/web:1: no rule speaks of $here/team/web" "$(podman)"

# containerd for Kubernetes
pod() { # NAME [NAMESPACE] [KEY]
	id=$(new_id) bundle=$work/containerd/io.containerd.runtime.v2.task/k8s.io/$id
	mkdir -p "$bundle/rootfs"
	oci_config rootfs '{"'"${3:-io.kubernetes.cri.image-name}"'": "'"$1"'", "io.kubernetes.cri.sandbox-namespace": "'"${2:-prod}"'"}' >"$bundle/config.json"
}
pod "$here/team/web@$good"
check "containerd: an approved image" "$starts $bundle --pid-file $bundle/init.pid $id " "$(create $id)"
pod "$here/team/web@$good" elsewhere
check "containerd: in a namespace without a rule" "$refusal $here/team/web@DIGEST: no rule speaks of $here/team/web" "$(create $id)"
pod "$here/team/web@$bad"
check "containerd: another image" "$refusal $here/team/web@DIGEST: there is no signature and no attestation" "$(create $id)"
pod "$here/team/web@$bad" prod io.kubernetes.cri.podsandbox.image-name
check "containerd: a pod's sandbox is an image as others" "$refusal $here/team/web@DIGEST: there is no signature and no attestation" "$(create $id)"
pod "$here/team/web:1"
check "containerd: a tag says nothing" "$refusal containerd's container: the bundle names its image $here/team/web:1, which does not tell what will run: let pods name it by digest" "$(create $id)"
mkdir -p containerd/io.containerd.runtime.v2.task/default && cp -r "$bundle" "containerd/io.containerd.runtime.v2.task/default/$id"
bundle=$work/containerd/io.containerd.runtime.v2.task/default/$id
oci_config rootfs '{"io.kubernetes.cri.image-name": "'"$here/team/web@$good"'"}' >"$bundle/config.json"
check "containerd: another's annotations" "$refusal no engine" "$(create $id | cut -c 1-28)"

# Dry run, broken glass, deny list
team
bundle=$bad_bundle id=$bad_id
conf 'dry_run: true'
check "a dry run lets pass" "$starts $bundle --pid-file $bundle/init.pid $id " "$(create $id)"
check "and tells the log" "admits refused dry run" "$("$plimsoll" log export --log log --kind guard 2>/dev/null | jq -r '.entries[].fields | [.does, .result, .why] | join(" ")' | tail -n 1)"
bundle=$work/own
check "a dry run lets nobody's bundle pass" "$starts $bundle --pid-file $bundle/init.pid mine " "$(create mine)"
conf
bundle=$bad_bundle
team "" "break_glass: [{name: night, digests: [$bad], owner: night-shift, reason: the shop is down, until: 2099-01-01}]"
check "a broken glass" "$starts $bundle --pid-file $bundle/init.pid $id " "$(create $id)"
team

bundle=$good_bundle id=$good_id
"$plimsoll" revoke "${net[@]}" --deny denied.json --deny-key deny.key --reason CVE-2026-1 "docker://$here/team/web@$good" >out 2>err || cat err
team "" 'denied: {file: denied.json, keys: deny.pub}'
check "what is denied" "$refusal $here/team/web:1: DIGEST is denied since $(date -u +%F): CVE-2026-1" "$(create $id)"
team

# What is wrong with its orders.
wrong() { # NAME LINE PATTERN
	conf "$2"
	check "orders: $1" "1  1" "$(call --version | sed 's/ .*//')  $(grep -cE -- "$3" err)"
	conf
}
wrong "an unknown key" "runtimes: /x" "runtime.conf:12:1: .*no key 'runtimes'; did you mean 'runtime'"
wrong "a key twice" "runtime: /x" "runtime.conf:12"
wrong "a relative path" "auth_file: x" "runtime.conf:12:12: an absolute path is needed"
wrong "another word" "unknown: maybe" "'maybe' cannot stand here"
sed -i '/^runtime:/d' runtime.conf
check "orders: no runtime behind it" "1 plimsoll refuses this call: its configuration names no runtime behind it" "$(call --version)"
conf; sed -i "s|^runtime: .*|runtime: $plimsoll|" runtime.conf
check "orders: itself" "1 plimsoll refuses this call: the configuration names this door as the runtime behind it" "$(call --version)"
for exec in exec ""; do
	printf '#!/bin/sh\n%s %s guard runtime --config %s/runtime.conf "$@"\n' "$exec" "$plimsoll" "$work" >again
	chmod +x again
	conf; sed -i "s|^runtime: .*|runtime: $work/again|" runtime.conf
	check "orders: a script that leads back here${exec:+, by exec}" "1 plimsoll refuses this call: the runtime behind this door leads to the door again" "$(call --version)"
done
conf; sed -i "s|^runtime: .*|runtime: $work/none|" runtime.conf
check "orders: none that there is" "1 1" "$(call --version | cut -c 1) $(grep -c 'cannot be started' err)"
conf; chmod g+w runtime.conf
check "orders: others could write them" "1 1" "$(call --version | cut -c 1) $(grep -c 'others than root could write it' err)"
chmod g-w runtime.conf; mv runtime.conf kept.conf
check "orders: none" "1 1" "$(call --version | cut -c 1) $(grep -c runtime.conf err)"
conf
bundle=$good_bundle id=$good_id
mv assign.yaml.signed kept.signed
check "no assign file: nothing starts" "1 1" "$(create $id | cut -c 1) $(grep -c assign.yaml.signed err)"
check "and what runs can be stopped" "0 kill abc " "$(call kill abc)"
mv kept.signed assign.yaml.signed
rm -rf memory; registry_stop
check "no registry, nothing remembered: nothing starts" "1" "$(create $id | cut -c 1)"
registry_start || exit 1

# The hook
conf
here=$registry_address
good=$(registry_put good.oci team/web:1) bad=$(registry_put bad.oci team/web:2)
"$plimsoll" attest --policy p.yaml --plain-http "$here" --key approve.key "docker://$here/team/web:1" >out 2>err || cat err
team; conf; rm -rf podman
storage_image podman good.oci "$here/team/web:1" "$good"
storage_image podman bad.oci "$here/team/web:2" "$bad"
hook() { # JSON
	echo "$1" | "$plimsoll" guard "${how[@]}" --config runtime.conf >out 2>err
	echo "$? $(head -n 1 err)"
}
state_of() { jq -nc --arg id "$id" --arg bundle "$bundle" '{ociVersion: "1.0.2-dev", id: $id, status: "creating", pid: 23953, bundle: $bundle, annotations: {"io.container.manager": "libpod"}}'; }
for how in hook "runtime --hook"; do
	how=($how)
	storage_container podman good.oci "$here/team/web:1"
	check "${how[*]}: an approved image" "0 " "$(hook "$(state_of)")"
	storage_container podman bad.oci "$here/team/web:2"
	check "${how[*]}: another" "$refusal $here/team/web:2: there is no signature and no attestation" "$(hook "$(state_of)")"
	check "${how[*]}: no state" "$refusal this call: the container's state on standard input" "$(hook '' | sed 's/: JSON.*//')"
	check "${how[*]}: a bundle twice" 1 "$(hook "$(state_of | sed 's/"bundle"/"bundle":"\/x","bundle"/')" | cut -c 1)"
	check "${how[*]}: twice for Go" 1 "$(hook "$(state_of | sed 's/"bundle"/"Bundle":"\/x","bundle"/')" | cut -c 1)"
	check "${how[*]}: a relative bundle" 1 "$(bundle=x; hook "$(state_of)" | cut -c 1)"
done
jq -c . "$root/packaging/oci-hooks/plimsoll.json.in" >hook.json
check "the hook's file" '1.0.0 ["plimsoll","guard","hook"] true ["createRuntime"]' "$(jq -r '[.version, (.hook.args | tostring), .when.always, (.stages | tostring)] | map(tostring) | join(" ")' hook.json)"

# containerd's verifier
sed '/^runtime:/d; /^docker:/d; /^podman:/d; /^crio:/d; /^containerd:/d' runtime.conf >containerd.conf
type=application/vnd.oci.descriptor.v1+json
verify() { # NAME DIGEST [DESCRIPTOR] [TYPE]
	local descriptor=${3-'{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"'$2'","size":943}'}
	printf %s "$descriptor" | "$plimsoll" guard containerd --config "$work/containerd.conf" -name "$1" -digest "$2" -stdin-media-type "${4-$type}" >out 2>err
	echo "$? $(sed 's/ (.*//' out)"
}
check "containerd: an approved image" "0 plimsoll admits: signed by approve.pub" "$(verify "$here/team/web:1" "$good")"
check "by its digest" "0 plimsoll admits: signed by approve.pub" "$(verify "$here/team/web@$good" "$good")"
check "another" "1 plimsoll refuses: there is no signature and no attestation" "$(verify "$here/team/web:2" "$bad")"
check "by the name of an approved one" "1 plimsoll refuses: there is no signature and no attestation" "$(verify "$here/team/web:1" "$bad")"
check "two digests" "1 plimsoll refuses: the name has another digest than -digest" "$(verify "$here/team/web@$good" "$bad")"
check "a descriptor of another" "1 plimsoll refuses: the descriptor on standard input: digest: it is not the one of -digest" "$(verify "$here/team/web:1" "$good" '{"mediaType":"m","digest":"'"$bad"'","size":943}')"
check "a descriptor of two" 1 "$(verify "$here/team/web:1" "$good" '{"mediaType":"m","digest":"'"$bad"'","digest":"'"$good"'","size":943}' | cut -c 1)"
check "of two for Go" 1 "$(verify "$here/team/web:1" "$good" '{"mediaType":"m","digest":"'"$good"'","DIGEST":"'"$bad"'","size":943}' | cut -c 1)"
check "none" 1 "$(verify "$here/team/web:1" "$good" '' | cut -c 1)"
check "a descriptor and more" 1 "$(verify "$here/team/web:1" "$good" '{"mediaType":"m","digest":"'"$good"'"} {}' | cut -c 1)"
check "a document of another type" "1 plimsoll refuses: -stdin-media-type: only $type is known" "$(verify "$here/team/web:1" "$good" '{}' text/plain)"
words() { echo '{}' | "$plimsoll" guard containerd --config "$work/containerd.conf" "$@" >out 2>err; echo "$? $(cat out)"; }
check "an option that is not known" "1 plimsoll refuses: '-bogus' is no option that containerd gives" "$(words -bogus -name x)"
check "one that is missing" "1 plimsoll refuses: -digest is missing" "$(words -name x -stdin-media-type=$type)"
check "one twice" "1 plimsoll refuses: -name is there twice" "$(words -name x --name=y)"
check "no words at all" "1 plimsoll refuses: -name is missing" "$(words)"
ln -sf "$plimsoll" plimsoll-verifier
named() { printf '{"mediaType":"m","digest":"%s"}' "$good" | (cd / && "$work/plimsoll-verifier" -name "$here/team/web:1" -digest "$good" -stdin-media-type $type) 2>err; }
check "by the name of a link" "plimsoll admits: signed by approve.pub" "$(PLIMSOLL_GUARD_CONFIG=$work/containerd.conf named | sed 's/ (.*//')"
check "without orders" "plimsoll refuses: /etc/plimsoll/containerd.conf" "$(named | cut -c 1-47)"
echo "runtime: /x" >>containerd.conf
check "orders of another door" "1 1" "$(verify "$here/team/web:1" "$good" | cut -c 1) $(grep -c "no key 'runtime'" out)"
sed -i '$d' containerd.conf
verify_into_full() { printf '{"mediaType":"m","digest":"%s"}' "$good" | "$plimsoll" guard containerd --config containerd.conf -name "$here/team/web:1" -digest "$good" -stdin-media-type $type >/dev/full 2>err; }
check "an answer that cannot be told is none" 1 "$(verify_into_full; echo $?)"

# Killed at any time: what is not authorised does not start.
storage_container podman bad.oci "$here/team/web:2"
began=0
for ((i = 0; i < 30; i++)); do
	rm -rf memory started
	"$plimsoll" guard runtime --config runtime.conf create --bundle "$bundle" $id >/dev/null 2>&1 &
	pid=$!
	sleep "0.$(printf %03d $((i * 7)))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ -e started ] && began=$((began + 1))
done
check "killed at any time" 0 $began
sleep 0.3
check "and nobody of those who decided is left" "" "$(pgrep -f "^$plimsoll guard runtime --config runtime.conf")"
# The decider alone is killed, while a registry lets it wait.
rm -rf memory
registry_misbehave stall-headers >/dev/null 2>&1
storage_container podman good.oci "$here/team/web:1"
"$plimsoll" guard runtime --config runtime.conf create --bundle "$bundle" $id >out 2>err &
pid=$!
for ((i = 0; i < 100; i++)); do decider=$(pgrep -P $pid | head -n 1); [ -n "$decider" ] && break; sleep 0.02; done
sleep 0.2; kill -9 "$decider" 2>/dev/null; wait $pid
check "a decider that is killed" "1 1 no" "$? $(grep -c 'could not be decided' err) $([ -e started ] && echo yes || echo no)"
check "is told from one that is late" 1 "$(grep -c 'ended without a word' err)"
begun=$(date +%s)
check "a registry that lets wait" "1 no" "$("$plimsoll" guard runtime --config runtime.conf create --bundle "$bundle" $id >out 2>err; echo $?) $([ -e started ] && echo yes || echo no)"
check "for ten seconds at most" yes "$([ $(($(date +%s) - begun)) -le 14 ] && echo yes || echo no)"
registry_misbehave >/dev/null 2>&1
check "and once it answers" "0" "$("$plimsoll" guard runtime --config runtime.conf create --bundle "$bundle" $id >out 2>err; echo $?)"
exit $failed
