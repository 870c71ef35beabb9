#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The webhooks of a Kubernetes API server, asked over TLS as it asks: what is authorised passes and gets its digest, everything else is refused.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/index.bash"
. "$root/tests/registry/registry.bash"
. "$root/tests/cli/guard-kubernetes.bash"
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run REGISTRY_AUTH_FILE=$work/auth.json XDG_STATE_HOME=$work/state
echo '{}' >auth.json

mkdir -p a/etc a/bin
printf 'ID=debian\nVERSION_ID=12\n' >a/etc/os-release
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >amd.json
echo '{"User": "1000", "Entrypoint": ["/bin/y"]}' >other.json
"$root/tools/oci-image" one.oci amd.json a
"$root/tools/oci-image" two.oci other.json a
cat >p.yaml <<'Y'
plimsoll: v1
name: acme/prod
metadata: {user: {root: deny}}
Y
for key in approve "assign --role assign" "deny --role deny"; do "$plimsoll" key generate --no-passphrase --out $key >out 2>err || cat out err; done
registry_start || exit 1
here=$registry_address net=(--plain-http "$registry_address")
one=$(registry_put one.oci team/web:1) two=$(registry_put two.oci team/web:2)
"$plimsoll" attest --policy p.yaml "${net[@]}" --key approve.key "docker://$here/team/web:1" >out 2>err || cat err
web=$here/team/web good=$here/team/web@$one bad=$here/team/web@$two
cat >assign.yaml <<Y
plimsoll_assign: v1
rules:
  - {name: team, repositories: ["$here/team/*"], namespaces: [shop, team], keys: approve.pub}
break_glass:
  - {name: incident-7, digests: [$two], namespaces: [night], owner: night-shift, reason: shop is down, until: 2030-12-31}
Y
"$plimsoll" assign sign --key assign.key assign.yaml >out 2>err || cat err
certificate tls 1

guard() { # NAME [OPTIONS]: one that listens at $address, its words in NAME.err, its pid in $guard
	address=127.0.0.1:$(free_port)
	: >"$1.err"
	"$plimsoll" guard kubernetes --listen "$address" --certificate tls.crt --key tls.key --assign assign.yaml.signed --assign-key assign.pub --memory "$PWD/$1.memory" \
		--log "$PWD/$1.log" "${net[@]}" "${@:2}" >"$1.out" 2>"$1.err" &
	guard=$!
	registry_pids+=("$guard")
	for _ in $(seq 200); do
		grep -q serving "$1.err" && return
		kill -0 "$guard" 2>/dev/null || break
		sleep 0.05
	done
	cat "$1.err"
}
end_guard() { kill "$guard"; wait "$guard"; }
entries() { [ -s "$1.log" ] && wc -l <"$1.log" || echo 0; }

check "without a certificate there is no door" "3 1" "$("$plimsoll" guard kubernetes --assign assign.yaml.signed --assign-key assign.pub 2>err; echo "$? $(grep -c 'name --certificate' err)")"
check "its help" "1" "$("$plimsoll" guard kubernetes --help | grep -c '^  --client-ca FILE')"

guard one
check "it serves" "plimsoll guard kubernetes: serving" "$(head -n 1 one.err)"
check "and says how it is" "ok ok" "$(get /healthz) $(get /readyz)"

# Tags get their digest, digests are judged.
check "a tag gets its digest" "true [\"test /spec/containers/0/image $web:1\",\"replace /spec/containers/0/image $web:1@$one\"] [\"plimsoll: 1 image was pinned to its digest\"]" \
	"$(ask mutate "$(pod "$web:1")" | jq -rc '"\(.response.allowed) \(.response.patch | @base64d | fromjson | map("\(.op) \(.path) \(.value)")) \(.response.warnings)"')"
check "the answer is the request's" "admission.k8s.io/v1 AdmissionReview 705ab4f5-6393-11e8-b7cc-42010a800002 JSONPatch" \
	"$(ask mutate "$(pod "$web:1")" | jq -r '"\(.apiVersion) \(.kind) \(.response.uid) \(.response.patchType)"')"
check "one that is authorised passes" "true" "$(said validate "$(pod "$good")")"
check "with tag and digest" "true" "$(said validate "$(pod "$web:1@$one")")"
check "one that is not does not" "403 plimsoll: container 'c' ($bad): it was not approved" "$(said validate "$(pod "$bad")" | sed 's/): .*/): it was not approved/')"
check "nor by its tag" "false null" "$(ask mutate "$(pod "$web:2")" | jq -r '"\(.response.allowed) \(.response.patch)"')"
check "a tag that nothing pinned" "403 1" "$(said validate "$(pod "$web:1")" | sed 's/^\(...\).*the mutating webhook of this guard, which puts it there, was not asked before$/\1 1/')"
check "what nobody speaks of" "403 plimsoll: container 'c' (nginx@$one): no rule speaks of docker.io/library/nginx" "$(said validate "$(pod "nginx@$one")")"
check "what is no reference" "403 1" "$(said validate "$(pod "Nginx:1")" | sed "s/^\(...\).*'Nginx:1' is no reference.*/\1 1/")"
check "in another namespace" "403 plimsoll: container 'c' ($good): no rule speaks of $web" "$(NAMESPACE=dev said validate "$(pod "$good")")"
check "a broken glass is warned of" "true break-glass 1" "$(NAMESPACE=night ask validate "$(pod "$bad")" | jq -r '"\(.response.allowed) \(.response.auditAnnotations["admitted-by"]) \(.response.warnings[0] | startswith("plimsoll: the glass was broken"))"' | sed 's/true$/1/')"

# Every place in which a pod, or what pods are made of, names an image.
for list in containers initContainers ephemeralContainers volumes; do
	for kind in "${kinds[@]}"; do
		check "$kind, $list: bad" "403 1" "$(said validate "$(object "$kind" "$list" "$good" "$bad")" "$kind" | sed "s|^\(...\).* 'second' ($bad): .*|\1 1|")"
		check "$kind, $list: good" "true" "$(said validate "$(object "$kind" "$list" "$good" "$good")" "$kind")"
	done
done
check "a template's tag is judged by what it says today" "true" "$(said validate "$(object deployments containers "$web:1" "$good")" deployments)"
check "and refused likewise" "403" "$(said validate "$(object deployments containers "$web:2" "$good")" deployments | cut -c 1-3)"
check "debugging containers" "403 1" "$(OLD=$(pod "$bad") said validate "$(object pods ephemeralContainers "$bad" "$bad" | jq -c '.spec.containers = [{name: "c", image: .spec.ephemeralContainers[0].image}]')" pods/ephemeralcontainers UPDATE | sed "s|^\(...\).*ephemeral container 'first'.*|\1 1|")"

# Updates.
finalizer=$(pod "$bad" | jq -c '.metadata.finalizers = []')
check "a finalizer goes, whatever runs" "true" "$(OLD=$(pod "$bad") said validate "$finalizer" pods UPDATE)"
check "a tag that was there stays" "true null" "$(OLD=$(pod "$web:2") ask mutate "$(pod "$web:2")" pods UPDATE | jq -r '"\(.response.allowed) \(.response.patch)"')"
check "another image does not pass" "403" "$(OLD=$(pod "$good") said validate "$(pod "$bad")" pods UPDATE | cut -c 1-3)"
check "nor the old one under another name" "403" "$(OLD=$(pod "$bad" | jq -c '.spec.containers[0].name = "d"') said validate "$(pod "$bad")" pods UPDATE | cut -c 1-3)"
check "what goes may go" "true" "$(said validate null pods DELETE)"

# Requests of a real API server, with our images in the place of its.
recorded() { # FILE OTHERS [TAG IMAGE]: all images of it OTHERS, the one with that tag another
	sed "s|registry.example/team/web:${3:-none}|${4:-}|g; s|registry.example/team/web:[0-9]|$2|g" "$root/tests/cases/admission/$1.json" >"$1.json"
	post validate "@$1.json" | jq -r '(.response // .status).allowed'
}
for file in run lists rehearsal deployment cronjob job; do check "recorded: $file" "true false" "$(recorded $file "$good") $(recorded $file "$bad")"; done
check "recorded: one of three lists" "false false false" "$(for tag in 1 2 3; do recorded lists "$good" $tag "$bad"; done | xargs)"
check "recorded: a finalizer" "true" "$(recorded finalizer "$bad")"
check "recorded: another image" "true false" "$(recorded set-image "$bad" 9 "$good") $(recorded set-image "$good" 9 "$bad")"
check "recorded: a debugging container" "true false" "$(recorded debug "$bad" 4 "$good") $(recorded debug "$good" 4 "$bad")"
check "recorded: an image policy" "true false" "$(recorded imagereview "$good" >out; post imagereview @imagereview.json | jq .status.allowed) $(recorded imagereview "$bad" >out; post imagereview @imagereview.json | jq .status.allowed)"

# What is not as it should be.
raw() { post validate "$1" | jq -rc '"\(.response.allowed) \(.response.uid) \(.response.status.message)"'; }
sound=$(review "$(pod "$good")" pods CREATE)
check "a key twice" "false 705ab4f5-6393-11e8-b7cc-42010a800002 1" "$(raw "${sound/\"image\":/\"image\":\"$bad\",\"image\":}" | sed 's/plimsoll: .*same key twice$/1/')"
check "twice but for case" "false 705ab4f5-6393-11e8-b7cc-42010a800002 1" "$(raw "${sound/\"image\":/\"Image\":\"$bad\",\"image\":}" | sed 's/plimsoll: .*another spelling.*/1/')"
check "an object that is not known" "403 1" "$(said validate '{"kind":"Eviction"}' pods/eviction | sed 's/^\(...\).*is not known here.*/\1 1/')"
check "no JSON" "400 false" "$(status validate '{') $(jq -r .response.allowed body)"
check "an empty body" "400" "$(status validate '')"
check "other types, methods and places" "415 405 404" "$(echo "$(TYPE=text/plain status validate "$sound") $(METHOD=PUT status validate "$sound") $(status elsewhere "$sound")")"
head -c 7000000 /dev/zero | tr '\0' ' ' >huge
check "a body without measure" "413" "$(status validate @huge)"
check "one in chunks without end" "413" "$(HEADER='Transfer-Encoding: chunked' status validate @huge)"
check "and then as before" "true" "$(said validate "$(pod "$good")")"

# Slow clients keep nobody waiting; they are let go.
python3 "$root/tests/cli/guard-slow-clients.py" "$address" ca.crt 300 >slow.out 2>slow.err &
slow=$!
sleep 1
check "300 slow clients, and still it answers" "true" "$(time_limit=2 said validate "$(pod "$good")")"
wait $slow
check "whom it lets go" "300 of 300 were let go" "$(cat slow.out slow.err)"

# ImageReview.
images() { jq -nc --args '{apiVersion: "imagepolicy.k8s.io/v1alpha1", kind: "ImageReview", spec: {containers: [$ARGS.positional[] | {image: .}], annotations: {"shop.image-policy.k8s.io/ticket": "break-glass"}, namespace: "shop"}}' "$@"; }
image_review() { post imagereview "$(images "$@")" | jq -rc '"\(.kind) \(.status.allowed) \(.status.reason)"'; }
check "ImageReview: authorised" "ImageReview true null" "$(image_review "$good" "$web:1@$one")"
check "ImageReview: not" "ImageReview false 1" "$(image_review "$good" "$bad" | sed "s/plimsoll: container '1' .*/1/")"
check "ImageReview: a tag is nothing" "ImageReview false 1" "$(image_review "$web:1" | sed "s/plimsoll: container '0' .*has a tag where a digest has to stand/1/")"
check "ImageReview: no JSON" "false" "$(post imagereview '{' | jq -r .status.allowed)"

# The log, and a dry run of whoever asks the API server.
before=$(entries one)
check "dryRun is judged" "403" "$(NAMESPACE=audit DRYRUN=true said validate "$(pod "$good")" | cut -c 1-3)"
check "and lets pass what may" "true" "$(DRYRUN=true said validate "$(pod "$good")")"
check "and leaves the log alone" "$before" "$(entries one)"
NAMESPACE=audit said validate "$(pod "$good")" >out
check "which a real one does not" "1" "$(($(entries one) - before))"
check "the log tells who" "kubernetes audit pod/web-*" "$(tail -n 1 one.log | jq -r '"\(.fields.door) \(.fields.namespace) \(.fields.subject)"')"
check "what is counted" "1 1" "$(get /metrics >page; echo "$(grep -c '^plimsoll_guard_admitted_total{.*why="allowed"} [1-9]' page) $(grep -c '^plimsoll_guard_refused_requests_total.* [1-9]' page)")"

# Certificates.
certificate tls 2
sleep 2
check "a new certificate" "2" "$(shown_serial)"
echo broken >tls.crt
sleep 2
check "a broken one is not taken" "2" "$(shown_serial)"
check "and it serves" "true" "$(said validate "$(pod "$good")")"
certificate tls 3
kill -HUP "$guard"
sleep 1
check "the next one is" "3" "$(shown_serial)"

end_guard
check "it ends when it is told" "0" "$?"

# Clients with certificates; health has a place of its own.
certificate client 9 clientAuth
status_address=127.0.0.1:$(free_port)
guard two --client-ca ca.crt --status "$status_address"
check "who has no certificate" "none" "$(post validate "$sound" >out 2>&1 && echo some || echo none)"
check "who has one" "true" "$(CLIENT=client post validate "$sound" | jq -r .response.allowed)"
check "health is elsewhere" "ok" "$(curl -s "http://$status_address/healthz")"
end_guard

# A dry run of the guard.
guard three --dry-run
check "a dry run refuses nobody" "true dry-run refused" "$(ask validate "$(pod "$bad")" | jq -r '"\(.response.allowed) \(.response.auditAnnotations["admitted-by"]) \(.response.auditAnnotations.outcome)"')"
check "and says what it would do" "true" "$(ask validate "$(pod "$bad")" | jq -r '.response.warnings[0] | startswith("plimsoll: refused but for the dry run of this guard: container '"'c'"'")')"
check "tags without a digest pass, too" "true" "$(said validate "$(pod "$web:1")")"
check "the log tells it" "1" "$(grep -c '"dry' three.log | sed 's/^[1-9].*/1/')"
# Whoever kills it lets nobody in: the API server gets no answer, and the webhook must not fail open.
kill -9 "$guard"
wait "$guard" 2>/dev/null
check "a killed guard answers nothing" "none" "$(post validate "$sound" >out 2>&1 && echo some || echo none)"

# A registry that is away or stalls.
guard four --deciders 1
check "two questions, one answer, and one who decides" "true" "$(said validate "$(object pods containers "$good" "$web:1@$one")")"
check "each answer came from somewhere" "2 2" "$(get /metrics | awk '/^plimsoll_guard_decisions_total/ { d += $NF } /^plimsoll_guard_answers_total/ { a += $NF } END { print d, a }')"
registry_misbehave stall-headers
begun=$(date +%s%N)
check "no time is left" "503 1" "$(QUERY='?timeout=2s' said validate "$(pod "$here/team/new@$one")" | sed 's/^\(...\) plimsoll: container .*/\1 1/')"
took=$((($(date +%s%N) - begun) / 1000000))
check "and the API server hears of it in its time" "yes" "$([ $took -lt 2000 ] && echo yes || echo "$took ms")"
check "what is known needs nobody" "true" "$(said validate "$(pod "$good")")"
registry_misbehave
registry_stop
check "a registry that is gone" "503" "$(said validate "$(pod "$here/team/new@$one")" | cut -c 1-3)"
check "what is known still is" "true" "$(said validate "$(pod "$good")")"
exit $failed
