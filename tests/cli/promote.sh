#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# From one repository to the next: what is copied, what is refused, and that nothing which was there is lost.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/index.bash"
. "$root/tests/registry/registry.bash"
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run REGISTRY_AUTH_FILE=$work/auth.json XDG_STATE_HOME=$work/state
echo '{}' >auth.json

mkdir -p a/etc a/var/lib/dpkg a/bin
printf 'ID=debian\nVERSION_ID=12\n' >a/etc/os-release
printf 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >a/var/lib/dpkg/status
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >amd.json
echo '{"User": "1000", "Entrypoint": ["/bin/x"], "platform": "linux/arm64"}' >arm.json
echo '{"User": "0", "Entrypoint": ["/bin/x"]}' >root.json
"$root/tools/oci-image" one.oci amd.json a
"$root/tools/oci-image" root.oci root.json a
"$root/tools/oci-image" arm.oci arm.json a
index both.oci one.oci arm.oci
printf 'plimsoll: v1\nname: acme/prod\nmetadata: {user: {root: deny}}\n' >p.yaml
for name in approve other third; do "$plimsoll" key generate --no-passphrase --out $name >out 2>err || cat out err; done

registry_start || exit 1
here=$registry_address net=(--plain-http "$registry_address")
one=$(registry_put one.oci team/web:1) both=$(registry_put both.oci team/both:1)
registry_put root.oci team/root:1 >out
attest() { "$plimsoll" attest --policy p.yaml "${net[@]}" --key "$@" >out 2>err || cat err; }
verify() { "$plimsoll" verify "${net[@]}" --key "$@" >out 2>err; }
promote() { "$plimsoll" promote --policy p.yaml "${net[@]}" "$@" >out 2>err; }
tag_of() { echo "sha256-${1#sha256:}.$2"; }
fetch() { curl -s "http://$here/v2/$1/$2/$3"; }
layers() { fetch "$1" manifests "$2" | jq '.layers // [] | length'; }
status() { curl -s -o out -w '%{http_code}' "http://$here/v2/$1/manifests/$2"; }

# What is copied.
attest approve.key "docker://$here/team/both:1"
attest approve.key "docker://$here/team/web:1"
promote "docker://$here/team/both:1" "docker://$here/prod/both:9"
check "promoted, blobs mounted" "0 1" "$? $(grep -c '^promoted.*[1-9][0-9]* blobs mounted, 0 copied or there already' err)"
check "the same bytes" "$both" "sha256:$(fetch prod/both manifests 9 | sha256sum | cut -d' ' -f1)"
check "signatures come along" 1 "$(layers prod/both "$(tag_of "$both" sig)")"
verify approve.pub "docker://$here/prod/both:9"
check "but name where they are from" 1 $?
promote --key approve.key "docker://$here/team/both:1" "docker://$here/prod/both:10"
check "with a key it is approved there" 0 $?
verify approve.pub "docker://$here/prod/both:10"
check "and authorised" 0 $?
promote "docker://$here/team/root:1" "docker://$here/prod/root:1"
check "what fails stays where it is" "1 404" "$? $(status prod/root 1)"
printf 'plimsoll: v1\nname: t\norigin: {registries: ["%s/prod/*"]}\n' "$here" >prod.yaml
"$plimsoll" promote --policy prod.yaml "${net[@]}" "docker://$here/team/web:1" "docker://$here/prod/web:1" >out 2>err
check "the destination's policy sees it where it will live" 0 $?
"$plimsoll" promote --policy prod.yaml "${net[@]}" "docker://$here/team/web:1" "docker://$here/test/web:1" >out 2>err
check "and only there" 1 $?

# What cannot be.
registry_forget
for source in oci:one.oci rootfs:a one.oci; do
	promote $source "docker://$here/prod/web:2"
	check "not in a registry: $source" "3 1" "$? $(grep -c 'only what is in a registry can be promoted' err)"
done
for destination in oci:x "docker://$here/prod/web@$one"; do
	promote "docker://$here/team/web:1" "$destination"
	check "no place to promote to: $destination" 3 $?
done
check "of which no registry hears" "" "$(registry_asked)"

# Between two registries: a layer that is no longer what fits into a pipe.
mkdir -p big/usr/lib && cp -r a/. big && head -c 3000000 /dev/urandom >big/usr/lib/blob
"$root/tools/oci-image" big.oci amd.json big
big=$(registry_put big.oci team/big:1)
layer=$(jq -r '.layers[0].digest' "big.oci/blobs/sha256/${big#sha256:}")
source_control=$registry_control
registry_start || exit 1
there=$registry_address
far() { promote --plain-http "$there" "docker://$here/team/big:1" "docker://$there/prod/big:1"; }
registry_misbehave "status=403,on=upload,method=POST,skip=1"
far
check "a push that is refused says who refused it" "3 1 0" "$? $(grep -c "$there.*403" err) $(grep -c stream err)"
check "and has no tag" 404 "$(curl -s -o out -w '%{http_code}' "http://$there/v2/prod/big/manifests/1")"
registry_misbehave
registry_control=$source_control registry_misbehave "short-body,on=blob,method=GET,path=$layer"
far
check "a source that has too little is to blame" "3 1" "$? $(grep -c "$here.*bytes of it, not" err)"
registry_control=$source_control registry_misbehave
far
check "from one registry to another" "0 $big" "$? sha256:$(curl -s "http://$there/v2/prod/big/manifests/1" | sha256sum | cut -d' ' -f1)"

# What hangs at the destination stays, and is joined.
registry_control=$source_control
put() { curl -s -o out -X PUT -H "Content-Type: application/vnd.oci.image.manifest.v1+json" --data-binary @- "http://$here/v2/$1/manifests/$2"; }
count() { echo "$(layers "$1" "$(tag_of "$one" sig)") $(layers "$1" "$(tag_of "$one" att)")"; }
registry_put one.oci prod/kept:1 >out
attest other.key "docker://$here/prod/kept:1"
promote "docker://$here/team/web:1" "docker://$here/prod/kept:2"
check "approvals of both sides" "0 2 2" "$? $(count prod/kept)"
verify other.pub "docker://$here/prod/kept:1"
check "the destination's own still counts" 0 $?
promote "docker://$here/team/web:1" "docker://$here/prod/kept:2"
check "once more adds nothing" "0 2 2" "$? $(count prod/kept)"
registry_put one.oci team/proof:1 >out
attest third.key "docker://$here/team/proof:1"
fetch team/proof manifests "$(tag_of "$one" sig)" | jq '.layers[0].annotations["dev.sigstore.cosign/bundle"] = "{\"a\":1.0}"' | put team/proof "$(tag_of "$one" sig)"
promote "docker://$here/team/proof:1" "docker://$here/prod/kept:3"
check "with all their annotations" "0 3 3 {\"a\":1.0}" "$? $(count prod/kept) $(fetch prod/kept manifests "$(tag_of "$one" sig)" | jq -r '.layers[].annotations["dev.sigstore.cosign/bundle"] // empty')"
promoters=()
for from in web proof; do
	"$plimsoll" promote --policy p.yaml "${net[@]}" "docker://$here/team/$from:1" "docker://$here/prod/raced:$from" >out.$from 2>&1 &
	promoters+=($!)
done
wait "${promoters[@]}"
check "two at once lose none" "2 2" "$(count prod/raced)"

# Half a promotion has no name.
registry_misbehave "status=500,on=manifest-put,path=.att"
promote "docker://$here/team/web:1" "docker://$here/prod/half:1"
check "what cannot be attached" "3 1 404" "$? $(grep -c '\.att' err) $(status prod/half 1)"
registry_misbehave
"$plimsoll" key generate --no-passphrase --repository "registry.example/*" --out elsewhere >out 2>err
promote --key elsewhere.key "docker://$here/team/web:1" "docker://$here/prod/half:1"
check "nor be approved" "3 404" "$? $(status prod/half 1)"

# Referrers, from and to registries that keep lists of them and such that do not.
registry_start --no-referrers || exit 1
bare=$registry_address
net+=(--plain-http "$bare")
referrers() { curl -s "http://$1/v2/$2/referrers/$one" | jq -r '[.manifests[].artifactType] | length'; }
fallback() { curl -s "http://$1/v2/$2/manifests/sha256-${one#sha256:}" | jq -r '.manifests // [] | length'; }
registry_control=$source_control registry_put one.oci team/bundled:1 >out
attest approve.key --bundle "docker://$here/team/bundled:1"
promote "docker://$here/team/bundled:1" "docker://$here/prod/bundled:1"
check "a list is kept" "0 2 0" "$? $(referrers "$here" prod/bundled) $(fallback "$here" prod/bundled)"
registry_put one.oci prod/bundled:0 >out
attest other.key --bundle "docker://$bare/prod/bundled:0"
promote "docker://$here/team/bundled:1" "docker://$bare/prod/bundled:1"
check "or made, and joined" "0 4" "$? $(fallback "$bare" prod/bundled)"
for digest in $(curl -s "http://$bare/v2/prod/bundled/manifests/sha256-${one#sha256:}" | jq -r '.manifests[].digest'); do curl -s "http://$bare/v2/prod/bundled/manifests/$digest"; echo; done >listed
check "with all that it lists" "4 $one" "$(jq -r .artifactType listed | grep -c bundle) $(jq -r .subject.digest listed | sort -u)"
promote "docker://$here/team/bundled:1" "docker://$bare/prod/bundled:1"
check "once" "0 4" "$? $(fallback "$bare" prod/bundled)"
promote "docker://$bare/prod/bundled:1" "docker://$here/prod/back:1"
check "and back into a list that is kept" "0 4 0" "$? $(referrers "$here" prod/back) $(fallback "$here" prod/back)"

for refused in "--role evidence" "--repository registry.example/*" "--until 2026-01-01" "--policy sha256:$(printf '0%.0s' $(seq 64))"; do
	rm -f refused.*
	read -ra bounds <<<"$refused"
	"$plimsoll" key generate --no-passphrase --out refused "${bounds[@]}" >out 2>err || cat err
	promote --key refused.key "docker://$here/team/bundled:1" "docker://$here/prod/refused:1"
	check "what a key may not approve is not copied: $refused" "3 404" "$? $(curl -s -o out -w '%{http_code}' "http://$here/v2/prod/refused/manifests/1")"
done

# All of it is in the log.
check "the log is whole" 0 "$("$plimsoll" log verify >out 2>err; echo $?)"
kinds=$("$plimsoll" log export --output json | jq -r '.. | objects | select(has("kind")) | .kind' | sort | uniq -c | awk '{ print $2 }' | tr '\n' ' ')
check "what was done is in it" "promotion refusal signature verdict " "$kinds"

# A registry that others wrote: all of it there.
if registry=$(command -v docker-registry); then
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: %s/kept}, delete: {enabled: true}}\nhttp: {addr: "127.0.0.1:%s"}\nlog: {level: error}\n' "$work" "$port" >registry.yaml
	# It takes REGISTRY_AUTH_FILE for a part of its configuration.
	env -u REGISTRY_AUTH_FILE "$registry" serve registry.yaml >registry.log 2>&1 &
	registry_pids+=($!)
	for ((i = 0; i < 200; i++)); do (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.05; done
	real=127.0.0.1:$port net+=(--plain-http "127.0.0.1:$port")
	digest_of() { curl -s -H 'Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' "http://$real/v2/$1/manifests/$2" | sha256sum | cut -d' ' -f1; }
	promote "docker://$here/team/both:1" "docker://$real/team/both:1"
	check "docker-registry: promoted into it" "0 $both" "$? sha256:$(digest_of team/both 1)"
	check "docker-registry: read" 0 "$("$plimsoll" check --policy p.yaml "${net[@]}" "docker://$real/team/both:1" >out 2>err; echo $?)"
	attest approve.key "docker://$real/team/both:1"
	verify approve.pub "docker://$real/team/both:1"
	check "docker-registry: attested and authorised" 0 $?
	promote --key approve.key "docker://$real/team/both:1" "docker://$real/prod/both:2"
	check "docker-registry: promoted in it, blobs mounted" "0 1 $both" "$? $(grep -c '^promoted.*[1-9][0-9]* blobs mounted, 0 copied' err) sha256:$(digest_of prod/both 2)"
	verify approve.pub "docker://$real/prod/both:2"
	check "docker-registry: and authorised there" 0 $?
	promote "docker://$here/team/root:1" "docker://$real/prod/root:1"
	check "docker-registry: what fails has no tag" "1 404" "$? $(curl -s -o out -w '%{http_code}' "http://$real/v2/prod/root/manifests/1")"
	"$plimsoll" revoke "${net[@]}" --key approve.pub "docker://$real/prod/both:2" >out 2>err
	check "docker-registry: revoked, all that came along" "0 6" "$? $(grep -c '^removed  *3 of ' err)"
	verify approve.pub "docker://$real/prod/both:2"
	check "docker-registry: and no longer authorised" 1 $?
	verify approve.pub "docker://$real/team/both:1"
	check "docker-registry: elsewhere it still is" 0 $?
else
	echo "docker-registry is not here: only the tests' own registry was asked"
fi
exit $failed
