#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Which doors of a machine, or of a cluster's manifests, are open.  Files are written by hand after the engines' own documentation:
# dockerd(8), containerd's docs/image-verification.md and cri/config.md, containers-policy.json(5), admissionregistration.k8s.io/v1.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
fresh() { rm -rf m; mkdir -p m/usr/bin m/etc; }
engine() { printf '#!/bin/sh\n' >"m/usr/bin/$1"; chmod +x "m/usr/bin/$1"; }
put() { mkdir -p "m/$(dirname "$1")"; cat >"m/$1"; }
doctor() { "$plimsoll" doctor --root m >out 2>err; echo "$? $(grep -c '^  OPEN' out) $(grep -c '^  CANNOT TELL' out)"; }
says() { grep -c -- "$1" out; }

fresh
check "a machine without engines" "0 0 0" "$(doctor)"
mkdir -p m/var/lib/rancher/k3s
check "an engine that is not looked into" "2 0 1" "$(doctor)"
fresh
engine dockerd
check "Docker as it comes" "1 2 0" "$(doctor)"
put etc/docker/daemon.json <<<'{"authorization-plugins": ["other"]}'
check "another plugin is none of ours" "1 2 0 1" "$(doctor) $(says "another authorization plugin, 'other'")"
put etc/docker/daemon.json <<<'{"authorization-plugins": ["other", "plimsoll"]}'
check "ours" "1 1 0 1" "$(doctor) $(says "authorization plugin 'plimsoll'")"
put etc/docker/daemon.json <<<'{"authorization-plugins": ["plimsoll"], "default-runtime": "gate", "runtimes": {"gate": {"path": "/usr/libexec/plimsoll/plimsoll-runtime"}}}'
check "with the runtime, runc by its name is left" "1 1 0 1" "$(doctor) $(says '--runtime=runc')"
put etc/docker/daemon.json <<<'{"hosts": ["tcp://0.0.0.0:2375"], "authorization-plugins": ["plimsoll"]}'
check "an address without certificates" "1 2 0 1" "$(doctor) $(says 'listens on tcp://0.0.0.0:2375')"
put etc/docker/daemon.json <<<'{"hosts": ["tcp://0.0.0.0:2376"], "tlsverify": true, "authorization-plugins": ["plimsoll"]}'
check "with them" "1 1 0" "$(doctor)"
rm m/etc/docker/daemon.json
put etc/systemd/system/docker.service.d/gate.conf <<<'[Service]
ExecStart=
ExecStart=/usr/bin/dockerd -H fd:// --authorization-plugin=plimsoll'
check "a plugin in a unit's drop-in" "1 1 0" "$(doctor)"
put etc/docker/daemon.json <<<'{"authorization-plugins": '
rm -r m/etc/systemd
check "a file that is cut off is no shut door" "2 0 3" "$(doctor)"

fresh
engine containerd
check "containerd without any configuration lets everything in" "1 1 1 1" "$(doctor) $(says 'is missing or empty')"
mkdir -p m/opt/containerd/image-verifier/bin
printf '#!/bin/sh\n' >m/opt/containerd/image-verifier/bin/plimsoll
chmod +x m/opt/containerd/image-verifier/bin/plimsoll
check "our verifier, in a containerd that nobody knows" "2 0 1" "$(doctor)"
package() { mkdir -p m/var/lib/dpkg; printf 'Package: a\nVersion: 9\n\nPackage: containerd\nStatus: install ok installed\nVersion: %s\n\nPackage: z\nVersion: 3.0\n' "$1" >m/var/lib/dpkg/status; }
package 2.0.4~ds1-1
check "in one that asks nobody for Kubernetes" "1 1 0" "$(doctor)"
package 2.1.9~ds1-1
check "our verifier" "0 0 0" "$(doctor)"
echo hello >m/opt/containerd/image-verifier/bin/README
check "a file beside it that cannot be executed refuses everything" "0 0 0 1" "$(doctor) $(says 'README cannot be executed')"
rm m/opt/containerd/image-verifier/bin/README
for i in 0 1 2 3 4 5 6 7 8 9; do cp m/opt/containerd/image-verifier/bin/plimsoll m/opt/containerd/image-verifier/bin/a$i; done
check "behind ten others nobody asks it" "1 1 0" "$(doctor)"
rm m/opt/containerd/image-verifier/bin/a?
for line in 'use_local_image_pull = true' 'max_concurrent_downloads = 5' 'discard_unpacked_layers = true' 'disable_snapshot_annotations = false' 'image_pull_with_sync_fs = true'; do
	put etc/containerd/config.toml <<<"version = 3
[plugins.'io.containerd.cri.v1.images']
  $line"
	check "past the verifier: $line" "1 1 0 1" "$(doctor) $(says "${line%% *} makes")"
done
put etc/containerd/config.toml <<<"version = 3
[plugins.'io.containerd.cri.v1.images']
  max_concurrent_downloads = 3
  discard_unpacked_layers = false
  disable_snapshot_annotations = true"
check "values that change nothing" "0 0 0" "$(doctor)"
put etc/containerd/config.toml <<<"version = 3
[plugins.'io.containerd.cri.v1.images'.registry.mirrors.'docker.io']
  endpoint = ['https://mirror.example']"
check "mirrors of the old kind" "1 1 0 1" "$(doctor) $(says 'registry.mirrors makes')"
put etc/containerd/config.toml <<<'version = 3
disabled_plugins = ["io.containerd.image-verifier.v1.bindir"]'
check "the plugin is disabled" "1 1 0" "$(doctor)"
put etc/containerd/config.toml <<<'version = 3
imports = ["/etc/containerd/conf.d/*.toml"]'
check "what others say is not read" "2 0 1" "$(doctor)"
put etc/containerd/config.toml <<<'version = 2'
check "of containerd 1" "1 1 0" "$(doctor)"
put etc/containerd/config.toml <<<'version = '
check "a configuration that cannot be read" "2 0 1" "$(doctor)"

fresh
engine podman
put etc/containers/policy.json <<<'{"default": [{"type": "insecureAcceptAnything"}]}'
check "podman as it comes" "1 1 0" "$(doctor)"
put etc/containers/policy.json <<<'{"default": [{"type": "reject"}], "transports": {"docker": {"registry.example": [{"type": "sigstoreSigned", "keyPath": "/etc/a.pub"}]}, "containers-storage": {"": [{"type": "insecureAcceptAnything"}]}}}'
check "signatures demanded, and never fetched" "0 0 0 1" "$(doctor) $(says 'never fetched')"
put etc/containers/registries.d/a.yaml <<<'docker: {registry.example: {use-sigstore-attachments: true}}'
put etc/containers/registries.d/b.yaml <<<'docker:
  registry.example:
    use-sigstore-attachments: true'
check "and fetched" "0 0 0 0" "$(doctor) $(says 'never fetched')"
put etc/containers/policy.json <<<'{"default": [{"type": "reject"}], "transports": {"docker": {"": [{"type": "insecureAcceptAnything"}]}}}'
check "anything of any registry" "1 1 0" "$(doctor)"
put etc/containers/policy.json <<<'{"default": [{"type": "reject"}]}'
put home/a/.config/containers/policy.json <<<'{"default": [{"type": "insecureAcceptAnything"}]}'
check "a user's own" "2 0 1 1" "$(doctor) $(says '/home/a/.config/containers/policy.json goes before')"
rm -r m/home
put etc/containers/policy.json <<<'{"default": [{"type": "rej'
check "a policy that is cut off" "2 0 1" "$(doctor)"
ln -sf /etc/passwd m/etc/containers/policy.json
check "a link stays inside of that machine" "0 0 0 1" "$(doctor) $(says 'policy.json is missing')"

cluster() { "$plimsoll" doctor k.yaml >out 2>err; echo "$? $(grep -c '^  OPEN' out) $(grep -c '^  CANNOT TELL' out)"; }
good() { # SED of the validating webhook
	cat >k.yaml <<'Y'
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: plimsoll}
webhooks:
  - name: validate.plimsoll.example
    failurePolicy: Fail
    matchPolicy: Equivalent
    namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}]}
    clientConfig: {service: {name: guard, namespace: plimsoll, path: /validate}}
    rules:
      - {apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods, pods/ephemeralcontainers]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: plimsoll}
webhooks:
  - name: mutate.plimsoll.example
    clientConfig: {service: {name: guard, namespace: plimsoll, path: /mutate}}
    rules:
      - {apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods, pods/ephemeralcontainers]}
Y
	[ -z "$1" ] || sed -i "$1" k.yaml
}
good
check "a cluster's hooks" "0 0 0" "$(cluster)"
good 's/failurePolicy: Fail/failurePolicy: Ignore/'
check "that let in while nobody answers" "1 1 0" "$(cluster)"
good 's/CREATE, UPDATE\], resources: \[pods, pods/CREATE], resources: [pods, pods/'
check "that miss changes" "1 2 0" "$(cluster)"
good 's|, pods/ephemeralcontainers||'
check "that miss debugging containers" "1 1 0" "$(cluster)"
good 's/kubernetes.io.metadata.name/team/'
check "that labels of namespaces turn off" "1 1 0" "$(cluster)"
good 's/    matchPolicy: Equivalent/    objectSelector: {matchLabels: {gate: "on"}}/'
check "or labels of objects" "1 1 0" "$(cluster)"
good 's/matchPolicy: Equivalent/matchPolicy: Exact/'
check "that know one version of the API only" "1 1 0" "$(cluster)"
good 's/operator: NotIn/operator: In/'
check "that ask about some namespaces alone" "1 1 0" "$(cluster)"
good 's/    matchPolicy: Equivalent/    matchConditions: [{name: a, expression: "request.userInfo.username != \x27eve\x27"}]/'
check "that ask under conditions" "2 0 1" "$(cluster)"
good 's/    matchPolicy: Equivalent/    matchConditions: []/'
check "under none" "0 0 0" "$(cluster)"
good 's|path: /validate|path: /mutate|'
check "a validating one that asks for a digest's place" "1 4 0 1" "$(cluster) $(grep -c 'passes whatever has a digest' out)"
good 's/apiGroups: \[""\]/apiGroups: [apps]/'
check "about pods of another group" "1 4 0" "$(cluster)"
good 's/resources: \[pods,/scope: Cluster, resources: [pods,/'
check "about pods outside of namespaces" "1 4 0" "$(cluster)"
good 's|resources: .*\]|resources: ["*/*"]|; s/scope: Cluster/scope: "*"/'
check "about everything" "0 0 0" "$(cluster)"
good '/^---/,$s/resources: .pods.*/resources: [replicationcontrollers]}/'
check "that pin templates alone" "1 1 0 1" "$(cluster) $(grep -c 'no mutating webhook puts digests' out)"
good '/^---/,$d'
check "without pinning" "1 1 0" "$(cluster)"
echo 'kind: ConfigMap' >k.yaml
check "a cluster that asks nobody" "1 4 0" "$(cluster)"
good
printf -- '---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\nmetadata: {name: a}\nspec: {validationActions: [Warn], paramRef: {parameterNotFoundAction: Allow}}\n' >>k.yaml
check "a binding that only warns, and allows" "1 2 0" "$(cluster)"
good
sed -i '1i apiVersion: v1\nkind: List\nitems: []\n---' k.yaml
check "lists" "0 0 0" "$(cluster)"
echo '{' >k.yaml
check "what cannot be read" "1 4 1" "$(cluster)"
check "a machine and manifests" 3 "$("$plimsoll" doctor --doors k.yaml >out 2>err; echo $?)"
exit $failed
