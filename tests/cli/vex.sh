#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# VEX: which statements waive which findings, and what is said of the others.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/registry/registry.bash"
export XDG_CACHE_HOME=$work/cache
mkdir -p tree/etc tree/var/lib/dpkg/info tree/app/node_modules/left tree/app/node_modules/left/node_modules/right feeds
printf 'ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n' >tree/etc/os-release
printf 'Package: libdemo1\nSource: demo (1:2.0-1)\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2.0-1\n\n' >tree/var/lib/dpkg/status
echo '{"name": "left", "version": "1.2.0"}' >tree/app/node_modules/left/package.json
echo '{"name": "right", "version": "3.0.0"}' >tree/app/node_modules/left/node_modules/right/package.json
severity='"severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]'
advisory() { # ID ECOSYSTEM NAME ALIASES
	cat >"feeds/$1.json" <<J
{"id": "$1", "aliases": [$4], "published": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z", $severity,
 "database_specific": {"plimsoll": {"covers": ["$2"], "packages": ["*"]}},
 "affected": [{"package": {"ecosystem": "$2", "name": "$3"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}
J
}
advisory CVE-2026-0001 Debian:12 demo ''
advisory GHSA-aaaa-bbbb-cccc npm left '"CVE-2026-0002"'
advisory GHSA-dddd-eeee-ffff npm right '"CVE-2026-0003"'
"$plimsoll" db build --from feeds --output a.db >build.txt || cat build.txt
all="CVE-2026-0001 CVE-2026-0002 CVE-2026-0003"

head='"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://acme.example/vex", "author": "Acme", "version": 1, "timestamp": "2026-02-01T00:00:00Z"'
openvex() { echo "{$head, \"statements\": [$(IFS=,; echo "$*")]}"; }
says() { # VULNERABILITY PRODUCT STATUS [MORE]: not affected, because nothing runs it where nothing is said
	local more=${4:+, $4}
	[[ $3 != not_affected || $more == *justification* || $more == *impact_statement* ]] || more+=', "justification": "vulnerable_code_not_in_execute_path"'
	echo "{\"vulnerability\": {\"name\": \"$1\"}, \"products\": [$2], \"status\": \"$3\"$more}"
}
at() { # PRODUCT [PART]
	local part=${2:+", \"subcomponents\": [{\"@id\": \"$2\"}]"}
	echo "{\"@id\": \"$1\"$part}"
}
target=rootfs:tree as=()
policy() { printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\nunknown: {data_age: {over: 36500d, is: warn}}\n%s\n' "$1"; }
judge() { # POLICY; the exit status, who is waived and who fails
	policy "$1" >p.yaml
	"$plimsoll" check --policy p.yaml --db a.db --at 2026-06-01 "${as[@]}" --output json "$target" >v.json 2>err
	local status=$?
	[ -s v.json ] || { echo "$status $(cat err)"; return; }
	jq -r --arg s "$status" '$s + " waived: " + ([.waived[].finding.vulnerability.id] | join(" ")) + "; fail: " + ([.findings[].vulnerability.id] | join(" "))' v.json
}
with() { openvex "$@" >vex.json; judge 'vex: {files: [vex.json]}'; }
waived() { # NAME WAIVED STATEMENTS...
	local name=$1 wanted=$2; shift 2
	check "$name" "$wanted" "$(with "$@" | sed 's/.*waived: //; s/;.*//')"
}

check "without VEX all fail" "1 waived: ; fail: $all" "$(judge '')"
waived "a package by its URL" CVE-2026-0001 "$(says CVE-2026-0001 "$(at pkg:deb/debian/libdemo1)" not_affected '"justification": "vulnerable_code_not_present", "impact_statement": "built without it"')"
check "the statement stands in the verdict" '{"author":"Acme","document":"https://acme.example/vex","impact":"built without it","justification":"vulnerable_code_not_present","product":"pkg:deb/debian/libdemo1","source":"vex.json","status":"not_affected","time":"2026-02-01T00:00:00Z","vulnerability":"CVE-2026-0001"} null' \
	"$(jq -rc '"\(.waived[0].finding.statement) \(.waived[0].exception)"' v.json)"
check "and how many of them were of use" '{"documents":1,"statements":1,"unused":[],"used":1}' "$(jq -c .vex v.json)"
for status in fixed affected under_investigation; do
	waived "status: $status" "$([ $status = fixed ] && echo CVE-2026-0001)" "$(says CVE-2026-0001 "$(at pkg:deb/debian/libdemo1@1:2.0-1)" $status)"
done
check "what does not waive is shown with the finding" under_investigation "$(jq -r '.findings[] | select(.vulnerability.id == "CVE-2026-0001").statement.status' v.json)"
waived "fixed, and not in which version" "" "$(says CVE-2026-0001 "$(at pkg:deb/debian/libdemo1)" fixed)"
check "and that is the reason" "in which version it is fixed is not told" "$(jq -r '.vex.unused[0].reason' v.json)"
waived "fixed in a version of what it is in" CVE-2026-0003 "$(says CVE-2026-0003 "$(at pkg:npm/left@1.2.0 pkg:npm/right)" fixed)"

# names
waived "letters of either case" CVE-2026-0002 "$(says cve-2026-0002 "$(at pkg:npm/left)" not_affected)"
waived "an advisory of two CVEs: one of them" "" '{"vulnerability": {"name": "CVE-2026-0009", "aliases": ["GHSA-aaaa-bbbb-cccc"]}, "products": [{"@id": "pkg:npm/left"}], "status": "not_affected", "impact_statement": "i"}'
waived "an alias of the finding" CVE-2026-0002 "$(says GHSA-aaaa-bbbb-cccc "$(at pkg:npm/left)" not_affected)"
waived "an alias of the statement" CVE-2026-0002 '{"vulnerability": {"name": "ACME-1", "aliases": ["CVE-2026-0002"]}, "products": [{"@id": "pkg:npm/left"}], "status": "not_affected", "impact_statement": "i"}'
waived "OpenVEX 0.0.1" CVE-2026-0002 '{"vulnerability": "CVE-2026-0002", "products": ["pkg:npm/left@1.2.0"], "status": "not_affected", "impact_statement": "i"}'

# packages
deb() { waived "$1" "$2" "$(says CVE-2026-0001 "$(at "$3")" not_affected)"; }
deb "its version" CVE-2026-0001 pkg:deb/debian/libdemo1@1:2.0-1
deb "percent signs" CVE-2026-0001 'pkg:deb/debian/libdemo1@1%3A2.0-1?arch=amd64'
deb "another version" "" pkg:deb/debian/libdemo1@1:2.0-2
deb "its epoch as a qualifier" CVE-2026-0001 'pkg:deb/debian/libdemo1@2.0-1?epoch=1'
deb "its epoch twice" CVE-2026-0001 'pkg:deb/debian/libdemo1@1:2.0-1?epoch=01'
deb "another epoch" "" 'pkg:deb/debian/libdemo1@2.0-1?epoch=2'
deb "two epochs" "" 'pkg:deb/debian/libdemo1@1:2.0-1?epoch=2'
deb "no epoch" "" pkg:deb/debian/libdemo1@2.0-1
deb "the source package's epoch as a qualifier" CVE-2026-0001 'pkg:deb/debian/demo@2.0-1?arch=source&epoch=1'
deb "another epoch of the source package" "" 'pkg:deb/debian/demo@2.0-1?arch=source&epoch=3'
deb "another distribution" "" pkg:deb/ubuntu/libdemo1
deb "the release, by number" CVE-2026-0001 'pkg:deb/debian/libdemo1?distro=debian-12'
deb "by name" CVE-2026-0001 'pkg:deb/debian/libdemo1?distro=bookworm'
deb "by number alone" CVE-2026-0001 'pkg:deb/debian/libdemo1?distro=12'
deb "of a point" CVE-2026-0001 'pkg:deb/debian/libdemo1?distro=debian-12.5'
deb "another release" "" 'pkg:deb/debian/libdemo1?distro=debian-1'
deb "another architecture" "" 'pkg:deb/debian/libdemo1?arch=arm64'
deb "x86_64 is amd64" CVE-2026-0001 'pkg:deb/debian/libdemo1?arch=x86_64'
deb "the source package" CVE-2026-0001 'pkg:deb/debian/demo@1:2.0-1?arch=source'
deb "a source package of that name only where it says so" "" pkg:deb/debian/demo
deb "no distribution" "" pkg:deb/libdemo1@1:2.0-1
check "and that is the reason" "of which distribution it is it does not tell" "$(jq -r '.vex.unused[0].reason' v.json)"
deb "no distribution, but a release by number" "" 'pkg:deb/libdemo1?distro=12'
deb "no distribution, but a release of one" CVE-2026-0001 'pkg:deb/libdemo1?distro=debian-12'
deb "no distribution, but a release's name" CVE-2026-0001 'pkg:deb/libdemo1?distro=bookworm'
deb "no distribution, but a release of another" "" 'pkg:deb/libdemo1?distro=ubuntu-12'
waived "no distribution: what does not waive counts" "" "$(says CVE-2026-0001 "$(at pkg:deb/debian/libdemo1)" not_affected)" "$(says CVE-2026-0001 "$(at pkg:deb/libdemo1)" affected '"timestamp": "2026-03-01T00:00:00Z"')"
deb "another type" "" pkg:npm/libdemo1
deb "a part of it" "" 'pkg:deb/debian/libdemo1#doc'
deb "no package URL" "" libdemo1
check "why it is about nothing is told" "it names no package URL" "$(jq -r '.vex.unused[0].reason' v.json)"
waived "an @id and a package URL that differ" "" '{"vulnerability": {"name": "CVE-2026-0001"}, "products": [{"@id": "pkg:deb/debian/libdemo1", "identifiers": {"purl": "pkg:deb/debian/other"}}], "status": "not_affected", "impact_statement": "i"}'
waived "a package URL beside another name" CVE-2026-0001 '{"vulnerability": {"name": "CVE-2026-0001"}, "products": [{"@id": "https://acme.example/demo", "identifiers": {"purl": "pkg:deb/debian/libdemo1"}}], "status": "not_affected", "impact_statement": "i"}'
waived "a package in a package" CVE-2026-0003 "$(says CVE-2026-0003 "$(at pkg:npm/left pkg:npm/right)" not_affected)"
waived "in another one" "" "$(says CVE-2026-0003 "$(at pkg:npm/other pkg:npm/right)" not_affected)"
waived "the other way round" "" "$(says CVE-2026-0002 "$(at pkg:npm/right pkg:npm/left)" not_affected)"
waived "packages of a system are not inside each other" "" "$(says CVE-2026-0001 "$(at pkg:deb/debian/other pkg:deb/debian/libdemo1)" not_affected)"
waived "no product" "" '{"vulnerability": {"name": "CVE-2026-0001"}, "status": "not_affected", "impact_statement": "i"}'

# images
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >amd.json
"$root/tools/oci-image" web.oci amd.json tree
digest=$(jq -r '.manifests[0].digest' web.oci/index.json)
target=oci:web.oci
oci() { # NAME WAIVED PRODUCT [PART]
	waived "image: $1" "$2" "$(says CVE-2026-0002 "$(at "${@:3}")" not_affected)"
}
oci "by digest" CVE-2026-0002 "pkg:oci/web@$digest?repository_url=elsewhere.example/web" pkg:npm/left
oci "by digest alone, in percent signs" CVE-2026-0002 "pkg:oci/web@${digest/:/%3A}" pkg:npm/left@1.2.0
waived "image: a part without its distribution, which is the image's" CVE-2026-0001 "$(says CVE-2026-0001 "$(at "pkg:oci/web@$digest" pkg:deb/libdemo1)" not_affected)"
waived "image: beside it a part of another" "" "$(says CVE-2026-0001 "$(at "pkg:oci/web@$digest" pkg:deb/ubuntu/libdemo1)" not_affected)"
oci "as a whole" CVE-2026-0002 "pkg:oci/web@$digest"
oci "another digest" "" "pkg:oci/web@sha256:0000000000000000000000000000000000000000000000000000000000000000" pkg:npm/left
oci "the other part" "" "pkg:oci/web@$digest" pkg:npm/right
oci "another architecture" "" "pkg:oci/web@$digest?arch=arm64"
oci "by digest in hashes" "" "https://acme.example/web" pkg:npm/left
waived "image: by digest in hashes" CVE-2026-0002 "{\"vulnerability\": {\"name\": \"CVE-2026-0002\"}, \"status\": \"not_affected\", \"impact_statement\": \"i\", \"products\": [{\"@id\": \"https://acme.example/web\", \"hashes\": {\"sha-256\": \"${digest#*:}\"}}]}"
oci "where it lives was not told" "" "pkg:oci/web?repository_url=docker.io/acme/web"
check "and that is the reason" "it is of a repository, and where this image lives was not told (--as)" "$(jq -r '.vex.unused[0].reason' v.json)"
as=(--as docker.io/acme/web)
for host in docker.io index.docker.io registry-1.docker.io https://index.docker.io; do
	oci "$host" CVE-2026-0002 "pkg:oci/web?repository_url=$host/acme/web"
done
oci "in percent signs" CVE-2026-0002 "pkg:oci/web?repository_url=index.docker.io%2Facme%2Fweb" pkg:npm/left
oci "the name is not in the URL" CVE-2026-0002 "pkg:oci/web?repository_url=docker.io/acme"
oci "Docker's own type" CVE-2026-0002 "pkg:docker/acme/web"
oci "at another host" "" "pkg:docker/acme/web?repository_url=ghcr.io"
oci "another repository" "" "pkg:oci/web?repository_url=docker.io/other/web"
oci "a repository below it" "" "pkg:oci/web?repository_url=docker.io/acme/web/web"
oci "no repository" "" "pkg:oci/web"
oci "a tag, and none is known" "" "pkg:oci/web?repository_url=docker.io/acme/web&tag=1"
oci "the same as a version" "" "pkg:docker/acme/web@1"
hashed() { waived "image: $1" "$2" "{\"vulnerability\": {\"name\": \"CVE-2026-0002\"}, \"status\": \"not_affected\", \"impact_statement\": \"i\", \"products\": [{\"@id\": \"pkg:oci/web?repository_url=docker.io/acme/web\", \"hashes\": {\"sha-256\": \"$3\"}}]}"; }
hashed "its digest in hashes, beside the repository" CVE-2026-0002 "${digest#*:}"
hashed "another digest there" "" 0000000000000000000000000000000000000000000000000000000000000000
bom() { echo "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"metadata\": {\"component\": {\"bom-ref\": \"w\", \"name\": \"web\", \"version\": \"$1\", \"purl\": \"pkg:oci/web?repository_url=docker.io/acme/web\"}}, \"vulnerabilities\": [{\"id\": \"CVE-2026-0002\", \"analysis\": {\"state\": \"not_affected\"}, \"affects\": [{\"ref\": \"w\"}]}]}" >bom.json; judge 'vex: {files: [bom.json]}' | sed 's/.*waived: //; s/;.*//'; }
check "image: its version beside a URL without one" "" "$(bom 1.4)"
check "image: that is its tag" "it is of a tag, and under which this image was taken is not known" "$(jq -r '.vex.unused[0].reason' v.json)"
check "image: or its digest" CVE-2026-0002 "$(bom "$digest")"
as=(--as docker.io/library/debian)
oci "Docker's library" CVE-2026-0002 "pkg:docker/debian"
oci "the same by its URL" CVE-2026-0002 "pkg:oci/debian?repository_url=index.docker.io/debian"
as=()

# attestations
key() { "$plimsoll" key generate --no-passphrase --out "$@" >out 2>err || cat out err; }
key vendor
key other
cat >sign.py <<'P'
# sign.py LAYOUT KEY SUBJECT TYPE PREDICATE: under the tag where cosign keeps attestations
import base64, hashlib, json, os, subprocess, sys
layout, key, subject, kind, predicate = sys.argv[1:]
statement = {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": kind, "predicate": json.load(open(predicate)),
             "subject": [{"name": "web", "digest": dict([subject.split(":")])}]}
payload, payload_type = json.dumps(statement).encode(), "application/vnd.in-toto+json"
signed = b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(payload), payload)
signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=signed, capture_output=True, check=True).stdout
envelope = {"payload": base64.b64encode(payload).decode(), "payloadType": payload_type, "signatures": [{"keyid": "", "sig": base64.b64encode(signature).decode()}]}
def put(value):
    data = json.dumps(value).encode() if not isinstance(value, bytes) else value
    digest = hashlib.sha256(data).hexdigest()
    open(f"{layout}/blobs/sha256/{digest}", "wb").write(data)
    return {"digest": "sha256:" + digest, "size": len(data)}
index = json.load(open(layout + "/index.json"))
tag = subject.replace(":", "-") + ".att"
old = [entry for entry in index["manifests"] if entry.get("annotations", {}).get("org.opencontainers.image.ref.name") == tag]
layers = json.load(open(f"{layout}/blobs/{old[0]['digest'].replace(':', '/')}"))["layers"] if old else []
layers.append({"mediaType": "application/vnd.dsse.envelope.v1+json", **put(envelope), "annotations": {"dev.cosignproject.cosign/signature": "", "predicateType": kind}})
manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": layers,
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **put(b'{"architecture": "", "os": "", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}}')}}
index["manifests"] = [entry for entry in index["manifests"] if entry not in old]
index["manifests"][0]["annotations"] = {"org.opencontainers.image.ref.name": "web"}
index["manifests"].append({"mediaType": manifest["mediaType"], **put(manifest), "annotations": {"org.opencontainers.image.ref.name": tag}})
json.dump(index, open(layout + "/index.json", "w"))
P
attested() { # NAME WAIVED KEY SUBJECT TYPE PREDICATE [POLICY]
	rm -rf signed.oci
	cp -r web.oci signed.oci
	python3 sign.py signed.oci "$3" "$4" "$5" "$6" || echo "no signature"
	target=oci:signed.oci:web
	check "attestation: $1" "$2" "$(judge "${7:-vex: {trusted: [vendor.pub]\}}" | sed 's/.*waived: //; s/;.*//')"
	target=oci:web.oci
}
ns=https://openvex.dev/ns/v0.2.0
openvex "$(says CVE-2026-0002 "$(at "pkg:oci/web@$digest" pkg:npm/left)" not_affected)" '{"vulnerability": "CVE-2026-0003", "status": "fixed"}' >vex.json
attested "signed by whom the policy trusts" "CVE-2026-0002 CVE-2026-0003" vendor.key "$digest" $ns vex.json
check "who signed is shown" "vendor.pub" "$(jq -r '.waived[0].finding.statement.key' v.json)"
attested "by another key" "" other.key "$digest" $ns vex.json
attested "by one of two" "CVE-2026-0002 CVE-2026-0003" other.key "$digest" https://openvex.dev/ns vex.json 'vex: {trusted: [vendor.pub, {key: other.pub, until: 2026-12-31}]}'
attested "by a key whose time is over" "" vendor.key "$digest" $ns vex.json 'vex: {trusted: [{key: vendor.pub, until: 2026-05-31}]}'
attested "of another type" "" vendor.key "$digest" https://slsa.dev/provenance/v1 vex.json
attested "about another image" "" vendor.key "sha256:0000000000000000000000000000000000000000000000000000000000000000" $ns vex.json
attested "nobody is trusted" "" vendor.key "$digest" $ns vex.json '# nobody'
openvex '{"vulnerability": "CVE-2026-0003", "status": "maybe"}' >broken.json
csaf_of() { jq -nc --arg category "$1" --arg purl "pkg:oci/web@$digest" '{document: {category: $category, csaf_version: "2.0", publisher: {name: "Acme"}, tracking: {id: "A-3", version: "1", current_release_date: "2026-02-01T00:00:00Z"}},
	product_tree: {full_product_names: [{name: "web", product_id: "W", product_identification_helper: {purl: $purl}}]},
	vulnerabilities: [{cve: "CVE-2026-0002", product_status: {known_not_affected: ["W"]}, flags: [{label: "component_not_present"}]}]}'; }
csaf_of csaf_vex >csaf.json
attested "CSAF, whose type is nowhere agreed on" CVE-2026-0002 vendor.key "$digest" https://acme.example/csaf csaf.json
csaf_of csaf_security_advisory >csaf.json
attested "CSAF that is no VEX" "" vendor.key "$digest" https://acme.example/csaf csaf.json
check "and that is told" "a CSAF document of the category 'csaf_security_advisory', and only csaf_vex is VEX" "$(jq -r '.unknown[].reason' v.json | sed 's/.*vendor.pub: //')"
attested "one that cannot be read" "" vendor.key "$digest" $ns broken.json
check "and that is told" "signature vex sha256-${digest#*:}.att, layer 0, signed by vendor.pub: statements[0]: a status that there is not" "$(jq -r '.unknown[] | "\(.kind) \(.subject) \(.reason)"' v.json)"
target=oci:signed.oci:web
openvex "$(says CVE-2026-0002 "$(at pkg:npm/left)" not_affected)" >named.json
openvex "$(says CVE-2026-0002 "$(at pkg:npm/left)" affected '"timestamp": "2026-03-01T00:00:00Z"')" >vex.json
attested "it can take back what a file says" "" vendor.key "$digest" $ns vex.json 'vex: {trusted: [vendor.pub], files: [named.json]}'

# a registry
registry_start || exit 1
registry_put web.oci team/web:1 >put
target=docker://$registry_address/team/web:1 as=(--plain-http "$registry_address")
there="pkg:oci/web?repository_url=$registry_address/team/web"
oci "in a registry" CVE-2026-0002 "$there" pkg:npm/left
oci "under its tag" CVE-2026-0002 "$there&tag=1" pkg:npm/left
oci "under another tag" "" "$there&tag=2" pkg:npm/left
openvex "$(says CVE-2026-0002 "$(at "$there" pkg:npm/left)" not_affected)" >vex.json
cp -r web.oci signed.oci.new && rm -rf signed.oci && mv signed.oci.new signed.oci
python3 sign.py signed.oci vendor.key "$digest" $ns vex.json
jq -c '.manifests |= .[1:]' signed.oci/index.json >only.json && mv only.json signed.oci/index.json
check "attestation: none in the registry" "" "$(judge 'vex: {trusted: vendor.pub}' | sed 's/.*waived: //; s/;.*//')"
registry_put signed.oci "team/web:${digest/:/-}.att" >put
check "attestation: in a registry" CVE-2026-0002 "$(judge 'vex: {trusted: vendor.pub}' | sed 's/.*waived: //; s/;.*//')"
check "attestation: --as elsewhere, and the product is here" "" "$(as+=(--as docker.io/acme/web); judge 'vex: {trusted: vendor.pub}' | sed 's/.*waived: //; s/;.*//')"
registry_misbehave referrers-garbage
check "attestation: a registry that answers nonsense is unknown, not silent" "1 signature vex" "$(judge 'vex: {trusted: vendor.pub}' | cut -c 1) $(jq -r '.unknown[] | "\(.kind) \(.subject)"' v.json)"
registry_stop
target=rootfs:tree as=()

# which of several
npm=$(at pkg:npm/left) one=$(at pkg:npm/left@1.2.0)
on() { echo "\"timestamp\": \"2026-0$1-01T00:00:00Z\""; }
both() { waived "$@"; waived "$1, the other way round" "$2" "$4" "$3"; }
both "the later one waives" CVE-2026-0002 "$(says CVE-2026-0002 "$npm" not_affected "$(on 4)")" "$(says CVE-2026-0002 "$npm" affected "$(on 3)")"
both "the later one does not" "" "$(says CVE-2026-0002 "$npm" not_affected "$(on 3)")" "$(says CVE-2026-0002 "$npm" affected "$(on 4)")"
both "at one time the one that does not" "" "$(says CVE-2026-0002 "$npm" not_affected)" "$(says CVE-2026-0002 "$npm" under_investigation)"
both "the narrower one does not" "" "$(says CVE-2026-0002 "$one" affected "$(on 3)")" "$(says CVE-2026-0002 "$npm" not_affected "$(on 4)")"
both "the narrower one does, and is later" CVE-2026-0002 "$(says CVE-2026-0002 "$one" not_affected "$(on 4)")" "$(says CVE-2026-0002 "$npm" affected "$(on 3)")"
both "the narrower one does, and is earlier" "" "$(says CVE-2026-0002 "$one" not_affected "$(on 3)")" "$(says CVE-2026-0002 "$npm" affected "$(on 4)")"
undated() { openvex "$(says CVE-2026-0002 "$npm" affected)" | jq -c 'del(.timestamp)' >undated.json; judge "vex: {files: [$1]}" | sed 's/.*waived: //; s/;.*//'; }
openvex "$(says CVE-2026-0002 "$npm" affected "$(on 3)")" >old.json
openvex "$(says CVE-2026-0002 "$npm" not_affected "$(on 4)")" >new.json
for order in "undated.json, old.json, new.json" "undated.json, new.json, old.json" "new.json, old.json, undated.json"; do
	check "one without a time is not forgotten for an old one: $order" "" "$(undated "$order")"
done
check "without it" CVE-2026-0002 "$(undated "old.json, new.json")"
both "an update counts" "" "$(says CVE-2026-0002 "$npm" affected "$(on 2), \"last_updated\": \"2026-05-01T00:00:00Z\"")" "$(says CVE-2026-0002 "$npm" not_affected "$(on 4)")"
waived "what is dated after the evaluation waives nothing" "" "$(says CVE-2026-0002 "$npm" not_affected "$(on 7)")"
check "and it is told" "it is dated after this evaluation" "$(jq -r '.vex.unused[0].reason' v.json)"

# why
waived "not affected, and not why" "" '{"vulnerability": "CVE-2026-0002", "products": ["pkg:npm/left"], "status": "not_affected"}'
check "and that is told" "it does not say why, neither by a justification nor by an impact statement" "$(jq -r '.vex.unused[0].reason' v.json)"
waived "not affected, and why in words" CVE-2026-0002 '{"vulnerability": "CVE-2026-0002", "products": ["pkg:npm/left"], "status": "not_affected", "impact_statement": "not reachable"}'

# versions of one document
edition() { # FILE VERSION TIMESTAMP STATEMENTS...
	openvex "${@:4}" | jq -c --argjson version "$2" --arg time "$3T00:00:00Z" '.version = $version | .timestamp = $time' >"$1.json"
}
editions() { check "$1" "$2" "$(judge "vex: {files: [$3]}" | sed 's/.*waived: //; s/;.*//')"; }
left=$(says CVE-2026-0002 "$npm" not_affected) right=$(says CVE-2026-0003 "$(at pkg:npm/right)" not_affected)
edition v9 9 2026-02-01 "$left" "$right"
edition v10 10 2026-03-01 "$right"
for order in "v9.json, v10.json" "v10.json, v9.json"; do
	editions "what a newer version leaves out is taken back: $order" CVE-2026-0003 "$order"
	check "and that is told: $order" "CVE-2026-0002 v9.json a newer version of its document is at hand" "$(jq -r '.vex.unused[] | select(.vulnerability == "CVE-2026-0002") | "\(.vulnerability) \(.source) \(.reason)"' v.json)"
done
editions "the older one by itself" "CVE-2026-0002 CVE-2026-0003" v9.json
edition v10 9 2026-03-01 "$right"
editions "another document of one version, as hubs have them, takes nothing back" "CVE-2026-0002 CVE-2026-0003" "v9.json, v10.json"
edition v10 10 2026-03-01 "$right"
jq -c '."@id" = "https://acme.example/other"' v10.json >other.json
editions "nor does another document" "CVE-2026-0002 CVE-2026-0003" "v9.json, other.json"
edition v10 10 2026-07-01 "$right"
editions "one of the future takes back what waives" "" "v9.json, v10.json"
edition v9 9 2026-02-01 "$(says CVE-2026-0002 "$npm" affected)"
openvex "$left" | jq -c '."@id" = "https://acme.example/other"' >other.json
editions "but not what does not" "" "v9.json, v10.json, other.json"
edition v10 10 2026-05-01 "$right"
editions "which one of the past does" "CVE-2026-0002 CVE-2026-0003" "v9.json, v10.json, other.json"
csaf() { # FILE VERSION PUBLISHER ID
	cat >"$1.json" <<J
{"document": {"category": "csaf_vex", "csaf_version": "2.0", "publisher": {"name": "$3"}, "tracking": {"id": "A-1", "version": "$2", "current_release_date": "2026-02-01T00:00:00Z"}},
 "product_tree": {"full_product_names": [{"name": "left", "product_id": "L", "product_identification_helper": {"purl": "pkg:npm/left"}}]},
 "vulnerabilities": [{"cve": "$4", "product_status": {"known_not_affected": ["L"]}, "flags": [{"label": "component_not_present"}]}]}
J
}
csaf old 1.9.0 Acme CVE-2026-0002
csaf new 1.10.0 Acme CVE-2026-0404
editions "CSAF: its versions are numbers" "" "old.json, new.json"
csaf new 1.10.0 Other CVE-2026-0404
editions "CSAF: the same id of another publisher" CVE-2026-0002 "old.json, new.json"
jq -c 'del(.vulnerabilities[].flags)' old.json >mute.json
editions "CSAF: not affected, and not why" "" mute.json

# CSAF: what a relationship's product is called
related() { # NAME WAIVED OWN-URL COMPONENT-URL WHOLE-URL
	jq -nc --arg own "$3" --arg component "$4" --arg whole "$5" 'def helper($purl): if $purl == "" then {} else {product_identification_helper: {purl: $purl}} end;
		{document: {category: "csaf_vex", csaf_version: "2.0", publisher: {name: "Acme"}, tracking: {id: "A-2", version: "1", current_release_date: "2026-02-01T00:00:00Z"}},
		 product_tree: {full_product_names: [{name: "left", product_id: "L"} + helper($component), {name: "web", product_id: "W"} + helper($whole)],
			relationships: [{category: "default_component_of", product_reference: "L", relates_to_product_reference: "W", full_product_name: ({name: "left of web", product_id: "LW"} + helper($own))}]},
		 vulnerabilities: [{cve: "CVE-2026-0002", product_status: {known_not_affected: ["LW"]}, flags: [{label: "component_not_present"}]}]}' >related.json
	check "CSAF relationship: $1" "$2" "$(judge 'vex: {files: [related.json]}' | sed 's/.*waived: //; s/;.*//')"
}
target=oci:web.oci
image="pkg:oci/web@$digest"
related "its own URL, the others known by name" CVE-2026-0002 pkg:npm/left@1.2.0 "" ""
related "nothing but names" "" "" "" ""
related "the component has one, the whole a name" "" "" pkg:npm/left ""
related "its own URL and the whole's" CVE-2026-0002 pkg:npm/left "" "$image"
related "its own URL, in another whole" "" pkg:npm/left "" "pkg:oci/web@sha256:0000000000000000000000000000000000000000000000000000000000000000"
related "its own URL is of another version than the component's" "" pkg:npm/left@1.3.0 pkg:npm/left "$image"
related "its own URL narrows the component's" CVE-2026-0002 pkg:npm/left@1.2.0 pkg:npm/left "$image"
related "its own URL is the image's" CVE-2026-0002 "$image" pkg:npm/left ""
related "its own URL is another image's" "" "pkg:oci/web@sha256:0000000000000000000000000000000000000000000000000000000000000000" pkg:npm/left ""
related "its own URL is the image's, and the component is known by name" "" "$image" "" ""
target=rootfs:tree

# an exception takes it first
with "$(says CVE-2026-0002 "$npm" not_affected)" >/dev/null
judge 'vex: {files: [vex.json]}
exceptions: [{id: CVE-2026-0002, reason: r, owner: o, until: 2026-12-31}]' >/dev/null
check "an exception first, the statement beside it" "r not_affected 0" "$(jq -r '.waived[] | "\(.exception.reason) \(.finding.statement.status)"' v.json) $(jq '.exceptions.unused | length' v.json)"

except() { judge "exceptions: [{id: CVE-2026-0002, purl: \"$1\", reason: r, owner: o, until: 2026-12-31}]" | sed 's/.*waived: //; s/;.*//'; }
check "an exception by package URL" CVE-2026-0002 "$(except pkg:npm/left)"
check "of another package" "" "$(except pkg:npm/right)"
check "of another version" "" "$(except pkg:npm/left@2)"
policy 'exceptions: [{id: CVE-1, purl: left, reason: r, owner: o, until: 2026-12-31}]' >p.yaml
check "an exception's package URL is one" "p.yaml:5:32: no package URL: offset 0: it does not begin with pkg:" "$("$plimsoll" policy lint p.yaml 2>&1 | sed -n '1s/plimsoll policy lint: //p')"

# exceptions as OpenVEX
policy 'exceptions:
  - {id: CVE-2026-0002, purl: pkg:npm/left, reason: not reachable, owner: team-web, ticket: SEC-1, until: 2026-12-31}
  - {id: CVE-2026-0003, purl: pkg:npm/right, justification: component_not_present, reason: not shipped, owner: team-web, until: 2026-12-31, scope: {image: [docker.io/acme/web]}}
  - {rule: vulnerabilities/CVE-2026-0001, reason: r, owner: o, until: 2026-12-31, until_fixed: true, scope: {image: docker.io/acme/web}}
  - {id: CVE-2026-0004, package: "@a/b", reason: r, owner: o, until: 2026-12-31, scope: {ecosystem: npm}}
  - {id: CVE-2026-0005, package: libc6, reason: r, owner: o, until: 2026-12-31}
  - {rule: vulnerabilities, reason: r, owner: o, until: 2026-12-31}
  - {id: CVE-2026-0006, reason: r, owner: o, until: 2026-05-31}
  - {id: CVE-2026-0007, reason: r, owner: o, until: 2026-12-31, scope: {image: docker.io/acme/*}}
  - {id: CVE-2026-0008, reason: r, owner: o, until: 2026-12-31}
  - {rule: metadata/user, reason: r, owner: o, until: 2026-12-31}' >e.yaml
"$plimsoll" vex --policy e.yaml --at 2026-06-01 --author Acme --output out.json >out 2>err
check "vex: written" 0 $?
check "vex: what cannot be said is told" "e.yaml:10:6: left out: which package it means is not told by a package URL: give it 'purl'
e.yaml:11:6: left out: it names no single vulnerability
e.yaml:12:6: left out: it has ended
e.yaml:13:6: left out: it names images by a glob
e.yaml:14:6: left out: it names neither a package nor an image" "$(cat err)"
check "vex: statements" 'affected CVE-2026-0002 pkg:npm/left - Accepted until 2026-12-31: not reachable (team-web, SEC-1)
not_affected CVE-2026-0003 pkg:oci/web?repository_url=docker.io%2Facme%2Fweb pkg:npm/right component_not_present: not shipped
affected CVE-2026-0001 pkg:oci/web?repository_url=docker.io%2Facme%2Fweb - Accepted until 2026-12-31 or until it is fixed: r (o)
affected CVE-2026-0004 pkg:npm/%40a/b - Accepted until 2026-12-31: r (o)' "$(jq -r '.statements[] | "\(.status) \(.vulnerability.name) \(.products[0]["@id"]) \(.products[0].subcomponents[0]["@id"] // "-") \(.action_statement // (.justification + ": " + .impact_statement))"' out.json)"
check "vex: the end of what is not affected" "Said until 2026-12-31 (team-web)" "$(jq -r '.statements[].status_notes | values' out.json)"
check "vex: its head" "Acme 2026-06-01T00:00:00Z 1 https://openvex.dev/ns/v0.2.0" "$(jq -r '"\(.author) \(.timestamp) \(.version) \(.["@context"])"' out.json)"
check "vex: the same twice, elsewhere" same "$("$plimsoll" vex --policy e.yaml --at 2026-06-01 --author Acme 2>err | cmp - out.json && echo same)"
check "vex: it is read again, and only what is not affected waives" "CVE-2026-0003" "$(target=oci:web.oci as=(--as docker.io/acme/web); judge 'vex: {files: [out.json]}' | sed 's/.*waived: //; s/;.*//')"
check "vex: without a policy" "plimsoll vex: --policy FILE is missing" "$("$plimsoll" vex 2>&1 | head -n 1)"

# reports
with "$(says CVE-2026-0002 "$npm" not_affected '"justification": "component_not_present"')" "$(says CVE-2026-0404 "$npm" fixed)" >/dev/null
line="VEX: not_affected, component_not_present (Acme, vex.json of 2026-02-01)"
for format in text sarif junit csv markdown; do
	check "$format shows it" "1" "$("$plimsoll" check --policy p.yaml --db a.db --at 2026-06-01 --output $format rootfs:tree 2>err | tr -s '\n ' ' ' | grep -cF "$line")"
done
"$plimsoll" check --policy p.yaml --db a.db --at 2026-06-01 --output html rootfs:tree >v.html 2>err
check "html shows it" "1 1" "$(grep -c 'VEX: not_affected, component_not_present' v.html) $(grep -c 'vex.json of 2026-02-01' v.html)"
check "text tells the unused" 1 "$("$plimsoll" check --policy p.yaml --db a.db --at 2026-06-01 rootfs:tree 2>err | tr -s '\n ' ' ' | grep -c 'unused CVE-2026-0404 pkg:npm/left: no finding is of this vulnerability (fixed, vex.json)')"
judge 'vex: {files: [vex.json]}' >/dev/null
check "read back and written again it is the same" same "$("$plimsoll" convert --output json v.json >again.json 2>err ; cmp v.json again.json && echo same)"
check "a waiver of nothing is refused" 1 "$(jq -c 'del(.waived[0].finding.statement)' v.json >bad.json; "$plimsoll" convert --output json bad.json 2>&1 >/dev/null | grep -c 'waived\[0\]: neither an exception nor a statement that waives it')"
check "so is one by a statement that does not waive" 1 "$(jq -c '.waived[0].finding.statement.status = "affected"' v.json >bad.json; "$plimsoll" convert --output json bad.json 2>&1 >/dev/null | grep -c 'waived\[0\]: neither')"

# files and directories
before=$(jq -r .policy.digest v.json)
echo >>vex.json
judge 'vex: {files: [vex.json]}' >/dev/null
check "the policy's digest covers them" other "$([ "$before" = "$(jq -r .policy.digest v.json)" ] && echo same || echo other)"
mkdir -p hub/pkg/npm/left hub/pkg/npm/stray plain/below .hidden
openvex "$(says CVE-2026-0002 "$npm" not_affected)" "$(says CVE-2026-0404 "$npm" fixed)" | tee plain/below/a.json >hub/pkg/npm/left/vex.json
openvex "$(says CVE-2026-0003 "$(at pkg:npm/right)" not_affected)" >hub/pkg/npm/stray/vex.json
echo '{"packages": [{"id": "pkg:npm/left", "location": "pkg/npm/left/vex.json"}]}' >hub/index.json
echo '{"name": "hub"}' >hub/vex-repository.json
echo no >plain/README
echo no >plain/.a.json
check "a directory" "1 waived: CVE-2026-0002; fail: CVE-2026-0001 CVE-2026-0003" "$(judge 'vex: {directories: [plain]}')"
check "its file is named" "plain/below/a.json 1" "$(jq -r '.waived[0].finding.statement.source' v.json) $(jq '.vex.unused | length' v.json)"
check "a hub: what its index names, and nothing said of the rest" "1 waived: CVE-2026-0002; fail: CVE-2026-0001 CVE-2026-0003 0 2" "$(judge 'vex: {directories: [hub]}') $(jq '(.vex.unused | length), .vex.statements' v.json | xargs)"
refused() { check "refused: $1" "3 $3" "$(judge "$2" | sed -n '1s/plimsoll check: //p')"; }
refused "no file" 'vex: {files: [gone.json]}' "p.yaml:5:15: VEX cannot be read: gone.json: No such file or directory"
refused "no directory" 'vex: {directories: [gone]}' "p.yaml:5:21: the directory of VEX cannot be read: gone: No such file or directory"
refused "an unknown key" 'vex: {file: [vex.json]}' "p.yaml:5:7: vex has no key 'file'; did you mean 'files'?"
echo '{"packages": [{"location": "../vex.json"}]}' >hub/index.json
refused "an index that leads out" 'vex: {directories: [hub]}' "VEX hub/index.json: packages[0]: there is no file '../vex.json'"
broken() { echo "$2" >bad.json; refused "$1" 'vex: {files: [bad.json]}' "VEX bad.json: $3"; }
broken "what is no VEX" '{}' "neither OpenVEX nor CSAF nor CycloneDX"
broken "no JSON" '{' "JSON, line 2, column 1: parse error: premature EOF"
broken "a key twice" "{$head, \"statements\": [], \"statements\": []}" "JSON, line 1, column 186: an object has the same key twice"
broken "too deep" "{$head, \"x\": $(printf '[%.0s' {1..100})" "JSON, line 1, column 220: nested deeper than limit DOCUMENT_DEPTH_COUNT"
broken "no status" "$(openvex '{"vulnerability": "CVE-1", "products": []}')" "statements[0]: no status"
broken "a status that there is not" "$(openvex "$(says CVE-1 "$npm" maybe)")" "statements[0]: a status that there is not"
broken "no vulnerability" "$(openvex '{"products": [], "status": "fixed"}')" "statements[0]: no vulnerability"
broken "a time that is none" "$(openvex "$(says CVE-1 "$npm" fixed '"timestamp": "yesterday"')")" "statements[0]: timestamp: no time"
check "lint refuses what check does" "1 plimsoll policy lint: VEX bad.json: statements[0]: timestamp: no time" "$(said=$("$plimsoll" policy lint p.yaml 2>&1); echo "$? $said")"
jq -nc '[range(4500)] as $all | {document: {category: "csaf_vex", csaf_version: "2.0", tracking: {id: "D"}}, product_tree: {full_product_names: [$all[] | {name: "p", product_id: "P\(.)"}]},
	vulnerabilities: [{cve: "CVE-1", ids: [$all[] | {text: "X-\(.)"}], product_status: {known_not_affected: [$all[] | "P\(.)"]}}]}' >many.json
refused "names and products that multiply" 'vex: {files: [many.json]}' "rootfs:tree: VEX: more names and parts to hold against findings than limit VEX_STEP_COUNT (20000000)"
exit $failed
