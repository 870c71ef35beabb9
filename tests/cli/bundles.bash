# SPDX-License-Identifier: Apache-2.0
# Sourced by tests: what engines keep of images and containers, and the bundles that they make, written from OCI layouts of tools/oci-image, as Docker 20.10
# (overlay2) and podman 4.3 (containers/storage) write it.
#   docker_image ROOT LAYOUT NAME DIGEST      docker_container ROOT LAYOUT NAME [DRIVER]      docker_container_of_containerd ROOT NAME DIGEST
#   docker_bundle ROOT                        storage_image ROOT LAYOUT NAME DIGEST           storage_container ROOT LAYOUT NAME [ANNOTATIONS]
# The last container's id is $id, its layer $layer, its bundle (of storage) $bundle.

new_id() { head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
manifest_of() { jq -r '.manifests[0].digest' "$1/index.json" | sed 's/sha256://'; }
config_of() { jq -r '.config.digest' "$1/blobs/sha256/$(manifest_of "$1")" | sed 's/sha256://'; }
chain_of() { # LAYOUT: the digest of its layers, each on those below it
	local chain=
	for diff in $(jq -r '.rootfs.diff_ids[]' "$1/blobs/sha256/$(config_of "$1")"); do
		[ -z "$chain" ] && chain=$diff || chain=sha256:$(printf '%s %s' "$chain" "$diff" | sha256sum | cut -d ' ' -f 1)
	done
	printf %s "$chain"
}
oci_config() { # ROOT [ANNOTATIONS]
	jq -nc --arg root "$1" --argjson annotations "${2:-null}" '{ociVersion: "1.0.2-dev", process: {args: ["/bin/x"], cwd: "/", user: {uid: 1000, gid: 1000}}, root: {path: $root}, hostname: "h", annotations: $annotations, linux: {}}'
}

docker_image() {
	local image=$1/image/overlay2 config
	config=$(config_of "$2")
	mkdir -p "$image/imagedb/content/sha256"
	cp "$2/blobs/sha256/$config" "$image/imagedb/content/sha256/$config"
	[ -e "$image/repositories.json" ] || echo '{"Repositories":{}}' >"$image/repositories.json"
	jq -c --arg repository "${3%:*}" --arg name "$3" --arg digest "${3%:*}@$4" --arg id "sha256:$config" \
		'.Repositories[$repository] += {($name): $id, ($digest): $id}' "$image/repositories.json" >"$image/new" && mv "$image/new" "$image/repositories.json"
}
docker_container() {
	local mount
	id=$(new_id) mount=$1/image/${4:-overlay2}/layerdb/mounts/$id
	mkdir -p "$1/containers/$id" "$mount" "$1/overlay2/$id-m/merged"
	jq -nc --arg id "$id" --arg name "$3" --arg image "sha256:$(config_of "$2")" --arg driver "${4:-overlay2}" \
		'{StreamConfig: {}, State: {Running: false}, ID: $id, Path: "/bin/x", Config: {Image: $name, Labels: {a: "1", A: "2"}}, Image: $image, Driver: $driver, OS: "linux"}' >"$1/containers/$id/config.v2.json"
	printf %s "$id-m" >"$mount/mount-id"
	chain_of "$2" >"$mount/parent"
	docker_root=$(realpath "$1/overlay2/$id-m/merged")
}
docker_container_of_containerd() {
	id=$(new_id)
	mkdir -p "$1/containers/$id" "$1/rootfs/overlayfs/$id"
	jq -nc --arg id "$id" --arg name "$2" --arg image "$3" \
		'{ID: $id, Config: {Image: $name}, Image: $image, Driver: "overlayfs", OS: "linux", ImageManifest: {mediaType: "application/vnd.oci.image.manifest.v1+json", digest: $image, size: 1}}' >"$1/containers/$id/config.v2.json"
	docker_root=$(realpath "$1/rootfs/overlayfs/$id")
}
docker_bundle() {
	mkdir -p "$1/tasks/$id"
	oci_config "$docker_root" >"$1/tasks/$id/config.json"
	realpath "$1/tasks/$id"
}

storage_add() { # FILE RECORD
	mkdir -p "$(dirname "$1")"
	[ -e "$1" ] || echo '[]' >"$1"
	jq -c --argjson record "$2" '. + [$record]' "$1" >"$1.new" && mv "$1.new" "$1"
}
storage_image() {
	local config manifest top
	config=$(config_of "$2") manifest=$(manifest_of "$2") top=$(chain_of "$2" | sed 's/sha256://')
	storage_add "$1/overlay-layers/layers.json" '{"id":"'"$top"'","created":"2026-11-28T14:05:45Z"}'
	jq -c "unique_by(.id)" "$1/overlay-layers/layers.json" >"$1/new" && mv "$1/new" "$1/overlay-layers/layers.json"
	storage_add "$1/overlay-images/images.json" "$(jq -nc --arg id "$config" --arg digest "$4" --arg name "$3" --arg layer "$top" \
		'{id: $id, digest: $digest, names: [$name], "names-history": [$name], layer: $layer, metadata: "{}", "big-data-names": [("sha256:" + $id), ("manifest-" + $digest), "manifest"]}')"
}
storage_container() {
	local image=
	[ -z "$2" ] || image=$(config_of "$2")
	id=$(new_id) layer=$(new_id)
	bundle=$(realpath "$1")/overlay-containers/$id/userdata
	mkdir -p "$bundle" "$1/overlay/$layer/merged"
	storage_add "$1/overlay-layers/layers.json" '{"id":"'"$layer"'","names":["x"]'"$([ -z "$2" ] || echo ',"parent":"'"$(chain_of "$2" | sed 's/sha256://')"'"')"'}'
	storage_add "$1/overlay-containers/containers.json" "$(jq -nc --arg id "$id" --arg image "$image" --arg layer "$layer" --arg name "$3" \
		'{id: $id, names: ["c"], image: $image, layer: $layer, metadata: ({"image-name": $name, "image-id": $image, name: "c"} | tostring)}')"
	oci_config "$(realpath "$1")/overlay/$layer/merged" "${4:-null}" >"$bundle/config.json"
}
