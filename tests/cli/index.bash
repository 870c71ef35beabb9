# SPDX-License-Identifier: Apache-2.0
# Sourced by tests that need an image of several platforms.
index() { # OUT LAYOUT...: an index of these images, with an attestation manifest beside them
	python3 - "$@" <<'P'
import hashlib, json, os, shutil, sys
out, layouts = sys.argv[1], sys.argv[2:]
os.makedirs(out + "/blobs/sha256")
shutil.copy(layouts[0] + "/oci-layout", out)
def blob(data):
    hex = hashlib.sha256(data).hexdigest()
    open(f"{out}/blobs/sha256/{hex}", "wb").write(data)
    return {"digest": "sha256:" + hex, "size": len(data)}
entries = []
for layout, architecture in zip(layouts, ("amd64", "arm64")):
    shutil.copytree(layout + "/blobs", out + "/blobs", dirs_exist_ok=True)
    entry = json.load(open(layout + "/index.json"))["manifests"][0]
    entry.pop("annotations", None)
    entries.append({**entry, "platform": {"os": "linux", "architecture": architecture}})
note = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                   "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **blob(b"{}")},
                   "layers": [{"mediaType": "application/vnd.in-toto+json", **blob(b'{"a":1}')}]}).encode()
entries.append({"mediaType": "application/vnd.oci.image.manifest.v1+json", **blob(note), "platform": {"os": "unknown", "architecture": "unknown"},
                "annotations": {"vnd.docker.reference.type": "attestation-manifest"}})
top = blob(json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": entries}).encode())
json.dump({"schemaVersion": 2, "manifests": [{"mediaType": "application/vnd.oci.image.index.v1+json", **top}]}, open(out + "/index.json", "w"))
P
}
