#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stores of engines as plain directories, for drift.sh: drift-fixture.py docker|docker-fuse|podman|podman-vfs ROOT NAME LAYERDIR...

Lays an image of the layers (directories; owners become root's) into the store, as the engine would, and a container NAME of it that has changed nothing
yet.  Prints the container's id, the image's id and the writable directory.
"""
import base64, gzip, hashlib, io, json, os, pathlib, shutil, stat, sys, tarfile

kind, root, name, *trees = sys.argv[1:]
root = pathlib.Path(root)


def crc_of_byte(crc):
    for _ in range(8):
        crc = (crc >> 1) ^ (0xD800000000000000 if crc & 1 else 0)
    return crc


CRCS = [crc_of_byte(byte) for byte in range(256)]


def crc64(data):
    crc = 0xFFFFFFFFFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ CRCS[(crc ^ byte) & 255]
    return (crc ^ 0xFFFFFFFFFFFFFFFF).to_bytes(8, "big")


def layer(tree):
    """The layer's tar and tar-split's metadata of it."""
    buffer, split, archive = io.BytesIO(), [], tarfile.open(fileobj=io.BytesIO(), mode="w")

    def segment(data):
        split.append({"type": 2, "payload": base64.b64encode(data).decode(), "position": len(split)})

    for path in sorted(pathlib.Path(tree).rglob("*")):
        info = archive.gettarinfo(path, str(path.relative_to(tree)))
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        info.mtime = 1700000000
        header = info.tobuf(tarfile.PAX_FORMAT)
        data = path.read_bytes() if info.isreg() else b""
        padding = b"\0" * (-len(data) % 512)
        buffer.write(header + data + padding)
        segment(header)
        split.append({"type": 1, "name": info.name, "size": len(data), "payload": base64.b64encode(crc64(data)).decode(), "position": len(split)} if data else
                     {"type": 1, "name": info.name, "payload": None, "position": len(split)})
        if padding:
            segment(padding)
    buffer.write(b"\0" * 1024)
    segment(b"\0" * 1024)
    return buffer.getvalue(), gzip.compress("".join(json.dumps(line) + "\n" for line in split).encode(), mtime=0)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def unpack(tree, to):
    """As the driver does: what a tar calls ".wh.NAME" is a device 0:0."""
    shutil.copytree(tree, to, symlinks=True)
    for path in sorted(to.rglob(".wh.*")):
        path.unlink()
        if path.name == ".wh..wh..opq":
            os.setxattr(path.parent, "trusted.overlay.opaque", b"y")
        else:
            os.mknod(path.with_name(path.name[4:]), stat.S_IFCHR, os.makedev(0, 0))


layers = [layer(tree) for tree in trees]
diffs = [digest(tar) for tar, _ in layers]
config = json.dumps({"os": "linux", "architecture": "amd64", "config": {"Cmd": ["/bin/run"], "Env": ["PATH=/bin:/opt/tools"]},
                     "rootfs": {"type": "layers", "diff_ids": ["sha256:" + diff for diff in diffs]}}).encode()
image = digest(config)
container = digest(f"{kind} {name}".encode())


def put(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def link(directory, target, short):
    directory.mkdir(parents=True, exist_ok=True)
    if not (directory / short).is_symlink():
        (directory / short).symlink_to(f"../{target}/diff")
    return "l/" + short


if kind.startswith("docker"):
    driver = "overlay2" if kind == "docker" else "fuse-overlayfs"
    put(root / "image" / driver / "imagedb/content/sha256" / image, config)
    chain, lower = "", []
    for tree, (tar, split), diff in zip(trees, layers, diffs):
        chain = digest(f"sha256:{chain} sha256:{diff}".encode()) if chain else diff
        cache = digest(b"cache" + chain.encode())
        place = root / "image" / driver / "layerdb/sha256" / chain
        put(place / "cache-id", cache)
        put(place / "diff", "sha256:" + diff)
        put(place / "tar-split.json.gz", split)
        if not (root / driver / cache).exists():
            unpack(pathlib.Path(tree), root / driver / cache / "diff")
        lower.insert(0, link(root / driver / "l", cache, cache[:26].upper()))
    mount = digest(b"mount" + container.encode())
    init = root / driver / (mount + "-init") / "diff"
    for path in "dev/pts", "dev/shm", "proc", "sys", "etc":
        (init / path).mkdir(parents=True)
    for path in ".dockerenv", "dev/console", "etc/hostname", "etc/hosts", "etc/resolv.conf":
        put(init / path, "")
    (init / "etc/mtab").symlink_to("/proc/mounts")
    lower.insert(0, link(root / driver / "l", mount + "-init", digest(mount.encode())[:26].upper()))
    put(root / driver / mount / "lower", ":".join(lower))
    upper = root / driver / mount / "diff"
    upper.mkdir()
    for key, value in ("mount-id", mount), ("init-id", mount + "-init"), ("parent", "sha256:" + chain):
        put(root / "image" / driver / "layerdb/mounts" / container / key, value)
    volume = root / "volumes/v/_data"
    volume.mkdir(parents=True, exist_ok=True)
    put(root / "containers" / container / "config.v2.json", json.dumps(
        {"ID": container, "Name": "/" + name, "Image": "sha256:" + image, "Config": {"Image": "team/web:1"}, "Driver": driver,
         "State": {"Running": False, "Pid": 0}, "MountPoints": {"/vol": {"Destination": "/vol", "Source": "", "Name": "v", "Driver": "local", "Type": "volume"}}}))
    put(root / "containers" / container / "hostconfig.json", json.dumps({"Tmpfs": {"/scratch": ""}}))
    for place in "vol", "scratch":
        (upper / place).mkdir()
else:
    driver = "vfs" if kind == "podman-vfs" else "overlay"
    manifest = json.dumps({"schemaVersion": 2, "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "sha256:" + image, "size": len(config)},
                           "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": "sha256:" + diff, "size": len(tar)} for diff, (tar, _) in zip(diffs, layers)]}).encode()
    big = root / f"{driver}-images" / image

    def key(text):
        return "=" + base64.b64encode(text.encode()).decode()

    put(big / "manifest", manifest)
    put(big / key("manifest-sha256:" + digest(manifest)), manifest)
    put(big / key("sha256:" + image), config)
    known, records, parent, lower = [], [], None, []
    for tree, (tar, split), diff in zip(trees, layers, diffs):
        ident = digest((parent or "").encode() + diff.encode())
        record = {"id": ident, "created": "2026-01-01T00:00:00Z", "compression": 0, "compressed-diff-digest": "sha256:" + diff, "compressed-size": len(tar),
                  "diff-digest": "sha256:" + diff, "diff-size": len(tar)}
        if parent:
            record["parent"] = parent
        records.append(record)
        put(root / f"{driver}-layers" / (ident + ".tar-split.gz"), split)
        if driver == "overlay":
            unpack(pathlib.Path(tree), root / "overlay" / ident / "diff")
            lower.insert(0, link(root / "overlay/l", ident, ident[:26].upper()))
        else:
            place = root / "vfs/dir" / ident
            shutil.copytree(root / "vfs/dir" / parent if parent else tree, place, symlinks=True)
            if parent:
                shutil.copytree(tree, place, symlinks=True, dirs_exist_ok=True)
                for path in sorted(place.rglob(".wh.*")):
                    path.unlink()
                    gone = path.with_name(path.name[4:])
                    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
        parent = ident
    top = digest(b"top" + container.encode())
    put(root / f"{driver}-layers/layers.json", json.dumps(records + [{"id": top, "parent": parent, "created": "2026-01-01T00:00:00Z"}]))
    put(root / f"{driver}-images/images.json", json.dumps([{"id": image, "digest": "sha256:" + digest(manifest), "names": ["localhost/team/web:1"], "layer": parent,
        "metadata": "{}", "big-data-names": ["manifest", "manifest-sha256:" + digest(manifest), "sha256:" + image], "created": "2026-01-01T00:00:00Z"}]))
    put(root / f"{driver}-containers/containers.json", json.dumps([{"id": container, "names": [name], "image": image, "layer": top,
        "metadata": json.dumps({"image-name": "localhost/team/web:1", "image-id": image}), "created": "2026-01-01T00:00:00Z"}]))
    put(root / f"{driver}-containers" / container / "userdata/config.json", json.dumps(
        {"mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}, {"destination": "/vol", "type": "bind", "source": str(root / "volumes/v")}]}))
    (root / "volumes/v").mkdir(parents=True, exist_ok=True)
    if driver == "overlay":
        put(root / "overlay" / top / "lower", ":".join(lower))
        upper = root / "overlay" / top / "diff"
        upper.mkdir()
        put(upper / "run/.containerenv", "")
    else:
        upper = root / "vfs/dir" / top
        shutil.copytree(root / "vfs/dir" / parent, upper, symlinks=True)
    (upper / "vol").mkdir(exist_ok=True)
print(container, image, upper)
