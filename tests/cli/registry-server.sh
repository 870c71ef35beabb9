#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The registry that other tests ask: it keeps the distribution specification where it behaves, and misbehaves as it says.
# That a client which is not ours gets on with it is shown with curl, and with skopeo where there is one.
[[ ${1:-} != *sanitized* ]] || { echo "nothing of plimsoll runs here"; exit 77; }
. "$(dirname "$0")/compare.bash"
. "$root/tests/registry/registry.bash"
command -v curl >/dev/null || { echo "no curl"; exit 77; }
empty=sha256:$(printf '{}' | sha256sum | cut -d' ' -f1)
oci=application/vnd.oci.image.manifest.v1+json

ask() { curl --silent --max-time 600 "$@"; }
code() { ask --output body --write-out '%{http_code}' "$@"; }             # the status; the body is in the file
header() { ask --output body --dump-header - "${@:2}" | tr -d '\r' | sed -n "s/^$1: //Ip"; }
errors() { jq -r '.errors[0].code' body; }
digest() { echo "sha256:$(sha256sum <"$1" | cut -d' ' -f1)"; }
put() { code --request PUT --header "Content-Type: $oci" --data-binary "@$1" "$registry_url/v2/$2"; }
new() { header location --request POST "$registry_url/v2/$1/blobs/uploads/"; } # the Location of a new upload
at() { case $1 in /*) echo "$registry_url$1" ;; *) echo "$1" ;; esac; }
then_query() { case $1 in *\?*) echo "$1&$2" ;; *) echo "$1?$2" ;; esac; }

mkdir -p one two && echo a >one/a && head -c 100000 /dev/zero >two/b
echo '{}' >config.json && "$root/tools/oci-image" image.oci config.json one two
image=$(jq -r '.manifests[0].digest' image.oci/index.json)
layer=$(jq -r '.layers[1].digest' "image.oci/blobs/${image/://}")

# Pulling.
registry_start --page 2 || exit 1
check "an image is put, and its digest told" "$image" "$(registry_put image.oci harbour/greeter:1)"
check "no layout, no image" "22 yes" "$(registry_put nowhere harbour/greeter:2 2>/dev/null >out; echo "$? $(grep -q FileNotFound out && echo yes)")"
check "ping" "200 {}" "$(code "$registry_url/v2/") $(cat body)"
manifest=$registry_url/v2/harbour/greeter/manifests
check "a manifest by tag" "$image $oci" "$(code "$manifest/1" >/dev/null; digest body) $(header content-type "$manifest/1")"
check "its digest, by HEAD" "$image" "$(header docker-content-digest --head "$manifest/1")"
check "a manifest by digest" "200 $image" "$(code "$manifest/$image") $(digest body)"
check "an unknown tag" "404 MANIFEST_UNKNOWN" "$(code "$manifest/2") $(errors)"
check "a repository of that name is another" "404" "$(code "$registry_url/v2/harbour/manifests/1")"
blob=$registry_url/v2/harbour/greeter/blobs/$layer
check "a blob" "200 $layer" "$(code "$blob") $(digest body)"
cp body whole
size=$(stat -c %s whole)
check "how long it is, by HEAD" "$size" "$(header content-length --head "$blob")"
check "an unknown blob" "404 BLOB_UNKNOWN" "$(code "${blob%/*}/$empty") $(errors)"
range() { echo "$(code --range "$1" "$blob") $(header content-range --range "$1" "$blob") $(cmp -s body <(eval "$2") && echo same)"; }
check "a range" "206 bytes 3-9/$size same" "$(range 3-9 'tail -c +4 whole | head -c 7')"
check "from there on" "206 bytes 20-$((size - 1))/$size same" "$(range 20- 'tail -c +21 whole')"
check "the last bytes" "206 bytes $((size - 5))-$((size - 1))/$size same" "$(range -5 'tail -c 5 whole')"
check "beyond the end" "416 bytes */$size same" "$(range "$size-" :)"
for tag in 2 3 4 5; do registry_put image.oci "harbour/greeter:$tag" >/dev/null; done
tags=$registry_url/v2/harbour/greeter/tags/list
check "tags, by pages" '1 2 </v2/harbour/greeter/tags/list?n=2&last=2>; rel="next"' "$(ask "$tags" | jq -r '.tags | join(" ")') $(header link "$tags")"
check "the next page" "3 4" "$(ask "$tags?n=2&last=2" | jq -r '.tags | join(" ")')"
check "the last page has no next" "5 " "$(ask "$tags?n=2&last=4" | jq -r '.tags | join(" ")') $(header link "$tags?n=2&last=4")"
check "as few as asked for" "1" "$(ask "$tags?n=1" | jq -r '.tags | join(" ")')"
check "tags of nothing" "404 NAME_UNKNOWN" "$(code "$registry_url/v2/nothing/tags/list") $(errors)"
check "repositories" "harbour/greeter" "$(ask "$registry_url/v2/_catalog" | jq -r '.repositories[]')"
registry_forget
ask "$registry_url/v2/" "$manifest/1" "$blob" --output body --output body --output body
check "one connection for three requests" "3 1" "$(jq -s -r '"\(length) \(map(.connection) | unique | length)"' "$registry_log")"
check "the log tells what was asked" "GET /v2/ 200
GET /v2/harbour/greeter/manifests/1 200
GET /v2/harbour/greeter/blobs/$layer 200" "$(registry_asked)"
check "and of what kind" "manifest" "$(jq -r 'select(.path | contains("manifests")).kind' "$registry_log")"

# Pushing: each way to upload, each way to say where it goes on.
for location in absolute relative query; do
	registry_start --location $location || exit 1
	printf '%s' "$location of a blob" >data
	number=$(digest data)
	there=$registry_url/v2/a/b/blobs/$number
	check "$location: at once" "201 201 200" "$(code --request POST --data-binary @data "$registry_url/v2/once/blobs/uploads/?digest=$number") $(
		code --request PUT --data-binary @data "$(then_query "$(at "$(new a/b)")" "digest=$number")") $(code "$there")"
	printf 'first, second' >data && number=$(digest data) there=$registry_url/v2/a/b/blobs/$number
	up=$(at "$(new a/b)")
	up=$(at "$(header location --request PATCH --header 'Content-Range: 0-5' --data-binary 'first,' "$up")")
	check "$location: a piece that does not fit" "416" "$(code --request PATCH --header 'Content-Range: 9-10' --data-binary 'xx' "$up")"
	up=$(at "$(new a/b)")
	up=$(at "$(header location --request PATCH --header 'Content-Range: 0-5' --data-binary 'first,' "$up")")
	check "$location: how far it is" "0-5" "$(header range "$up")"
done
check "what query asks for is an upload of before" "404 BLOB_UPLOAD_UNKNOWN" "$(code --request PUT "$(then_query "$up" "digest=$number")") $(errors)"
registry_start || exit 1
up=$(new a/b)
ask --request PATCH --header 'Content-Range: 0-5' --data-binary 'first,' "$up" >/dev/null
printf ' sec' | ask --request PATCH --header 'Transfer-Encoding: chunked' --data-binary @- "$up" >/dev/null
check "in pieces, with and without a length" "201 200 first, second" "$(code --request PUT --header 'Content-Range: 10-12' --data-binary 'ond' "$up?digest=$number") $(
	code "$registry_url/v2/a/b/blobs/$number") $(cat body)"
check "another digest than it has" "400 DIGEST_INVALID 404" "$(code --request PUT --data-binary other "$(new a/b)?digest=$empty") $(errors) $(code "$registry_url/v2/a/b/blobs/$empty")"
up=$(new a/b)
check "an upload that is given up" "204 404" "$(code --request DELETE "$up") $(code "$up")"
mount="$registry_url/v2/c/d/blobs/uploads/?mount=$number&from=a/b"
check "a mount" "201 200" "$(code --request POST "$mount") $(code "$registry_url/v2/c/d/blobs/$number")"
check "a mount of nothing begins an upload" "202" "$(code --request POST "${mount/from=a/from=x}")"
printf '{"schemaVersion": 2, "config": {"digest": "%s"}, "layers": [{"digest": "%s"}]}' "$number" "$empty" >manifest
check "a manifest whose layer is not there" "400 MANIFEST_BLOB_UNKNOWN" "$(put manifest a/b/manifests/1) $(errors)"
ask --request POST --data-binary '{}' "$registry_url/v2/a/b/blobs/uploads/?digest=$empty" >/dev/null
check "and where it is" "201 $(digest manifest)" "$(put manifest a/b/manifests/1) $(header docker-content-digest --head "$registry_url/v2/a/b/manifests/1")"
check "under a digest that is not its own" "400 DIGEST_INVALID" "$(put manifest "a/b/manifests/$empty") $(errors)"
echo '[' >broken && check "a manifest that is none" "400 MANIFEST_INVALID" "$(put broken a/b/manifests/1) $(errors)"
jq -n --arg d "$(digest manifest)" '{schemaVersion: 2, manifests: [{digest: $d}]}' >index
check "an index" "201" "$(put index a/b/manifests/index)"
sed "s/$(digest manifest)/$empty/" index >lost
check "an index of what is not there" "400 MANIFEST_BLOB_UNKNOWN" "$(put lost a/b/manifests/index) $(errors)"

# Referrers.
subject=$(digest manifest)
for kind in text/signed text/listed; do
	jq --arg s "$subject" --arg k $kind '. + {artifactType: $k, subject: {digest: $s}, annotations: {of: $k}}' manifest >"${kind#*/}"
done
check "a manifest with a subject" "$subject" "$(header oci-subject --request PUT --data-binary @signed --header "Content-Type: $oci" "$registry_url/v2/a/b/manifests/signed")"
put listed a/b/manifests/listed >/dev/null
referrers=$registry_url/v2/a/b/referrers
check "its referrers" "$(printf '%s\n' "$(digest signed) text/signed" "$(digest listed) text/listed" | sort)" \
	"$(ask "$referrers/$subject" | jq -r '.manifests[] | "\(.digest) \(.annotations.of)"' | sort)"
check "those of one kind" "text/listed artifactType" "$(ask "$referrers/$subject?artifactType=text/listed" | jq -r '.manifests[].artifactType') $(
	header oci-filters-applied "$referrers/$subject?artifactType=text/listed")"
check "of a manifest that has none" "200 0" "$(code "$referrers/$empty") $(jq '.manifests | length' body)"
check "deleted" "202 404 202 1" "$(code --request DELETE "$registry_url/v2/a/b/manifests/$(digest signed)") $(code "$registry_url/v2/a/b/manifests/signed") $(
	code --request DELETE "$registry_url/v2/a/b/blobs/$number") $(ask "$referrers/$subject" | jq '.manifests | length')"
registry_start --no-referrers --no-mount --no-delete --content kept || exit 1
registry_put image.oci a/b:1 >/dev/null
check "without referrers" "404 404 page not found" "$(code "$registry_url/v2/a/b/referrers/$image") $(cat body)"
jq --arg s "$image" '. + {subject: {digest: $s}}' "image.oci/blobs/${image/://}" >signed
check "no subject is answered" "" "$(header oci-subject --request PUT --data-binary @signed --header "Content-Type: $oci" "$registry_url/v2/a/b/manifests/signed")"
check "without mount" "202" "$(code --request POST "$registry_url/v2/c/d/blobs/uploads/?mount=$layer&from=a/b")"
check "without delete" "405 UNSUPPORTED 405" "$(code --request DELETE "$registry_url/v2/a/b/manifests/$image") $(errors) $(code --request DELETE "$registry_url/v2/a/b/blobs/$layer")"
registry_stop
registry_start --content kept || exit 1
check "a directory keeps it" "$image" "$(header docker-content-digest --head "$registry_url/v2/a/b/manifests/1")"

# Authentication.
registry_start --auth basic --user ann:secret1 --reader bob:secret2 || exit 1
registry_put image.oci a/b:1 >/dev/null
tag=$registry_url/v2/a/b/manifests/1 uploads=$registry_url/v2/a/b/blobs/uploads/
check "basic: nobody" '401 UNAUTHORIZED Basic realm="registry"' "$(code "$tag") $(errors) $(header www-authenticate "$tag")"
check "basic: wrong password" "401" "$(code --user ann:secret2 "$tag")"
check "basic: who may do all" "200 202" "$(code --user ann:secret1 "$tag") $(code --user ann:secret1 --request POST "$uploads")"
check "basic: who may read" "200 403 DENIED" "$(code --user bob:secret2 "$tag") $(code --user bob:secret2 --request POST "$uploads") $(errors)"
check "the log knows that, and no secret" "true Basic 0" "$(jq -r 'select(.status == 202) | "\(.authorization) \(.scheme)"' "$registry_log") $(
	grep -c -e secret -e "$(printf bob:secret2 | base64)" "$registry_log")"
registry_start --auth token --user ann:secret1 --reader bob:secret2 --token-uses 2 --identity-token opensesame --token-host || exit 1
registry_put image.oci a/b:1 >/dev/null
tag=$registry_url/v2/a/b/manifests/1 uploads=$registry_url/v2/a/b/blobs/uploads/
bearer() { ask --user "$1" "$registry_realm?service=registry.test&scope=repository:a/b:$2" | jq -r .token; }
with() { code --header "Authorization: Bearer $1" "${@:2}"; }
check "token: nobody" "401 Bearer realm=\"$registry_realm\",service=\"registry.test\",scope=\"repository:a/b:pull\"" "$(code "$tag") $(header www-authenticate "$tag")"
check "the realm is another host" "different" "$([[ $registry_realm == *"${registry_address%:*}:"* ]] || echo different)"
check "what pushing needs" "pull,push" "$(header www-authenticate --request POST "$uploads" | sed 's/.*:\(.*\)"/\1/')"
check "no credentials, no token" "401 401" "$(code "$registry_realm?service=registry.test") $(code --user ann:wrong "$registry_realm?service=registry.test")"
token=$(bearer ann:secret1 pull)
check "a token is good for two requests" "200 200 401" "$(with "$token" "$tag") $(with "$token" "$tag") $(with "$token" "$tag")"
token=$(bearer ann:secret1 pull)
check "and for its scope only" "401 insufficient_scope" "$(with "$token" --request POST "$uploads") $(
	header www-authenticate --header "Authorization: Bearer $token" --request POST "$uploads" | sed 's/.*error="\(.*\)"/\1/')"
check "who may push" "202" "$(with "$(bearer ann:secret1 pull,push)" --request POST "$uploads")"
check "who asks for more than is his" "401 200" "$(token=$(bearer bob:secret2 pull,push); with "$token" --request POST "$uploads"; echo " $(with "$token" "$tag")")"
check "credentials are no token" "401" "$(code --user ann:secret1 "$tag")"
form() { code --data "service=registry.test&client_id=test&scope=repository:a/b:pull&$1" "$registry_realm"; }
check "OAuth2: a password" "200 opensesame 200" "$(form 'grant_type=password&username=ann&password=secret1&access_type=offline') $(jq -r .refresh_token body) $(
	with "$(jq -r .access_token body)" "$tag")"
check "OAuth2: an identity token" "200 200" "$(form 'grant_type=refresh_token&refresh_token=opensesame') $(with "$(jq -r .access_token body)" "$tag")"
check "OAuth2: another" "401 401 400" "$(form 'grant_type=refresh_token&refresh_token=x') $(form 'grant_type=password&username=ann&password=x') $(code --data 'grant_type=password' "$registry_realm")"
check "no secret is logged" "0 refresh_token" "$(grep -c -e secret1 -e opensesame -e "$token" "$registry_log") $(jq -r 'select(.form).form.grant_type' "$registry_log" | sort -u | tail -1)"
registry_start --auth token --anonymous || exit 1
registry_put image.oci a/b:1 >/dev/null
tag=$registry_url/v2/a/b/manifests/1 uploads=$registry_url/v2/a/b/blobs/uploads/
token=$(ask "$registry_realm?service=registry.test&scope=repository:a/b:pull,push" | jq -r .token)
check "a token for everyone reads only" "401 200 401" "$(code "$tag") $(with "$token" "$tag") $(with "$token" --request POST "$uploads")"

# Blobs on another host.
registry_start --redirect --auth basic || exit 1
registry_put image.oci a/b:1 >/dev/null
blob=$registry_url/v2/a/b/blobs/$layer
signed=$(header location --user harbour:ahoy "$blob")
check "a redirect to another host" "307 different" "$(code --user harbour:ahoy "$blob") $([[ $signed == "http://$registry_storage/"* && ${registry_storage%:*} != "${registry_address%:*}" ]] && echo different)"
check "it is there, and ranges of it" "200 $layer 206" "$(code "$signed") $(digest body) $(code --range 0-9 "$signed")"
check "only as it was signed" "403 403" "$(code "${signed%\?*}") $(code "${signed/signature=/signature=0}")"
registry_forget
check "curl sends no credentials there" "200 false" "$(code --location --user harbour:ahoy "$blob") $(jq -r 'select(.listener == "storage").authorization' "$registry_log")"
registry_forget
check "who does is found out" "400 true" "$(code --location-trusted --user harbour:ahoy "$blob") $(jq -r 'select(.listener == "storage").authorization' "$registry_log")"

# TLS.
registry_start --tls keys --redirect || exit 1
registry_put image.oci a/b:1 >/dev/null
curl_status() { ask --output body "$@"; echo $?; }
tag=$registry_url/v2/a/b/manifests/1
check "TLS, by its own authority only" "0 60" "$(curl_status --cacert keys/ca.pem "$tag") $(curl_status "$tag")"
check "of the storage host too" "200 https" "$(code --cacert keys/ca.pem --location "$registry_url/v2/a/b/blobs/$layer") $(header location --cacert keys/ca.pem "$registry_url/v2/a/b/blobs/$layer" | cut -d: -f1)"
for way in tls-other-host tls-expired tls-unknown-ca; do
	registry_misbehave $way,first=1
	check "$way" "60 0" "$(curl_status --cacert keys/ca.pem "$tag") $(curl_status --cacert keys/ca.pem "$tag")"
done
check "what the certificates say" "1 1 0" "$(openssl x509 -in keys/tls-other-host.pem -noout -checkip 127.0.0.1 | grep -c NOT) $(
	openssl x509 -in keys/tls-expired.pem -noout -enddate | grep -c 2020) $(openssl verify -CAfile keys/ca.pem keys/tls-unknown-ca.pem 2>/dev/null | grep -c OK)"
registry_misbehave redirect-plain,on=redirect
check "a redirect away from TLS" "http://$registry_plain/storage/a/b/$layer" "$(header location --cacert keys/ca.pem "$registry_url/v2/a/b/blobs/$layer" | cut -d'?' -f1)"
registry_start --tls keys --client-certificate || exit 1
mine() { curl_status --cacert keys/ca.pem --cert "keys/$1.pem" --key "keys/$1.key" "$registry_url/v2/"; }
check "a client's certificate" "0 refused refused" "$(mine client) $([ "$(mine unknown-client)" = 0 ] || echo refused) $([ "$(curl_status --cacert keys/ca.pem "$registry_url/v2/")" = 0 ] || echo refused)"
check "the log tells of it" "yes" "$(jq -r 'select(.kind == "tls").error' "$registry_log" | grep -q CERTIFICATE && echo yes)"

# When it misbehaves, and how often.
registry_start --misbehave status=503,first=2,on=manifest --misbehave busy=7,skip=1,first=1,path=greeter/blobs,method=GET,on=blob || exit 1
registry_put image.oci harbour/greeter:1 >/dev/null
tag=$registry_url/v2/harbour/greeter/manifests/1 blob=$registry_url/v2/harbour/greeter/blobs/$layer
check "the first two of a kind" "503 200 503 200" "$(code "$tag") $(code "$registry_url/v2/") $(code "$tag") $(code "$tag")"
check "after one, once" "200 200 429 200" "$(code "$blob") $(code --head "$blob") $(code "$blob") $(code "$blob")"
check "the log names the way" "status busy" "$(jq -r 'select(.misbehaved).misbehaved' "$registry_log" | uniq | xargs)"
registry_misbehave 'busy=Thu%2C 01 Jan 2099 00:00:00 GMT,on=ping'
check "a value with a comma" "429 Thu, 01 Jan 2099 00:00:00 GMT 200" "$(code "$registry_url/v2/") $(header retry-after "$registry_url/v2/") $(code "$tag")"
check "an unknown way" "22 yes" "$(registry_misbehave sulk >out 2>/dev/null; echo "$? $(grep -q "called 'sulk'" out && echo yes)")"
registry_misbehave
check "and behaves again" "200" "$(code "$registry_url/v2/")"
registry_misbehave reset,first=1
check "a connection is reset" "yes 200 accept" "$([[ $(curl_status "$registry_url/v2/") =~ ^(7|55|56)$ ]] && echo yes) $(code "$registry_url/v2/") $(
	jq -r 'select(.misbehaved == "reset").kind' "$registry_log")"
registry_misbehave referrers-million
check "a million referrers" "1000000" "$(ask "$registry_url/v2/harbour/greeter/referrers/$image" | grep -o '"digest"' | wc -l)"
registry_misbehave redirect-chain=3
check "a chain of redirects" "3 200" "$(ask --location --output body --write-out '%{num_redirects} %{http_code}' "$tag")"
registry_misbehave redirect-demands
check "where credentials are demanded" "401 stray" "$(code --location "$tag") $(jq -r 'select(.listener == "storage").kind' "$registry_log")"

# Every way there is, as it looks on the wire.
registry_start && open=$registry_address open_control=$registry_control && registry_start --auth token || exit 1
"$root/tests/registry/show-ways" "$open" "$open_control" "$registry_address" "$registry_control" >ways
check "each way to misbehave" "" "$(diff "$root/tests/cases/registry/ways" ways)"
check "none is left out" "" "$("$root/tests/registry/server.py" --help | sed -n '/^ways/,/^any:/p' | sed -n 's/^  \([a-z0-9-]*\).*/\1/p' |
	grep -v -x -e reset -e 'tls-.*' | sort | comm -3 - <(cut -d: -f1 ways | sort))"

# The Docker Engine API.
"$root/tools/oci-image" image.docker.tar config.json one two
registry_start --unix engine --engine-image test/image:latest=image.docker.tar || exit 1
engine() { code --unix-socket engine "http://docker$1"; }
id=$(engine /images/test/image:latest/json >/dev/null; jq -r .Id body)
check "engine: ping and version" "200 OK 200 1.43" "$(engine /_ping) $(cat body) $(engine /v1.40/version) $(jq -r .ApiVersion body)"
check "engine: an image" "amd64 2" "$(engine /v1.43/images/test%2Fimage/json >/dev/null; jq -r '"\(.Architecture) \(.RootFS.Layers | length)"' body)"
check "engine: by its number" "200 200" "$(engine "/images/$id/json") $(engine "/images/${id:7:12}/json")"
check "engine: its archive" "200 same 200 same" "$(engine /images/test/image/get) $(cmp body image.docker.tar && echo same) $(engine '/images/get?names=test/image:latest') $(cmp body image.docker.tar && echo same)"
check "engine: none of that name" "404 No such image: other 404" "$(engine /images/other/json) $(jq -r .message body) $(engine /images/other/get)"
check "engine: another version" "400 400" "$(engine /v1.99/_ping) $(engine /v1.1/_ping)"
registry_misbehave truncated,on=archive
check "engine: it misbehaves too" "different" "$(engine /images/test/image/get >/dev/null; cmp -s body image.docker.tar || echo different)"

# A client that is not ours.
if command -v skopeo >/dev/null; then
	skopeo=(skopeo --policy policy.json) && echo '{"default": [{"type": "insecureAcceptAnything"}]}' >policy.json
	for options in "" "--redirect --location relative" "--auth basic --location query" "--auth token" "--auth token --token-host --redirect --no-referrers"; do
		registry_start $options || exit 1
		to=(--dest-tls-verify=false) from=(--src-tls-verify=false) look=(--tls-verify=false)
		[[ $options != *auth* ]] || { to+=(--dest-creds harbour:ahoy); from+=(--src-creds harbour:ahoy); look+=(--creds harbour:ahoy); }
		"${skopeo[@]}" copy --quiet --preserve-digests "${to[@]}" oci:image.oci "docker://$registry_address/x/y:1"
		"${skopeo[@]}" copy --quiet --preserve-digests "${from[@]}" "docker://$registry_address/x/y:1" "oci:back$registry_port.oci"
		check "skopeo there and back: $options" "$image $image 0" "$("${skopeo[@]}" inspect "${look[@]}" "docker://$registry_address/x/y:1" | jq -r .Digest) $(
			jq -r '.manifests[0].digest' "back$registry_port.oci/index.json") $(jq -s 'map(select(.listener == "storage" and .authorization)) | length' "$registry_log")"
	done
	registry_start --tls keys --client-certificate && mkdir certs && cp keys/ca.pem certs/ca.crt && cp keys/client.pem certs/client.cert && cp keys/client.key certs/client.key
	"${skopeo[@]}" copy --quiet --preserve-digests --dest-cert-dir certs oci:image.oci "docker://$registry_address/x/y:1"
	check "skopeo with TLS both ways" "$image" "$("${skopeo[@]}" inspect --cert-dir certs "docker://$registry_address/x/y:1" | jq -r .Digest)"
	registry_start --unix engine2 --engine-image test/image:1=image.docker.tar
	"${skopeo[@]}" copy --quiet --src-daemon-host "unix://$work/engine2" docker-daemon:test/image:1 oci:daemon.oci
	check "skopeo takes the engine's image" "2" "$(jq '.layers | length' "daemon.oci/blobs/$(jq -r '.manifests[0].digest' daemon.oci/index.json | tr : /)")"
else echo "skipped: there is no skopeo"; fi

# Nothing outlives its test.
started='. "$1/tests/cli/compare.bash"; . "$1/tests/registry/registry.bash"; registry_start; echo $registry_pid'
ended=$(bash -c "$started" - "$root")
check "it ends with the test" "gone" "$(kill -0 "$ended" 2>/dev/null || echo gone)"
killed=$(TMPDIR=$work bash -c "$started; kill -9 \$\$" - "$root")
for ((i = 0; i < 300; i++)); do kill -0 "$killed" 2>/dev/null && sleep 0.1 || break; done
check "and where the test is killed" "gone" "$(kill -0 "$killed" 2>/dev/null || echo gone)"
registry_end
check "no fault of its own" "" "$(cat .registry.*/errors)"
exit $failed
