# SPDX-License-Identifier: Apache-2.0
"""Compares libarchive's listing of layers with plimsoll's: listing.py PLIMSOLL HOSTILE IMAGES, called by tests/cli/listing.sh.

libarchive is asked through its library: bsdtar's own output cannot tell a strange name from its punctuation.
"""
import bz2, csv, ctypes, gzip, io, json, lzma, os, pathlib, subprocess, sys, tarfile, tempfile

import tars
from parts import Layer, layout_of

# Both read the layer and read it differently: why, and why we are right.
LINKED = "libarchive names the path as written; we name the place that a runtime's link-following writes to"
EXPLAINED = {
    "size/after-NUL": "Go ends the number at the NUL; libarchive takes the block for no header and sees no tar",
    "mode/negative": "libarchive keeps all bits of the number, chmod takes twelve",
    "pax/size-of-directory": "libarchive skips a body that Go says a directory cannot have, and with it an entry",
    "gnu/long-name-empty": "an empty long name is none to Go; libarchive loses the entry's own",
    "gnu/name-beats-pax": "GNU's name wins in Go whatever the order, in libarchive the later header",
    "gnu/prefix-is-name": "a prefix where GNU has times: old Go wrote it, Go reads it, libarchive does not",
    "type/file-with-slash": "libarchive makes a directory of every name with a slash at its end, Go only of the type before POSIX",
    "type/fifo-size": "the size of a fifo means nothing to Go; libarchive refuses the number",
    "symlink/chain-of-40": LINKED,
    "symlink/parent-outside": LINKED,
    "symlink/parent-absolute": LINKED,
    "symlink/parent-missing": LINKED,
    "symlink/parent-is-link-to-file": LINKED,
}

TYPES = {0o100000: "regular", 0o040000: "directory", 0o120000: "symlink", 0o020000: "character", 0o060000: "block", 0o010000: "fifo"}


class LibArchive:
    """The few calls that a listing needs."""

    def __init__(self):
        self.lib = ctypes.CDLL("libarchive.so.13")
        for name, result in [("archive_read_new", ctypes.c_void_p), ("archive_entry_pathname", ctypes.c_char_p), ("archive_entry_symlink", ctypes.c_char_p),
                             ("archive_entry_hardlink", ctypes.c_char_p), ("archive_entry_size", ctypes.c_int64), ("archive_entry_uid", ctypes.c_int64),
                             ("archive_entry_gid", ctypes.c_int64), ("archive_entry_mtime", ctypes.c_int64), ("archive_entry_filetype", ctypes.c_uint),
                             ("archive_entry_perm", ctypes.c_uint), ("archive_error_string", ctypes.c_char_p)]:
            getattr(self.lib, name).restype = result

    def entries(self, path):
        """Entries in order, and the error that ended them or None."""
        lib, archive, entry, found = self.lib, ctypes.c_void_p(self.lib.archive_read_new()), ctypes.c_void_p(), []
        lib.archive_read_support_filter_all(archive)
        lib.archive_read_support_format_tar(archive)
        lib.archive_read_support_format_empty(archive)
        lib.archive_read_set_options(archive, b"hdrcharset=BINARY")
        status = lib.archive_read_open_filename(archive, os.fsencode(path), ctypes.c_size_t(1 << 20))
        while status == 0:
            status = lib.archive_read_next_header(archive, ctypes.byref(entry))
            if status in (1, -30, -25):
                break
            found.append({
                "path": lib.archive_entry_pathname(entry) or b"", "hardlink": lib.archive_entry_hardlink(entry), "symlink": lib.archive_entry_symlink(entry),
                "type": TYPES.get(lib.archive_entry_filetype(entry), "regular"), "mode": "%04o" % lib.archive_entry_perm(entry), "uid": lib.archive_entry_uid(entry),
                "gid": lib.archive_entry_gid(entry), "size": lib.archive_entry_size(entry), "mtime": lib.archive_entry_mtime(entry)})
            status = 0
        error = None if status == 1 else (lib.archive_error_string(archive) or b"error").decode()
        lib.archive_read_free(archive)
        return found, error


def clean(path):
    """Absolute, without . and .. and double slashes; None above the root."""
    parts = []
    for part in path.split(b"/"):
        if part == b".." and not parts:
            return None
        if part == b"..":
            parts.pop()
        elif part not in (b"", b"."):
            parts.append(part)
    return b"/" + b"/".join(parts)


def above(path):
    """The directories that the path lies in, without the root."""
    while path.count(b"/") > 1:
        path = path[:path.rindex(b"/")]
        yield path


def squashed(entries):
    """What a layer alone leaves of its entries: path to what a query tells of it."""
    tree, parents = {}, set()
    for entry in entries:
        path = clean(entry["path"])
        if path is None or path == b"/" or os.path.basename(path).startswith(b".wh."):
            continue
        if path in parents and entry["type"] != "directory":
            tree = {other: old for other, old in tree.items() if not other.startswith(path + b"/")}
        parents.update(above(path))
        tree[path] = entry
    for path, entry in tree.items():
        seen = set()
        while entry["hardlink"] is not None and id(entry) not in seen:
            seen.add(id(entry))
            target = tree.get(clean(entry["hardlink"]) or b"")
            if target is None:
                break
            entry = {**target, "path": path}
        tree[path] = entry
    return {path: line(entry) for path, entry in tree.items()}


def line(entry):
    if entry["hardlink"] is not None:
        return "regular, a link to what is not here"
    size = entry["size"] if entry["type"] == "regular" else 0
    link = " -> " + os.fsdecode(entry["symlink"]) if entry["symlink"] is not None else ""
    return "%s %s %d:%d %d @%d%s" % (entry["type"], entry["mode"], entry["uid"], entry["gid"], size, entry["mtime"], link)


def ours(plimsoll, layout, folder):
    """Path to line; or None and what was said."""
    layout.write(folder)
    sql = "SELECT path, type, mode, uid, gid, size, mtime, link FROM file"
    run = subprocess.run([plimsoll, "query", "--output", "csv", "oci:" + str(folder), sql], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode or b"warning: limit" in run.stderr:
        return None, run.stderr.decode(errors="replace").strip()
    rows = csv.reader(io.StringIO(os.fsdecode(run.stdout), newline=""))
    next(rows)
    return {os.fsencode(path): "%s %s %s:%s %s @%s%s" % (type, mode, uid, gid, size if type == "regular" else 0, mtime, " -> " + link if type == "symlink" else "")
            for path, type, mode, uid, gid, size, mtime, link in rows}, None


def differences(theirs, mine):
    """Directories that no entry names are made by whoever unpacks: only we tell them."""
    parents = {parent for path in theirs for parent in above(path)}
    found = []
    for path in sorted(theirs.keys() | mine.keys()):
        their, my = theirs.get(path), mine.get(path)
        if their == my or (their is None and path in parents and my.startswith("directory 0755 0:0")):
            continue
        if their and my and their.startswith("regular, a link") and my.startswith("regular"):
            continue
        found.append("%r: libarchive %s, plimsoll %s" % (path, their, my))
    return found


class Report:
    def __init__(self):
        self.failed = False
        self.used = set()

    def ok(self, name, words=""):
        print("ok %s%s" % (name, ": " + words if words else ""))

    def bad(self, name, lines):
        self.failed = True
        print("not ok " + name)
        for text in lines[:20]:
            print("    " + text)


def hostile(report, library, plimsoll, folder):
    for case in tars.cases:
        name = case.name.removeprefix("tar/")
        path = folder / "layers" / (case.name.replace("/", ".") + ".tar")
        entries, error = library.entries(path)
        mine, said = ours(plimsoll, layout_of([Layer(path.read_bytes())]), folder / ("alone." + case.name.replace("/", ".")))
        if mine is None and error:
            report.ok(name, "refused by both")
        elif mine is None and case.expected.query == 0 and case.expected.check == 0:
            report.bad(name, ["only we refuse it: " + said])
        elif mine is None:
            report.ok(name, "only we refuse it: " + case.why)
        else:
            told = ["libarchive ends with: " + error] if error else []
            found = told + differences(squashed(entries), mine)
            if found and EXPLAINED.get(name):
                report.used.add(name)
                report.ok(name, "differs: " + EXPLAINED[name])
            elif found:
                report.bad(name, found)
            else:
                report.ok(name)
    for name in sorted(set(EXPLAINED) - report.used):
        report.bad(name, ["an explanation that nothing needs"])


# Real images.

def unpacked(data):
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data)
    if data[:4] == b"\x28\xb5\x2f\xfd":
        return subprocess.run(["zstd", "-dcq", "--long=31"], input=data, stdout=subprocess.PIPE, check=True).stdout
    if data[:6] == b"\xfd7zXZ\0":
        return lzma.decompress(data)
    return bz2.decompress(data) if data[:3] == b"BZh" else data


class Files:
    """Members of an archive or a folder, links followed."""

    def __init__(self, path):
        self.folder = path if path.is_dir() else None
        tar = None if path.is_dir() else tarfile.open(fileobj=io.BytesIO(unpacked(path.read_bytes())))
        self.tar, self.members = tar, {} if tar is None else {os.path.normpath(member.name): member for member in tar}

    def names(self):
        return [str(p.relative_to(self.folder)) for p in self.folder.rglob("*")] if self.folder else list(self.members)

    def read(self, name):
        if self.folder:
            return (self.folder / name).read_bytes()
        member = self.members[name]
        return self.read(os.path.normpath(os.path.join(os.path.dirname(name), member.linkname))) if member.issym() else self.tar.extractfile(member).read()


def layers_of(files):
    """Stored bytes of every layer once."""
    if "manifest.json" in files.names():
        wanted = [layer for image in json.loads(files.read("manifest.json")) for layer in image["Layers"]]
        return {name: files.read(name) for name in wanted}
    found, queue = {}, [json.loads(files.read("index.json"))]
    while queue:
        document = queue.pop()
        for entry in document.get("manifests", []):
            if "vnd.docker.reference.type" not in entry.get("annotations", {}):
                queue.append(json.loads(files.read("blobs/" + entry["digest"].replace(":", "/"))))
        for layer in document.get("layers", []):
            found[layer["digest"]] = files.read("blobs/" + layer["digest"].replace(":", "/"))
    return found


def real(report, library, plimsoll, images, work):
    for path in sorted(images.iterdir()):
        if not (path.name.endswith((".oci", ".oci.tar", ".oci-symlinked.tar.xz")) or ".docker.tar" in path.name):
            continue
        for at, (name, blob) in enumerate(sorted(layers_of(Files(path)).items())):
            plain = unpacked(blob)
            place = work / ("%s.%d" % (path.name, at))
            place.with_suffix(".tar").write_bytes(plain)
            entries, error = library.entries(place.with_suffix(".tar"))
            mine, said = ours(plimsoll, layout_of([Layer(blob, plain)]), place)
            found = [said] if mine is None else (["libarchive: " + error] if error else []) + differences(squashed(entries), mine)
            title = "%s, layer %s" % (path.name, name[:19])
            report.bad(title, found) if found else report.ok(title, "%d entries" % len(entries))


def main():
    plimsoll, folder, images = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    report, library = Report(), LibArchive()
    hostile(report, library, plimsoll, folder)
    if images.is_dir():
        with tempfile.TemporaryDirectory(dir=folder) as work:
            real(report, library, plimsoll, images, pathlib.Path(work))
    else:
        print("skipped: no folder of real images (PLIMSOLL_IMAGES)")
    return report.failed


sys.exit(main())
