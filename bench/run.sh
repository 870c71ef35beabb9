#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Assembles one image of about 1 GB from this system's own files and measures `plimsoll check` with the standard policy beside the limit:
# `igzip -dc` of the same layers through two SHA-256, in the same run.  Prints, never judges.
# Needs isal, and as root /usr to read.  PLIMSOLL_FEEDS names feeds to judge by; else the sample advisories.
set -eu
cd "$(dirname "$0")/.."
plimsoll=${1:-build/src/cli/plimsoll}
runs=${RUNS:-5}
command -v igzip >/dev/null || { echo "igzip is not here (package isal)" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "assembling ..." >&2
python3 - "$work" <<'P'
import gzip, hashlib, json, os, pathlib, subprocess, sys
work = pathlib.Path(sys.argv[1])
oci = work / "image.oci"
(oci / "blobs/sha256").mkdir(parents=True)
GROUPS = [["/usr/lib"], ["/usr/share"], ["/usr/bin", "/usr/sbin", "/etc", "/var/lib/dpkg"], ["/usr/include", "/usr/local/lib"]]
left, layers, diff_ids = 1 << 30, [], []
def blob(path, data, kind):
    name = hashlib.sha256(data).hexdigest()
    (oci / "blobs/sha256" / name).write_bytes(data)
    return {"mediaType": "application/vnd.oci.image." + kind, "digest": "sha256:" + name, "size": len(data)}
for roots in GROUPS:
    files = []
    for root in roots:
        for path in sorted(pathlib.Path(root).rglob("*")):
            if path.is_symlink() or path.is_file():
                size = path.lstat().st_size
                if size > left:
                    continue
                left -= size
                files.append(str(path).lstrip("/"))
    (work / "list").write_text("\0".join(files))
    tar = subprocess.run(["tar", "-C", "/", "--null", "-T", str(work / "list"), "--numeric-owner", "-cf", "-"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    diff_ids.append("sha256:" + hashlib.sha256(tar).hexdigest())
    layers.append(blob("layer", gzip.compress(tar, 6, mtime=0), "layer.v1.tar+gzip"))
config = {"architecture": "amd64", "os": "linux", "config": {"User": "1000", "Entrypoint": ["/usr/bin/env"]}, "rootfs": {"type": "layers", "diff_ids": diff_ids}}
manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": blob("config", json.dumps(config).encode(), "config.v1+json"), "layers": layers}
(oci / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [blob("manifest", json.dumps(manifest).encode(), "manifest.v1+json")]}))
(oci / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
(work / "layers").write_text("\n".join(str(oci / "blobs" / l["digest"].replace(":", "/")) for l in layers))
print(f"{(1 << 30) - left} bytes of files, {sum(l['size'] for l in layers)} packed, {len(layers)} layers", file=sys.stderr)
P

limit() {
	while read -r layer || [ -n "$layer" ]; do
		openssl sha256 "$layer" >/dev/null
		igzip -dc "$layer" | openssl sha256 >/dev/null
	done <"$work/layers"
}
export -f limit
export work
"$plimsoll" db build --from "${PLIMSOLL_FEEDS:-advisories}" --output "$work/advisories.db" >&2
measure() { # LABEL COMMAND...
	local label=$1
	shift
	/usr/bin/time -f "%e %U %S %M" -o "$work/time" "$@" >/dev/null 2>&1 || true
	read -r wall user system memory < <(tail -n 1 "$work/time")
	echo "$label $wall $(awk "BEGIN { print $user + $system }") $memory"
}
for _ in $(seq "$runs"); do
	measure check "$plimsoll" check --db "$work/advisories.db" "oci:$work/image.oci"
	measure limit bash -c limit
done >"$work/figures"
python3 - "$work/figures" <<'P'
import statistics, sys
rows = [line.split() for line in open(sys.argv[1])]
median = lambda label, column: statistics.median(float(row[column]) for row in rows if row[0] == label)
print("| | wall s | CPU s | peak MB |\n| --- | --- | --- | --- |")
for label in ("check", "limit"):
    print(f"| {label} | {median(label, 1):.2f} | {median(label, 2):.2f} | {median(label, 3) / 1024:.0f} |")
print(f"\nmedian wall ratio check / limit: {median('check', 1) / median('limit', 1):.2f}")
P
