#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# db publish --to oci://..., db update --from oci://...: a signed database that is an artifact in a registry; what is transferred, taken and replaced, and what survives.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/registry/registry.bash"
export HOME=$work/home XDG_CACHE_HOME=$work/cache no_proxy='*' TERM=dumb
unset SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy HTTP_PROXY HTTPS_PROXY PLIMSOLL_OFFLINE PLIMSOLL_KEY_PASSPHRASE
mkdir -p home
for name in data other; do "$plimsoll" key generate --no-passphrase --type ed25519 --out $name --role data >/dev/null </dev/null; done

mkdir feed
day() { # NUMBER: a signed database, a second after the one before
	jq -n --arg day "$1" '{distroversion: "v3.20", reponame: "main", packages: [range(200) | {pkg: {name: "p\(.)", secfixes: {"1.\(.)-r\($day)": ["CVE-2025-\(10000 + .)"]}}}]}' >feed/main.json
	sleep 1.1
	"$plimsoll" db build --from feed --output "$1.db" >/dev/null && cp "$1.db" "plain$1.db" && "$plimsoll" db sign --key data.key --db "$1.db" >/dev/null
	"$plimsoll" db export --db "$1.db" "$1.bundle" >/dev/null
}
blob() { local d; d=$(sha256sum <"$1" | cut -c1-64); cp "$1" "layout/blobs/sha256/$d"; jq -n --arg d "sha256:$d" --arg t "$2" --argjson n "$(stat -c %s "$1")" '{mediaType: $t, digest: $d, size: $n}'; }
put() { # FILE NAME:TAG [TYPE]: as its only layer
	local config layer
	rm -rf layout && mkdir -p layout/blobs/sha256
	printf '{}' >empty
	config=$(blob empty application/vnd.oci.empty.v1+json) layer=$(blob "$1" "${3:-application/vnd.plimsoll.database}")
	jq -n --argjson c "$config" --argjson l "$layer" '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", artifactType: "application/vnd.plimsoll.database", config: $c, layers: [$l]}' >manifest
	jq -n --argjson m "$(blob manifest application/vnd.oci.image.manifest.v1+json)" '{schemaVersion: 2, manifests: [$m]}' >layout/index.json
	printf '{"imageLayoutVersion": "1.0.0"}' >layout/oci-layout
	registry_put layout "$2" >/dev/null
}
day 1; day 2
registry_start
follow() { (exec "$plimsoll" db update --plain-http "$registry_address" --limit FETCH_TRY_COUNT=2 --limit FETCH_STALL_S=2 --from "oci://$registry_address/team/$1" --db-key "${key:-data.pub}" "${@:2}") >out 2>&1 </dev/null; }
taken() { cmp -s "$1" cache/plimsoll/advisories.db && echo "$1"; }

put 1.bundle team/db:latest
follow db:latest; check "the whole, where there is none" "0 1.db" "$? $(taken 1.db)"
registry_forget
follow db:latest; check "nothing has changed" "0 1.db" "$? $(taken 1.db)"
check "then its layer is not sent" "" "$(registry_asked | grep "$(sha256sum <1.bundle | cut -c1-64)")"
cp plain1.db cache/plimsoll/advisories.db
follow db:latest; check "the same one that nobody signed gets the signature" "0 1.db" "$? $(taken 1.db)"
put 2.bundle team/db:latest
follow db:latest; check "the next one" "0 2.db" "$? $(taken 2.db)"
put 1.bundle team/db:latest
follow db:latest; check "an older one is refused" "3 2.db" "$? $(taken 2.db)"
follow db:latest --allow-older; check "unless it is asked for" "0 1.db" "$? $(taken 1.db)"
put 2.bundle team/db:latest
key=other.pub follow db:latest; check "another key" "3 1.db" "$? $(taken 1.db)"
follow "db@$(registry_put layout team/db:pinned)"; check "by its digest" "0 2.db" "$? $(taken 2.db)"
(exec "$plimsoll" db update --from "oci://me:secret@$registry_address/team/db:1" --db-key data.pub) >out 2>&1 </dev/null; check "an address has no secrets" "3 1 0" "$? $(grep -c 'may have neither credentials' out) $(grep -c secret out)"
follow none:1; check "nothing there" "3 2.db" "$? $(taken 2.db)"
put 1.bundle team/image:1 application/vnd.oci.image.layer.v1.tar
follow image:1; check "no artifact of a database" "3 yes" "$? $(grep -q 'no artifact whose only layer is of type application/vnd.plimsoll.database' out && echo yes)"
head -c 100 1.bundle >broken; put broken team/db:broken
follow db:broken; check "a bundle that is cut" "3 2.db" "$? $(taken 2.db)"
for way in other-bytes wrong-digest short-body longer-body truncated empty-body; do
	registry_misbehave "$way" >/dev/null
	follow db:latest --allow-older --db away.db; check "$way: nothing is taken" "3 no" "$? $(test -e away.db && echo yes || echo no)"
	registry_misbehave >/dev/null
done
follow db:latest --db away.db; check "once it behaves, it is" 0 "$?"
check "nothing is left behind" "" "$(find . -name '*.new' -o -name '*.tmp' | head -n 3)"

# Put there by db publish.
publish() { (exec "$plimsoll" db publish --plain-http "$registry_address" --limit FETCH_TRY_COUNT=2 --limit FETCH_STALL_S=2 --to "oci://$registry_address/team/$1" --db "${@:2}") >out 2>&1 </dev/null; }
told() { sed "s|$registry_address|SERVER|g; s/sha256:[0-9a-f]*/DIGEST/g" out; }
serial() { "$plimsoll" db status --db "$1" | sed -n 's/^signed.* serial \([0-9]*\).*/\1/p'; }
manifest() { curl -s -H 'Accept: application/vnd.oci.image.manifest.v1+json' "$registry_url/v2/team/$1"; }
no1=$(serial 1.db) no2=$(serial 2.db)
publish published:1 1.db; check "is published" "0 oci://SERVER/team/published:1@DIGEST: $(stat -c %s 1.bundle) bytes, serial $no1" "$? $(told)"
told_digest=$(grep -o 'sha256:[0-9a-f]*' out)
manifest published/manifests/1 >manifest
check "as an artifact" "application/vnd.plimsoll.database application/vnd.oci.empty.v1+json application/vnd.plimsoll.database 1 $no1 $(date -u -d "@$no1" +%FT%TZ)" \
	"$(jq -r '[.artifactType, .config.mediaType, .layers[0].mediaType, (.layers | length), .annotations["vnd.plimsoll.database.serial"], .annotations["org.opencontainers.image.created"]] | map(tostring) | join(" ")' manifest)"
check "its layer is the bundle" "sha256:$(sha256sum <1.bundle | cut -c1-64)" "$(jq -r '.layers[0].digest' manifest)"
check "what is told is its digest" "sha256:$(sha256sum <manifest | cut -c1-64)" "$told_digest"
rm -r cache; follow published:1; check "and is taken" "0 1.db" "$? $(taken 1.db)"
publish published:1 1.db; check "once more is the same" "0 yes" "$? $(manifest published/manifests/1 | cmp - manifest && echo yes)"
publish published:1 2.db; check "the next one" 0 "$?"
follow published:1; check "and that is taken" "0 2.db" "$? $(taken 2.db)"
manifest published/manifests/1 >manifest
publish published:1 1.db; check "an older one" "3 plimsoll db publish: oci://SERVER/team/published:1: what is there is newer: its serial is $no2, this one has $no1" "$? $(told)"
check "replaces nothing" yes "$(manifest published/manifests/1 | cmp - manifest && echo yes)"
put 1.bundle team/image:1 application/vnd.oci.image.layer.v1.tar
publish image:1 2.db; check "an image" "3 plimsoll db publish: oci://SERVER/team/image:1: what is there is not replaced: no artifact whose only layer is of type application/vnd.plimsoll.database" "$? $(told)"
put 1.bundle team/db:others; publish db:others 1.db; check "one that another client put there, which tells no serial" 0 "$?"
publish plain:1 plain1.db; check "one that nobody signed" "3 plimsoll db publish: it is not signed: plimsoll db sign does" "$? $(told)"
publish published 1.db; check "without a tag" "3 plimsoll db publish: oci://SERVER/team/published: the place of a database needs its registry and a tag" "$? $(told)"
(exec "$plimsoll" db publish --to "oci://me:secret@$registry_address/team/x:1" --db 1.db) >out 2>&1; check "nor with secrets" "3 plimsoll db publish: the place of a database has no '@': neither credentials nor a digest" "$? $(told)"
(exec "$plimsoll" db publish --to "docker://$registry_address/team/x:1" --db 1.db) >out 2>&1; check "elsewhere" "3 plimsoll db publish: docker://SERVER/team/x:1: a registry is written oci://HOST/PATH:TAG" "$? $(told)"
(exec "$plimsoll" db publish --to "oci://$registry_address/team/x:1" --db 1.db directory) >out 2>&1; check "two places" "3 1" "$? $(grep -c 'one directory is needed, or --to a registry' out)"
registry_stop

# Credentials, as for images.
registry_start --auth token --user writer:w --reader reader:r
login() { jq -n --arg h "$registry_address" --arg a "$(printf '%s' "$1" | base64)" '{auths: {($h): {auth: $a}}}' >"$2"; }
login writer:w writer.json; login reader:r reader.json; login reader:wrong wrong.json
publish db:1 1.db --authfile reader.json; check "who may only read publishes nothing" 3 "$?"
publish db:1 1.db --authfile writer.json; check "who may write does" 0 "$?"
rm -r cache
follow db:1 --anonymous; check "who is nobody takes nothing" "3 " "$? $(taken 1.db)"
follow db:1 --authfile wrong.json; check "nor does who is another" "3  0" "$? $(taken 1.db) $(grep -c -e reader:wrong -e "$(printf reader:wrong | base64)" out)"
follow db:1 --authfile reader.json; check "who may read takes it" "0 1.db" "$? $(taken 1.db)"
registry_stop
exit $failed
