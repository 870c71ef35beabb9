#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What plimsoll signs, read by programs that others wrote, and what they sign, read by plimsoll: skopeo, podman and cosign of Debian 13; skopeo,
# cosign and notation of its next release.  Each runs in the tree of its release, which is unpacked once and kept, with no network but this machine's own.
plimsoll=$(realpath "$1")
skip() { echo "skipped: $*"; exit 77; }
kept=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/plimsoll-tests
space=(unshare --mount --net)
[ "$(id -u)" = 0 ] || space+=(--map-root-user)
if [ "${2:-}" != inside ]; then
	# Overlay file systems, for what is installed below /etc without changing what is kept.
	"${space[@]}" sh -c 'mount -t tmpfs none /mnt && mkdir /mnt/1 /mnt/2 /mnt/3 && mount -t overlay -o lowerdir=/mnt/1,upperdir=/mnt/2,workdir=/mnt/3 none /mnt/1 &&
		ip link set lo up' 2>/dev/null || skip "this machine gives no namespace with overlay file systems and a network of its own"
	mkdir -p "$kept" || skip "there is no place for the trees: $kept"
	[ -e "$kept/debian-13" ] || "$(dirname "$0")/../../tools/debian-root" trixie "$kept/debian-13" skopeo podman cosign || skip "Debian 13 cannot be had here"
	[ -e "$kept/debian-next" ] || "$(dirname "$0")/../../tools/debian-root" sid "$kept/debian-next" skopeo cosign notation || echo "Debian's next release cannot be had here: without it"
	exec "${space[@]}" bash "$0" "$plimsoll" inside
fi
. "$(dirname "$0")/compare.bash"
trap 'umount -l "$work/roots"; rm -rf "$work"' EXIT
. "$root/tests/registry/registry.bash"
ip link set lo up
mkdir roots && mount -t tmpfs none roots || exit 1
releases=(13)
[ ! -e "$kept/debian-next" ] || releases+=(next)
for name in "${releases[@]}"; do
	mkdir roots/$name roots/above-$name roots/work-$name
	mount -t overlay -o "lowerdir=$kept/debian-$name,upperdir=roots/above-$name,workdir=roots/work-$name" none roots/$name || exit 1
	mkdir -p roots/$name/{etc/containers/registries.d,etc/plimsoll,run,var/tmp,var/lib}
	mount --rbind /dev roots/$name/dev && mount --rbind /proc roots/$name/proc && mount --rbind /sys roots/$name/sys && mount -t tmpfs none "roots/$name/dev/shm" || exit 1
done
export HOME=$work XDG_CACHE_HOME=$work/cache XDG_RUNTIME_DIR=$work/run REGISTRY_AUTH_FILE=$work/auth.json
unset PLIMSOLL_KEY_PASSPHRASE
echo '{}' >auth.json
inside() { local name=$1; shift; env -i PATH=/usr/bin:/usr/sbin:/bin:/sbin HOME=/root COSIGN_PASSWORD=secret chroot "roots/$name" "$@"; }

mkdir -p a/etc a/var/lib/dpkg
printf 'ID=debian\nVERSION_ID=12\n' >a/etc/os-release
printf 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >a/var/lib/dpkg/status
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >amd.json
echo '{"User": "1000", "Entrypoint": ["/bin/x"], "platform": "linux/arm64"}' >arm.json
"$root/tools/oci-image" one.oci amd.json a
"$root/tools/oci-image" arm.oci arm.json a
python3 - <<'P'
import hashlib, json, shutil
shutil.copytree("one.oci", "both.oci")
shutil.copytree("arm.oci/blobs", "both.oci/blobs", dirs_exist_ok=True)
entries = [json.load(open(f"{name}.oci/index.json"))["manifests"][0] for name in ("one", "arm")]
for entry, architecture in zip(entries, ("amd64", "arm64")):
    entry.pop("annotations", None)
    entry["platform"] = {"os": "linux", "architecture": architecture}
kind = "application/vnd.oci.image.index.v1+json"
index = json.dumps({"schemaVersion": 2, "mediaType": kind, "manifests": entries}).encode()
hex = hashlib.sha256(index).hexdigest()
open(f"both.oci/blobs/sha256/{hex}", "wb").write(index)
top = {"mediaType": kind, "digest": "sha256:" + hex, "size": len(index), "annotations": {"org.opencontainers.image.ref.name": "1"}}
json.dump({"schemaVersion": 2, "manifests": [top]}, open("both.oci/index.json", "w"))
P
printf 'plimsoll: v1\nname: acme/prod\nmetadata: {user: {root: deny}}\n' >p.yaml
echo secret >word
key() { "$plimsoll" key generate --out "$@" >out 2>err || cat out err; }
key approve --no-passphrase --certificate 'C=DE,ST=Hessen,O=Acme,CN=approve'
key edwards --no-passphrase --type ed25519
key other --no-passphrase

# put LAYOUT NAME:TAG, into whichever registry is asked now
put() { cp -r "$1" roots/13/tmp/ && inside 13 skopeo --insecure-policy copy -q --all --dest-tls-verify=false "oci:/tmp/$1" "docker://$here/$2"; }
attest() { "$plimsoll" attest --quiet --policy p.yaml "${net[@]}" --key "$@" >out 2>err || cat out err; }
verify() { "$plimsoll" verify "${net[@]}" "$@" >out 2>err; echo "$? $(sed -n 's/^  \(failed\|cannot tell\) *\([a-z ]*[a-z]\)  .*/\2/p' out | paste -sd ' ')"; }
revoke() { "$plimsoll" revoke "${net[@]}" "$@" >out 2>err || cat out err; }
sum() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1] + "/index.json"))["manifests"][0]["digest"])' "$1"; }
one=$(sum one.oci) both=$(sum both.oci)

# What somebody else says of it, in few words.
reason() { sed -n 's/.*\(no signature exists\|cryptographic signature verification failed\|is not accepted\|Running image .* is rejected by policy\|no signatures found\|no matching signatures\|no matching attestations\|no signature is associated\|is not digitally signed\|none of the attestations matched[^,:]*\).*/\1/p' said | head -n 1; }
told() { local status=$1; [ "$status" = 0 ] && echo accepted || { [ -n "$(reason)" ] && reason || cat said; }; }
copy() { # RELEASE NAME:TAG OPTION...
	local name=$1 image=$2
	shift 2
	rm -rf "roots/$name/tmp/copy"
	inside "$name" skopeo copy --src-tls-verify=false "$@" "docker://$here/$image" dir:/tmp/copy >said 2>&1
	told $?
}
# As its README.txt says.
install_policy() { # RELEASE OPTION...
	local name=$1
	shift
	rm -rf pod
	"$plimsoll" export podman-policy --repository "$here/team/*" --output-dir pod "$@" || return
	cp pod/policy.json "roots/$name/etc/containers/" && cp pod/registries.d/plimsoll.yaml "roots/$name/etc/containers/registries.d/" && rm -rf "roots/$name/etc/plimsoll/keys" && cp -r pod/keys "roots/$name/etc/plimsoll/"
}
key_of() { local name; for name in "${releases[@]}"; do cp "$1" "roots/$name/root/"; done; }

podman_and_skopeo() { # KEY
	local name
	put one.oci team/web:1 && put one.oci team/bare:1 && put both.oci team/both:1
	attest "$1.key" "docker://$here/team/web:1"
	attest "$1.key" "docker://$here/team/both:1"
	for name in "${releases[@]}"; do
		as="$(inside $name skopeo --version), $registry, $1"
		install_policy $name --key "$1.pub"
		check "$as: what is attested is accepted" accepted "$(copy $name team/web:1)"
		check "$as: by its digest too" accepted "$(copy $name "team/web@$one")"
		check "$as: what is not signed is rejected" "no signature exists" "$(copy $name team/bare:1)"
		check "$as: an index with all its platforms" accepted "$(copy $name team/both:1 --all)"
		check "$as: and the platform of this machine alone" accepted "$(copy $name team/both:1)"
		install_policy $name --key other.pub
		check "$as: nothing under another key" "cryptographic signature verification failed" "$(copy $name team/web:1)"
		install_policy $name --key other.pub --key "$1.pub"
		check "$as: one of two keys" accepted "$(copy $name team/web:1)"
	done
	install_policy 13 --key "$1.pub"
	pod() { inside 13 podman --root /var/lib/store --runroot /run/store --storage-driver vfs pull --tls-verify=false "$here/$1" >said 2>&1; told $?; }
	as="$(inside 13 podman --version), $registry, $1"
	check "$as: pulls what is attested" accepted "$(pod team/web:1)"
	check "$as: and not what is not" "no signature exists" "$(pod team/bare:1)"
	inside 13 podman --root /var/lib/store --runroot /run/store --storage-driver vfs rmi --all --force >said 2>&1

	as="$registry, $1"
	# Copied into another repository, image and signature, as anybody can do who may push there.
	put one.oci team/copy:1
	for tag in 1 "sha256-${one#sha256:}.sig"; do inside 13 skopeo --insecure-policy copy -q --src-tls-verify=false --dest-tls-verify=false "docker://$here/team/web:$tag" "docker://$here/team/copy:$tag" 2>/dev/null; done
	check "$as: a signature of another repository" "is not accepted" "$(copy 13 team/copy:1)"
	attest other.key "docker://$here/team/web:1"
	attest other.key "docker://$here/team/both:1"
	revoke --key "$1.pub" "docker://$here/team/web:1"
	check "$as: what is revoked is rejected" "cryptographic signature verification failed" "$(copy 13 team/web:1)"
	install_policy 13 --key other.pub
	check "$as: what another one signed of it stays" accepted "$(copy 13 team/web:1)"
	revoke --key other.pub "docker://$here/team/web:1"
	check "$as: until that is revoked" "no signature exists" "$(copy 13 team/web:1)"
	revoke --key "$1.pub" --key other.pub "docker://$here/team/both:1"
	check "$as: an index with all its platforms" "no signature exists" "$(copy 13 team/both:1 --all)"
	attest other.key "docker://$here/team/web:1"
	check "$as: and can be approved anew" accepted "$(copy 13 team/web:1)"
	revoke --key other.pub "docker://$here/team/web:1"
}

vsa=https://slsa.dev/verification_summary/v1
cosign() { # RELEASE COMMAND REFERENCE OPTION...
	local name=$1 command=$2 image=$3
	shift 3
	inside "$name" cosign "$command" --insecure-ignore-tlog --allow-http-registry "$@" "$here/$image" >said 2>&1
	told $?
}
cosigns() { # KEY OPTION...: with what `attest` takes beside it
	local name with="$1${2:+ with $2}" key=$1
	shift
	put one.oci team/web:2 && put both.oci team/both:2 && put one.oci team/bare:2
	attest "$key.key" "$@" "docker://$here/team/web:2"
	attest "$key.key" "$@" "docker://$here/team/both:2"
	key_of "$key.pub"
	for name in "${releases[@]}"; do
		as="cosign of $name, $registry, $with"
		nothing=$([ "$name $*" = "next --bundle" ] && echo attestations)
		check "$as: verify" accepted "$(cosign $name verify team/web:2 --key "/root/$key.pub")"
		check "$as: verify an index" accepted "$(cosign $name verify team/both:2 --key "/root/$key.pub")"
		check "$as: what nobody signed" "no signatures found" "$(cosign $name verify team/bare:2 --key "/root/$key.pub")"
		check "$as: another key" "no matching ${nothing:-signatures}" "$(cosign $name verify team/web:2 --key /root/other.pub)"
		check "$as: verify-attestation" accepted "$(cosign $name verify-attestation team/web:2 --key "/root/$key.pub" --type $vsa)"
		check "$as: what it says" "PASSED" "$(sed -n '/^{/p' said | head -n 1 | jq -r '.payload | @base64d | fromjson | .predicate.verificationResult')"
		check "$as: nothing of another type" "none of the attestations matched the predicate type" "$(cosign $name verify-attestation team/web:2 --key "/root/$key.pub" --type https://slsa.dev/provenance/v1)"
	done
	revoke --key "$key.pub" "docker://$here/team/web:2"
	revoke --key "$key.pub" "docker://$here/team/both:2"
	for name in "${releases[@]}"; do
		as="cosign of $name, $registry, $with"
		check "$as: what is revoked" "no signatures found" "$(cosign $name verify team/web:2 --key "/root/$key.pub")"
		check "$as: its attestation" "no matching attestations" "$(cosign $name verify-attestation team/web:2 --key "/root/$key.pub" --type $vsa)"
	done
}

# Keys and signatures that cosign made.
from_cosign() { # RELEASE SIGN-OPTION...
	local name=$1
	shift
	as="from cosign of $name, $registry"
	put one.oci team/theirs:1
	rm -f theirs.* "roots/$name/root/theirs".*
	inside $name cosign generate-key-pair --output-key-prefix /root/theirs >said 2>&1 || cat said
	cp "roots/$name/root/theirs.key" "roots/$name/root/theirs.pub" .
	check "$as: its key file is read" "$("$plimsoll" key show theirs.pub | sed -n '1,2p')" "$("$plimsoll" key show --passphrase-file word theirs.key 2>&1 | sed -n '1,2p')"
	inside $name cosign sign --key /root/theirs.key --yes --allow-http-registry "$@" "$here/team/theirs@$one" >said 2>&1 || cat said
	check "$as: what it signed" "0 " "$(verify --key theirs.pub --any-repository "docker://$here/team/theirs:1")"
	check "$as: another key" "1 signature" "$(verify --key other.pub --any-repository "docker://$here/team/theirs:1")"
	check "$as: it tells no policy" "2 policy" "$(verify --key theirs.pub --any-repository --policy p.yaml "docker://$here/team/theirs:1")"
	printf 'plimsoll_key: v1\nrole: approve\npolicies: any\nrepositories: ["*"]\n' >theirs.may.yaml
	attest theirs.key --bundle --passphrase-file word "docker://$here/team/theirs:1"
	key_of theirs.pub
	check "$as: plimsoll signs with its key, and it verifies" accepted "$(cosign $name verify-attestation team/theirs:1 --key /root/theirs.pub --type $vsa)"
	check "$as: all of it" "0 " "$(verify --key theirs.pub --policy p.yaml --max-age 1h "docker://$here/team/theirs:1")"
	revoke --key theirs.pub "docker://$here/team/theirs:1"
	check "$as: what both signed is revoked" "1 signature" "$(verify --key theirs.pub --any-repository "docker://$here/team/theirs:1")"
	# And a key file of ours there.
	rm -f ours.*
	key ours --format cosign --passphrase-file word
	cp ours.key ours.pub "roots/$name/root/"
	check "$as: reads a key file of plimsoll" "$(cat ours.pub)" "$(inside $name cosign public-key --key /root/ours.key 2>said)"
	inside $name cosign sign --key /root/ours.key --yes --allow-http-registry "$@" "$here/team/theirs@$one" >said 2>&1 || cat said
	check "$as: and signs with it" "0 " "$(verify --key ours.pub --any-repository "docker://$here/team/theirs:1")"
	revoke --key ours.pub "docker://$here/team/theirs:1"
}

notation() { inside next notation "$@" >said 2>&1; told $?; }
notations() {
	as="notation, $registry"
	put one.oci team/web:3 && put one.oci team/noted:3
	attest approve.key --notation "docker://$here/team/web:3"
	rm -rf n roots/next/root/.config/notation
	"$plimsoll" export notation --certificate approve.crt --repository "$here/team/web" --repository "$here/team/noted" --output-dir n
	mkdir -p roots/next/root/.config && cp -rp n roots/next/root/.config/notation
	check "$as: what is attested" accepted "$(notation verify --insecure-registry "$here/team/web@$one")"
	check "$as: what is not" "no signature is associated" "$(notation verify --insecure-registry "$here/team/noted@$one")"
	check "$as: a test certificate of its own" accepted "$(notation cert generate-test --default acme.example)"
	check "$as: signs" accepted "$(notation sign --insecure-registry "$here/team/noted@$one")"
	cp roots/next/root/.config/notation/localkeys/acme.example.crt .
	check "$as: and plimsoll verifies" "0 " "$(verify --any-repository --certificate acme.example.crt "docker://$here/team/noted:3")"
	check "$as: not under another certificate" "1 signature" "$(verify --any-repository --certificate approve.crt "docker://$here/team/noted:3")"
	revoke --key approve.pub --certificate approve.crt "docker://$here/team/web:3"
	check "$as: what is revoked" "no signature is associated" "$(notation verify --insecure-registry "$here/team/web@$one")"
	revoke --certificate acme.example.crt "docker://$here/team/noted:3"
	check "$as: what it signed can be revoked" "1 signature" "$(verify --any-repository --certificate acme.example.crt "docker://$here/team/noted:3")"
}

key_of other.pub
# cosign 3 asks for this file, in which no service of any log stands.
[ ${#releases[@]} = 1 ] || inside next cosign signing-config create --out /root/no-services.json
everything() {
	for kind in approve edwards; do
		podman_and_skopeo $kind
		cosigns $kind
		cosigns $kind --bundle
	done
	from_cosign 13 --tlog-upload=false
	[ ${#releases[@]} = 1 ] || { from_cosign next --signing-config /root/no-services.json; notations; }
}
registry_start || exit 1
here=$registry_address net=(--plain-http "$registry_address") registry="the tests' registry"
everything
registry_stop
if [ -x "$(command -v docker-registry)" ]; then
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	for deletes in true false; do
		printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: %s/kept}, delete: {enabled: %s}}\nhttp: {addr: "127.0.0.1:%s"}\nlog: {level: error}\n' "$work" $deletes "$port" >registry.yaml
		# It takes REGISTRY_AUTH_FILE for a part of its configuration.
		env -u REGISTRY_AUTH_FILE docker-registry serve registry.yaml >registry.log 2>&1 &
		registry_pid=$!
		registry_pids+=($registry_pid)
		for ((i = 0; i < 200; i++)); do (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.05; done
		here=127.0.0.1:$port net=(--plain-http "127.0.0.1:$port") registry="docker-registry$([ $deletes = true ] || echo ' that keeps all')"
		[ $deletes = true ] && everything || { podman_and_skopeo approve; cosigns approve --bundle; [ ${#releases[@]} = 1 ] || notations; }
		registry_stop
		rm -rf kept
	done
else
	echo "docker-registry is not here: only the tests' own registry was asked"
fi
exit $failed
