#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A registry in front of another: what is authorised comes out whole, nothing else does, and nothing goes in.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/index.bash"
. "$root/tests/registry/registry.bash"
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run REGISTRY_AUTH_FILE=$work/auth.json XDG_STATE_HOME=$work/state
echo '{}' >auth.json
guards=()
trap 'kill "${guards[@]}" 2>/dev/null; registry_end; rm -rf "$work"' EXIT

mkdir -p a/etc a/bin
printf 'ID=debian\nVERSION_ID=12\n' >a/etc/os-release
head -c 3000000 /dev/urandom >a/bin/large
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >amd.json
echo '{"User": "1000", "Entrypoint": ["/bin/y"]}' >other.json
echo '{"User": "1000", "Entrypoint": ["/bin/x"], "platform": "linux/arm64"}' >arm.json
"$root/tools/oci-image" one.oci amd.json a
"$root/tools/oci-image" two.oci other.json a
"$root/tools/oci-image" arm.oci arm.json a
index both.oci one.oci arm.oci
printf 'plimsoll: v1\nname: acme/prod\nmetadata: {user: {root: deny}}\n' >p.yaml
"$plimsoll" key generate --no-passphrase --out approve >out 2>err || cat err
"$plimsoll" key generate --no-passphrase --out assign --role assign >out 2>err || cat err
registry_start || exit 1
here=$registry_address net=(--plain-http "$registry_address")
one=$(registry_put one.oci team/web:1) two=$(registry_put two.oci team/web:2) both=$(registry_put both.oci team/both:1)
for image in team/web:1 team/both:1; do
	"$plimsoll" attest --policy p.yaml "${net[@]}" --key approve.key "docker://$here/$image" >out 2>err || cat err
done
cat >assign.yaml <<Y
plimsoll_assign: v1
rules:
  - {name: team, repositories: ["$here/team/*"], keys: approve.pub, policies: p.yaml}
Y
"$plimsoll" assign sign --key assign.key assign.yaml >out 2>err || cat err

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
door=127.0.0.1:$port
log=(--no-log)
begin() { # OPTIONS
	"$plimsoll" guard registry --listen "$door" --upstream "$here" "${net[@]}" --assign assign.yaml.signed --assign-key assign.pub --memory memory "${log[@]}" "$@" >guard.out 2>guard.err &
	guards+=($!)
	for _ in $(seq 100); do curl -s "http://$door/readyz" >/dev/null && [ "$(curl -s -o /dev/null -w '%{http_code}' "http://$door/readyz")" = 200 ] && return; sleep 0.1; done
	echo "not ok the door does not open"; cat guard.err; exit 1
}
end() { kill "${guards[-1]}"; wait "${guards[-1]}"; }
ask() { curl -s -m 60 -o body -D head -w '%{http_code}' "$@"; }
accept='Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json'
manifest() { ask -H "$accept" "http://$door/v2/$1/manifests/$2"; }
begin

check "the root of the API" "200 {}" "$(ask "http://$door/v2/") $(cat body)"
check "what is authorised" "200 $one" "$(manifest team/web 1) sha256:$(sha256sum <body | cut -d' ' -f1)"
check "with its digest and type" "$one application/vnd.oci.image.manifest.v1+json" "$(sed -n 's/^docker-content-digest: //Ip' head | tr -d '\r') $(sed -n 's/^content-type: //Ip' head | tr -d '\r')"
check "by its digest" 200 "$(manifest team/web "$one")"
check "its head alone" "200 0" "$(curl -s -I -o body -w '%{http_code} %{size_download}' -H "$accept" "http://$door/v2/team/web/manifests/1")"
manifest team/web 1 >/dev/null; cp body disguised.json
layer=$(manifest team/web 1 >/dev/null; jq -r '.layers[0].digest' body)
check "its layer, whole" "200 $layer" "$(ask "http://$door/v2/team/web/blobs/$layer") sha256:$(sha256sum <body | cut -d' ' -f1)"
check "its configuration" 200 "$(ask "http://$door/v2/team/web/blobs/$(manifest team/web 1 >/dev/null; jq -r .config.digest body)")"
check "an index, and what it leads to" "200 200" "$(manifest team/both 1) $(manifest team/both "$(jq -r '.manifests[1].digest' body)")"
check "what nobody approved" "403 DENIED" "$(manifest team/web 2) $(jq -r '.errors[0].code' body)"
check "by its digest, too" "403 no key that is trusted made it" "$(manifest team/web "$two") $(jq -r '.errors[0].message' body | sed 's/there is no signature and no attestation/no key that is trusted made it/')"
check "what no rule speaks of" "403 no rule speaks of $here/other/thing" "$(manifest other/thing 1) $(jq -r '.errors[0].message' body)"
check "what is not there" 503 "$(manifest team/nothing 1)"
check "signatures are for everybody" 200 "$(manifest team/web "sha256-${one#sha256:}.sig")"
check "but no image under the tag of one" "403 DENIED" "$(registry_put two.oci "team/web:sha256-${two#sha256:}.sig" >/dev/null; manifest team/web "sha256-${two#sha256:}.sig") $(jq -r '.errors[0].code' body)"
sed -i 's/vnd.oci.image.layer.v1.tar+gzip/vnd.dev.cosign.simplesigning.v1+json/; s/vnd.oci.image.layer.v1.tar/vnd.dev.cosign.simplesigning.v1+json/' disguised.json
curl -s -o /dev/null -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary @disguised.json "http://$here/v2/team/web/manifests/sha256-$(printf %064d 7).sig"
check "whatever it calls its layers" "200 403 DENIED" "$(ask -H "$accept" "http://$here/v2/team/web/manifests/sha256-$(printf %064d 7).sig") $(manifest team/web "sha256-$(printf %064d 7).sig") $(jq -r '.errors[0].code' body)"
check "and what refers to an image" "200 application/vnd.oci.image.index.v1+json" "$(ask "http://$door/v2/team/web/referrers/$one") $(jq -r .mediaType body)"
"$plimsoll" attest --policy p.yaml "${net[@]}" --key approve.key --bundle "docker://$here/team/both:1" >out 2>err || cat err
bundle=$(ask "http://$door/v2/team/both/referrers/$both" >/dev/null; jq -r '.manifests[0].digest' body)
check "a signature by its digest, and what it says" "200 200" "$(manifest team/both "$bundle") $(ask "http://$door/v2/team/both/blobs/$(jq -r '.layers[0].digest' body)")"
jq -c ".subject = {\"mediaType\": .mediaType, \"digest\": \"$one\", \"size\": 1}" <"two.oci/blobs/sha256/${two#sha256:}" >false.json
false=sha256:$(sha256sum <false.json | cut -d' ' -f1)
check "an image that says it refers to another" "201 403" "$(curl -s -o /dev/null -w '%{http_code}' -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary @false.json "http://$here/v2/team/web/manifests/$false") $(manifest team/web "$false")"
check "a blob that no manifest led to" "404 BLOB_UNKNOWN" "$(ask "http://$door/v2/team/web/blobs/sha256:$(printf '%064d' 0)") $(jq -r '.errors[0].code' body)"
check "nothing goes in" "405 405 405" "$(ask -X PUT -d x "http://$door/v2/team/web/manifests/1") $(ask -X POST "http://$door/v2/team/web/blobs/uploads/") $(ask -X DELETE "http://$door/v2/team/web/manifests/$one")"
check "names that are spelled otherwise" "400 400 400 404" "$(ask "http://$door/v2/team/%77eb/manifests/1") $(ask "http://$door/v2/Team/web/manifests/1") $(ask --path-as-is "http://$door/v2/team/../team/web/manifests/1") $(ask "http://$door/v1/team/web/manifests/1")"
check "a registry that is not behind it" 400 "$(ask "http://$door/v2/team/web/manifests/1?ns=registry.example")"
check "the one that is" 200 "$(ask -H "$accept" "http://$door/v2/team/web/manifests/1?ns=$here")"
check "a tag that moves" "200 403" "$(manifest team/web 1) $(registry_put two.oci team/web:1 >/dev/null; manifest team/web 1)"
check "what was pulled before stays what it is" 200 "$(manifest team/web "$one")"

# What the log does not take is not let out, however often it is asked for.
end
mkdir log-that-is-none
log=(--log "$PWD/log-that-is-none")
begin
check "a log that cannot be written lets nothing out" "503 503 503 503" "$(manifest team/both "$both") $(manifest team/both "$both") $(manifest team/both "$both") $(manifest team/both "$both")"
end
log=(--no-log)
begin --limit SERVER_ANSWERING_BYTES=1000
manifest team/web "$one" >/dev/null
head -c 600 /dev/zero >bytes
blob() { ask -X GET --data-binary @bytes "http://$door/v2/team/web/blobs/$layer"; }
check "a body beside a blob's request is forgotten with it" "200 200 200" "$(blob) $(blob) $(blob)"
end
begin
manifest team/web "$one" >/dev/null

# Many at once, and some that do not take what they asked for.
manifest team/both 1 >/dev/null
python3 - "$port" "$layer" <<'P'
import hashlib, socket, sys, threading, time
port, layer = int(sys.argv[1]), sys.argv[2]
ask = f"GET /v2/team/web/blobs/{layer} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
for s in slow: s.sendall(ask)
good = []
def pull():
    s = socket.create_connection(("127.0.0.1", port)); s.settimeout(60); s.sendall(ask)
    data = b""
    while b"\r\n\r\n" not in data: data += s.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int([l.split(b": ")[1] for l in head.split(b"\r\n") if l.lower().startswith(b"content-length")][0])
    parts = [body]; have = len(body)
    while have < length:
        more = s.recv(1 << 20)
        if not more: break
        parts.append(more); have += len(more)
    good.append("sha256:" + hashlib.sha256(b"".join(parts)).hexdigest() == layer)
threads = [threading.Thread(target=pull) for _ in range(20)]
for t in threads: t.start()
for t in threads: t.join()
print("ok twenty pull beside twenty that take nothing" if len(good) == 20 and all(good) else f"not ok twenty pull beside twenty that take nothing: {good}")
P
[ ${PIPESTATUS[0]} = 0 ] || failed=1

# The registry behind it.
registry_stop
check "a registry that is gone: no verdict, and no part that could be taken for the whole" "503 18" "$(manifest team/web 9) $(ask "http://$door/v2/team/web/blobs/$layer" >out; echo $?)"
end
begin --dry-run
check "a dry run lets out what is refused, if it is there" "502" "$(manifest team/web "$one")"
end

# What begins its processes may be killed as they may: then nobody would answer any more, and it ends for whoever starts it anew.
for whose in fetches decides; do
	begin
	for zygote in $(pgrep -P "${guards[-1]}"); do ! pgrep -P "$zygote" "^plimsoll-${whose:0:5}" >out || break; done
	kill -KILL "$zygote"
	for _ in $(seq 50); do [ "$(ask "http://$door/readyz")" = 200 ] || break; sleep 0.1; done
	check "nobody $whose, and it is not ready" "503 nobody is there who $whose" "$(ask "http://$door/readyz") $(cat body)"
	timeout 20 tail --pid "${guards[-1]}" -f /dev/null
	wait "${guards[-1]}"
	check "and ends" "3 1" "$? $(grep -c 'no process that .* can be begun' guard.err)"
done

if command -v skopeo >/dev/null; then
	registry_start || exit 1
	here=$registry_address net=(--plain-http "$registry_address")
	registry_put one.oci team/web:1 >/dev/null; registry_put two.oci team/web:2 >/dev/null
	"$plimsoll" attest --policy p.yaml "${net[@]}" --key approve.key "docker://$here/team/web:1" >out 2>err || cat err
	sed -i "s|\"[^\"]*/team/\*\"|\"$here/team/*\"|" assign.yaml
	sleep 1
	"$plimsoll" assign sign --key assign.key assign.yaml >out 2>err || cat err
	begin
	skopeo --insecure-policy copy --src-tls-verify=false "docker://$door/team/web:1" oci:pulled:1 >out 2>&1
	check "skopeo pulls what is authorised" 0 $?
	skopeo --insecure-policy copy --src-tls-verify=false "docker://$door/team/web:2" oci:refused:1 >out 2>&1
	check "and nothing else" "1 1" "$? $(grep -c 'denied\|DENIED' out)"
	end
fi
exit $failed
