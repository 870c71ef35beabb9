#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real images (PLIMSOLL_IMAGES) judged by real feeds (PLIMSOLL_FEEDS), and by their bills of materials in their place: the same findings and unknowns
# of what a bill can tell.  The bills are validated too where the official schemas are at hand (see sbom.sh).
set -u
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
images=${PLIMSOLL_IMAGES:-$root/../shared/images} feeds=${PLIMSOLL_FEEDS:-$root/../shared/feeds}
[ -d "$images" ] && [ -d "$feeds" ] || { echo "there are no real images and feeds here: set PLIMSOLL_IMAGES and PLIMSOLL_FEEDS"; exit 77; }
schemas=${PLIMSOLL_CYCLONEDX_SCHEMAS:--} spdx=${PLIMSOLL_SPDX_SCHEMA:--}
"$plimsoll" db build --from "$feeds" --output a.db >build.txt || { cat build.txt; exit 1; }
mkdir linked && tar -xJf "$images/busybox-1.38.0-glibc.oci-symlinked.tar.xz" -C linked
linked=$(dirname "$(find linked -name oci-layout | head -1)")

cat >p.yaml <<'Y'
plimsoll: v1
name: t
vulnerabilities: {deny: [{severity: low}]}
licenses: {deny: ["GPL-3.0*", MIT], unknown: warn}
components:
  forbidden: [{name: "lib*"}, {name: "*", type: npm}, {purl: "pkg:rpm/*/[a-g]*"}]
  required: [{name: zsh}, {name: busybox}]
  minimum: [{name: musl, version: "9"}, {name: lodash, version: "9"}, {name: bash, version: "9"}, {name: libc6, version: "9"}, {name: stdlib, version: "9"}]
  unaccounted: 0
rules: [{id: t/p, severity: low, title: p, query: "SELECT name AS package, version, path, license FROM package WHERE scope = 'installed'", fix: f}]
Y

# What a verdict says in those areas, and of what it could not tell in them, a line each.
told='def judged: IN("vulnerabilities", "components", "licenses", "rules");
	(.findings[] | select(.area | judged) | [.rule, .id, .action, .vulnerability.id?, .severity?, (.evidence | del(.layer, .layer_digest, .instruction, .origin))]),
	(.unknown[] | select(.area | judged) | [.area, .kind, .subject, .reason]),
	(.areas | to_entries[] | select(.key | judged) | [.key, .value])'
verdict() { # NAME TARGET [OPTIONS]
	local name=$1; shift
	"$plimsoll" check --quiet --policy p.yaml --db a.db --at 2026-08-22 --no-log --output json "$@" >"$name.json" 2>errors
	jq -c "$told" "$name.json" | sort >"$name.told"
	[ -s "$name.told" ] || echo "no verdict for $name: $(cat errors)" >"$name.told"
}

rows="SELECT type, name, version, epoch, arch, source, source_version, vendor, license, license_expression, purl, scope, path, module, root, evidence, checksum,
	owner, owner_type, cpe FROM package ORDER BY type, name, version, arch, path"
documents=()
same() { # NAME TARGET [OPTIONS]
	local name=$1; shift
	"$plimsoll" sbom --quiet --at 2026-08-22 --output cyclonedx="$name.cdx" --output spdx="$name.spdx" "$@" 2>errors || cat errors
	documents+=("$name.cdx" "$name.spdx")
	verdict image "$@"
	"$plimsoll" query --quiet --output csv "$@" "$rows" >image.rows 2>errors || cat errors >image.rows
	for format in cdx spdx; do
		verdict bill "sbom:$name.$format"
		"$plimsoll" query --quiet --output csv "sbom:$name.$format" "$rows" >bill.rows 2>errors || cat errors >bill.rows
		check "$name $format: the same packages" "" "$(diff image.rows bill.rows | head -6)"
		check "$name $format: $(jq '.findings | length' image.json) findings, $(jq '.unknown | length' image.json) unknowns" "" "$(diff image.told bill.told 2>&1 | head -6)"
	done
}

same alpine-3.10.9 "$images/alpine-3.10.9.docker.tar.xz"
same alpine-3.18.9 "docker-archive:$images/shop-api.docker.tar.xz:test/alpine:3.18.9"
same shop-api "docker-archive:$images/shop-api.docker.tar.xz:test/shop-api:1.4.2"
same alpine-amd64 --platform linux/amd64 "$images/alpine-3.20.3.oci"
same alpine-arm64 --platform linux/arm64 "$images/alpine-3.20.3.oci"
same busybox-amd64 --platform linux/amd64 "$images/busybox-1.38.0-multi.oci"
same busybox-arm64 --platform linux/arm64 "$images/busybox-1.38.0-multi.oci"
same busybox-arm --platform linux/arm "$images/busybox-1.38.0-multi.oci"
same busybox-glibc "oci:$linked"
same bookworm-slim "oci:$images/debian-bookworm.oci:bookworm-slim"
same web-1 "oci:$images/debian-bookworm.oci:web-1"
same polyglot "oci:$images/debian-bookworm.oci:polyglot-2.3.0"
same distroless "$images/distroless-cc.oci"
same gateway "$images/gateway-scratch.docker.tar.zst"
same centos-7 "$images/centos-7-bdb.docker.tar.xz"
same mariner "$images/cbl-mariner-2.0.oci"
same sles "$images/sles-15.3-ndb.oci.tar"

if [ "$schemas$spdx" = -- ]; then
	echo "the official schemas are not here: set PLIMSOLL_CYCLONEDX_SCHEMAS and PLIMSOLL_SPDX_SCHEMA"
elif ! python3 -c 'import jsonschema' 2>/dev/null; then
	echo "python3-jsonschema is not here: nothing was validated"
else
	check "${#documents[@]} documents are valid" "" "$(python3 "$root/tests/cli/validate-sbom.py" "$schemas" "$spdx" "${documents[@]}" 2>&1)"
fi
exit $failed
