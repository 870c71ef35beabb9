# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests of plimsoll guard kubernetes: requests as API servers make them (admission.k8s.io/v1 of Kubernetes 1.32), and a client for them.
# $address is the guard's, ca.crt has signed its certificate.
kinds=(pods podtemplates replicationcontrollers deployments daemonsets statefulsets replicasets jobs cronjobs)
declare -A group_of=([deployments]=apps [daemonsets]=apps [statefulsets]=apps [replicasets]=apps [jobs]=batch [cronjobs]=batch)
declare -A kind_of=([pods]=Pod [podtemplates]=PodTemplate [replicationcontrollers]=ReplicationController [deployments]=Deployment [daemonsets]=DaemonSet
	[statefulsets]=StatefulSet [replicasets]=ReplicaSet [jobs]=Job [cronjobs]=CronJob)
declare -A around=([pods]='{spec: .}' [podtemplates]='{template: {spec: .}}' [cronjobs]='{spec: {jobTemplate: {spec: {template: {spec: .}}}}}')

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

certificate() { # NAME SERIAL [USE]: NAME.crt and NAME.key, signed by ca.key, in one step each
	[ -e ca.crt ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=authority -keyout ca.key -out ca.crt -days 2 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1.new.key" -out "$1.csr" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -set_serial "$2" -days 2 -out "$1.new.crt" \
		-extfile <(printf 'subjectAltName=IP:127.0.0.1,DNS:plimsoll-guard.plimsoll.svc\nextendedKeyUsage=%s\n' "${3:-serverAuth}") 2>/dev/null
	mv "$1.new.key" "$1.key"
	mv "$1.new.crt" "$1.crt"
}

shown_serial() { openssl s_client -connect "$address" -CAfile ca.crt -verify_return_error </dev/null 2>/dev/null | openssl x509 -noout -serial 2>/dev/null | sed 's/serial=0*//'; }

pod() { # IMAGE: a pod whose name is still to be made up
	jq -nc --arg image "$1" '{apiVersion: "v1", kind: "Pod", metadata: {generateName: "web-", namespace: "shop", finalizers: ["example.com/wait"],
		managedFields: [{manager: "kubectl", fieldsV1: {"f:spec": {"f:containers": {"k:{\"name\":\"c\"}": {".": {}, "f:image": {}}}}}}]},
		spec: {containers: [{name: "c", image: $image}]}}'
}

object() { # KIND LIST FIRST SECOND: two images in that list of an object
	jq -nc --arg kind "${kind_of[$1]}" --arg list "$2" --arg first "$3" --arg second "$4" \
		'def held(name; image): if $list == "volumes" then {name: name, image: {reference: image, pullPolicy: "IfNotPresent"}} else {name: name, image: image} end;
		{containers: []} + {($list): [held("first"; $first), held("second"; $second)]} | '"${around[$1]:-{spec: {template: {spec: .\}\}\}}"' + {kind: $kind}'
}

review() { # OBJECT RESOURCE[/SUBRESOURCE] OPERATION; $OLD, $DRYRUN and $NAMESPACE too
	local resource=${2%%/*}
	jq -nc --argjson object "$1" --argjson old "${OLD:-null}" --argjson dry "${DRYRUN:-false}" --arg group "${group_of[$resource]:-}" --arg resource "$resource" \
		--arg below "$(case $2 in */*) echo "${2#*/}" ;; esac)" --arg operation "$3" --arg namespace "${NAMESPACE:-shop}" --arg kind "${kind_of[$resource]}" \
		'{kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1", request: ({uid: "705ab4f5-6393-11e8-b7cc-42010a800002",
		kind: {group: $group, version: "v1", kind: $kind}, resource: {group: $group, version: "v1", resource: $resource},
		requestKind: {group: $group, version: "v1", kind: $kind}, requestResource: {group: $group, version: "v1", resource: $resource},
		namespace: $namespace, operation: $operation, userInfo: {username: "system:serviceaccount:kube-system:replicaset-controller",
		groups: ["system:serviceaccounts", "system:authenticated"]}, object: $object, oldObject: $old, dryRun: $dry,
		options: {kind: "CreateOptions", apiVersion: "meta.k8s.io/v1"}} + if $below == "" then {} else {subResource: $below} end)}'
}

curl_guard() { # PATH [OPTIONS]
	curl -s --cacert ca.crt ${CLIENT:+--cert "$CLIENT.crt" --key "$CLIENT.key"} --max-time "${time_limit:-20}" "${@:2}" "https://$address$1"
}
get() { curl_guard "$1"; }
post() { curl_guard "/$1${QUERY:-?timeout=10s}" -X "${METHOD:-POST}" -H "Content-Type: ${TYPE:-application/json}" ${HEADER:+-H "$HEADER"} --data-binary "$2" "${@:3}"; }
status() { post "$1" "$2" -o body -w '%{http_code}\n'; }
ask() { post "$1" "$(review "$2" "${3:-pods}" "${4:-CREATE}")"; }
# Allowed, or the code and why not.
said() { ask "$@" | jq -r '.response | if .allowed then "true" else "\(.status.code) \(.status.message)" end'; }
