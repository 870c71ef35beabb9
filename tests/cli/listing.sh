#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What bsdtar (libarchive) lists of every hostile layer and of every layer of the real images, beside what we list: path, type, size and
# link target.  Each difference is explained in the table below, or a failure.
set -u
plimsoll=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
images=${PLIMSOLL_IMAGES:-$root/../shared/images}
command -v bsdtar >/dev/null && command -v zstd >/dev/null || { echo "bsdtar and zstd are not here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
"$root/tests/cases/hostile/make" "$work/made" || exit 1
[ -d "$images" ] || echo "the real images are not here: only the hostile layers are compared"
exec python3 - "$plimsoll" "$work" "$images" <<'P'
import csv, hashlib, io, json, os, pathlib, re, subprocess, sys, tarfile
plimsoll, work, images = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])

# Why libarchive answers otherwise, or we refuse what it reads.
EXPLAINED = {
    "we refuse what readers take differently": ["pax-twice", "pax-global-path", "gnu-name-twice", "one-zero-block", "entries-after-the-end", "noise-after-the-end",
        "gzip-a-second-tar-hidden", "gzip-trailing-garbage", "gzip-trailing-zeros", "zstd-trailing-garbage", "gnu-name-at-the-end", "pax-at-the-end",
        "gzip-of-gzip", "uid-negative", "uid-too-large", "volume-label", "sparse-old", "sparse-map-overlaps", "pax-nul-in-path", "checksum-blank"],
    "we refuse what no runtime could unpack": ["path-climbs", "path-climbs-inside", "path-of-nothing", "path-too-long", "path-of-2-20-directories", "hard-link-out",
        "symlink-loop", "file-as-parent", "symlink-of-nothing", "whiteout-of-nothing", "whiteout-of-itself", "whiteout-of-the-parent"],
    "we refuse damage that it reads past": ["gzip-bad-checksum", "gzip-bad-length", "gzip-cut-trailer", "half-a-header", "size-negative-base-256", "size-above-2-63",
        "size-negative-octal", "size-no-number", "size-near-2-63", "size-beyond-the-end", "pax-size-near-2-63", "pax-size-negative", "pax-length-lies", "pax-length-zero",
        "pax-length-overflows", "gzip-cut-off", "zstd-cut-off", "zstd-bad-checksum", "xz-cut-off", "bzip2-cut-off", "no-tar", "checksum-wrong",
        "sparse-map-lies", "sparse-map-without-end"],
    "a limit of ours": ["zstd-window-of-2-gib", "pax-huge", "path-as-long-as-may-be"],
    "a layer's own meaning: whiteouts, links among parents, hard links as the files they are": ["opaque-root", "whiteout-with-a-body", "whiteout-as-a-directory",
        "symlink-parent-out", "hard-link-to-itself", "hard-link-to-later", "hard-link-to-nothing", "hard-links-in-a-circle", "path-climbs-and-stays"],
    "unknown kinds are regular files (POSIX), as to Go; a directory or a link has no body": ["unknown-kind", "directory-with-a-body", "hard-link-with-a-body"],
    "names that a listing cannot show": ["path-with-escapes", "path-no-utf-8", "checksum-signed"],
    "Go takes GNU's name before PAX's, and an empty PAX path as none": ["pax-and-gnu-names", "pax-path-empty"],
}
REASON = {name: reason for reason, names in EXPLAINED.items() for name in names}


def unquote(text):
    return re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m.group(1), 8)]), text.encode()).decode("utf-8", "surrogateescape")


def theirs(layer):
    out = subprocess.run(["timeout", "20", "bsdtar", "-cf", "-", "--format=mtree", "--options=!all,type,size,link", "@" + str(layer)], capture_output=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if out.returncode:
        return None
    found = {}
    for line in out.stdout.decode("utf-8", "surrogateescape").replace("\\\n", "").splitlines():
        words = line.split()
        if not words or words[0].startswith(("#", "/set")):
            continue
        path = "/" + re.sub(r"^(\./|/)*", "", unquote(words[0])).rstrip("/")
        keys = dict(word.split("=", 1) for word in words[1:] if "=" in word)
        kind = {"file": "regular", "dir": "directory", "link": "symlink", "char": "character", "block": "block", "fifo": "fifo"}.get(keys.get("type"), keys.get("type"))
        if path not in ("/", "/."):
            found[path.replace("//", "/")] = (kind, int(keys.get("size", 0)) if kind == "regular" else 0, unquote(keys.get("link", "")) if kind == "symlink" else "")
    return found


def ours(target, sql="SELECT path, type, size, link FROM file"):
    out = subprocess.run([plimsoll, "query", "--no-cache", "--output", "json", str(target), sql], capture_output=True)
    if out.returncode:
        return None
    return {row["path"]: (row["type"], row["size"] if row["type"] == "regular" else 0, row["link"] or "") for row in json.loads(out.stdout.decode("utf-8", "surrogateescape"))}


def hard_links(layer):
    try:
        return {"/" + re.sub(r"^(\./|/)*", "", m.name) for m in tarfile.open(layer) if m.islnk()}
    except Exception:
        return set()


def compare(name, mine, their, layer):
    if (mine is None) != (their is None):
        return "we refuse it, bsdtar does not" if mine is None else "bsdtar refuses it, we do not"
    if mine is None:
        return ""
    links = hard_links(layer)
    parents = {str(p) for path in their for p in pathlib.PurePosixPath(path).parents}
    rows = [f"only ours: {path}" for path in mine if path not in their and not (path in parents and mine[path][0] == "directory")]
    rows += [f"only bsdtar's: {path}" for path in their if path not in mine]
    rows += [f"{path}: ours {mine[path]}, bsdtar's {their[path]}" for path in mine if path in their and mine[path] != their[path] and path not in links]
    return "; ".join(rows[:5])


failed, explained = 0, 0
for layer in sorted((work / "made").glob("*.layer")):
    name = layer.stem
    # Bombs, and a hole of exabytes, which bsdtar would read to its end.
    if name.startswith("bomb-") or name == "sparse-hole-of-exabytes":
        continue
    difference = compare(name, ours("oci:" + str(layer.with_suffix(".oci"))), theirs(layer), layer)
    if difference and name not in REASON:
        failed += 1
        print(f"not ok {name}: {difference}")
    else:
        explained += bool(difference)
        print(f"ok {name}" + (f": {REASON[name]}" if difference else ""))


def real_layers():
    for oci in sorted(images.glob("*.oci")):
        for blob in sorted((oci / "blobs/sha256").iterdir()):
            if open(blob, "rb").read(4)[:1] != b"{":
                yield f"{oci.name} {blob.name[:12]}", blob.read_bytes()
    for archive in sorted(images.glob("*.docker.tar*")):
        suffix = archive.suffix
        data = archive.read_bytes() if suffix == ".tar" else subprocess.run([{".xz": "xz", ".zst": "zstd"}[suffix], "-dc", str(archive)], stdout=subprocess.PIPE).stdout
        tar = tarfile.open(fileobj=io.BytesIO(data))
        for layer in [l for m in tar if m.name == "manifest.json" for i in json.load(tar.extractfile(m)) for l in i["Layers"]]:
            member = tar.getmember(layer)
            if member.isfile():
                yield f"{archive.name} {layer[:12]}", tar.extractfile(member).read()


def wrap(stored):
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(stored).hexdigest()]}}).encode()
    target = work / "one.tar"
    with tarfile.open(target, "w") as tar:
        for name, data in (("config.json", config), ("layer.tar", stored), ("manifest.json", json.dumps([{"Config": "config.json", "RepoTags": ["t:1"], "Layers": ["layer.tar"]}]).encode())):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return target


count = 0
for name, stored in real_layers():
    for magic, tool in ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd")):
        if stored.startswith(magic):
            stored = subprocess.run([tool, "-dc"], input=stored, stdout=subprocess.PIPE).stdout
    (work / "real.layer").write_bytes(stored)
    their = theirs(work / "real.layer")
    their = their and {path: row for path, row in their.items() if "/.wh." not in path}
    difference = compare(name, ours("docker-archive:" + str(wrap(stored))), their, work / "real.layer")
    count += 1
    failed += bool(difference)
    print(f"not ok {name}: {difference}" if difference else f"ok {name}")
print(f"{count} real layers, {explained} hostile ones that differ for a reason")
sys.exit(failed > 0)
P
