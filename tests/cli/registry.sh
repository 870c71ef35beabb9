#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Images where they live: docker://, what is asked for, and what is not.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/registry/registry.bash"
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run REGISTRY_AUTH_FILE=$work/auth.json
echo '{}' >auth.json
printf 'unqualified-search-registries = []\n' >registries.conf
export CONTAINERS_REGISTRIES_CONF=$work/registries.conf

mkdir -p a/etc a/var/lib/dpkg b/srv
printf 'ID=debian\nVERSION_ID=12\n' >a/etc/os-release
printf 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >a/var/lib/dpkg/status
seq 200000 >b/srv/numbers
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >amd.json
echo '{"User": "1000", "Entrypoint": ["/bin/x"], "platform": "linux/arm64"}' >arm.json
"$root/tools/oci-image" one.oci amd.json a b
"$root/tools/oci-image" arm.oci arm.json a
# An index of both, with an attestation manifest beside them.
python3 - <<'P'
import hashlib, json, os, shutil
shutil.copytree("one.oci", "both.oci")
shutil.copytree("arm.oci/blobs", "both.oci/blobs", dirs_exist_ok=True)
def blob(data):
    hex = hashlib.sha256(data).hexdigest()
    open(f"both.oci/blobs/sha256/{hex}", "wb").write(data)
    return {"digest": "sha256:" + hex, "size": len(data)}
entries = [json.load(open(f"{name}.oci/index.json"))["manifests"][0] for name in ("one", "arm")]
for entry, architecture in zip(entries, ("amd64", "arm64")):
    entry.pop("annotations", None)
    entry["platform"] = {"os": "linux", "architecture": architecture}
note = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                   "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **blob(b"{}")},
                   "layers": [{"mediaType": "application/vnd.in-toto+json", **blob(b'{"a":1}')}]}).encode()
entries.append({"mediaType": "application/vnd.oci.image.manifest.v1+json", **blob(note), "platform": {"os": "unknown", "architecture": "unknown"},
                "annotations": {"vnd.docker.reference.type": "attestation-manifest"}})
index = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": entries}).encode()
top = {"mediaType": "application/vnd.oci.image.index.v1+json", **blob(index), "annotations": {"org.opencontainers.image.ref.name": "both"}}
json.dump({"schemaVersion": 2, "manifests": [top]}, open("both.oci/index.json", "w"))
P
cat >p.yaml <<'Y'
plimsoll: v1
name: t
metadata: {user: {root: deny}}
components: {forbidden: [{path: /srv/numbers, reason: none}]}
unknown: {os: warn}
Y

registry_start || exit 1
one=$(registry_put one.oci team/web:1) both=$(registry_put both.oci team/both:1)
here=$registry_address
asked() { registry_asked '(.path | contains("/v2/"))' | sed 's/sha256:[0-9a-f]*/DIGEST/'; }
judge() { "$plimsoll" check --policy p.yaml --at 2026-11-20 --plain-http "$here" --output json "$@" >v.json 2>err; }

judge --no-cache "docker://$here/team/web:1"
check "an image in a registry" "1 $here/team/web $here/team/web:1 $one" "$? $(jq -r '[.subject.repository, .subject.reference, .subject.manifest_digest // .subject.manifest] | join(" ")' v.json)"
"$plimsoll" check --policy p.yaml --at 2026-11-20 --output json oci:one.oci >layout.json 2>err
findings() { jq -cS '[.findings, .areas, .inventory.packages]' "$1"; }
check "its findings are those of its layout" "$(findings layout.json)" "$(findings v.json)"
check "what is asked for: manifest, configuration, layers, each once" "4 GET 200" "$(asked | awk '{ n[$1 " " $3]++ } END { for (k in n) print n[k], k }')"

registry_forget
judge "docker://$here/team/web:1"; judge "docker://$here/team/web:1"
check "a layer that is known is not fetched again" "2 0" "$(asked | grep -c manifests) $(registry_asked | tail -n 2 | grep -c "$(jq -r '.layers[0].digest' "one.oci/blobs/sha256/${one#sha256:}")")"
registry_forget
judge "docker://$here/team/web:1"
check "known layers: two documents and no more" "GET /v2/team/web/manifests/1 200
GET /v2/team/web/blobs/DIGEST 200" "$(asked)"

judge "docker://$here/team/web@$one"
check "by digest" "1 $here/team/web@$one" "$? $(jq -r .subject.reference v.json)"
judge "docker://$here/team/both:1"
check "an index: all platforms, attestations apart" "linux/amd64 linux/arm64" "$(jq -r '[.. | objects | .platform? | strings] | unique | join(" ")' v.json)"
judge --platform linux/arm64 "docker://$here/team/both:1"
check "one of them passes" 0 "$?"
judge "$here/team/web:1"
check "a bare word is a reference" "1 $here/team/web:1" "$? $(jq -r .subject.reference v.json)"
judge nosuch.tar
check "one that looks like a file is none" "3 plimsoll check: nosuch.tar: no such file or directory" "$? $(head -n 1 err | grep -o '.*directory')"
judge ./team/web
check "nor is a path" 3 $?
judge "docker://$here/Team/web:1"
check "no reference" 3 $?
judge "docker:/$here/team/web"
check "one slash too few is told" "write docker://REFERENCE" "$(grep -o 'write docker.*' err)"
judge "docker://$here/team/other:1"
check "no such image" "3 1" "$? $(grep -c "$here" err)"
"$plimsoll" check --policy p.yaml "docker://$here/team/web:1" >out 2>err
check "without TLS only where it is allowed" "3 1" "$? $(grep -c -e --plain-http -e TLS -e SSL err)"

# Where it lives is what policies ask about.
cat >origin.yaml <<Y
plimsoll: v1
name: t
origin: {registries: ["$here/team/*"]}
unknown: {os: warn}
Y
"$plimsoll" check --policy origin.yaml --plain-http "$here" "docker://$here/team/web:1" >out 2>err
check "the registry it is asked of is where it lives" 0 $?
"$plimsoll" check --policy origin.yaml --plain-http "$here" --as elsewhere.example/team/web "docker://$here/team/web:1" >out 2>err
check "unless somebody says otherwise" 1 $?

# Policies at an address.
pin=$(sha256sum <p.yaml | cut -d' ' -f1)
by() { "$plimsoll" check --policy "$1" --plain-http "$here" --at 2026-11-20 "${@:2}" "docker://$here/team/web:1" >out 2>err; }
upload() { # FILE: as a blob of team/policy; prints its digest
	local digest location
	digest=sha256:$(sha256sum <"$1" | cut -d' ' -f1)
	location=$(curl -s -X POST -D - "http://$here/v2/team/policy/blobs/uploads/" -o upload.out | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
	case $location in http*) ;; *) location=http://$here$location ;; esac
	curl -s -X PUT --data-binary "@$1" -H 'Content-Type: application/octet-stream' "$location$(case $location in *\?*) echo '&' ;; *) echo '?' ;; esac)digest=$digest" >upload.out
	echo "$digest"
}
printf '{}' >empty.json
artifact() { # LAYER...: pushes an artifact of these files; prints its digest
	local layers=() file
	for file in "$@"; do layers+=("{\"mediaType\": \"application/yaml\", \"digest\": \"$(upload "$file")\", \"size\": $(wc -c <"$file")}"); done
	printf '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "artifactType": "application/vnd.plimsoll.policy", "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": "%s", "size": 2}, "layers": [%s]}' \
		"$(upload empty.json)" "$(IFS=,; echo "${layers[*]}")" >artifact.json
	curl -s -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary @artifact.json "http://$here/v2/team/policy/manifests/v1" >upload.out
	echo "sha256:$(sha256sum <artifact.json | cut -d' ' -f1)"
}
digest=$(artifact p.yaml)
by "oci://$here/team/policy@$digest"
check "a policy in a registry" "1 /srv/numbers" "$? $(grep -om1 '/srv/numbers' out)"
by "oci://$here/team/policy:v1"
check "by its digest only" "3 1" "$? $(grep -c 'needs its digest' err)"
"$plimsoll" key generate --no-passphrase --out author >out 2>err
printf '{"critical":{"identity":{"docker-reference":"%s/team/policy"},"image":{"docker-manifest-digest":"%s"},"type":"cosign container image signature"},"optional":null}' "$here" "$digest" >payload
by "oci://$here/team/policy@$digest" --policy-key author.pub
check "which nobody signed" "3 1" "$? $(grep -c 'not signed by author.pub' err)"
printf '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "%s", "size": 2}, "layers": [{"mediaType": "application/vnd.dev.cosign.simplesigning.v1+json", "digest": "%s", "size": %s, "annotations": {"dev.cosignproject.cosign/signature": "%s"}}]}' \
	"$(upload empty.json)" "$(upload payload)" "$(wc -c <payload)" "$(openssl dgst -sha256 -sign author.key payload | base64 -w 0)" >signature.json
curl -s -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary @signature.json "http://$here/v2/team/policy/manifests/sha256-${digest#sha256:}.sig" >upload.out
by "oci://$here/team/policy@$digest" --policy-key author.pub
check "and which its author signed" 1 $?
by p.yaml --policy-key author.pub
check "a file is not signed" "3 1" "$? $(grep -c 'only a policy in a registry' err)"
digest=$(artifact p.yaml origin.yaml)
by "oci://$here/team/policy@$digest"
check "and it alone" "3 1" "$? $(grep -c 'no artifact with a policy as its only layer' err)"
printf 'plimsoll: v1\nname: t\nextends: [./p.yaml]\n' >child.yaml
digest=$(artifact child.yaml)
by "oci://$here/team/policy@$digest"
check "nothing is beside it" "3 1" "$? $(grep -c 'p.yaml: Not a directory' err)"
blob=$(upload p.yaml)
by "http://$here/v2/team/policy/blobs/$blob#sha256=$pin"
check "a policy at an address" "1 /srv/numbers" "$? $(grep -om1 '/srv/numbers' out)"
by "http://$here/v2/team/policy/blobs/$blob#sha256=${pin//[0-9]/0}"
check "which changed" "3 1" "$? $(grep -c 'is wanted' err)"
by "http://$here/v2/team/policy/blobs/$blob"
check "with its digest only" "3 1" "$? $(grep -c 'needs its digest' err)"
"$plimsoll" check --policy "http://$here/v2/team/policy/blobs/$blob#sha256=$pin" oci:one.oci >out 2>err
check "and not without TLS" 3 $?

"$plimsoll" query --plain-http "$here" --output csv "docker://$here/team/web:1" "SELECT count(*) FROM file WHERE path = '/srv/numbers'" >out 2>err
check "a query" "0 1" "$? $(tail -n 1 out)"
"$plimsoll" diff --policy p.yaml --at 2026-11-20 --plain-http "$here" "docker://$here/team/web:1" oci:one.oci >out 2>err
check "a comparison with a layout" "0 COMPARED" "$? $(grep -o COMPARED out)$(grep '^  files.*changed' out)"

# What registries do wrong ends in an error that says so, never in a verdict.
wrong() { # NAME PATTERN WAY...
	local name=$1 pattern=$2
	shift 2
	registry_misbehave "$@"
	timeout 120 "$plimsoll" check --policy p.yaml --no-cache --plain-http "$here" "docker://$here/team/web:1" >out 2>err
	check "$name" "3  1" "$? $(cat out) $(grep -ciE "$pattern" err)"
	registry_misbehave
}
layer=$(jq -r '.layers[-1].digest' "one.oci/blobs/sha256/${one#sha256:}")
for what in configuration layer; do
	[ $what = layer ] && on=,path=$layer || on=
	wrong "other bytes than the digest says: $what" 'bytes are sha256|blob is sha256' other-bytes$on
	wrong "the last byte changed: $what" 'bytes are sha256|blob is sha256' wrong-digest$on
	wrong "half of it: $what" "[0-9] bytes|bytes are sha256" short-body$on
	wrong "half, and a true length: $what" 'early|closed|left|remaining|[0-9] bytes' truncated$on
	wrong "endless zeros: $what" 'too long|more than|beyond' endless-body$on
	wrong "chunks without end: $what" 'too long|more than|beyond' endless-chunks$on
	wrong "half a chunk: $what" 'early|chunk|closed|left|[0-9] bytes' half-chunk$on
	wrong "packed on the way: $what" 'gzip|encoding' gzip$on
	wrong "a length that is none: $what" 'length' length-word$on
	wrong "not there: $what" '404' status=404$on
done
wrong "a login page for a manifest" 'text/html' html,on=manifest
wrong "no such manifest" '404' status=404
registry_misbehave reset-body,first=1
judge --no-cache "docker://$here/team/web:1"
check "a connection that breaks off once is taken up again" 1 $?
registry_misbehave

# A folder of registries.conf.d that may not be read could have blocked what is asked for.
as_other=()
[ "$(id -u)" != 0 ] || as_other=(setpriv --reuid 65534 --regid 65534 --clear-groups)
mkdir -p other/bin other/containers/registries.conf.d other/home
cp "$plimsoll" "$(dirname "$plimsoll")/plimsoll-fetch" other/bin/ && chmod -R a+rX other && chmod 777 other/home && chmod a+x . && chmod 0 other/containers/registries.conf.d
other() { "${as_other[@]}" env -u CONTAINERS_REGISTRIES_CONF HOME="$work/other/home" XDG_CONFIG_HOME="$work/other" XDG_CACHE_HOME="$work/other/home" XDG_STATE_HOME="$work/other/home" other/bin/plimsoll "$@" >out 2>err; }
if other --version; then
	other check --plain-http "$registry_address" "docker://$registry_address/team/web:1"
	check "a folder of registries.conf.d that may not be read" "3 1" "$? $(grep -c 'registries.conf.d: Permission denied' err)"
	chmod 755 other/containers/registries.conf.d
	other check --plain-http "$registry_address" "docker://$registry_address/team/web:1"
	check "and one that may" "1 0" "$? $(grep -c 'registries.conf.d' err)"
else
	echo "another user cannot be here: what only root may read is not tried"
fi
exit $failed
