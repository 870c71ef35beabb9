#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# packaging/kubernetes: the chart and the manifests made of it, the certificate, and the root of the image.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export HOME=$work XDG_CACHE_HOME=$work/cache
python3 -c 'import yaml' 2>/dev/null || { echo "this test needs python3-yaml"; exit 77; }
here=$root/packaging/kubernetes

# Manifests are the chart's.
cp -r "$here" copy
copy/update-manifests
check "the manifests are the chart's" "" "$(diff -r "$here/manifests" copy/manifests)"
cat >objects.py <<'P'
"""Objects of YAML files as JSON, a line each, in the order of their names: no key twice."""
import json, sys, yaml
class Strict(yaml.SafeLoader):
    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key) for key, _ in node.value]
        assert len(keys) == len(set(keys)), keys
        return super().construct_mapping(node, deep)
objects = [o for name in sys.argv[1:] for o in yaml.load_all(open(name), Strict) if o]
for line in sorted(json.dumps(o, sort_keys=True) for o in objects):
    print(line)
P
rendered() { # also beside another one
	local into=rendered.${BASH_SUBSHELL}$BASHPID
	"$here/render" "$@" >"$into" && python3 objects.py "$into" && mv "$into" rendered.yaml
}
python3 objects.py "$here"/manifests/{guard,webhooks,namespace}.yaml >objects
check "what they are" "Deployment MutatingWebhookConfiguration Namespace NetworkPolicy PodDisruptionBudget Role Service ServiceAccount ValidatingWebhookConfiguration" "$(jq -r .kind objects | sort | xargs)"
check "what kustomize takes is there" "" "$(python3 -c 'import yaml, sys; print("\n".join(yaml.safe_load(open(sys.argv[1]))["resources"]))' "$here/manifests/kustomization.yaml" | while read -r file; do [ -e "$here/manifests/$file" ] || echo "$file"; done)"
check "no door is open" "0" "$("$plimsoll" doctor "$here/manifests/webhooks.yaml" >out 2>err; echo $?)"
rendered --set pinTemplates=true --set 'exemptNamespaces=[a, b]' --namespace other validating.yaml mutating.yaml >hooks
check "nor with templates pinned" "0" "$("$plimsoll" doctor rendered.yaml >out 2>err; echo $?)"
check "webhooks fail closed, and are asked about changes" "true" \
	"$(jq -s 'all(.[].webhooks[]; .failurePolicy == "Fail" and .sideEffects == "NoneOnDryRun" and .matchPolicy == "Equivalent" and (has("objectSelector") | not) and all(.rules[]; .operations == ["CREATE", "UPDATE"]))' hooks)"
check "exempted by name alone, and the guard itself" '["other"] ["a","b"]' \
	"$(jq -s -r '[.[].webhooks[].namespaceSelector.matchExpressions] | unique | .[] | all(.[]; .key == "kubernetes.io/metadata.name" and .operator == "NotIn") as $sound | if $sound then map(.values | tojson) | join(" ") else "no" end' hooks)"
rendered --set pinTemplates=true --set 'exemptNamespaces=[]' --namespace other validating.yaml mutating.yaml >bare
check "where nothing is exempted the guard alone is: an API server takes no empty list" '["other"]' "$(jq -s -r '[.[].webhooks[].namespaceSelector.matchExpressions] | unique | .[] | map(.values | tojson) | join(" ")' bare)"
check "asked again where somebody mutates later" "IfNeeded" "$(jq -r 'select(.kind == "MutatingWebhookConfiguration").webhooks[].reinvocationPolicy' hooks | sort -u)"
deployment() { rendered "$@" deployment.yaml | jq -r "$filter"; }
# Each option that the Deployment gives is one that the guard has.
"$plimsoll" guard kubernetes --help >help
filter='.spec.template.spec.containers[0].args[2:][] | sub("=.*"; "")'
check "its options are the guard's" "" "$(deployment --set dryRun=true --set registriesSecret=r --set assignNumber=7 | while read -r option; do grep -q -- "^  $option\b" help || echo "$option"; done)"
filter='.spec.template.spec | [.automountServiceAccountToken, .securityContext.runAsNonRoot, (.containers[0].securityContext | .allowPrivilegeEscalation, .readOnlyRootFilesystem, .capabilities.drop)] | tojson'
check "it has no rights" '[false,true,false,true,["ALL"]]' "$(deployment)"
filter='.spec.template.spec.containers[0].args | map(select(startswith("--assign-number"))) | .[0]'
check "large numbers stay whole" "--assign-number=1764336000" "$(deployment --set assignNumber=1764336000)"
filter='.spec.template.spec | [.volumes[].name, .containers[0].volumeMounts[].name] | group_by(.) | map(length) | unique | tojson'
check "each volume is mounted" "[2]" "$(deployment --set registriesSecret=r)"
check "what may be left out" "Certificate NetworkPolicy ServiceMonitor" \
	"$(diff <(rendered --set networkPolicy.enabled=true --set serviceMonitor=true --set 'certManager={enabled: true, issuer: {name: a, kind: ClusterIssuer}}' | jq -r .kind) \
		<(rendered --set networkPolicy.enabled=false | jq -r .kind) | sed -n 's/^< //p' | sort | xargs)"
if command -v helm >/dev/null; then
	helm template plimsoll "$here/chart/plimsoll-guard" --kube-version 1.32.0 --namespace plimsoll >helm.yaml
	check "Helm says the same" "" "$(diff <(python3 objects.py helm.yaml) <(rendered))"
fi

# The certificate: another one by the same authority.
mkdir tls
(cd tls && "$here/certificate" other 3) >bundle
check "a certificate for the Service" "tls/tls.crt: OK" "$(openssl verify -CAfile tls/authority.crt -verify_hostname plimsoll-guard.other.svc tls/tls.crt)"
check "its authority is what webhooks trust" "" "$(sed 's/caBundle: //' bundle | base64 -d | diff - tls/authority.crt)"
check "keys are nobody else's" "600 600" "$(stat -c %a tls/tls.key tls/authority.key | xargs)"
cp tls/tls.crt before.crt
(cd tls && "$here/certificate" other 3) >again
check "the next one is another, of the same authority" "0 1" "$(diff bundle again >out; echo "$?") $(cmp -s before.crt tls/tls.crt; echo $?)"

# The root of the image, from what was built here.
if "$plimsoll" doctor | grep -q sanitizer || ! command -v dpkg-query >/dev/null || [ "$(id -u)" != 0 ]; then
	echo "the image's root is not made here"
	exit $failed
fi
mkdir -p prefix/bin prefix/libexec/plimsoll
cp "$plimsoll" prefix/bin/
cp "$(dirname "$plimsoll")"/plimsoll-{guard,fetch,sign} prefix/libexec/plimsoll/
"$here/collect" "$work/prefix" "$work/image" 2>err
# Containers have a /proc, by which a program finds those beside it.
mkdir image/proc
enter=(unshare --map-root-user --mount sh -c 'mount --rbind /proc image/proc && exec chroot image "$@"' sh "$work/prefix/bin/plimsoll")
inside() { "${enter[@]}" "$@"; }
if ! inside --version >out 2>err; then
	echo "no container can be made here, so the image's root is not tried"
	exit $failed
fi
check "what is in it runs" "$("$plimsoll" --version)" "$(inside --version 2>&1)"
check "and becomes the guard" "1" "$(inside guard kubernetes --help 2>&1 | grep -c '^  --certificate FILE')"
# With the very options of the Deployment: orders, certificate and a place for what it keeps.
for key in approve "assign --role assign"; do "$plimsoll" key generate --no-passphrase --out $key >out 2>err || cat out err; done
printf 'plimsoll_assign: v1\nrules:\n  - {name: all, repositories: ["**"], keys: approve.pub}\n' >assign.yaml
"$plimsoll" assign sign --key assign.key assign.yaml >out
mkdir -p image/etc/plimsoll/orders image/etc/plimsoll/tls
cp assign.yaml.signed assign.pub image/etc/plimsoll/orders/
cp tls/tls.crt tls/tls.key image/etc/plimsoll/tls/
# As an emptyDir of a pod is, for whom we are in there.
chown root: image/var/lib/plimsoll
chmod 2777 image/var/lib/plimsoll
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
webhook=127.0.0.1:$(free_port) status=127.0.0.1:$(free_port)
filter='.spec.template.spec.containers[0].args[]'
mapfile -t arguments < <(deployment | sed "s/^--listen=:8443$/--listen=$webhook/; s/^--status=:8080$/--status=$status/")
"${enter[@]}" "${arguments[@]}" >guard.out 2>guard.err &
guard=$!
for _ in $(seq 200); do grep -q serving guard.err || ! kill -0 $guard 2>/dev/null && break; sleep 0.05; done
check "as the Deployment starts it" "plimsoll guard kubernetes: serving" "$(head -n 1 guard.err)"
check "it becomes ready" "ok" "$(curl -s --retry 20 --retry-all-errors --retry-delay 1 "http://$status/readyz")"
check "and is reached by the Service's name" "ok" "$(curl -s --cacert tls/authority.crt --connect-to "plimsoll-guard.other.svc:443:$webhook" https://plimsoll-guard.other.svc/healthz)"
kill $guard
wait $guard
check "and ends when it is told" "0" "$?"
check "it has no shell" "" "$(find image -name '*sh' -type f -perm /111 | grep -v '/lib')"
"$plimsoll" query rootfs:image "SELECT name FROM deb_packages" --output csv >packages 2>err
check "its libraries are known to a check of it" "libc6 libcurl4 libevent-core libssl3" "$(grep -oE '^(libc6|libcurl4|libevent-core|libssl3)' packages | sort -u | xargs)"
exit $failed
