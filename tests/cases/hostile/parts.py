# SPDX-License-Identifier: Apache-2.0
"""What hostile images are put together from: tar headers of any content, layouts, archives, and what is expected of them."""
import dataclasses, hashlib, json, pathlib
from typing import Callable

BLOCK = 512
USTAR = b"ustar\x0000"
GNU = b"ustar  \x00"
V7 = bytes(8)
END = bytes(2 * BLOCK)


# Tar.

def octal(number, width):
    return b"%0*o\0" % (width - 1, number)


def base256(number, width):
    """GNU's binary numbers: big-endian two's complement, the first bit set."""
    data = bytearray((number & (1 << 8 * width) - 1).to_bytes(width, "big"))
    data[0] |= 0x80
    return bytes(data)


def header(name, type="0", size=0, mode=0o644, uid=0, gid=0, mtime=0, link=b"", magic=USTAR, major=0, minor=0, prefix=b"",
           checksum=None, tail=None):
    """One header block.  Numbers may be given as the field's bytes; `tail` replaces what follows the magic's names (offset 345)."""
    def text(value, width):
        value = value.encode() if isinstance(value, str) else value
        assert len(value) <= width, value
        return value.ljust(width, b"\0")

    def number(value, width):
        return text(value, width) if isinstance(value, bytes) else octal(value, width)

    block = bytearray(text(name, 100) + number(mode, 8) + number(uid, 8) + number(gid, 8) + number(size, 12) + number(mtime, 12) +
                      b" " * 8 + text(type, 1) + text(link, 100) + magic + bytes(64) +
                      (bytes(16) if magic == V7 else number(major, 8) + number(minor, 8)) +
                      (tail if tail is not None else text(prefix, 155)))
    block += bytes(BLOCK - len(block))
    block[148:156] = checksum if checksum is not None else b"%06o\0 " % sum(block)
    return bytes(block)


def padded(data):
    return data + bytes(-len(data) % BLOCK)


def entry(name, body=b"", **fields):
    body = body.encode() if isinstance(body, str) else body
    return header(name, **{"size": len(body), **fields}) + padded(body)


def directory(name, **fields):
    return entry(name, type="5", **{"mode": 0o755, **fields})


def symlink(name, target, **fields):
    return entry(name, type="2", link=target, mode=0o777, **fields)


def hardlink(name, target, **fields):
    return entry(name, type="1", link=target, **fields)


def record(key, value):
    """One record of an extended header, which begins with its own length."""
    key, value = (text.encode() if isinstance(text, str) else text for text in (key, value))
    n = len(key) + len(value) + 3
    while n != len(str(n)) + len(key) + len(value) + 3:
        n = len(str(n)) + len(key) + len(value) + 3
    return b"%d %s=%s\n" % (n, key, value)


def pax(*records, type="x", **fields):
    """An extended header of (key, value) pairs, or of bytes as they are."""
    return entry("PaxHeaders/x", b"".join(r if isinstance(r, bytes) else record(*r) for r in records), type=type, **fields)


def long_name(name, type="L"):
    name = name.encode() if isinstance(name, str) else name
    return entry("././@LongLink", name + b"\0", type=type, magic=GNU)


def tar(*parts):
    return b"".join(parts) + END


# Images.

def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


@dataclasses.dataclass
class Layer:
    blob: bytes                 # as stored
    plain: bytes = None         # what it inflates to; None: the blob itself
    media: str = "tar"          # end of its media type
    digest: str = None          # its name, where that is not its sha256
    diff_id: str = None

    def name(self):
        return self.digest or sha256(self.blob)

    def plain_digest(self):
        return self.diff_id or sha256(self.blob if self.plain is None else self.plain)


def base_layer():
    """A system that can be judged, so that nothing but the hostile part keeps a case from passing."""
    status = "Package: base\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"
    return Layer(tar(directory("etc/"), entry("etc/os-release", "ID=debian\nVERSION_ID=12\n"), directory("var/"),
                     directory("var/lib/"), directory("var/lib/dpkg/"), entry("var/lib/dpkg/status", status)))


BASE_PATHS = ["/etc", "/etc/os-release", "/var", "/var/lib", "/var/lib/dpkg", "/var/lib/dpkg/status"]


def config_of(layers, **more):
    return {"architecture": "amd64", "os": "linux", "config": {},
            "rootfs": {"type": "layers", "diff_ids": [layer.plain_digest() for layer in layers]}, **more}


class Layout:
    """An OCI image layout in memory: files by name."""

    def __init__(self):
        self.files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}

    def blob(self, data, kind, digest=None):
        digest = digest or sha256(data)
        self.files["blobs/" + digest.replace(":", "/")] = data
        return {"mediaType": "application/vnd.oci.image." + kind, "digest": digest, "size": len(data)}

    def json(self, document, kind):
        return self.blob(document if isinstance(document, bytes) else json.dumps(document).encode(), kind)

    def manifest(self, layers, config=None):
        return {"schemaVersion": 2, "config": self.json(config_of(layers) if config is None else config, "config.v1+json"),
                "layers": [self.blob(layer.blob, "layer.v1." + layer.media, layer.digest) for layer in layers]}

    def index(self, *entries):
        self.files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": list(entries)}).encode()
        return self

    def write(self, folder):
        for name, data in self.files.items():
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def layout_of(layers, config=None):
    layout = Layout()
    return layout.index(layout.json(layout.manifest(layers, config), "manifest.v1+json"))


# Cases.

@dataclasses.dataclass
class Expected:
    query: int          # exit status
    check: int
    words: str          # extended regular expression: on stderr, or in the verdict's unknowns
    paths: list = None  # of the hostile layer, where query answers; None: not compared


def refused(words):
    """An error that says where: there is no answer and no verdict."""
    return Expected(3, 3, words)


def unknown(words, *paths):
    """An answer with a warning, and a verdict that cannot tell."""
    return Expected(0, 2, words, list(paths))


def reads(*paths):
    """Odd but lawful: read as a runtime would unpack it."""
    return Expected(0, 0, "", list(paths))


@dataclasses.dataclass
class Case:
    name: str
    make: Callable      # bytes of a tar, a Layer, a Layout, or a function that writes below a folder and returns the target
    expected: Expected
    why: str            # the reason, and the page or program that it comes from
