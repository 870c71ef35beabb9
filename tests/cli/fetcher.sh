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
start=$(date +%s%N)
fetch resolve "$web:1" >got
check "a manifest takes less than a second, start and all" yes "$([ $((($(date +%s%N) - start) / 1000000)) -lt 1000 ] && echo yes)"
