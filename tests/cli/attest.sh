#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# From a passing image to a signature that is demanded: attest, verify, revoke.
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
echo '{"User": "0", "Entrypoint": ["/bin/x"], "platform": "linux/arm64"}' >rootarm.json
"$root/tools/oci-image" rootarm.oci rootarm.json a
index both.oci one.oci arm.oci
index mixed.oci one.oci root.oci
note() { # OUT LAYOUT OS/ARCHITECTURE: its second image has that platform, and is said to be an attestation
	cp -r "$2" "$1"
	python3 - "$1" "$3" <<'P'
import hashlib, json, sys
out, platform = sys.argv[1:]
top = json.load(open(out + "/index.json"))
index = json.load(open(f"{out}/blobs/{top['manifests'][0]['digest'].replace(':', '/')}"))
index["manifests"][1].update(annotations={"vnd.docker.reference.type": "attestation-manifest"}, platform=dict(zip(("os", "architecture"), platform.split("/"))))
data = json.dumps(index).encode()
hex = hashlib.sha256(data).hexdigest()
open(f"{out}/blobs/sha256/{hex}", "wb").write(data)
top["manifests"][0].update(digest="sha256:" + hex, size=len(data))
json.dump(top, open(out + "/index.json", "w"))
P
}
index arms.oci one.oci rootarm.oci
note hidden.oci arms.oci linux/arm64
note nowhere.oci arms.oci unknown/unknown
cat >p.yaml <<'Y'
plimsoll: v1
name: acme/prod
metadata: {user: {root: deny}}
Y

key() { "$plimsoll" key generate --no-passphrase --out "$@" >out 2>err || cat out err; }
key approve
key other
key evidence --role evidence
key deny --role deny
key elsewhere --repository 'registry.example/*'
key old --until 2026-01-01
key strangers --policy sha256:0000000000000000000000000000000000000000000000000000000000000000
"$plimsoll" key generate --no-passphrase --type ed25519 --out edwards >out 2>err || cat err

registry_start || exit 1
here=$registry_address net=(--plain-http "$registry_address")
one=$(registry_put one.oci team/web:1) root_=$(registry_put root.oci team/root:1) both=$(registry_put both.oci team/both:1) mixed=$(registry_put mixed.oci team/mixed:1)
attest() { "$plimsoll" attest --policy p.yaml "${net[@]}" --key "$@" >out 2>err; }
verify() { "$plimsoll" verify "${net[@]}" --key "$@" >out 2>err; }
said() { grep -E '^  (held|failed|unknown)' out | awk '{ printf "%s %s; ", $1, $2 }'; }
tag_of() { echo "sha256-${1#sha256:}.$2"; }
fetch() { curl -s "http://$here/v2/$1/$2/$3"; }
layers() { fetch "$1" manifests "$2" | jq '.layers // [] | length'; }

verify approve.pub "docker://$here/team/web:1"
check "nothing is signed yet" "1 REFUSED docker://$here/team/web:1" "$? $(head -n 1 out)"
attest approve.key "docker://$here/team/web:1"
check "an image that passes is signed and attested" "0 signed       $here/team/web@$one
attested     $here/team/web@$one" "$? $(grep -E '^(signed|attested)' err)"
verify approve.pub --policy p.yaml --max-age 1h "docker://$here/team/web:1"
check "and authorised" "0 AUTHORISED docker://$here/team/web:1" "$? $(head -n 1 out)"
verify approve.pub --policy p.yaml --output json "docker://$here/team/web:1"
check "as JSON" "authorised $one $here/team/web" "$(jq -r '[.result, .digest, .repository] | join(" ")' out)"
verify approve.pub "docker://$here/team/web@$one"
check "by digest" 0 $?
verify other.pub "docker://$here/team/web:1"
check "not by another key" "1 1" "$? $(grep -c '^  failed.*signature' out)"
verify other.pub --key approve.pub "docker://$here/team/web:1"
check "one of several keys is enough" 0 $?
verify approve.pub --policy strict "docker://$here/team/web:1"
check "by another policy" "1 1" "$? $(grep -c '^  failed *policy' out)"
verify approve.pub --repository "$here/team/other" "docker://$here/team/web:1"
check "of another repository" "1 1" "$? $(grep -c '^  failed *repository' out)"
verify approve.pub --max-age 1h --at 2030-01-01 "docker://$here/team/web:1"
check "too old" "1 1" "$? $(grep -c '^  failed *verdict age' out)"
verify approve.key "docker://$here/team/web:1"
check "a private key is refused" "3 1" "$? $(grep -c 'private key' err)"

# What stands in the registry is what others read.
payload=$(fetch team/web blobs "$(fetch team/web manifests "$(tag_of "$one" sig)" | jq -r '.layers[0].digest')")
check "simple signing's payload" "{\"critical\":{\"identity\":{\"docker-reference\":\"$here/team/web:1\"},\"image\":{\"docker-manifest-digest\":\"$one\"},\"type\":\"cosign container image signature\"},\"optional\":null}" "$payload"
fetch team/web manifests "$(tag_of "$one" sig)" | jq -r '.layers[0].annotations["dev.cosignproject.cosign/signature"]' | base64 -d >sig
printf %s "$payload" >payload
check "which openssl verifies" "Verified OK" "$(openssl dgst -sha256 -verify approve.pub -signature sig payload)"
fetch team/web blobs "$(fetch team/web manifests "$(tag_of "$one" att)" | jq -r '.layers[0].digest')" >envelope
jq -r .payload envelope | base64 -d >statement
check "the attestation" "https://slsa.dev/verification_summary/v1 PASSED $one" \
	"$(jq -r '[.predicateType, .predicate.verificationResult, "sha256:" + .subject[0].digest.sha256] | join(" ")' statement)"
check "names the policy" "$("$plimsoll" check --policy p.yaml --output json oci:one.oci | jq -r '.policy.digest')" "sha256:$(jq -r '.predicate.policy.digest.sha256' statement)"
jq -r '.signatures[0].sig' envelope | base64 -d >sig
{ printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$(wc -c <statement)"; cat statement; } >pae
check "which openssl verifies too" "Verified OK" "$(openssl dgst -sha256 -verify approve.pub -signature sig pae)"

attest approve.key "docker://$here/team/web:1"
check "signed again, it says no more" "0 1 1" "$? $(layers team/web "$(tag_of "$one" sig)") $(layers team/web "$(tag_of "$one" att)")"

# What is not approved.
attest approve.key "docker://$here/team/root:1"
check "one that fails is not signed" "1 0 0" "$? $(grep -cE '^(signed|attested)' err) $(layers team/root "$(tag_of "$root_" sig)")"
attest approve.key "docker://$here/team/mixed:1"
check "of an index where one fails nothing is" "1 0 0" "$? $(grep -cE '^(signed|attested)' err) $(layers team/mixed "$(tag_of "$mixed" sig)")"
for name in hidden nowhere; do
	hidden=$(registry_put $name.oci team/$name:1)
	attest approve.key "docker://$here/team/$name:1"
	check "nor where one that fails is said to be an attestation: $name" "1 0 0" "$? $(grep -cE '^(signed|attested)' err) $(layers team/$name "$(tag_of "$hidden" sig)")"
done
registry_misbehave "status=404,path=$(fetch team/both manifests 1 | jq -r '.manifests[2].digest')"
attest approve.key "docker://$here/team/both:1"
check "nor where the registry does not show what is said to be one" "3 0" "$? $(grep -cE '^(signed|attested)' err)"
registry_misbehave
for refused in evidence elsewhere old strangers; do
	attest $refused.key "docker://$here/team/both:1"
	check "a key may not: $refused" "3 0" "$? $(grep -cE '^(signed|attested)' err)"
done
check "and nothing is there" 0 "$(layers team/both "$(tag_of "$both" sig)")"
for target in oci:one.oci rootfs:a one.oci; do
	attest approve.key $target
	check "not in a registry: $target" "3 1" "$? $(grep -c 'only what is in a registry' err)"
done
"$plimsoll" attest --at 2026-01-01 --key approve.key "docker://$here/team/both:1" >out 2>err
check "the clock is the machine's" 3 $?

attest approve.key "docker://$here/team/both:1"
check "an index: each platform, then the index" "0 3 $here/team/both@$both" "$? $(grep -c '^signed' err) $(grep '^signed' err | tail -n 1 | awk '{ print $2 }')"
verify approve.pub --policy p.yaml "docker://$here/team/both:1"
check "the index is authorised" 0 $?
arm=$(jq -r '.manifests[1].digest' "both.oci/blobs/sha256/${both#sha256:}")
verify approve.pub --policy p.yaml "docker://$here/team/both@$arm"
check "and each platform" 0 $?

# A companion is of its key.
cp approve.pub borrowed.pub; cp other.may.yaml borrowed.may.yaml
verify borrowed.pub "docker://$here/team/web:1"
check "another key's companion" "3 1" "$? $(grep -c 'companion beside it is of another key' err)"

# Others' signatures stay.
attest edwards.key "docker://$here/team/web:1"
check "a second signer" "0 2" "$? $(layers team/web "$(tag_of "$one" sig)")"
verify approve.pub "docker://$here/team/web:1"; first=$?
verify edwards.pub "docker://$here/team/web:1"
check "both count" "0 0" "$first $?"
signers=()
for i in 1 2 3 4; do
	"$plimsoll" attest --policy p.yaml "${net[@]}" --key other.key --tag "t$i" "docker://$here/team/web:1" >out.$i 2>&1 &
	signers+=($!)
done
wait "${signers[@]}"
check "several at once lose none" "6 t1 t2 t3 t4" "$(layers team/web "$(tag_of "$one" sig)") $(for layer in $(fetch team/web manifests "$(tag_of "$one" sig)" | jq -r '.layers[].digest'); do fetch team/web blobs "$layer" | jq -r '.critical.identity["docker-reference"]' | grep -o 't[0-9]$'; done | sort | tr '\n' ' ' | sed 's/ $//')"

# A foreign attestation that is too large hinders nobody.
head -c 6000000 /dev/zero | tr '\0' a >large
fetch team/web manifests "$(tag_of "$one" att)" >manifest
upload() { # FILE: as a blob of team/web; prints its digest
	local digest location
	digest=sha256:$(sha256sum <"$1" | cut -d' ' -f1)
	location=$(curl -s -X POST -D - "http://$here/v2/team/web/blobs/uploads/" -o upload.out | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
	case $location in http*) ;; *) location=http://$here$location ;; esac
	curl -s -X PUT --data-binary "@$1" -H 'Content-Type: application/octet-stream' "$location$(case $location in *\?*) echo '&' ;; *) echo '?' ;; esac)digest=$digest" >upload.out
	echo "$digest"
}
jq -c --arg d "$(upload large)" '.layers = [{"mediaType": "application/vnd.dsse.envelope.v1+json", "digest": $d, "size": 6000000}] + .layers' manifest >larger
curl -s -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary @larger "http://$here/v2/team/web/manifests/$(tag_of "$one" att)" >upload.out
verify approve.pub --policy p.yaml "docker://$here/team/web:1"
check "a large foreign attestation hinders nobody" 0 $?

# A signature of another repository is none of this one.
curl -s -X POST "http://$here/v2/team/copy/blobs/uploads/" >out
registry_put one.oci team/copy:1 >out
for suffix in sig att; do
	tag=$(tag_of "$one" $suffix)
	for digest in $(fetch team/web manifests "$tag" | jq -r '.config.digest, .layers[].digest'); do curl -s -X POST "http://$here/v2/team/copy/blobs/uploads/?mount=$digest&from=team/web" >out; done
	fetch team/web manifests "$tag" >manifest
	curl -s -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary @manifest "http://$here/v2/team/copy/manifests/$tag" >out
done
verify approve.pub "docker://$here/team/copy:1"
check "a signature that was copied along" "1 1" "$? $(grep -c '^  failed *repository' out)"

# What an enemy who may push hangs on an image, and what an honest signer never should.
cat >hang.py <<'P'
"""hang.py REPOSITORY DIGEST sig|att FILE [SIGNATURE]: makes these bytes the only signature or attestation of that digest."""
import hashlib, json, sys, urllib.request
repository, digest, kind, file = sys.argv[1:5]
signature = sys.argv[5] if len(sys.argv) > 5 else ""
base = f"http://{repository.replace('/', '/v2/', 1)}"
def ask(method, url, data=None, kind="application/octet-stream"):
    return urllib.request.urlopen(urllib.request.Request(url, data, {"Content-Type": kind}, method=method))
def push(data):
    name = "sha256:" + hashlib.sha256(data).hexdigest()
    place = ask("POST", base + "/blobs/uploads/", b"").headers["Location"]
    place = place if place.startswith("http") else "http://" + repository.split("/")[0] + place
    ask("PUT", place + ("&" if "?" in place else "?") + "digest=" + name, data)
    return {"digest": name, "size": len(data)}
payload = open(file, "rb").read()
media = {"sig": "application/vnd.dev.cosign.simplesigning.v1+json", "att": "application/vnd.dsse.envelope.v1+json"}[kind]
manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **push(b"{}")},
            "layers": [{"mediaType": media, **push(payload), "annotations": {"dev.cosignproject.cosign/signature": signature}}]}
ask("PUT", base + "/manifests/" + digest.replace(":", "-") + "." + kind, json.dumps(manifest).encode(), manifest["mediaType"])
P
registry_put one.oci team/hung:1 >out
hang() { python3 hang.py "$here/team/hung" "$one" "$@"; }
sign() { openssl dgst -sha256 -sign "$1" "$2" | base64 -w 0; }
simple() { # REFERENCE DIGEST [TYPE]
	printf '{"critical":{"identity":{"docker-reference":"%s"},"image":{"docker-manifest-digest":"%s"},"type":"%s"},"optional":null}' "$1" "$2" "${3:-cosign container image signature}"
}
envelope() { # KEY STATEMENT
	{ printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$(wc -c <"$2")"; cat "$2"; } >pae
	printf '{"payloadType":"application/vnd.in-toto+json","payload":"%s","signatures":[{"keyid":"","sig":"%s"}]}' "$(base64 -w 0 <"$2")" "$(sign "$1" pae)"
}
statement() { # RESULT [DIGEST] [REPOSITORY]
	printf '{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x","digest":{"sha256":"%s"}}],"predicateType":"https://slsa.dev/verification_summary/v1","predicate":{"verifier":{"id":"urn:x"},"timeVerified":"2026-11-01T00:00:00Z","resourceUri":"oci://%s","policy":{"uri":"p","digest":{"sha256":"%s"}},"verificationResult":"%s","verifiedLevels":[]}}' \
		"${2:-${one#sha256:}}" "${3:-$here/team/hung:1}" "$("$plimsoll" check --policy p.yaml --output json oci:one.oci | jq -r '.policy.digest | ltrimstr("sha256:")')" "$1"
}
hung() { verify approve.pub "$@" "docker://$here/team/hung:1"; }
simple "$here/team/hung:1" "$one" >payload
hang sig payload "$(sign approve.key payload)"; hung
check "a signature that openssl made" 0 $?
simple "$here/team/hung" "$one" >payload
hang sig payload "$(sign approve.key payload)"; hung
check "one that names no tag, as cosign 2 writes it" 0 $?
hang sig payload "$(sign other.key payload)"; hung
check "by another key" 1 $?
hang sig payload "$(sign approve.key payload | cut -c1-20)"; hung
check "a truncated one" 1 $?
hang sig payload ""; hung
check "none at all" 1 $?
simple "$here/team/hung:1" "$arm" >payload
hang sig payload "$(sign approve.key payload)"; hung
check "of another digest" "1 1" "$? $(grep -c '^  failed *subject' out)"
simple "$here/team/hung:1" "$one" "atomic container signature" >payload
hang sig payload "$(sign approve.key payload)"; hung
check "of another type" 1 $?
sed "s/^{/{\"critical\":{\"identity\":{\"docker-reference\":\"a.example\/b\"},\"image\":{\"docker-manifest-digest\":\"$arm\"},\"type\":\"cosign container image signature\"},/" <(simple "$here/team/hung:1" "$one") >payload
hang sig payload "$(sign approve.key payload)"; hung
check "a key that is there twice" 1 $?
sed 's/"optional"/"Critical":{},"optional"/' <(simple "$here/team/hung:1" "$one") >payload
hang sig payload "$(sign approve.key payload)"; hung
check "and in another case" 1 $?
hang sig payload ""
statement PASSED >statement; envelope approve.key statement >envelope.json
hang att envelope.json; hung --policy p.yaml
check "a statement that openssl signed" 0 $?
hung --policy p.yaml --max-age 24h
check "which is old by now" 1 $?
statement FAILED >statement; envelope approve.key statement >envelope.json
hang att envelope.json; hung
check "a signed statement that says FAILED approves nothing" "1 1" "$? $(grep -c '^  failed *result' out)"
statement PASSED "${arm#sha256:}" >statement; envelope approve.key statement >envelope.json
hang att envelope.json; hung
check "one of another image" 1 $?
statement PASSED "${one#sha256:}" "$here/team/other:1" >statement; envelope approve.key statement >envelope.json
hang att envelope.json; hung
check "one of another repository" 1 $?
statement PASSED >statement; envelope other.key statement >envelope.json
hang att envelope.json; hung
check "one by another key" 1 $?
statement PASSED >statement; envelope approve.key statement | jq -c '.payload |= (@base64d | sub("PASSED"; "passed") | @base64)' >envelope.json
hang att envelope.json; hung
check "one that was changed" 1 $?
printf '{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"x","digest":{"sha256":"%s"}}],"predicateType":"https://spdx.dev/Document","predicate":{}}' "${one#sha256:}" >statement
envelope approve.key statement >envelope.json
hang att envelope.json; hung
check "an SBOM under the approval key" 1 $?
echo '{' >envelope.json
hang att envelope.json; hung
check "garbage" 1 $?

# origin.signed_by
printf 'plimsoll: v1\nname: t\norigin: {signed_by: [approve.pub]}\n' >signed.yaml
judge() { "$plimsoll" check --policy signed.yaml "${net[@]}" --output json "$@" >v.json 2>err; }
judge "docker://$here/team/web:1"
check "a policy that asks for a signature" "0 pass" "$? $(jq -r .areas.origin v.json)"
judge "docker://$here/team/root:1"
check "which this one has not" "1 origin/signed_by" "$? $(jq -r '.findings[].rule' v.json)"
judge oci:one.oci
check "nor this layout" "1 origin/signed_by" "$? $(jq -r '.findings[].rule' v.json)"
judge rootfs:a
check "a tree has no origin" out_of_scope "$(jq -r .areas.origin v.json)"
"$root/tools/oci-image" one.docker.tar amd.json a
judge docker-archive:one.docker.tar
check "of an archive it cannot be told" "2 signature" "$? $(jq -r '.unknown[].kind' v.json)"
printf 'plimsoll: v1\nname: t\norigin: {signed_by: [{key: approve.pub, until: 2026-01-01}]}\n' >signed.yaml
judge "docker://$here/team/web:1"
check "a key whose time is over" 1 $?
printf 'plimsoll: v1\nname: t\norigin: {signed_by: [nosuch.pub]}\n' >signed.yaml
judge "docker://$here/team/web:1"
check "a key that is not there" "3 1" "$? $(grep -c 'the key cannot be read' err)"

# revoke
revoke() { "$plimsoll" revoke "${net[@]}" "$@" >out 2>err; }
revoke --key approve.pub --deny denied.json --deny-key deny.key --reason "leaked" "docker://$here/team/web:1"
check "revoked" "0 2 1" "$? $(grep -c '^removed' err) $(grep -c '^denied' err)"
revoke --deny listed.json --deny-key deny.key "docker://$here/team/web:1"
check "nothing is denied without a reason, nor begun" "3 1 no" "$? $(grep -c 'tells why (--reason)' err) $([ -e listed.json ] || echo no)"
revoke --deny listed.json --deny-key deny.key --reason leaked "docker://$here/team/web:1"
check "denied only, with nothing said of signatures that nobody asked to remove" "0 0 1" "$? $(grep -c '^removed' err) $(grep -c '^denied' err)"
verify approve.pub "docker://$here/team/web:1"
check "its approval is gone" 1 $?
verify edwards.pub "docker://$here/team/web:1"
check "another one's is not" 0 $?
verify edwards.pub --key deny.pub --deny denied.json "docker://$here/team/web:1"
check "but the list denies it" "1 1" "$? $(grep -c '^  failed *deny list.*leaked' out)"
verify approve.pub --key deny.pub --deny denied.json "docker://$here/team/both:1"
check "and it alone... its platform is part of another" 1 $?
revoke --key approve.pub "docker://$here/team/web:1"
check "twice is once" "0 1" "$? $(grep -c '^removed *nothing' err)"
sed 's/leaked/LEAKED/' denied.json >tampered.json; jq -c '.payload |= (@base64d | sub("leaked"; "LEAKED") | @base64)' denied.json >tampered.json
verify edwards.pub --key deny.pub --deny denied.json --deny-serial 9 "docker://$here/team/web:1"
check "an older list" "3 1" "$? $(grep -c 'it is an older one' err)"
verify edwards.pub --key deny.pub --any-repository --deny denied.json "docker://$here/team/web:1"
check "wherever it is signed for, it is denied" 1 $?
sed 's/^until:.*//; $a until: 2020-01-01' deny.may.yaml >late.may.yaml; cp deny.pub late.pub
verify edwards.pub --key late.pub --deny denied.json "docker://$here/team/web:1"
check "a deny key whose time is over" "3 1" "$? $(grep -c 'no trusted key that may deny' err)"
rm -f twice.json; pids=()
for reason in r1 r2 r3 r4; do "$plimsoll" revoke "${net[@]}" --deny twice.json --deny-key deny.key --reason $reason "docker://$here/team/web:1" >out.$reason 2>&1 & pids+=($!); done
wait "${pids[@]}"
check "four that deny at once lose none" "r1 r2 r3 r4 " "$(jq -r .payload twice.json | base64 -d | grep -o '"r[1-4]"' | tr -d '"' | sort -u | tr '\n' ' ')"
verify edwards.pub --key deny.pub --deny tampered.json "docker://$here/team/web:1"
check "a list that somebody changed" "3 1" "$? $(grep -c 'deny list' err)"

# Evidence: judged in one place, approved in another.
registry_forget
registry_put both.oci team/new:1 >out
by_evidence() { "$plimsoll" attest --policy p.yaml "${net[@]}" --key approve.key --evidence-from "$@" >out 2>err; }
by_evidence evidence.pub "docker://$here/team/new:1"
check "no evidence, no approval" "3 1 0" "$? $(grep -c 'no evidence that it passes: nothing is attested' err) $(layers team/new "$(tag_of "$both" sig)")"
attest edwards.key --evidence-key evidence.key "docker://$here/team/new:1"
check "evidence of each platform" "0 2" "$? $(grep -c '^evidence' err)"
fetch team/new blobs "$(fetch team/new manifests "$(tag_of "$arm" att)" | jq -r '.layers[0].digest')" | jq -r .payload | base64 -d >statement
check "is cosign's vulnerability attestation" "https://cosign.sigstore.dev/attestation/vuln/v1 pass linux/arm64" \
	"$(jq -r '[.predicateType, .predicate.scanner.result.result, .predicate.scanner.result.subject.platform] | join(" ")' statement)"
verify evidence.pub "docker://$here/team/new:1"
check "which approves nothing" 1 $?
echo '{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": []}' >bom.json
echo '{"spdxVersion": "SPDX-2.3"}' >spdx.json
registry_put one.oci team/bill:1 >out
attest edwards.key --evidence-key evidence.key --sbom bom.json "docker://$here/team/bill:1"
check "an SBOM, under the evidence key" "0 1" "$? $(grep -c '^sbom' err)"
attest edwards.key --evidence-key evidence.key --sbom spdx.json "docker://$here/team/bill:1"
check "of both kinds" "https://cyclonedx.org/bom https://spdx.dev/Document" \
	"$(fetch team/bill manifests "$(tag_of "$one" att)" | jq -r '.layers[].annotations.predicateType' | grep -e cyclonedx -e spdx | xargs)"
attest edwards.key --sbom bom.json "docker://$here/team/bill:1"
check "under no other" 3 $?
registry_forget
attest edwards.key --evidence-key evidence.key --sbom p.yaml "docker://$here/team/bill:1"
check "and nothing else, for which nothing is published" "3 0" "$? $(registry_asked '.method != "GET" and .method != "HEAD"' | wc -l)"
attest edwards.key --evidence-key evidence.key --sbom bom.json "docker://$here/team/both:1"
check "of one image" "3 1" "$? $(grep -c 'there are 2 platforms' err)"
registry_forget
by_evidence evidence.pub "docker://$here/team/new:1"
check "approved by evidence" "0 3" "$? $(grep -c '^signed' err)"
check "without a layer" 0 "$(registry_asked | grep -c "$(jq -r '.layers[0].digest' "one.oci/blobs/sha256/${one#sha256:}")")"
verify approve.pub --policy p.yaml --max-age 1h "docker://$here/team/new:1"
check "and authorised" 0 $?
"$plimsoll" attest --policy strict "${net[@]}" --key approve.key --evidence-from evidence.pub "docker://$here/team/new:1" >out 2>err
check "not by another policy" "3 1" "$? $(grep -c 'by another policy' err)"
by_evidence edwards.pub "docker://$here/team/new:1"
check "not by a key that approves" "3 1" "$? $(grep -c 'no evidence key made it' err)"
key evidence2 --role evidence
by_evidence evidence2.pub "docker://$here/team/new:1"
check "not by another evidence key" 3 $?
attest edwards.key --evidence-key approve.key "docker://$here/team/new:1"
check "an approval key makes no evidence" 3 $?

# Bundles and the Notary Project.
attest edwards.key --bundle "docker://$here/team/both:1"
check "bundles" "0 2" "$? $(fetch team/both referrers "$both" | jq -r '[.manifests[].artifactType] | length')"
key notary --certificate 'C=DE,ST=Hessen,O=Acme,CN=approve'
attest notary.key --notation "docker://$here/team/both:1"
check "the Notary Project's" 0 $?
"$plimsoll" verify "${net[@]}" --certificate notary.crt "docker://$here/team/both:1" >out 2>err
check "which names no repository" "2 1" "$? $(grep -c '^  cannot tell *repository' out)"
"$plimsoll" verify "${net[@]}" --any-repository --certificate notary.crt "docker://$here/team/both:1" >out 2>err
check "verified by its certificate" 0 $?

# A mirror has what was revoked, and not what was signed since: neither is read, nor written back.
gone=$(registry_put one.oci team/gone:1)
attest approve.key "docker://$here/team/gone:1"
registry_start || exit 1
mirror=$registry_address net+=(--plain-http "$mirror")
"$plimsoll" promote --policy p.yaml "${net[@]}" "docker://$here/team/gone:1" "docker://$mirror/cache/team/gone:1" >out 2>err
printf '[[registry]]\nprefix = "%s"\n[[registry.mirror]]\nlocation = "%s/cache"\n' "$here" "$mirror" >mirrors.conf
mirrored() { CONTAINERS_REGISTRIES_CONF=$work/mirrors.conf "$@"; }
mirrored verify approve.pub "docker://$here/team/gone:1"
check "an approval, and a mirror that has it too" "0 200" "$? $(curl -s -o out -w '%{http_code}' "http://$mirror/v2/cache/team/gone/manifests/$(tag_of "$gone" sig)")"
revoke --key approve.pub "docker://$here/team/gone:1"
registry_forget
mirrored verify approve.pub "docker://$here/team/gone:1"
check "revoked is revoked, whatever the mirror still has" "1 1" "$? $(grep -c '^REFUSED' out)"
check "which gave the image all the same" 1 "$(registry_asked | grep -c '/manifests/1 200')"
mirrored "$plimsoll" promote --policy p.yaml "${net[@]}" "docker://$here/team/gone:1" "docker://$here/prod/gone:1" >out 2>err
check "nor is it promoted" "0 0" "$? $(layers prod/gone "$(tag_of "$gone" sig)")"
attest other.key "docker://$here/team/gone:1"
mirrored attest edwards.key "docker://$here/team/gone:1"
check "signed by two since" "0 2" "$? $(layers team/gone "$(tag_of "$gone" sig)")"
verify approve.pub "docker://$here/team/gone:1"
check "and what was revoked is not written back" 1 $?

# What is revoked is revoked in every form, others' stays, and a registry that deletes nothing is no way around it.
revoke --key edwards.pub --key notary.pub "docker://$here/team/both:1"
check "bundles and the Notary Project's are revoked too" "0 [] 3" "$? $(fetch team/both referrers "$both" | jq -c '.manifests') $(grep -c '^removed *3 .*referrers' err)"
"$plimsoll" verify "${net[@]}" --any-repository --certificate notary.crt "docker://$here/team/both:1" >out 2>err
check "and count no more" 1 $?
first_here=$here
for way in "" "--no-delete" "--no-referrers" "--no-referrers --no-delete"; do
	# shellcheck disable=SC2086
	registry_start $way || exit 1
	here=$registry_address net=(--plain-http "$registry_address")
	registry_put one.oci team/web:1 >out
	as="registry${way:+ with }$way"
	attest approve.key --bundle "docker://$here/team/web:1" && attest edwards.key --bundle "docker://$here/team/web:1"
	check "$as: two signers" "0 2 2" "$? $(layers team/web "$(tag_of "$one" sig)") $(layers team/web "$(tag_of "$one" att)")"
	revoke --key approve.pub "docker://$here/team/web:1"
	status=$?
	check "$as: one is revoked" "$([ "$way" = --no-delete ] && echo 3 || echo 0) 1 1" "$status $(layers team/web "$(tag_of "$one" sig)") $(layers team/web "$(tag_of "$one" att)")"
	[ "$way" != --no-delete ] || check "$as: what it keeps is told" 1 "$(grep -c 'referrers of .*405' err)"
	verify edwards.pub "docker://$here/team/web:1"
	check "$as: the other is not" 0 $?
	verify approve.pub "docker://$here/team/web:1"
	status=$?
	check "$as: but that one is" "$([ "$way" = --no-delete ] && echo 0 || echo 1)" $status
	revoke --key edwards.pub "docker://$here/team/web:1"
	check "$as: nobody's is left" "0 0" "$(layers team/web "$(tag_of "$one" sig)") $(layers team/web "$(tag_of "$one" att)")"
	check "$as: nor hidden" "$([ -z "${way##*--no-delete}" ] && [ -n "$way" ] && echo 200 || echo 404)" "$(curl -s -o out -w '%{http_code}' "http://$here/v2/team/web/manifests/$(tag_of "$one" sig)")"
	attest approve.key "docker://$here/team/web:1"
	check "$as: approved anew" "0 1" "$? $(layers team/web "$(tag_of "$one" sig)")"
	# An index as cosign 3 writes it, which names the configuration's type for the artifact's.
	if [ "$way" = --no-referrers ]; then
		attest edwards.key --bundle "docker://$here/team/web:1"
		revoke --key approve.pub "docker://$here/team/web:1"
		for suffix in sig att; do curl -s -X DELETE "http://$here/v2/team/web/manifests/$(tag_of "$one" $suffix)" >out; done
		fetch team/web manifests "sha256-${one#sha256:}" | jq -c '.manifests[].artifactType = "application/vnd.oci.empty.v1+json"' | tr -d '\n' >index
		curl -s -X PUT -H 'Content-Type: application/vnd.oci.image.index.v1+json' --data-binary @index "http://$here/v2/team/web/manifests/sha256-${one#sha256:}" >out
		verify edwards.pub "docker://$here/team/web:1"
		check "$as: a list that names another type" 0 $?
	fi
	registry_stop
done

# All of it is in the log.
check "the log is whole" 0 "$("$plimsoll" log verify >out 2>err; echo $?)"
kinds=$("$plimsoll" log export --output json | jq -r '.. | objects | select(has("kind")) | .kind' | sort | uniq -c | awk '{ print $2 }' | tr '\n' ' ')
check "what was done is in it" "promotion refusal revocation signature verdict " "$kinds"

# A layout that was copied with its signatures needs no network.
here=$first_here net=(--plain-http "$first_here")
if command -v skopeo >/dev/null; then
	for tag in 1 "$(tag_of "$both" sig)" "$(tag_of "$both" att)"; do
		skopeo copy -q --insecure-policy --all --src-tls-verify=false "docker://$here/team/both:$tag" "oci:copy.oci:$tag" || exit 1
	done
	"$plimsoll" verify --key approve.pub --repository "$here/team/both" --policy p.yaml oci:copy.oci:1 >out 2>err
	check "offline, in a layout" 0 $?
	printf 'plimsoll: v1\nname: t\norigin: {signed_by: [approve.pub]}\n' >signed.yaml
	judge oci:copy.oci:1
	check "a policy of a layout: signed for which repository?" "2 signature" "$? $(jq -r '[.. | .unknown? // empty | .[].kind] | unique | join(" ")' v.json)"
	judge --as "$here/team/both" oci:copy.oci:1
	check "for this one" 0 $?
	judge --as "$here/team/others" oci:copy.oci:1
	check "and no other" 1 $?
	python3 - "$one" <<'P'
import json, shutil, sys
shutil.copytree("one.oci/blobs", "copy.oci/blobs", dirs_exist_ok=True)
index = json.load(open("copy.oci/index.json"))
hidden = json.load(open("root.oci/index.json"))["manifests"][0]
shutil.copytree("root.oci/blobs", "copy.oci/blobs", dirs_exist_ok=True)
hidden["annotations"] = {"org.opencontainers.image.ref.name": "sha256-evil"}
index["manifests"] = [entry for entry in index["manifests"] if not entry["annotations"]["org.opencontainers.image.ref.name"].startswith("sha256-")] + [hidden] + \
    [entry for entry in index["manifests"] if entry["annotations"]["org.opencontainers.image.ref.name"].startswith("sha256-")]
json.dump(index, open("copy.oci/index.json", "w"))
P
	judge --as "$here/team/both" oci:copy.oci
	check "an image beside the one that is signed" 0 "$(grep -c '"origin":"pass"' v.json)"
	"$plimsoll" verify --key strangers.pub oci:copy.oci:1 >out 2>err
	check "offline, by another key" 1 $?
fi
exit $failed
