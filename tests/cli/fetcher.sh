#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# plimsoll-fetch, through the calls of fetcher.h: what it takes from registries that behave, and from those that do not.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/registry/registry.bash"
export HOME=$work/home XDG_RUNTIME_DIR=$work/run no_proxy='*'
unset XDG_CONFIG_HOME DOCKER_CONFIG REGISTRY_AUTH_FILE SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
mkdir -p home run bin
build=$(dirname "$plimsoll")/../..
cp "$build/tests/fetch-driver" "$build/src/cli/plimsoll-fetch" bin/
touch none.conf
export CONTAINERS_REGISTRIES_CONF=$work/none.conf

mkdir -p tree/etc
head -c 3000000 /dev/urandom >tree/random
echo '{"User": "1000"}' >config.json
"$root/tools/oci-image" web.oci config.json tree
manifest=$(jq -r .manifests[0].digest web.oci/index.json)
manifest_file=web.oci/blobs/${manifest/://}
layer=$(jq -r .layers[0].digest "$manifest_file") layer_size=$(jq .layers[0].size "$manifest_file")
layer_file=web.oci/blobs/${layer/://}
config=$(jq -r .config.digest "$manifest_file")
oci=application/vnd.oci.image.manifest.v1+json

fetch() { bin/fetch-driver --limit FETCH_STALL_S=2 "${options[@]}" "$@" 2>err; }
plain() { options=(--plain-http "$registry_address" --plain-http "$registry_storage" "$@"); }
repository() { web=$registry_address/lib/web; }
login() { # FILE HOST USER:PASSWORD
	jq -n --arg host "$2" --arg auth "$(printf %s "$3" | base64 -w0)" '{auths: {($host): {auth: $auth}}}' >"$1"
}
# What was said, without addresses.
said() { sed "s/$registry_address/REGISTRY/g; s/$registry_storage/STORAGE/g; s/port $registry_port/port N/; s/after [0-9]* ms/after N ms/" err; }

# A registry that asks for nothing.
registry_start
plain; repository
registry_put web.oci lib/web:1 >put
check "a tag" "0 $manifest $(stat -c %s "$manifest_file") $oci $web 1" "$(fetch --into out resolve "$web:1" >got; echo "$? $(cat got)")"
check "its bytes" "" "$(cmp out "$manifest_file")"
check "by digest" "0 $manifest $(stat -c %s "$manifest_file") $oci $web -" "$(fetch resolve "$web@$manifest" >got; echo "$? $(cat got)")"
check "by both: the digest is what it is" "0 $web -" "$(fetch resolve "$web:other@$manifest" >got; echo "$? $(cut -d' ' -f4- got)")"
registry_forget
fetch resolve "$web:1" -- manifest "$web" "$manifest" -- blob "$web" "$config" -- tag "$web" 1 >got
check "four documents, four requests" "4 4" "$(wc -l <got) $(registry_asked | wc -l)"
check "on one connection" 1 "$(jq -s 'map(select(.method) | .connection) | unique | length' "$registry_log")"
check "a stream" "0 $layer_size bytes" "$(fetch --into out stream "$web" "$layer" "$layer_size" >got; echo "$? $(cat got)")"
check "is the blob" "" "$(cmp out "$layer_file")"
check "forty at once, the last read first" "0 40 good" "$(fetch many "$web" 40 "$layer" "$layer_size" >got; echo "$? $(cat got)")"
check "no tag" "7 REGISTRY/lib/web: manifest 2: the server answered 404 Not Found: MANIFEST_UNKNOWN: manifest unknown" "$(fetch resolve "$web:2"; echo "$? $(said)")"
check "no blob" "7 REGISTRY/lib/web: blob $manifest: the server answered 404 Not Found: BLOB_UNKNOWN: blob unknown to registry" \
	"$(fetch stream "$web" "$manifest" 5 >got; echo "$? $(said)")"
check "a name that is none" "1 'REGISTRY/lib/Web' is no reference to an image: its path must be in lower case" "$(fetch resolve "$registry_address/lib/Web"; echo "$? $(said)")"
registry_forget
for tag in ../blobs/x '1?a=b' '1#' '' $'1\r\nX: y' .1; do
	check "no tag '$(printf %q "$tag")'" "1 1 1" "$(fetch tag "$web" "$tag" >got; echo $?) $(fetch put "$web" "${tag:-.}" "$oci" "$manifest_file" >got; echo $?) $(fetch delete "$web" "${tag:-.}" "$manifest"; echo $?)"
done
check "no header of a line too many" "4 REGISTRY/lib/web: putting manifest x: the value of a header would have control characters in it" \
	"$(fetch put "$web" x "$oci"$'\r\nX-Injected: yes' "$manifest_file" >got; echo "$? $(said)")"
fetch tag "$web" .1 >got
check "nothing was sent" "'.1' is no tag 0" "$(said | grep -o "'.1' is no tag") $(registry_asked | wc -l)"
fetch resolve "$web:1" -- stream "$web" "$layer" "$layer_size" -- manifest "$web" "$manifest" >got
check "credentials of nobody are sent to nobody" 0 "$(jq -s 'map(select(.authorization)) | length' "$registry_log")"

# What a registry may do wrong, to a blob and to a manifest: the result and the reason.  Retried are two times only.
bad_blob() { # WAY WANTED
	registry_misbehave $1
	fetch --limit FETCH_TRY_COUNT=2 --into out stream "$web" "$layer" "$layer_size" >got
	local status=$?
	check "blob: $1" "$2" "$status $(cmp -s out "$layer_file" && echo same || said | sed "s|REGISTRY/lib/web: blob $layer: ||")"
}
bad_manifest() {
	registry_misbehave $1
	fetch --limit FETCH_TRY_COUNT=2 resolve "$web:1" >got
	local status=$?
	check "manifest: $1" "$2" "$status $(grep -q "^$manifest " got && echo same || said | sed "s|REGISTRY/lib/web: manifest 1: ||")"
}
bad_blob short-body "4 the server has $((layer_size / 2)) bytes of it, not $layer_size"
bad_blob longer-body "4 the server has $((layer_size + 1)) bytes of it, not $layer_size"
bad_blob endless-chunks "4 the server sends more than was announced"
bad_blob endless-body "4 the server sends more than was announced"
check "what is too long ends early" yes "$([ "$(stat -c %s out)" -lt "$layer_size" ] && echo yes)"
bad_blob no-length "0 same"
bad_blob truncated,first=3 "0 same"
bad_blob reset-body,first=3 "0 same"
bad_blob half-chunk,first=1 "0 same"
bad_blob no-last-chunk,first=1 "0 same"
bad_blob no-answer,on=blob,first=1 "0 same"
bad_blob status=503,on=blob,first=1 "0 same"
bad_blob busy=1,on=blob,first=1 "0 same"
bad_blob "truncated,first=1 range-ignored" "0 same"
bad_blob "truncated,first=1 range-wrong" "4 it answered another range than was asked for"
bad_blob "truncated,first=1 range-short" "4 it answered another range than was asked for"
bad_blob "truncated,first=1 range-refused" "12 the server answered 416 Range Not Satisfiable"
bad_blob stall-body "12 Operation too slow. Less than 128 bytes/sec transferred the last 2 seconds"
bad_blob length-twice "4 it answered with two lengths that differ"
bad_blob length-word "12 Invalid Content-Length: value"
bad_blob length-sign "4 its Content-Length is no number"
bad_blob chunk-size "12 Too long hexadecimal number in chunked-encoding"
bad_blob gzip "4 it answered with a Content-Encoding that nobody asked for"
bad_blob html,on=blob "4 the server has 102 bytes of it, not $layer_size"
bad_blob digest-header "5 the server says itself that it is another"
bad_blob error-endless,on=blob "12 the server answered 500 Internal Server Error"
bad_blob error-escapes,on=blob '12 the server answered 400 Bad Request: UNKNOWN: \x1b[2J\x1b]0;owned\x07\x0d\x0aok: passed'
bad_blob busy=3600,on=blob "12 the server answered 429 Too Many Requests: TOOMANYREQUESTS: too many requests; credentials may raise it: log in with: podman login REGISTRY or docker login REGISTRY; it wants no more requests for 3600 s, limit FETCH_AFTER_S"
bad_blob headers-endless,on=blob "6 its answer is too long, limit FETCH_HEADER_BYTES"
bad_blob header-huge,on=blob "6 its headers are too long, or there is no memory"
bad_blob not-http,on=blob "12 Received HTTP/0.9 when not allowed"
bad_blob redirect-chain=3 "0 same"
bad_blob redirect-loop "6 it sends us on and on, limit FETCH_REDIRECT_COUNT"
bad_blob redirect-file "12 it sends us on to an address that is not https"
bad_blob redirect-user "4 it sends us on to what is no address"
bad_blob redirect-demands "12 where it sends us answered 401 Unauthorized"
bad_manifest html "4 the server answered with 'text/html', which is no manifest"
bad_manifest html-404 "7 the server answered 404 Not Found"
bad_manifest wrong-type "4 the server answered with 'application/octet-stream', which is no manifest"
bad_manifest wrong-type=application/vnd.docker.distribution.manifest.v1+prettyjws "8 it is of Docker's first form (application/vnd.docker.distribution.manifest.v1+prettyjws), which has no digests of its own: push the image anew"
bad_manifest no-type "0 same"
bad_manifest no-digest-header "0 same"
bad_manifest digest-header "5 the bytes are $manifest, not sha256:$(printf '0%.0s' {1..64}) as the server says"
bad_manifest manifest-huge "6 its answer is too long, limit DOCUMENT_BYTES"
bad_manifest manifest-endless "6 its answer is too long, limit DOCUMENT_BYTES"
bad_manifest truncated,on=manifest,first=1 "0 same"
bad_manifest status=500,on=manifest,first=1 "0 same"
bad_manifest status=500,on=manifest "12 the server answered 500 Internal Server Error: UNKNOWN: something went wrong"
bad_manifest drip=200,on=manifest "12 Operation too slow. Less than 128 bytes/sec transferred the last 2 seconds"
bad_manifest reset,first=1 "0 same"
registry_misbehave other-bytes,on=manifest
fetch manifest "$web" "$manifest"
check "a document must be what its digest says" 5 $?
registry_misbehave
fetch resolve "$web:1" -- stream "$web" "$layer" "$layer_size" -- wait 0 >got
check "and then all is well" "0 2" "$? $(wc -l <got)"
registry_stop
check "nobody is there" "12 REGISTRY/lib/web: manifest 1: Failed to connect to 127.0.0.1 port N after N ms: Couldn't connect to server" "$(fetch --limit FETCH_TRY_COUNT=2 resolve "$web:1"; echo "$? $(said)")"

# Basic.
registry_start --auth basic --user joe:s3cret:with:colons
plain; repository
registry_put web.oci lib/web:1 >put
check "Basic, without credentials" "12 REGISTRY/lib/web: manifest 1: the server answered 401 Unauthorized: UNAUTHORIZED: authentication required; log in with: podman login REGISTRY or docker login REGISTRY" \
	"$(fetch resolve "$web:1"; echo "$? $(said)")"
login auth.json "$registry_address" joe:s3cret:with:colons
login wrong.json "$registry_address" joe:other
with() { fetch --authfile "$@" >got; echo "$? $(cut -c1-71 got | head -n 1)"; }
check "with them" "0 $manifest" "$(with auth.json resolve "$web:1")"
check "with others" "12" "$(with wrong.json resolve "$web:1" | head -c 2)"
check "which are not repeated" "2 401" "$(registry_forget; with wrong.json resolve "$web:1" >ignored; registry_asked | wc -l) $(registry_asked | tail -n 1 | cut -d' ' -f3)"
check "nobody tells them" 0 "$(cat err got | grep -c s3cret)"
check "anonymous is without them" "12" "$(with auth.json --anonymous resolve "$web:1" | head -c 2)"
check "a file that was named must be there" "7 credentials: nowhere.json: No such file or directory" "$(with nowhere.json resolve "$web:1" >ignored; fetch --authfile nowhere.json resolve "$web:1"; echo "$? $(sed 's/.*credentials/credentials/' err)")"
# Each place, one after the other.
place() { mkdir -p "$(dirname "$1")"; cp auth.json "$1"; fetch resolve "$web:1" >got; echo $?; rm "$1"; }
for file in home/.docker/config.json home/.config/containers/auth.json run/containers/auth.json; do check "credentials in $file" 0 "$(place $file)"; done
check "and in \$REGISTRY_AUTH_FILE" 0 "$(REGISTRY_AUTH_FILE=auth.json fetch resolve "$web:1" >got; echo $?)"
check "and in \$DOCKER_CONFIG" 0 "$(mkdir docker; cp auth.json docker/config.json; DOCKER_CONFIG=docker fetch resolve "$web:1" >got; echo $?)"
jq -n --arg h "$registry_address" --arg good "$(printf joe:s3cret:with:colons | base64 -w0)" --arg bad "$(printf a:b | base64 -w0)" \
	'{auths: {($h): {auth: $bad}, ($h + "/li"): {auth: $bad}, ($h + "/lib"): {auth: $good}, ($h + "/lib/other"): {auth: $bad}}}' >prefix.json
check "the repository's own come first" "0 $manifest" "$(with prefix.json resolve "$web:1")"
# Helper programs.
cat >bin/docker-credential-test <<'H'
#!/bin/sh
read host
echo "$1 $host" >>"$HOME/asked"
echo "${PLIMSOLL_KEY_PASSPHRASE-nothing}" >>"$HOME/seen"
case $(cat "$HOME/helper") in
knows) printf '{"ServerURL": "x", "Username": "joe", "Secret": "s3cret:with:colons"}' ;;
nothing) echo "credentials not found in native keychain"; exit 1 ;;
fails) echo "cannot open the keyring: s"; exit 2 ;;
hangs) exec sleep 600 ;;
esac
H
chmod +x bin/docker-credential-test
helped() { echo "$1" >home/helper; PATH=$work/bin:$PATH fetch --limit FETCH_HELPER_S=${3:-60} --authfile "$2" resolve "$web:1" >got; echo "$? $(said | sed 's/.*json: //')"; }
echo '{"credsStore": "test"}' >store.json
jq -n --arg h "$registry_address" '{credHelpers: {($h): "test"}}' >helpers.json
check "a helper for all" "0 " "$(helped knows store.json)"
check "is asked for the host" "get $registry_address" "$(sort -u home/asked)"
check "a helper for the host" "0 " "$(helped knows helpers.json)"
check "which sees no passphrase of ours" "0 nothing" "$(: >home/seen; PLIMSOLL_KEY_PASSPHRASE=s3cret helped knows helpers.json | cut -c1) $(sort -u home/seen)"
check "one that knows nothing is no error" "12" "$(helped nothing helpers.json | head -c 2)"
check "one that fails is" "12 docker-credential-test failed with status 2: cannot open the keyring: s" "$(helped fails helpers.json)"
check "one that hangs is ended" "12 docker-credential-test did not answer, limit FETCH_HELPER_S" "$(helped hangs helpers.json 1)"
echo '{"credsStore": "../../bin/sh"}' >slash.json
check "one with a slash is none" "4 '../../bin/sh' is no name of a credential helper" "$(helped knows slash.json)"
echo '{"credsStore": "nowhere"}' >none.json
check "one that is not there" "2 docker-credential-nowhere: No such file or directory" "$(helped knows none.json)"
registry_stop

# Tokens.
registry_start --auth token --user joe:secret --reader ann:secret --identity-token idt --token-uses 2 --token-host
plain --plain-http "${registry_realm#http://}"; options[-1]=$(cut -d/ -f3 <<<"$registry_realm"); repository
registry_put web.oci lib/web:1 >put
login auth.json "$registry_address" joe:secret
login wrong.json "$registry_address" joe:other
jq -n --arg h "$registry_address" '{auths: {($h): {identitytoken: "idt"}}}' >identity.json
registry_forget
check "a token" "0 $manifest" "$(with auth.json resolve "$web:1")"
check "is asked for once" "GET /v2/lib/web/manifests/1 401
GET /token?service=registry.test&scope=repository%3Alib%2Fweb%3Apull&account=joe 200
GET /v2/lib/web/manifests/1 200" "$(registry_asked)"
registry_forget
check "when it is used up, there is another" "0 4" "$(fetch --authfile auth.json resolve "$web:1" -- resolve "$web:1" -- resolve "$web:1" -- resolve "$web:1" >got; echo "$? $(wc -l <got)")"
check "after each refusal one" "2 2" "$(registry_asked | grep -c ' 401') $(registry_asked | grep -c ' /token')"
check "streams too" "0 2 good" "$(fetch --authfile auth.json many "$web" 2 "$layer" "$layer_size" >got; echo "$? $(cat got)")"
registry_forget
check "an identity token" "0 $manifest" "$(with identity.json resolve "$web:1")"
check "is sent by POST" "POST /token 200 refresh_token plimsoll" "$(registry_asked | grep POST) $(jq -r 'select(.form).form | "\(.grant_type) \(.client_id)"' "$registry_log")"
check "wrong credentials" "12 REGISTRY/lib/web: manifest 1: a token from 127.0.0.3: the server answered 401 Unauthorized: UNAUTHORIZED: wrong credentials; log in with: podman login REGISTRY or docker login REGISTRY" \
	"$(fetch --authfile wrong.json resolve "$web:1"; echo "$? $(said | sed 's/127.0.0.3:[0-9]*/127.0.0.3/')")"
check "nobody is let in" "12" "$(fetch resolve "$web:1"; echo $?)"
bad_token() { # WAY WANTED
	registry_misbehave "$1"
	fetch --authfile auth.json --limit FETCH_TRY_COUNT=2 resolve "$web:1" >got
	check "token: $1" "$2" "$? $(said | sed 's/REGISTRY.lib.web: manifest 1: //; s/127.0.0.[0-9]:[0-9]*/HOST/g; s/column [0-9][0-9][0-9]/column N/')"
}
options=("${options[@]:0:2}" --plain-http "$(cut -d/ -f3 <<<"$registry_realm")")
bad_token token-missing "4 a token from HOST: the answer holds no token"
bad_token token-empty "4 a token from HOST: the answer holds no token"
bad_token token-number "4 a token from HOST: the answer holds no token"
bad_token token-garbage "4 a token from HOST: JSON, line 1, column 15: parse error: premature EOF"
bad_token token-duplicate "4 a token from HOST: JSON, line 1, column N: an object has the same key twice"
bad_token token-line-feed "4 a token from HOST: the token holds what no header may"
bad_token token-huge "6 a token from HOST: its answer is too long, limit FETCH_TOKEN_BYTES"
bad_token token-endless "6 a token from HOST: its answer is too long, limit FETCH_TOKEN_BYTES"
bad_token token-useless "12 the server answered 401 Unauthorized: UNAUTHORIZED: authentication required; log in with: podman login REGISTRY or docker login REGISTRY"
bad_token challenge-malformed "4 WWW-Authenticate is damaged at byte 7"
bad_token challenge-missing "12 it answered 401 and does not say what it demands"
bad_token challenge-unknown "8 it demands credentials of the kind 'Negotiate'"
bad_token realm-plain "12 its token server http://HOST/token would be asked without TLS"
bad_token realm-file "4 its token server 'file:///etc/passwd' is no address"
bad_token always-401 "12 the server answered 401 Unauthorized: UNAUTHORIZED: authentication required; log in with: podman login REGISTRY or docker login REGISTRY"
registry_misbehave
registry_stop

# Blobs kept elsewhere.
registry_start --auth basic --user joe:secret --redirect
plain; repository
registry_put web.oci lib/web:1 >put
login auth.json "$registry_address" joe:secret
registry_forget
check "a blob that is kept elsewhere" "0 $layer_size bytes" "$(fetch --authfile auth.json stream "$web" "$layer" "$layer_size" >got; echo "$? $(cat got)")"
check "where no credentials go" "true false" "$(jq -s -r '[(map(select(.listener == "registry")) | last | .authorization), (map(select(.listener == "storage")) | any(.authorization))] | "\(.[0]) \(.[1])"' "$registry_log")"
registry_misbehave truncated,first=2
check "is resumed there" "0 $layer_size bytes" "$(fetch --authfile auth.json stream "$web" "$layer" "$layer_size" >got; echo "$? $(cat got)")"
registry_stop

# TLS: whom to trust, and who we are.
registry_start --tls tls --auth token --user joe:secret --redirect --token-host
repository; options=()
registry_put web.oci lib/web:1 >put
login auth.json "$registry_address" joe:secret
mkdir -p ca "home/.config/containers/certs.d/$registry_address"
cp tls/ca.pem ca/ca.crt
check "an authority that nobody knows" "12 yes" "$(fetch --limit FETCH_TRY_COUNT=1 resolve "$web:1"; echo "$? $(grep -q 'certificate' err && echo yes)")"
trusted() { fetch --cert-dir ca --authfile auth.json "$@" >got; echo $?; }
check "one of --cert-dir" "0 $manifest" "$(trusted resolve "$web:1") $(cut -d' ' -f1 got)"
check "with a blob that is kept elsewhere" "0 $layer_size bytes" "$(trusted stream "$web" "$layer" "$layer_size") $(cat got)"
cp tls/ca.pem "home/.config/containers/certs.d/$registry_address/mine.crt"
mkdir -p "home/.config/containers/certs.d/$(cut -d/ -f3 <<<"$registry_realm")"
cp tls/ca.pem "home/.config/containers/certs.d/$(cut -d/ -f3 <<<"$registry_realm")/mine.crt"
check "one of certs.d" 0 "$(fetch --authfile auth.json resolve "$web:1" >got; echo $?)"
bad_tls() { # WAY WANTED [COMMAND]
	registry_misbehave $1
	fetch --limit FETCH_TRY_COUNT=1 --cert-dir ca --authfile auth.json ${3:-resolve "$web:1"} >got
	check "TLS: $1" "$2" "$? $(said | sed "s/REGISTRY.lib.web: //; s/127.0.0.[0-9]:[0-9]*/HOST/g; s/^manifest 1: //")"
}
bad_tls tls-expired "12 SSL certificate problem: certificate has expired"
bad_tls tls-other-host "12 SSL: no alternative certificate subject name matches target host name '127.0.0.1'"
bad_tls tls-unknown-ca "12 SSL certificate problem: unable to get local issuer certificate"
bad_tls realm-plain "12 its token server http://HOST/token would be asked without TLS"
bad_tls redirect-plain "12 blob $layer: it sends us on to an address that is not https" "stream $web $layer $layer_size"
registry_misbehave
registry_stop
rm -r home/.config
registry_start --tls tls --client-certificate
repository
registry_put web.oci lib/web:1 >put
check "without a certificate of ours" 12 "$(fetch --limit FETCH_TRY_COUNT=1 --cert-dir ca resolve "$web:1"; echo $?)"
openssl x509 -in tls/client.pem -out ca/client.cert && openssl pkey -in tls/client.pem -out ca/client.key 2>/dev/null || cp tls/client*.key ca/client.key
check "with it" "0 $manifest" "$(fetch --cert-dir ca resolve "$web:1" >got; echo "$? $(cut -d' ' -f1 got)")"
rm ca/client.key
check "which needs its key" "2 yes" "$(fetch --cert-dir ca resolve "$web:1"; echo "$? $(grep -q 'ca/client.key, which ca/client.cert needs: No such file' err && echo yes)")"
rm ca/client.cert
registry_stop

# registries.conf: a mirror, short names, aliases, what is blocked or insecure.
registry_start
mirror=$registry_address mirror_port=$registry_port
registry_put web.oci cache/lib/web:1 >put
registry_put web.oci cache/other:1 >put
registry_put web.oci "cache/lib/web:${manifest/:/-}" >put
registry_start --auth basic --user joe:secret
plain; repository
options=(--plain-http "$registry_address" --plain-http "$mirror")
registry_put web.oci lib/web:1 >put
login auth.json "$registry_address" joe:secret
cat >mirrors.conf <<T
unqualified-search-registries = ["$registry_address/nothing", "$registry_address/lib"]
[[registry]]
prefix = "$registry_address"
[[registry.mirror]]
location = "$mirror/cache"
[[registry]]
prefix = "$registry_address/blocked"
blocked = true
[[registry]]
prefix = "*.company.example"
location = "$registry_address"
[aliases]
short = "$registry_address/lib/web"
T
conf() { fetch --registries-conf mirrors.conf --authfile auth.json "$@" >got; echo "$? $(cut -d' ' -f1,4- got | sed "s/$registry_address/REGISTRY/")"; }
registry_forget
check "a mirror gives it, the name is the repository's" "0 $manifest REGISTRY/lib/web 1" "$(conf resolve "$web:1")"
check "and the registry was not asked" 0 "$(registry_asked | wc -l)"
check "a tag by itself is the registry's own" "0 $manifest REGISTRY/lib/web 1" "$(conf tag "$web" 1)"
check "and none of a mirror's" 7 "$(conf tag "$registry_address/other" 1 | head -c 1)"
check "nor is what hangs on an image" 7 "$(conf resolve "$web:${manifest/:/-}" | head -c 1)"
registry_misbehave status=404,on=referrers
check "nor is a list of referrers" "0 tag []" "$(fetch --registries-conf mirrors.conf --authfile auth.json --into list referrers "$web" "$manifest" "" >got; echo "$? $(cut -d' ' -f1 got) $(jq -c .manifests list)")"
registry_misbehave
check "a blob too" "0 $layer_size" "$(conf stream "$web" "$layer" "$layer_size" | cut -d' ' -f1,2)"
registry_put web.oci lib/own:1 >put
check "what it has not the registry has" "0 $manifest REGISTRY/lib/own 1" "$(conf resolve "$registry_address/lib/own:1")"
check "blobs too" "0 $layer_size" "$(conf stream "$registry_address/lib/own" "$layer" "$layer_size" | cut -d' ' -f1,2)"
check "neither has it: both are named" "7 REGISTRY/lib/web: manifest 9: the server answered 404 Not Found: MANIFEST_UNKNOWN: manifest unknown; before that 1 of its mirrors failed, the first with: MIRROR/cache/lib/web: manifest 9: the server answered 404 Not Found: MANIFEST_UNKNOWN: manifest unknown" \
	"$(fetch --registries-conf mirrors.conf --authfile auth.json resolve "$web:9"; echo "$? $(said | sed "s/$mirror/MIRROR/")")"
check "a short name is searched in order" "0 $manifest REGISTRY/lib/web 1" "$(conf resolve web:1)"
check "an alias" "0 $manifest REGISTRY/lib/web 1" "$(conf resolve short:1)"
check "a wildcard leads on, the name stays" "0 $manifest a.company.example/lib/web 1" "$(conf resolve a.company.example/lib/web:1)"
check "what is blocked" "1 REGISTRY/blocked/web: its registry is blocked by mirrors.conf" "$(fetch --registries-conf mirrors.conf resolve "$registry_address/blocked/web:1"; echo "$? $(said)")"
registry_stop
registry_start --tls tls
printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$registry_address" >insecure.conf
repository; options=()
registry_put web.oci lib/web:1 >put
check "insecure: whatever certificate, with a warning" "0 1" "$(fetch --registries-conf insecure.conf resolve "$web:1" >got; echo "$? $(grep -c '^WARNING: .*insecure' err)")"
registry_stop
registry_start
printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$registry_address" >insecure.conf
repository
registry_put web.oci lib/web:1 >put
check "insecure: without TLS" "0 1" "$(fetch --registries-conf insecure.conf resolve "$web:1" >got; echo "$? $(grep -c '^WARNING: .*insecure' err)")"
check "and not without that" 12 "$(fetch --limit FETCH_TRY_COUNT=1 resolve "$web:1"; echo $?)"
registry_stop

# Writing, in each of the forms that a registry may tell where to send a blob to.
printf '{}' >empty
empty=sha256:$(sha256sum <empty | cut -d' ' -f1)
for location in absolute relative query; do
	registry_start --auth token --user joe:secret --reader ann:secret --location $location
	plain; repository
	login auth.json "$registry_address" joe:secret
	login reader.json "$registry_address" ann:secret
	write() { fetch --authfile auth.json "$@" >got; echo "$? $(cat got)"; }
	check "$location: a blob" "0 " "$(write push "$web" "$layer" "$layer_size" "$layer_file")"
	check "$location: out of a pipe" "0 " "$(cat "web.oci/blobs/${config/://}" | write push "$web" "$config" "$(stat -c %s "web.oci/blobs/${config/://}")" -)"
	registry_forget
	check "$location: what is there is not sent" "0 " "$(write push "$web" "$layer" "$layer_size" "$layer_file")"
	check "$location: one look" "HEAD" "$(registry_asked | grep -v token | cut -d' ' -f1 | sort -u)"
	check "$location: a manifest" "0 put" "$(write put "$web" 1 $oci "$manifest_file")"
	check "$location: is there" "0 $manifest" "$(write resolve "$web:1" | cut -d' ' -f1,2)"
	check "$location: by digest" "0 put" "$(write put "$web" "" $oci "$manifest_file")"
	check "$location: who may not" "12 REGISTRY/lib/web: beginning an upload: the server answered 401 Unauthorized: UNAUTHORIZED: authentication required; log in with: podman login REGISTRY or docker login REGISTRY" \
		"$(fetch --authfile reader.json push "$web" "$empty" 2 empty; echo "$? $(said)")"
	[ $location = query ] || registry_stop
done
check "a mount" "0 mounted" "$(write mount "$registry_address/lib/two" "$layer" "$web")"
check "a mount of what is not there" "0 not mounted" "$(write mount "$registry_address/lib/two" "$empty" "$web")"
check "from another registry there is none" "0 not mounted" "$(write mount "$registry_address/lib/two" "$layer" other.example/lib/web)"
# Both are told which token they need, in whatever order: neither may ask for the other's.
for i in $(seq 20); do write copy "$web" "$registry_address/lib/copy$i" "$layer" "$layer_size"; done >copies
check "a stream into an upload, both of one fetcher" "20 0 " "$(uniq -c copies | sed 's/^ *//')"
check "is there" "0 $layer_size bytes" "$(write stream "$registry_address/lib/copy1" "$layer" "$layer_size")"
jq -cn --arg d "$manifest" --argjson s "$(stat -c %s "$manifest_file")" --arg e "$empty" '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", artifactType: "text/plain",
	config: {mediaType: "application/vnd.oci.empty.v1+json", digest: $e, size: 2}, layers: [], subject: {mediaType: "application/vnd.oci.image.manifest.v1+json", digest: $d, size: $s}}' >referrer
write push "$web" "$empty" 2 empty >got
check "a manifest with a subject: the registry keeps the list" "0 subject known" "$(write put "$web" "" $oci referrer)"
check "the list" "0 api 1" "$(write --into list referrers "$web" "$manifest" "" | cut -d' ' -f1,2) $(jq '.manifests | length' list)"
check "by type" "0 1 0" "$(write --into list referrers "$web" "$manifest" text/plain | cut -d' ' -f1) $(jq '.manifests | length' list) $(write --into list referrers "$web" "$manifest" text/other >got; jq '.manifests | length' list)"
check "of what nobody refers to" "0 api 0" "$(write --into list referrers "$web" "$empty" "" | cut -d' ' -f1,2) $(jq '.manifests | length' list)"
for way in list-loop list-endless; do registry_misbehave $way; check "referrers: $way" "6 yes" "$(write referrers "$web" "$manifest" "" | cut -c1) $(grep -q 'limit FETCH_PAGE_COUNT' err && echo yes)"; done
registry_misbehave list-elsewhere
check "referrers: the next page is elsewhere" "4 yes" "$(write referrers "$web" "$manifest" "" | cut -c1) $(grep -q 'at no address of its own' err && echo yes)"
registry_misbehave upload-elsewhere,method=POST
check "an upload that is sent elsewhere takes no credentials along" false "$(printf x >x; registry_forget; write push "$web" "sha256:$(sha256sum <x | cut -d' ' -f1)" 1 x >got; jq -s 'map(select(.listener != "registry" and .method == "PUT")) | any(.authorization)' "$registry_log")"
registry_misbehave upload-nowhere
check "or is sent nowhere" "4 REGISTRY/lib/web: beginning an upload: the server does not say where to send it" "$(fetch --authfile auth.json push "$web" "sha256:$(sha256sum <x | cut -d' ' -f1)" 1 x; echo "$? $(said)")"
registry_misbehave put-digest
check "a manifest that was taken for another" "5" "$(write put "$web" 2 $oci "$manifest_file" | cut -c1)"
registry_misbehave
check "removing a tag" "0 " "$(write delete "$web" 1 "")"
check "it is gone" "7" "$(write resolve "$web:1" | cut -c1)"
check "removing a manifest" "0 " "$(write delete "$web" "" "$manifest")"
registry_stop
registry_start --page 1
plain; repository
for i in 1 2 3; do jq -c --arg i "$i" '.annotations = {n: $i}' referrer >referrer.$i; done
registry_put web.oci lib/web:1 >put
fetch push "$web" "$empty" 2 empty
for i in 1 2 3; do fetch put "$web" "" $oci referrer.$i >got; done
check "pages are put together" "0 3 1,2,3" "$(fetch --into list referrers "$web" "$manifest" "" >got; echo "$? $(jq -r '"\(.manifests | length) \([.manifests[].annotations.n] | sort | join(","))"' list)")"
registry_stop
registry_start --no-referrers --no-mount --no-delete
plain; repository
registry_put web.oci lib/web:1 >put
fetch push "$web" "$empty" 2 empty
check "without the API" "0 put" "$(fetch put "$web" "" $oci referrer >got; echo "$? $(cat got)")"
check "an empty list" "0 tag 0" "$(fetch --into list referrers "$web" "$manifest" "" >got; echo "$? $(cut -d' ' -f1 got) $(jq '.manifests | length' list)")"
registry_forget
long=$(printf '0123456789abcdef%.0s' {1..8})
fetch referrers "$web" "sha512:$long" "" >got
check "of a longer digest the tag has 64 digits" "GET /v2/lib/web/manifests/sha512-${long:0:64} 404" "$(registry_asked | tail -n 1)"
jq -cn --arg d "sha256:$(sha256sum <referrer | cut -d' ' -f1)" --argjson s "$(stat -c %s referrer)" '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json",
	manifests: [{mediaType: "application/vnd.oci.image.manifest.v1+json", digest: $d, size: $s}]}' >index
fetch put "$web" "${manifest/:/-}" application/vnd.oci.image.index.v1+json index >got
check "or that of the tag" "0 tag 1" "$(fetch --into list referrers "$web" "$manifest" "" >got; echo "$? $(cut -d' ' -f1 got) $(jq '.manifests | length' list)")"
check "no mount" "0 not mounted" "$(fetch mount "$registry_address/lib/two" "$layer" "$web" >got; echo "$? $(cat got)")"
check "no removing" "8" "$(fetch delete "$web" 1 ""; echo $?)"
registry_stop

# A registry that others wrote, with passwords.
if registry=$(command -v docker-registry) && hash=$(python3 -W ignore -c 'import crypt; print(crypt.crypt("secret", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))' 2>/dev/null); then
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	echo "joe:$hash" >htpasswd
	printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: %s/kept}, delete: {enabled: true}}\nhttp: {addr: "127.0.0.1:%s"}\nauth: {htpasswd: {realm: test, path: %s/htpasswd}}\nlog: {level: error}\n' "$work" "$port" "$work" >registry.yaml
	"$registry" serve registry.yaml >registry.log 2>&1 &
	registry_pids+=($!)
	web=127.0.0.1:$port/lib/web options=(--plain-http "127.0.0.1:$port" --authfile real.json)
	login real.json "127.0.0.1:$port" joe:secret
	for ((i = 0; i < 200; i++)); do (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.05; done
	real() { fetch "$@" >got; echo "$? $(cat got)"; }
	check "docker-registry: a blob" "0 " "$(real push "$web" "$layer" "$layer_size" "$layer_file")"
	check "docker-registry: out of a pipe" "0 " "$(cat "web.oci/blobs/${config/://}" | real push "$web" "$config" "$(stat -c %s "web.oci/blobs/${config/://}")" -)"
	check "docker-registry: a manifest" "0 put" "$(real put "$web" 1 $oci "$manifest_file")"
	check "docker-registry: a tag" "0 $manifest $(stat -c %s "$manifest_file") $oci $web 1" "$(real resolve "$web:1")"
	check "docker-registry: streams" "0 9 good" "$(real many "$web" 9 "$layer" "$layer_size")"
	check "docker-registry: a mount" "0 mounted" "$(real mount "127.0.0.1:$port/lib/two" "$layer" "$web")"
	check "docker-registry: no API for referrers" "0 tag" "$(real referrers "$web" "$manifest" "" | cut -d' ' -f1,2)"
	check "docker-registry: cannot remove tags" "8 " "$(real delete "$web" 1 "")"
	check "docker-registry: removes manifests" "0 7" "$(real delete "$web" "" "$manifest" | cut -c1) $(real resolve "$web:1" | cut -c1)"
	check "docker-registry: wrong credentials" "12 yes" "$(login real.json "127.0.0.1:$port" joe:other; real resolve "$web:1" | tr -d "\n"; grep -q 'answered 401 Unauthorized.*log in with' err && echo yes)"
else
	echo "skipped: docker-registry is not here, or nothing that makes its passwords"
fi

# Of itself.
check "it is started by plimsoll only" "3 plimsoll-fetch is started by plimsoll, which speaks to registries through it" "$(bin/plimsoll-fetch 2>err 3>&-; echo "$? $(cat err)")"
printf '#!/bin/sh\nexit 7\n' >bin/plimsoll-fetch.bad; chmod +x bin/plimsoll-fetch.bad; mv bin/plimsoll-fetch fetch.good; mv bin/plimsoll-fetch.bad bin/plimsoll-fetch
check "one that dies" "11 plimsoll-fetch ended with status 7" "$(fetch resolve x; echo "$? $(cat err)")"
printf '#!/bin/sh\nkill -9 $$\n' >bin/plimsoll-fetch
check "one that is killed" "11 plimsoll-fetch died of signal 9" "$(fetch resolve x; echo "$? $(cat err)")"
printf '#!/bin/sh\nexec sleep 600\n' >bin/plimsoll-fetch
check "one that says nothing" "11 plimsoll-fetch did not answer" "$(fetch --limit FETCH_ANSWER_S=1 resolve x; echo "$? $(cat err)")"
mv fetch.good bin/plimsoll-fetch
exit $failed
