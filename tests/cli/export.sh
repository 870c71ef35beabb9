#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What `export` writes, read as its readers would: JSON, YAML and TOML as structures, policy.json by skopeo, the verifier by a shell.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
one=sha256:$(printf '1%.0s' $(seq 64)) two=sha256:$(printf '2%.0s' $(seq 64))
for name in release second; do
	openssl ecparam -name prime256v1 -genkey -noout -out $name.pem
	openssl ec -in $name.pem -pubout -out $name.pub 2>/dev/null
done
openssl req -x509 -new -key release.pem -subj "/C=DE/ST=B/O=acme/CN=release" -days 9 -out release.crt 2>/dev/null
cat >policy.yaml <<'Y'
plimsoll: v1
name: Acme/Prod_1.2
components: {forbidden: [{name: telnetd}]}
origin: {registries: ["registry.acme.com/*", "mirror.acme.com/team/web"]}
Y
digest=$("$plimsoll" policy lint policy.yaml | sed -n 's/.*sha256://p')
export_to() { # what it says on standard error, in one line, and its status
	"$plimsoll" export "$@" >out 2>err
	local status=$?
	echo "$(head -n 1 err | sed 's/^plimsoll export: //') = $status"
}
cat >as-json.py <<'P'
"""YAML or TOML in, a JSON document a line out: no tag, no alias, no key twice."""
import json, sys, yaml
class Strict(yaml.SafeLoader):
    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key) for key, _ in node.value]
        assert len(keys) == len(set(keys)), keys
        return super().construct_mapping(node, deep)
for document in yaml.load_all(open(sys.argv[1]), Strict):
    print(json.dumps(document, sort_keys=True))
P
if python3 -c 'import yaml' 2>/dev/null; then has_yaml=1; else has_yaml=; echo "python3-yaml is not here: YAML is not read"; fi
yaml() { python3 as-json.py "$1" | jq -cS "$2"; }

# podman
check "podman: files" "$(printf '%s\n' README.txt keys/release.pub policy.json registries.d/plimsoll.yaml)" \
	"$(export_to podman-policy --key release.pub --repository 'registry.acme.com/*' --output-dir pod >said; cd pod && find . -type f -printf '%P\n' | LC_ALL=C sort)"
check "podman: no word" " = 0" "$(cat said)"
scope='[{"keyPath":"/etc/plimsoll/keys/release.pub","signedIdentity":{"type":"matchRepository"},"type":"sigstoreSigned"}]'
check "podman: policy.json" '{"default":[{"type":"reject"}],"transports":{"containers-storage":{"":[{"type":"insecureAcceptAnything"}]},"docker":{"registry.acme.com":'"$scope"'}}}' \
	"$(jq -cS . pod/policy.json)"
check "podman: the key is the key" "" "$(diff pod/keys/release.pub release.pub)"
check "podman: what is not checked is told" 1 "$(grep -c 'NOT check' pod/README.txt)"
[ -z "$has_yaml" ] || check "podman: registries.d" '{"docker":{"registry.acme.com":{"use-sigstore-attachments":true}}}' "$(yaml pod/registries.d/plimsoll.yaml .)"
scopes() { export_to podman-policy --key release.pub --output-dir p "$@" >said || true; [ "$(cat said)" = " = 0" ] && jq -c '.transports.docker | keys' p/policy.json || cat said; }
check "podman: repositories of the policy" '["mirror.acme.com/team/web","registry.acme.com"]' "$(scopes --policy policy.yaml)"
check "podman: --repository instead" '["r.x/a"]' "$(scopes --policy policy.yaml --repository 'r.x/a/**')"
check "podman: each once, all, a domain" '["","*.acme.com","a:5000","a:5000/b"]' \
	"$(scopes --repository 'a:5000/*' --repository 'a:5000/b' --repository 'a:5000/b/*' --repository '*.acme.com/*' --repository '*')"
[ -z "$has_yaml" ] || check "podman: a wildcard needs them everywhere" '{"default-docker":{"use-sigstore-attachments":true}}' "$(yaml p/registries.d/plimsoll.yaml .)"
for glob in 'a.b/*/c' 'a.b/c?' '*.b/c/*' 'a.b/c*'; do
	check "podman cannot say $glob" "this enforcer cannot say '$glob': it knows REGISTRY/PATH, REGISTRY/PATH/* and *.DOMAIN/* = 3" "$(scopes --repository "$glob")"
done
identity() { export_to podman-policy --key release.pub --repository 'r.x/*' --output-dir p "$@" >said; [ "$(cat said)" = " = 0" ] && jq -cS '.transports.docker["r.x"][0].signedIdentity' p/policy.json || cat said; }
check "podman: --signed-as" '{"dockerRepository":"r.x/web","type":"exactRepository"}' "$(identity --signed-as r.x/web)"
check "podman: --remap" '{"prefix":"mirror.x/a","signedPrefix":"r.x","type":"remapIdentity"}' "$(identity --remap mirror.x/a=r.x)"
check "podman: not both" "--signed-as and --remap exclude each other = 3" "$(identity --signed-as r.x/web --remap a=b)"
check "podman: half a remap" "--remap takes PREFIX=SIGNED_PREFIX = 3" "$(identity --remap a)"
check "podman: two keys, elsewhere" '["/srv/p/keys/release.pub","/srv/p/keys/second.pub"]' \
	"$(export_to podman-policy --key release.pub --key second.pub --repository 'r.x/*' --install-dir /srv/p --output-dir two >/dev/null; jq -c '.transports.docker["r.x"][0].keyPaths' two/policy.json)"
check "several files need a place" "podman-policy is 3 files: name a place for them with --output-dir = 3" "$(export_to podman-policy --key release.pub --repository 'r.x/*')"
mkdir other; cp second.pub other/release.pub
check "two keys of one name" "two files are called 'release.pub': they would become one = 3" "$(export_to podman-policy --key release.pub --key other/release.pub --repository 'r.x/*' --output-dir p)"

# crio
export_to crio --key release.pub --repository 'r.x/*' --output-dir crio >/dev/null
check "crio: the same policy" "$(jq -cS .transports.docker crio/policy.json)" "{\"r.x\":$scope}"
check "crio: configuration" 'signature_policy = "/etc/plimsoll/policy.json"' "$(grep -v '^#\|^\[' crio/crio.conf.d/10-plimsoll.conf)"
export_to crio --key release.pub --repository 'r.x/*' --namespace web --namespace shop --output-dir crio2 >/dev/null
check "crio: some namespaces" "policies/shop.json policies/web.json signature_policy_dir = \"/etc/plimsoll/policies\"" \
	"$(cd crio2 && find . -name '*.json' -printf '%P\n' | sort | xargs) $(grep -v '^#\|^\[' crio2/crio.conf.d/10-plimsoll.conf)"
check "crio: no namespace" "'../web' is no namespace = 3" "$(export_to crio --key release.pub --repository 'r.x/*' --namespace ../web --output-dir crio3)"

# clusters
if [ -n "$has_yaml" ]; then
	export_to cluster-image-policy --key release.pub --key second.pub --policy policy.yaml >/dev/null; cp out cip.yaml
	check "cluster-image-policy: head" '["policy.sigstore.dev/v1beta1","ClusterImagePolicy","plimsoll-acme-prod-1-2","enforce"]' "$(yaml cip.yaml '[.apiVersion, .kind, .metadata.name, .spec.mode]')"
	check "cluster-image-policy: images" '["mirror.acme.com/team/web:*","mirror.acme.com/team/web@*","registry.acme.com/**"]' "$(yaml cip.yaml '[.spec.images[].glob]')"
	check "cluster-image-policy: the keys" "$(jq -cRs . release.pub)
$(jq -cRs . second.pub)" "$(yaml cip.yaml '.spec.authorities[].key.data')"
	check "cluster-image-policy: attestations" '[["https://slsa.dev/verification_summary/v1","cue"],["https://slsa.dev/verification_summary/v1","cue"]]' \
		"$(yaml cip.yaml '[.spec.authorities[].attestations[] | [.predicateType, .policy.type]]')"
	check "cluster-image-policy: what it says" 'predicateType: "https://slsa.dev/verification_summary/v1"
predicate: {
  verificationResult: "PASSED"
  policy: digest: sha256: "'"$digest"'"
}' "$(python3 as-json.py cip.yaml | jq -r '.spec.authorities[0].attestations[0].policy.data')"
	export_to cluster-image-policy --key release.pub --repository 'r.x/*' --name gate >/dev/null; cp out cip2.yaml
	check "cluster-image-policy: any policy, another name" '["gate",false]' "$(yaml cip2.yaml '[.metadata.name, (.spec.authorities[0].attestations[0].policy.data | contains("digest"))]')"
	check "cluster-image-policy: comments tell what is not checked" 1 "$(grep -c '^# It does NOT check' cip2.yaml)"

	export_to kyverno --key release.pub --policy policy.yaml >/dev/null; cp out kyverno.yaml
	verify='.spec.rules[1].verifyImages[0]'
	check "kyverno: head" '["kyverno.io/v1","ClusterPolicy","plimsoll-acme-prod-1-2","Enforce","Fail"]' "$(yaml kyverno.yaml '[.apiVersion, .kind, .metadata.name, .spec.validationFailureAction, .spec.failurePolicy]')"
	check "kyverno: images" '["Cosign",["mirror.acme.com/team/web:*","mirror.acme.com/team/web@*","registry.acme.com/*"],true,true]' \
		"$(yaml kyverno.yaml "$verify | [.type, .imageReferences, .required, .verifyDigest]")"
	attestor='[{"count":1,"entries":[{"keys":{"ctlog":{"ignoreSCT":true},"publicKeys":'"$(jq -cRs . release.pub)"',"rekor":{"ignoreTlog":true},"signatureAlgorithm":"sha256"}}]}]'
	check "kyverno: who signs" "$attestor
$attestor" "$(yaml kyverno.yaml "$verify | .attestors, .attestations[0].attestors")"
	check "kyverno: what is attested" '["https://slsa.dev/verification_summary/v1",[{"all":[{"key":"{{ verificationResult }}","operator":"Equals","value":"PASSED"},{"key":"{{ policy.digest.sha256 }}","operator":"Equals","value":"'"$digest"'"}]}]]' \
		"$(yaml kyverno.yaml "$verify.attestations[0] | [.type, .conditions]")"
	any="mirror.acme.com/team/web:* | mirror.acme.com/team/web@* | registry.acme.com/*"
	check "kyverno: other repositories are refused" '{"=(ephemeralContainers)":[{"image":"'"$any"'"}],"=(initContainers)":[{"image":"'"$any"'"}],"=(volumes)":[{"=(image)":{"reference":"'"$any"'"}}],"containers":[{"image":"'"$any"'"}]}' \
		"$(yaml kyverno.yaml '.spec.rules[0].validate.pattern.spec')"

	printf '# approved\n%s\n\n %s # web\n%s\n' $two $one $two >digests
	export_to admission-policy --digest $one --digests digests --policy policy.yaml --repository 'r.x/te.am/*' --repository 'r.x/w?b' --namespace gate --exempt kube-system --exempt gate >said; cp out vap.yaml
	check "admission-policy: three documents" "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ConfigMap" "$(yaml vap.yaml .kind | xargs)"
	check "admission-policy: the approved" '{"sha256-'${one#*:}'":"","sha256-'${two#*:}'":""}' "$(yaml vap.yaml 'select(.kind == "ConfigMap") | .data')"
	check "admission-policy: where they are" '["plimsoll-acme-prod-1-2","gate"]
{"name":"plimsoll-acme-prod-1-2","namespace":"gate","parameterNotFoundAction":"Deny"}' \
		"$(yaml vap.yaml 'select(.kind == "ConfigMap") | [.metadata.name, .metadata.namespace]'; yaml vap.yaml '.spec.paramRef // empty')"
	check "admission-policy: exempt" '["kube-system","gate"]' "$(yaml vap.yaml '.spec.matchResources.namespaceSelector.matchExpressions[0].values // empty')"
	check "admission-policy: it denies" '["Deny","Audit"]
"Fail"' "$(yaml vap.yaml '.spec.validationActions // empty'; yaml vap.yaml '.spec.failurePolicy // empty')"
	check "admission-policy: resources" '["pods","pods/ephemeralcontainers"] ["CREATE","UPDATE"]' "$(yaml vap.yaml '.spec.matchConstraints.resourceRules[0]? // empty | .resources, .operations' | xargs -d '\n')"
	for part in spec.containers spec.initContainers spec.ephemeralContainers spec.volumes v.image.reference; do
		check "admission-policy: $part is looked at, before and after" "2" "$(yaml vap.yaml '.spec.variables? // empty | .[0:2][].expression' | grep -cF "$part")"
	done
	# Its regular expressions, read by another engine of the same syntax.
	cat >regex.py <<'P'
import json, re, subprocess, sys
policy = json.loads(sys.stdin.readline())
patterns = [re.findall(r"matches\('(.*)'\)", v["expression"]) for v in policy["spec"]["validations"]]
pinned = "@sha256:" + "1" * 64
for image in ("r.x/te.am/web" + pinned, "r.x/te.am/a/b:1.2" + pinned, "r.x/wab" + pinned, "r.x/w/b" + pinned, "r.x/teXam/web" + pinned, "evil/r.x/te.am/web" + pinned,
              "r.x/te.am/web:1", "r.x/te.am/web@sha256:11", "r.x/te.am/web" + pinned + "0", "", "r.x.evil/te.am/web" + pinned):
    print(image.replace(pinned, "@"), "".join("yn"[not re.search(p[0], image)] for p in patterns if p))
P
	check "admission-policy: digest and repository" "r.x/te.am/web@ yy
r.x/te.am/a/b:1.2@ yy
r.x/wab@ yy
r.x/w/b@ yn
r.x/teXam/web@ yn
evil/r.x/te.am/web@ yn
r.x/te.am/web:1 nn
r.x/te.am/web@sha256:11 nn
r.x/te.am/web@0 nn
 nn
r.x.evil/te.am/web@ yn" "$(python3 as-json.py vap.yaml | sed -n 1p | python3 regex.py)"
	export_to admission-policy --digest $one >/dev/null; cp out vap2.yaml
	check "admission-policy: usual names" '"plimsoll" "plimsoll" ["kube-system"]' "$(
		yaml vap2.yaml 'select(.kind == "ConfigMap") | .metadata.name, .metadata.namespace' | xargs -d '\n') $(yaml vap2.yaml '.spec.matchResources.namespaceSelector.matchExpressions[0].values // empty')"
	seq 1 8001 | while read -r n; do printf 'sha256:%064x\n' "$n"; done >many
	check "admission-policy: too many" "8001 digests are more than a ConfigMap holds, limit APPROVED_COUNT = 3" "$(export_to admission-policy --digests many)"
	sed -i '$d' many; export_to admission-policy --digests many --policy policy.yaml --name "$(printf 'n%.0s' $(seq 63))" >said
	check "admission-policy: as many as there may be, within 1 MiB of data" "8000 yes" "$(python3 as-json.py out | tail -n 1 | jq -r '.data | "\(length) " + if (to_entries | map((.key | length) + (.value | length)) | add) < 1048576 then "yes" else "no" end')"
fi
check "digests: a bad line" "digests.bad, line 2: 'sha256:12' is no digest: sha256: and 64 lower-case digits = 3" "$(printf '%s\nsha256:12\n' $one >digests.bad; export_to admission-policy --digests digests.bad)"
check "digests: upper case" "'sha256:$(printf 'A%.0s' $(seq 64))' is no digest: sha256: and 64 lower-case digits = 3" "$(export_to admission-policy --digest "sha256:$(printf 'A%.0s' $(seq 64))")"

# notation
export_to notation --certificate release.crt --repository r.x/team/web --repository r.x/team/api --policy policy.yaml --output-dir notation >/dev/null
check "notation: trust policy" '{"trustPolicies":[{"name":"plimsoll-acme-prod-1-2","registryScopes":["r.x/team/api","r.x/team/web"],"signatureVerification":{"level":"strict"},"trustStores":["ca:plimsoll"],"trustedIdentities":["*"]}],"version":"1.0"}' \
	"$(jq -cS . notation/trustpolicy.json)"
check "notation: trust store" "" "$(diff notation/truststore/x509/ca/plimsoll/release.crt release.crt)"
check "notation: its owner alone reads it" 600 "$(stat -c %a notation/trustpolicy.json)"
check "notation: no globs" "notation cannot say 'r.x/*': it knows whole names of repositories, or * alone = 3" "$(export_to notation --certificate release.crt --repository 'r.x/*' --output-dir n)"
check "notation: no keys" "notation takes no --key: it could not demand it = 3" "$(export_to notation --key release.pub --repository r.x/a --output-dir n)"

# buildkit
rules() { jq -c '.rules[2:][] | [.action, .selector.identifier, .selector.matchType, .updates.identifier // "-"]' out | sed "s/$one/ONE/g; s/$two/TWO/g"; }
check "buildkit: no word but what is not checked" "Written by plimsoll export buildkit: a source policy for BuildKit: builds on approved bases only. = 0" "$(export_to buildkit --base debian:12@$one --base r.x:5000/base@$two)"
check "buildkit: everything is denied first" '[["DENY","docker-image://*"],["DENY","oci-layout://*"]]' "$(jq -c '[.rules[0:2][] | [.action, .selector.identifier]]' out)"
check "buildkit: then the bases" '["ALLOW","docker-image://*@ONE","WILDCARD","-"]
["CONVERT","docker-image://docker.io/library/debian:12","EXACT","docker-image://docker.io/library/debian:12@ONE"]
["ALLOW","docker-image://*@TWO","WILDCARD","-"]' "$(rules)"
for base in debian debian@sha256:12 "debian:a b@$one" "deb*@$one" "a//b@$one" "debian:@$one"; do
	check "buildkit: $base is none" "'$base' is no base: REPOSITORY[:TAG]@sha256:... = 3" "$(export_to buildkit --base "$base")"
done
check "buildkit: one tag, two digests" "docker.io/library/debian:12 is approved with two digests: leave the tag out of one of them = 3" "$(export_to buildkit --base debian:12@$one --base debian:12@$two)"
mkdir bases
generation() { printf '{"date":"%s","reference":"%s","diff_ids":["%s"]%s}' "$1" "$2" "$one" "$3"; }
printf '{"plimsoll_base":2,"name":"debian-12","generations":[%s,%s,%s]}' "$(generation 2026-01-01 "debian:12@$one" ',"until":"2026-06-30"')" "$(generation 2026-03-01 "debian:12@$two" '')" "$(generation 2026-04-01 web:1 '')" >bases/d.json
printf 'plimsoll: v1\nname: t\nbase_image: {approved: [{name: debian-12, generations: bases/d.json, until: 2027-12-31}, {name: scratch}]}\n' >b.yaml
check "buildkit: of the policy, those that have not ended" '["ALLOW","docker-image://*@TWO","WILDCARD","-"]
["CONVERT","docker-image://docker.io/library/debian:12","EXACT","docker-image://docker.io/library/debian:12@TWO"]' "$(export_to buildkit --policy b.yaml --at 2026-07-01 >said; rules)"
check "buildkit: a base that ended" "buildkit needs --base (or --policy with base_image) = 3" "$(export_to buildkit --policy b.yaml --at 2028-01-01)"
sed -i "s/@$two//; s/@$one//" bases/d.json
check "buildkit: a base that is known by its layers alone" "the base 'debian-12' is known by its layers: none of its generations tells a reference with a digest; name them all with --base REPOSITORY[:TAG]@sha256:... = 3" \
	"$(export_to buildkit --policy b.yaml --at 2026-07-01)"
check "buildkit: no day" "'soon' is no day: 2026-01-31 = 3" "$(export_to buildkit --policy b.yaml --at soon)"

# containerd: its verifier is a program
export_to containerd --digest $two --digest $one --repository 'r.x/*' --repository r.x/a --repository docker.io/library/debian --install-dir "$work/ctr" --output-dir ctr >/dev/null
check "containerd: files" "README.txt approved-digests certs.d/_default/hosts.toml certs.d/docker.io/hosts.toml certs.d/r.x/hosts.toml conf.d/plimsoll.toml image-verifier/plimsoll" \
	"$(cd ctr && find . -type f -printf '%P\n' | LC_ALL=C sort | xargs)"
check "containerd: hosts" 'https://not-authorised.invalid https://registry-1.docker.io https://r.x' "$(sed -n 's/^server = "\(.*\)"/\1/p' ctr/certs.d/_default/hosts.toml ctr/certs.d/docker.io/hosts.toml ctr/certs.d/r.x/hosts.toml | xargs)"
check "containerd: configuration" "$work/ctr/image-verifier $work/ctr/certs.d" "$(sed -n 's/^ *\(bin_dir\|config_path\) = "\(.*\)"/\2/p' ctr/conf.d/plimsoll.toml | xargs)"
verifier() { env -i ctr/image-verifier/plimsoll "$@" </dev/null 2>&1; echo "= $?"; }
type=application/vnd.oci.descriptor.v1+json
check "containerd: approved" "= 0" "$(verifier -name r.x/a:1 -digest $one -stdin-media-type $type)"
check "containerd: approved, another order" "= 0" "$(verifier -stdin-media-type $type -digest $two -name r.x/a:1)"
check "containerd: not approved" "sha256:3 is not approved
= 1" "$(verifier -name r.x/a:1 -digest sha256:3 -stdin-media-type $type)"
check "containerd: a name is no option" "no digest was given
= 1" "$(verifier -name -digest -stdin-media-type $one)"
check "containerd: no digest" "no digest was given
= 1" "$(verifier -name r.x/a:1)"
check "containerd: half an option" "an argument has no value
= 1" "$(verifier -name r.x/a:1 -digest)"
check "containerd: nothing" "no digest was given
= 1" "$(verifier)"
check "containerd: part of one, a pattern" "sha256:* is not approved
= 1" "$(verifier -name a -digest 'sha256:*')"
mv ctr/approved-digests ctr/gone
check "containerd: no list" "$work/ctr/approved-digests cannot be read
= 1" "$(verifier -name r.x/a:1 -digest $one)"
check "containerd: it runs nothing else" "" "$(grep -nE '\$\(|`|\|' ctr/image-verifier/plimsoll | grep -v '^[0-9]*:#' | grep -v '||')"
check "containerd: a wildcard is no registry" "containerd cannot say '*.x/a': it knows whole names of registries = 3" "$(export_to containerd --digest $one --repository '*.x/a' --output-dir c2)"

# what is given
sed 's/PUBLIC KEY/PUBLIC  KEY/' release.pub >bad.pub; head -n 2 release.pub >half.pub; cat release.pub release.pub >double.pub; sed 's/M/!/' release.pub >chars.pub
openssl genrsa -out rsa.pem 1024 2>/dev/null; openssl rsa -in rsa.pem -pubout -out weak.pub 2>/dev/null; openssl genrsa -out rsa.pem 2048 2>/dev/null; openssl rsa -in rsa.pem -pubout -out rsa.pub 2>/dev/null
openssl genpkey -algorithm ed25519 -out ed.pem 2>/dev/null; openssl pkey -in ed.pem -pubout -out ed.pub 2>/dev/null
key() { export_to kyverno --repository 'r.x/*' --key "$1"; }
check "key: rsa" " = 0" "$(key rsa.pub)"
check "key: ed25519" " = 0" "$(key ed.pub)"
check "key: weak" "weak.pub: keys are ECDSA, Ed25519, or RSA of at least 2048 bits = 3" "$(key weak.pub)"
check "key: private" "release.pem is a private key: it belongs into no configuration = 3" "$(key release.pem)"
for file in bad half double release.crt; do
	name=$file; [ -e "$name" ] || name=$file.pub
	check "key: $file" "$name is not one public key in PEM, 'BEGIN PUBLIC KEY' = 3" "$(key $name)"
done
check "key: characters" "chars.pub: there is no public key in it that can be read = 3" "$(key chars.pub)"
check "key: none" "none.pub: No such file or directory = 3" "$(key none.pub)"
cp release.pub $'re\nlease: x.pub'
check "key: a name that would be more than a name" 3 "$(key $'re\nlease: x.pub' >said; sed 's/.*= //' said | tail -n 1)"
{ cat release.pub; } | sed '1s/^/ \n/' >spaces.pub
check "key: blanks around it" " = 0" "$(key spaces.pub)"
nasty=('a"b/c' "a'b/c" 'a b/c' $'a\nb/c' 'a\b/c' 'a/b|c' 'a/{b}' 'a/$(b)' 'r.x/a:1' 'r.x/a@b' '/a' 'a/' 'a//b' 'plain' '' 'a/é' "a/$(printf 'x%.0s' $(seq 600))")
for name in "${nasty[@]}"; do
	for format in kyverno cluster-image-policy podman-policy; do
		check "no repository: $format $(printf %.20q "$name")" 3 "$(export_to "$format" --key release.pub --repository "$name" --output-dir nasty >said; sed 's/.*= //' said | tail -n 1)"
	done
done
check "nothing was written for them" "" "$(ls nasty 2>/dev/null)"
check "no name" "'Web_1' is no name for Kubernetes: up to 63 letters a-z, digits and dashes = 3" "$(export_to kyverno --key release.pub --repository 'r.x/*' --name Web_1)"
check "no directory" "'/etc/x y' is no directory for --install-dir: a whole path of letters, digits and '._-+' = 3" "$(export_to podman-policy --key release.pub --repository 'r.x/*' --install-dir '/etc/x y' --output-dir p)"
check "what is missing" "kyverno needs --key = 3" "$(export_to kyverno --repository 'r.x/*')"
check "where from" "kyverno needs --repository (or --policy with origin.registries) = 3" "$(export_to kyverno --key release.pub)"
check "what it cannot demand" "buildkit takes no --key: it could not demand it = 3" "$(export_to buildkit --key release.pub --base debian@$one)"
check "no format" "there is no format 'xml'; there are = 3" "$(export_to xml)"
check "a bad policy" 3 "$(printf 'plimsoll: v9\n' >bad.yaml; export_to kyverno --key release.pub --policy bad.yaml >said; sed 's/.*= //' said | tail -n 1)"
ln -sf "$work" link; touch file
check "a place that is a file" "file: Not a directory = 3" "$(export_to kyverno --key release.pub --repository 'r.x/*' --output-dir file | sed 's/File exists/Not a directory/; s|file/kyverno.yaml.*: |file: |')"
check "the same again is the same" "" "$(export_to podman-policy --key release.pub --repository 'registry.acme.com/*' --output-dir again >/dev/null; diff -r pod again)"

# skopeo reads policy.json: an image is refused for want of a signature, and not for a word that it does not know
if command -v skopeo >/dev/null; then
	mkdir tree; echo x >tree/x; echo '{}' >config.json; "$root/tools/oci-image" image.oci config.json tree
	cat >registry.py <<'P'
"""A registry of one image, for reading: prints its port."""
import http.server, json, pathlib, sys
layout = pathlib.Path(sys.argv[1])
manifest = json.loads((layout / "index.json").read_text())["manifests"][0]
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        reference = self.path.rsplit("/", 1)[-1]
        if "/manifests/" in self.path and reference in ("1", manifest["digest"]):
            body, kind, status = (layout / "blobs" / manifest["digest"].replace(":", "/")).read_bytes(), manifest["mediaType"], 200
        elif "/blobs/" in self.path and (layout / "blobs" / reference.replace(":", "/")).is_file():
            body, kind, status = (layout / "blobs" / reference.replace(":", "/")).read_bytes(), "application/octet-stream", 200
        else:
            body, kind, status = b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}', "application/json", 200 if self.path == "/v2/" else 404
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)
    do_HEAD = do_GET
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
P
	coproc registry { exec python3 registry.py image.oci; }
	read -r port <&"${registry[0]}"
	trap 'kill $registry_PID 2>/dev/null; rm -rf "$work"' EXIT
	pull() { # POLICY REGISTRIES.D
		rm -rf pulled
		HOME=$work skopeo --policy "$1" --registries.d "$2" copy --src-tls-verify=false "docker://127.0.0.1:$port/team/web:1" dir:pulled >skopeo.out 2>&1
		echo "$? $(grep -oE 'Source image rejected|invalid policy|Unknown key' skopeo.out | head -n 1)"
	}
	echo '{"default":[{"type":"insecureAcceptAnything"}]}' >all.json
	mkdir none.d
	check "skopeo: the registry works" "0 " "$(pull all.json none.d)"
	export_to podman-policy --key release.pub --repository "127.0.0.1:$port/*" --install-dir "$work/sk" --output-dir sk >/dev/null
	check "skopeo: without a signature it is refused" "1 Source image rejected" "$(pull sk/policy.json sk/registries.d)"
	grep -qE 'A signature was required, but no signature exists|sigstore disabled' skopeo.out || check "skopeo: for want of a signature" "no signature" "$(cat skopeo.out)"
	jq '.transports.docker = {}' sk/policy.json >other.json
	check "skopeo: another repository is refused" "1 Source image rejected" "$(pull other.json sk/registries.d)"
	check "skopeo: because nothing allows it" 1 "$(grep -c 'Running image .* is rejected by policy' skopeo.out)"
	for options in "--signed-as r.x/web" "--remap 127.0.0.1:$port=r.x"; do
		# shellcheck disable=SC2086
		export_to podman-policy --key release.pub --repository "127.0.0.1:$port/team/web" $options --install-dir "$work/sk" --output-dir sk >/dev/null
		check "skopeo: it reads ${options%% *} too" "1 Source image rejected" "$(pull sk/policy.json sk/registries.d)"
	done
	sed -i 's/sigstoreSigned/sigstoreSignet/' sk/policy.json
	check "skopeo: a word that it does not know would be seen" "1 invalid policy" "$(pull sk/policy.json sk/registries.d)"
else
	echo "skopeo is not here: policy.json is read by jq alone"
fi

# What a key may sign lies beside it.
for role in evidence deny approve; do
	"$plimsoll" key generate --no-passphrase --role $role --out may-$role >out 2>err || cat err
done
for role in evidence deny; do
	check "a key that may sign $role only approves nothing" "may-$role.may.yaml 3" "$(export_to kyverno --repository 'registry.acme.com/*' --policy policy.yaml --key may-$role.pub | sed 's/:.* = / /')"
done
check "one that may approve does" " = 0" "$(export_to kyverno --repository 'registry.acme.com/*' --policy policy.yaml --key may-approve.pub)"
sed -i 's/^until:.*//; $a until: 2020-01-01' may-approve.may.yaml
check "until its last day" "may-approve.may.yaml 3" "$(export_to kyverno --repository 'registry.acme.com/*' --policy policy.yaml --key may-approve.pub | sed 's/:.* = / /')"
exit $failed
