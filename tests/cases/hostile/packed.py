# SPDX-License-Identifier: Apache-2.0
"""Layers whose compression lies: gzip (RFC 1952), zstd (RFC 8878), xz (tukaani.org/xz/xz-file-format.txt), bzip2; and bombs in each."""
import bz2, gzip, json, lzma, struct, subprocess, zlib
from parts import Case, Layer, base_layer, config_of, entry, header, layout_of, reads, refused, tar, unknown

cases = []
PLAIN = tar(entry("etc/a", "a"), entry("etc/b", "b" * 3000))
GIB = 1 << 30


def case(name, blob, expected, why, plain=PLAIN, media="tar"):
    cases.append(Case("packed/" + name, lambda: Layer(blob() if callable(blob) else blob, plain, media), expected, why))


def member(data=PLAIN, flags=0, extra=b"", crc=None, size=None, method=8):
    """A gzip member with its parts in the open."""
    deflate = zlib.compressobj(6, wbits=-15)
    return (b"\x1f\x8b" + bytes([method, flags, 0, 0, 0, 0, 0, 255]) + extra + deflate.compress(data) + deflate.flush() +
            struct.pack("<II", zlib.crc32(data) if crc is None else crc, len(data) if size is None else size))


def gzips():
    both = reads("/etc/a", "/etc/b")
    third = len(PLAIN) // 3

    def gz(name, blob, expected, why, **more):
        case("gzip/" + name, blob, expected, why, media="tar+gzip", **more)

    gz("plain", member(), both, "the measure")
    gz("members", member(PLAIN[:third]) + member(PLAIN[third:]), both, "RFC 1952 2.2: members follow each other")
    gz("a-member-a-byte", b"".join(member(PLAIN[i:i + 1]) for i in range(len(PLAIN))), both, "the same, to its end")
    gz("empty-members", member(b"") * 3 + member(PLAIN[:third]) + member(b"") + member(PLAIN[third:]) + member(b""), both, "members of nothing")
    gz("only-empty-member", member(b""), reads(), "a layer of nothing", plain=b"")
    gz("many-empty-members", lambda: member() + member(b"") * 100000, both, "a loop, not a recursion")
    name = b"name\0"
    head = b"\x1f\x8b\x08\x02" + bytes(5) + b"\xff"
    gz("name-and-comment", member(flags=0x18, extra=name + b"comment\0"), both, "FNAME and FCOMMENT")
    gz("long-name", member(flags=0x08, extra=b"n" * 200000 + b"\0"), both, "longer than any buffer")
    gz("endless-name", (b"\x1f\x8b\x08\x08" + bytes(5) + b"\xff" + b"n" * 200000), refused("gzip"), "it never ends")
    gz("extra", member(flags=0x04, extra=struct.pack("<H", 65535) + bytes(65535)), both, "FEXTRA of the largest size")
    gz("extra-cut", b"\x1f\x8b\x08\x04" + bytes(5) + b"\xff" + struct.pack("<H", 65535) + bytes(10), refused("gzip"), "promises more than there is")
    gz("header-crc", member(flags=0x02, extra=struct.pack("<H", zlib.crc32(head) & 0xffff)), both, "FHCRC")
    gz("reserved-method", member(method=7), refused("gzip"), "only deflate is known")
    gz("trailing-rubbish", member() + b"rubbish", refused("gzip, member at compressed offset"), "Go: gzip: invalid header")
    gz("trailing-zeros", member() + bytes(512), refused("gzip, member at compressed offset"), "gzip(1) ignores them, Go does not")
    gz("trailing-magic", member() + b"\x1f\x8b", refused("gzip|cut off"), "a member that only begins")
    gz("trailing-tar", member() + tar(entry("etc/hidden")), refused("gzip, member at compressed offset"), "a second archive behind the first")
    gz("crc", member(crc=1), refused("CRC or length|check"), "gzip: invalid checksum")
    gz("length", member(size=1), refused("CRC or length|check"), "gzip: invalid checksum")
    gz("second-crc", member(PLAIN[:third]) + member(PLAIN[third:], crc=1), refused("CRC or length|check"), "of the second member")
    for n, what in [(1, "one-byte"), (5, "header-cut"), (20, "data-cut"), (len(member()) - 4, "trailer-cut"), (len(member()) - 8, "trailer-absent")]:
        gz(what, member()[:n], refused("gzip|cut off|checksum"), "truncated after %d bytes" % n)
    gz("empty-blob", b"", reads(), "no bytes at all", plain=b"")
    gz("stored-blocks", gzip.compress(PLAIN, 0), both, "deflate without compression")
    gz("far-distance", b"\x1f\x8b\x08" + bytes(6) + b"\xff" + b"\x4b\x04\xc2\x00" + bytes(8), refused("gzip"), "noise where a block begins")
    gz("twice", gzip.compress(gzip.compress(PLAIN, mtime=0), mtime=0), refused("checksum is wrong|cut off"), "a layer is inflated once", plain=gzip.compress(PLAIN, mtime=0))
    gz("other-diff-id", member(tar(entry("etc/other"))), refused("its name says"), "the plain tar is not what the configuration names")
    case("gzip/as-plain", member(), both, "containerd looks at the bytes, not at the media type")
    case("gzip/is-plain", PLAIN, both, "the same the other way round", media="tar+gzip")


def zstd(data, *options):
    return subprocess.run(["zstd", "-q", "-c", *options], input=data, stdout=subprocess.PIPE, check=True).stdout


def skippable(data, kind=0):
    return struct.pack("<II", 0x184D2A50 + kind, len(data)) + data


def frame(blocks, window=0x58, checksum=b""):
    """A zstd frame of blocks (type, size, bytes); the window byte is 8 * (log - 10)."""
    body = b""
    for i, (kind, size, data) in enumerate(blocks):
        body += struct.pack("<I", (i == len(blocks) - 1) | kind << 1 | size << 3)[:3] + data
    return b"\x28\xb5\x2f\xfd" + bytes([0x04 if checksum else 0, window]) + body + checksum


RAW, RLE = 0, 1


def zstds():
    both = reads("/etc/a", "/etc/b")
    third = len(PLAIN) // 3
    whole = [(RAW, len(PLAIN), PLAIN)]

    def zst(name, blob, expected, why, **more):
        case("zstd/" + name, blob, expected, why, media="tar+zstd", **more)

    zst("plain", lambda: zstd(PLAIN), both, "the measure")
    zst("no-checksum", lambda: zstd(PLAIN, "--no-check"), both, "the checksum is optional")
    zst("wrong-checksum", frame(whole, checksum=b"\1\2\3\4"), refused("checksum"), "RFC 8878 3.1.1")
    zst("frames", lambda: zstd(PLAIN[:third]) + zstd(PLAIN[third:]), both, "frames follow each other")
    zst("skippable-first", lambda: skippable(b"x" * 100) + zstd(PLAIN), both, "RFC 8878 3.1.2")
    zst("skippable-last", lambda: zstd(PLAIN) + skippable(b"x" * 100, 15), both, "the same")
    zst("skippable-many", lambda: skippable(b"") * 100000 + zstd(PLAIN), both, "a loop, not a recursion")
    zst("skippable-only", skippable(b"x"), reads(), "a layer of nothing", plain=b"")
    zst("skippable-4-GiB", lambda: zstd(PLAIN) + struct.pack("<II", 0x184D2A50, 0xffffffff), refused("zstd|cut off"), "promises more than there is")
    zst("skippable-hides-tar", lambda: skippable(tar(entry("etc/hidden"))) + zstd(PLAIN), both, "no reader unpacks it")
    zst("empty-frames", lambda: zstd(b"") * 3 + zstd(PLAIN) + zstd(b""), both, "frames of nothing")
    zst("trailing-rubbish", lambda: zstd(PLAIN) + b"rubbish", refused("no zstd frame begins"), "unknown magic")
    zst("trailing-byte", lambda: zstd(PLAIN) + b"\x28", refused("zstd|cut off"), "a frame that only begins")
    zst("trailing-zeros", lambda: zstd(PLAIN) + bytes(512), refused("no zstd frame begins"), "no frame")
    zst("trailing-gzip", lambda: zstd(PLAIN) + member(), refused("no zstd frame begins"), "another codec")
    zst("window-27", frame(whole, window=(27 - 10) << 3), both, "the largest window that is opened")
    zst("window-31", frame(whole, window=(31 - 10) << 3), unknown("ZSTD_WINDOW_LOG"), "2 GiB of memory for 4 KB")
    zst("window-41", frame(whole, window=0xff), unknown("ZSTD_WINDOW_LOG"), "the largest that the format can say")
    zst("window-second-frame", lambda: zstd(PLAIN[:third]) + frame([(RAW, len(PLAIN) - third, PLAIN[third:])], window=0xa8), unknown("ZSTD_WINDOW_LOG"), "each frame names its own")
    zst("content-size-lies", b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", 1 << 62) + struct.pack("<I", 1 | len(PLAIN) << 3)[:3] + PLAIN, unknown("ZSTD_WINDOW_LOG"), "the content as its own window")
    zst("dictionary", b"\x28\xb5\x2f\xfd\x01\x58\x07" + struct.pack("<I", 1 | len(PLAIN) << 3)[:3] + PLAIN, refused("zstd.*[Dd]ictionary"), "needs one that nobody has")
    zst("reserved-block", frame([(3, 4, PLAIN[:4])]), refused("zstd"), "block type 3")
    zst("block-too-large", frame([(RAW, (1 << 21) - 1, PLAIN)]), refused("zstd"), "beyond Block_Maximum_Size")
    for n, what in [(3, "magic-cut"), (6, "header-cut"), (2000, "data-cut")]:
        zst(what, frame(whole)[:n], refused("zstd|cut off|checksum"), "truncated after %d bytes" % n)


# Windows of 128 MiB are all that there is for all workers: layers wait for each other, and none forever.

def windowed(i, *logs):
    """A layer of one file, in one frame for each log of a window."""
    plain = tar(entry("etc/%d" % i, "%d" % i * 3000))
    piece = -(-len(plain) // len(logs))
    parts = [plain[k * piece:(k + 1) * piece] for k in range(len(logs))]
    return Layer(b"".join(frame([(RAW, len(part), part)], window=(log - 10) << 3) for log, part in zip(logs, parts)), plain, "tar+zstd")


def xz_windowed(i):
    plain = tar(entry("etc/%d" % i, "%d" % i * 3000))
    return Layer(lzma.compress(plain, filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 60 << 20}]), plain, "tar")


def archive_in_window(out, name):
    """A docker archive in a frame with a window of 128 MiB, and its layer in another."""
    layers = {"base.tar": base_layer(), "layer.tar": windowed(0, 27)}
    config = json.dumps(config_of(layers.values())).encode()
    docs = {"config.json": config, "manifest.json": json.dumps([{"Config": "config.json", "Layers": list(layers)}]).encode()}
    docs |= {path: layer.blob for path, layer in layers.items()}
    data = b"".join(entry(path, data) for path, data in docs.items()) + bytes(1024)
    (out / (name + ".tar.zst")).write_bytes(frame([(RAW, len(data), data)], window=(27 - 10) << 3))
    return "docker-archive:" + name + ".tar.zst"


def windows():
    all_of = lambda n: reads(*["/etc/%d" % i for i in range(n)])
    def layers(name, make, n, why):
        cases.append(Case("packed/zstd/windows-" + name, lambda: layout_of([base_layer()] + [make(i) for i in range(n)]), all_of(n), why))
    layers("many", lambda i: windowed(i, 27), 9, "nine layers, and room for one window")
    layers("growing", lambda i: windowed(i, 12, 24, 26, 27), 9, "each frame asks for more while others wait")
    layers("shrinking", lambda i: windowed(i, 27, 26, 12), 5, "and for less")
    layers("mixed", lambda i: windowed(i, 27 if i % 2 else 20), 20, "small ones wait behind large ones")
    layers("xz", lambda i: xz_windowed(i) if i % 2 else windowed(i, 27), 8, "dictionaries of xz count too")
    cases.append(Case("packed/zstd/windows-nested", lambda: archive_in_window, unknown("WINDOW_BYTES"), "an archive's window and its layer's: more than there may be"))


def others():
    both = reads("/etc/a", "/etc/b")
    third = len(PLAIN) // 3
    xz, bz = lzma.compress(PLAIN), bz2.compress(PLAIN)
    case("xz/plain", xz, both, "Docker unpacks it, whatever the media type says")
    case("xz/streams", lzma.compress(PLAIN[:third]) + lzma.compress(PLAIN[third:]), both, "streams follow each other")
    case("xz/stream-padding", xz + bytes(8), both, "padding in fours is lawful")
    case("xz/stream-padding-3", xz + bytes(3), refused("xz"), "and only in fours")
    case("xz/trailing-rubbish", xz + b"rubbish!", refused("xz"), "no stream")
    case("xz/crc", xz[:40] + bytes([xz[40] ^ 1]) + xz[41:], refused("xz"), "one bit")
    case("xz/no-index", xz[:-40], refused("xz"), "truncated")
    case("xz/header-cut", xz[:10], refused("xz"), "truncated")
    case("xz/4-GiB-dictionary", lzma.compress(PLAIN, filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 28}]), unknown("WINDOW_BYTES"), "256 MiB of memory for 4 KB")
    case("bzip2/plain", bz, both, "Docker unpacks it, whatever the media type says")
    case("bzip2/streams", bz2.compress(PLAIN[:third]) + bz2.compress(PLAIN[third:]), both, "streams follow each other")
    case("bzip2/empty-streams", bz2.compress(b"") * 1000 + bz, both, "streams of nothing")
    case("bzip2/trailing-rubbish", bz + b"rubbish", refused("bzip2"), "no stream; bzip2(1) only warns")
    case("bzip2/crc", bz[:-3] + bytes([bz[-3] ^ 1]) + bz[-2:], refused("bzip2"), "one bit")
    case("bzip2/cut", bz[:-6], refused("bzip2|cut off"), "truncated")
    case("bzip2/block-size-0", b"BZh0" + bz[4:], refused("checksum is wrong|bzip2"), "only 1 to 9 are known")
    case("codec/lzma-alone", lzma.compress(PLAIN, format=lzma.FORMAT_ALONE), refused("checksum is wrong|cut off"), "a codec that no runtime unpacks")
    case("codec/compress", b"\x1f\x9d\x90" + bytes(600), refused("checksum is wrong"), "the same")


# Bombs: a gigabyte of zeros in one file.  They are made by repeating the packed form of a piece, so that making them costs nothing; no
# reader comes to their end, so that digest and checksum of the whole may be anything.

BOMB_HEADER = header("zeros", size=GIB)
RATIO = unknown("INFLATE_RATIO")


def gzip_bomb():
    deflate = zlib.compressobj(9, wbits=-15)
    first = deflate.compress(BOMB_HEADER) + deflate.flush(zlib.Z_FULL_FLUSH)
    piece = deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + first + piece * 1024 + b"\x03\x00" + bytes(8)


def zstd_bomb():
    return frame([(RAW, len(BOMB_HEADER), BOMB_HEADER)] + [(RLE, 1 << 17, b"\0")] * (GIB >> 17))


def members_bomb(compress, piece):
    return compress(BOMB_HEADER) + compress(bytes(piece)) * (GIB // piece)


def bomb_archive(out, name):
    """A docker archive of one layer that is packed as a whole."""
    layer = tar(entry("etc/a"))
    config = json.dumps(config_of([Layer(layer)])).encode()
    docs = {"config.json": config, "manifest.json": json.dumps([{"Config": "config.json", "Layers": ["layer.tar"]}]).encode(), "layer.tar": layer}
    head = b"".join(entry(path, data) for path, data in docs.items()) + header("zeros", size=GIB)
    (out / (name + ".tar.gz")).write_bytes(gzip.compress(head) + gzip.compress(bytes(1 << 24)) * 64)
    return "docker-archive:" + name + ".tar.gz"


def bombs():
    case("bomb/gzip", gzip_bomb, RATIO, "one deflate stream, 1030 times smaller")
    case("bomb/gzip-members", lambda: members_bomb(gzip.compress, 1 << 20), RATIO, "a thousand members")
    case("bomb/zstd", zstd_bomb, RATIO, "four bytes for 128 KiB: 32,000 times smaller")
    case("bomb/zstd-frames", lambda: members_bomb(zstd, 1 << 24), RATIO, "64 frames")
    case("bomb/xz", lambda: members_bomb(lzma.compress, 1 << 24), RATIO, "64 streams, 6,700 times smaller")
    case("bomb/bzip2", lambda: members_bomb(bz2.compress, 1 << 25), RATIO, "32 streams, 700,000 times smaller")
    cases.append(Case("packed/bomb/archive", lambda: bomb_archive, refused("INFLATE_RATIO"), "the archive around the layers"))


gzips()
zstds()
windows()
others()
bombs()
