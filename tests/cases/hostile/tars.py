# SPDX-License-Identifier: Apache-2.0
"""Tars that lie.  The measure is Go's archive/tar (src/archive/tar/reader.go), with which containerd, Docker and Podman unpack, and
containerd's pkg/archive/tar.go for what a path means: we read what they read, or refuse."""
from parts import (BASE_PATHS, BLOCK, END, GNU, USTAR, V7, Case, Expected, Layer, base256, base_layer, directory, entry, hardlink, header, layout_of,
                   long_name, octal, padded, pax,
                   record, reads, refused, symlink, tar, unknown)

cases = []


def case(name, make, expected, why):
    cases.append(Case("tar/" + name, make if callable(make) else lambda: make, expected, why))


def whole(*paths, unknown=None):
    """The whole tree, where the layer takes parts of the base away; `unknown`: what the verdict then cannot tell."""
    return Expected(0, 2 if unknown else 0, unknown or "", ["=", *paths])


# Numbers in headers: Go's parser.parseNumeric and parseOctal.

def numbers():
    sizes = [
        ("2^63", base256(1 << 63, 12), refused("size is no number"), "parseNumeric refuses what does not fit into int64"),
        ("2^63-1", base256((1 << 63) - 1, 12), refused("cut off"), "lawful as a number; adding the padding overflows"),
        ("2^63-512", base256((1 << 63) - 512, 12), refused("cut off"), "the largest size that needs no padding"),
        ("2^64", base256(1 << 64, 12), refused("size is no number"), "does not fit into 64 bits"),
        ("2^88-1", b"\x80" + b"\xff" * 11, refused("size is no number"), "the largest binary number"),
        ("-1-binary", base256(-1, 12), refused("negative size"), "reader.handleRegularFile refuses it"),
        ("-512-binary", base256(-512, 12), refused("negative size"), "would walk the archive backwards"),
        ("-2^63-binary", base256(-(1 << 63), 12), refused("negative size"), "the smallest number; its negation overflows"),
        ("-2^64-binary", base256(-(1 << 64), 12), refused("size is no number"), "below int64"),
        ("-1-octal", b"-0000000001\0", refused("size is no number"), "ParseUint takes no sign"),
        ("+1-octal", b"+0000000001\0", refused("size is no number"), "ParseUint takes no sign"),
        ("8-GiB-octal", b"77777777777\0", refused("cut off"), "the largest octal size over an empty body"),
        ("12-digits", b"777777777777", refused("cut off"), "no terminator: 64 GiB"),
        ("decimal", b"00000000009\0", refused("size is no number"), "9 is no octal digit"),
        ("hexadecimal", b"0x000000010\0", refused("size is no number"), "no prefix is read"),
        ("two-numbers", b"0000 0000000", refused("size is no number"), "digits behind the terminator"),
        ("utf-8", "٠٠٠٠٠٠".encode(), refused("size is no number"), "digits of another script"),
    ]
    for name, size, expected, why in sizes:
        case("size/" + name, tar(header("etc/a", size=size)), expected, why)
    for name, size in [("blank", b" " * 12), ("absent", bytes(12)), ("after-NUL", b"0\0zzzzzzzzz\0"), ("leading-blanks", b"          0 "),
                       ("leading-NULs", bytes(10) + b"0\0")]:
        case("size/" + name, tar(header("etc/a", size=size)), reads("/etc/a"), "parseOctal trims blanks and NULs and stops at a NUL")
    owners = [
        ("2^32-1", base256((1 << 32) - 1, 8), reads("/etc/a"), "the largest uid of Linux"),
        ("2^32", base256(1 << 32, 8), refused("uid is out of range"), "chown would take uid 0"),
        ("-1", base256(-1, 8), refused("uid is out of range"), "chown leaves the owner then: root"),
        ("2^56", b"\x80" + b"\1" + bytes(6), refused("uid is out of range"), "the low 32 bits are 0"),
    ]
    for name, uid, expected, why in owners:
        case("uid/" + name, tar(entry("etc/a", uid=uid)), expected, why)
        case("gid/" + name, tar(entry("etc/a", gid=uid)), Expected(expected.query, expected.check, expected.words.replace("uid", "gid"), expected.paths), why)
    case("mode/negative", tar(entry("etc/a", mode=base256(-1, 8))), reads("/etc/a"), "only the low twelve bits are used: all set")
    case("mode/words", tar(entry("etc/a", mode=b"rw-r--r-")), refused("mode is no number"), "not octal")
    case("mtime/-1", tar(entry("etc/a", mtime=base256(-1, 12))), reads("/etc/a"), "before 1970 is lawful")
    case("mtime/2^62", tar(entry("etc/a", mtime=base256(1 << 62, 12))), reads("/etc/a"), "no time, and of no consequence")
    case("mtime/2^64", tar(entry("etc/a", mtime=base256(1 << 64, 12))), refused("mtime is no number"), "does not fit into int64")
    case("device/negative", tar(entry("d", type="3", major=base256(-1, 8))), refused("device number"), "mknod would take another device")
    case("device/2^32", tar(entry("d", type="4", minor=base256(1 << 32, 8))), refused("device number"), "mknod would take minor 0")
    case("device/in-a-file", tar(entry("etc/a", major=base256(-1, 8))), reads("/etc/a"), "the numbers of what is no device mean nothing")


# The checksum: block.computeChecksum.

def checksums():
    def total(name, signed):
        block = header(name, checksum=b" " * 8)
        return sum(byte - 256 if signed and byte > 127 else byte for byte in block)

    high = b"etc/\xff\xfe\xfd"
    at = "/etc/" + "\udcff\udcfe\udcfd"
    case("checksum/signed", tar(header(high, checksum=b"%06o\0 " % total(high, True))), reads(at), "old Sun tars summed signed characters")
    case("checksum/unsigned", tar(header(high, checksum=b"%06o\0 " % total(high, False))), reads(at), "POSIX")
    case("checksum/8-digits", tar(header("etc/a", checksum=b"%08o" % total("etc/a", False))), reads("/etc/a"), "no terminator")
    case("checksum/blanks-first", tar(header("etc/a", checksum=b"  %05o " % total("etc/a", False))), reads("/etc/a"), "v7 wrote blanks")
    for name, field in [("blank", b" " * 8), ("absent", bytes(8)), ("one-more", b"%06o\0 " % (total("etc/a", False) + 1)),
                        ("of-NULs", b"%06o\0 " % (total("etc/a", False) - 8 * 32)), ("binary", base256(total("etc/a", False), 8))]:
        case("checksum/" + name, tar(header("etc/a", checksum=field)), refused("checksum is wrong"), "not the sum of the block with blanks in the field")
    case("checksum/second-header", tar(entry("etc/a", "x" * 600), header("etc/b", checksum=b"0" * 8)), refused("offset 1536"), "the error says where")


# Extended headers: parsePAX, mergePAX and Reader.next.

def extended():
    body = entry("etc/plain")
    case("pax/path", tar(pax(("path", "etc/other")), body), reads("/etc/other"), "mergePAX")
    case("pax/path-twice", tar(pax(("path", "etc/one"), ("path", "etc/two")), body), reads("/etc/two"), "paxHdrs[k] = v: the last record holds")
    case("pax/path-empty", tar(pax(("path", "")), body), reads("/etc/plain"), "mergePAX: an empty value keeps the header's")
    case("pax/path-taken-back", tar(pax(("path", "etc/one"), ("path", "")), body), refused("taken back"), "mergePAX sees only the empty value and keeps the header's name")
    case("pax/path-NUL", tar(pax(("path", b"etc/a\0b")), body), refused("NUL"), "validPAXRecord")
    case("pax/path-climbs", tar(pax(("path", "../../etc/x")), body), refused("climbs above the root"), "overrides a harmless name")
    case("pax/two-headers", tar(pax(("path", "etc/one")), pax(("path", "etc/two")), body), refused("two headers of type 'x'"),
         "Go takes the last header alone, GNU tar joins them")
    case("pax/no-entry", tar(pax(("path", "etc/one"))), refused("without an entry"), "an override of nothing")
    case("pax/size-over-header", tar(pax(("size", "3")), header("etc/a") + padded(b"abc"), entry("etc/b")), reads("/etc/a", "/etc/b"), "mergePAX")
    case("pax/size-hides-entry", tar(pax(("size", "512")), header("etc/a"), header("etc/hidden")), reads("/etc/a"),
         "by the header's size 0 the next block is an entry; by the record's it is the body")
    case("pax/size-0-shows-body", tar(pax(("size", "0")), entry("etc/a", header("etc/shown"))), reads("/etc/a", "/etc/shown"),
         "by the header's size the next block is the body; by the record's it is an entry")
    case("pax/size-of-directory", tar(pax(("size", "512")), directory("etc/d/"), entry("etc/a")), reads("/etc/d", "/etc/a"), "isHeaderOnly: no body follows")
    for name, value in [("negative", "-1"), ("2^63", str(1 << 63)), ("2^64+3", str((1 << 64) + 3)), ("octal", "0o3"), ("words", "three"), ("blank", " 3"), ("NUL", "3\0")]:
        case("pax/size-" + name, tar(pax(("size", value)), header("etc/a", size=3) + padded(b"abc")), refused('key "size"'), "ParseInt, then a negative size is an error")
    case("pax/size-2^63-1", tar(pax(("size", str((1 << 63) - 1))), header("etc/a", size=3) + padded(b"abc")), refused("cut off"), "the largest that ParseInt takes")
    case("pax/linkpath", tar(pax(("linkpath", "/etc/os-release")), symlink("etc/l", "nowhere")), reads("/etc/l"), "mergePAX")
    case("pax/linkpath-climbs", tar(pax(("linkpath", "../../etc/passwd")), hardlink("etc/l", "etc/os-release")), refused("climbs above the root"),
         "overrides a harmless target")
    case("pax/uid-2^32", tar(pax(("uid", str(1 << 32))), body), refused('key "uid"'), "chown would take uid 0")
    case("pax/uid-negative", tar(pax(("uid", "-1")), body), refused('key "uid"'), "chown leaves the owner then")
    case("pax/charset", tar(pax(("hdrcharset", "BINARY"), ("path", b"etc/\xff")), body), reads("/etc/\udcff"), "bytes stay bytes")
    case("pax/cut-off", pax(("path", "etc/a" * 400))[:1000], refused("cut off inside an extended header"), "truncated")
    case("pax/beyond-limit", tar(header("x", type="x", size=octal((1 << 20) + 1, 12)), padded(bytes((1 << 20) + 1)), body), unknown("PAX_HEADER_BYTES"),
         "maxSpecialFileSize of Go is the same 1 MiB")
    case("pax/size-2^62", tar(header("x", type="x", size=base256(1 << 62, 12)), body), unknown("PAX_HEADER_BYTES"), "allocating it would be the end")
    case("pax/size-negative-header", tar(header("x", type="x", size=base256(-1, 12)), body), refused("negative size"), "of the extended header itself")
    for name, data in [("0", b"0 path=a\n"), ("short", b"5 path=a\n"), ("long", b"90 path=a\n"), ("no-blank", b"9path=a\n"), ("no-newline", b"9 path=ab"), ("no-key", b"6 =aa\n"),
                       ("no-equals", b"7 path\n"), ("2^64", b"18446744073709551625 path=a\n"), ("negative", b"-9 path=a\n"), ("NUL-in-key", b"11 pa\0th=a\n")]:
        case("pax/record-" + name, tar(pax(data), body), refused("extended header: a record"), "parsePAXRecord")
    case("pax/global-path", tar(pax(("path", "etc/other"), type="g"), body), refused("global header"),
         "GNU tar applies it to all that follow, Go ignores it")
    case("pax/global-size", tar(pax(("size", "512"), type="g"), header("etc/a"), header("etc/hidden")), refused("global header"), "the same")
    case("pax/global-uid", tar(pax(("uid", "1000"), type="g"), entry("etc/a", mode=0o4755)), refused("global header"), "Go ignores it: root owns the file, and its setuid bit counts")
    mark = "xattr of overlay file systems"
    for at, key in enumerate(("SCHILY.xattr.trusted.overlay.opaque", "SCHILY.xattr.user.overlay.redirect", "LIBARCHIVE.xattr.trusted.overlay.metacopy")):
        case("pax/overlay-%d" % at, tar(pax((key, "y")), directory("var/")), unknown(mark), "Docker as root sets it, and what lies below is hidden or elsewhere; containerd drops it")
    case("pax/other-xattr", tar(pax(("SCHILY.xattr.user.overlayed", "y")), body), reads("/etc/plain"), "harmless")
    case("pax/xattrs-many", tar(pax(*[("SCHILY.xattr.user.%d" % i, "y") for i in range(300)]), body), unknown("XATTR_COUNT"), "each one is looked for among the others")
    case("pax/xattr-large", tar(pax(("SCHILY.xattr.user.a", "y" * 500000), ("LIBARCHIVE.xattr.user.b", "eQ" * 250000)), body), reads("/etc/plain"), "Linux holds 64 KiB")
    case("pax/xattr-long-name", tar(pax(("SCHILY.xattr.user." + "n" * 300, "y")), body), refused("xattr whose name"), "Linux has 255 bytes")
    case("pax/xattr-taken-back", tar(pax(("SCHILY.xattr.user.a", "y"), ("SCHILY.xattr.user.a", "")), body), refused("taken back"), "Go forgets it, others keep it")
    case("pax/xattr-global", tar(pax(("SCHILY.xattr.user.a", "1"), type="g"), pax(("SCHILY.xattr.user.b", "1"), type="g"), body), refused("global header"), "Go ignores it, others obey")
    case("pax/xattr-of-whiteout", tar(pax(("SCHILY.xattr.user.a", "y")), entry("etc/.wh.nothing"), body), reads("/etc/plain"), "it is of no file")
    case("pax/global-comment", tar(pax(("comment", "made by git archive"), type="g"), body), reads("/etc/plain"), "harmless")
    case("gnu/long-name", tar(long_name("etc/" + "n" * 200), body), reads("/etc/" + "n" * 200), "gnuLongName")
    case("gnu/long-name-empty", tar(long_name(""), body), reads("/etc/plain"), "an empty one is none")
    case("gnu/long-name-NUL", tar(long_name(b"etc/a\0b"), body), reads("/etc/a"), "parseString ends at the NUL")
    case("gnu/two-long-names", tar(long_name("etc/one"), long_name("etc/two"), body), refused("two headers of type 'L'"), "readers take the first or the last")
    case("gnu/name-beats-pax", tar(pax(("path", "etc/pax")), long_name("etc/gnu"), body), reads("/etc/gnu"), "Reader.next sets it after mergePAX")
    case("gnu/name-beats-pax-before", tar(long_name("etc/gnu"), pax(("path", "etc/pax")), body), reads("/etc/gnu"), "whatever the order")
    case("gnu/link-beats-pax", tar(pax(("linkpath", "etc/missing")), long_name("etc/os-release", "K"), hardlink("etc/l", "etc/nothing")), reads("/etc/l"), "the same for links")
    case("gnu/long-name-only", tar(long_name("etc/a")), refused("without an entry"), "a name of nothing")
    case("gnu/prefix-is-time", tar(header("name", magic=GNU, tail=octal(1, 12) + octal(2, 12))), reads("/name"), "GNU keeps two times where POSIX has the prefix")
    case("gnu/prefix-is-name", tar(header("name", magic=GNU, prefix="etc/sub")), reads("/etc/sub", "/etc/sub/name"), "Go before 1.8 wrote this, and Go reads it so")
    case("star/short-prefix", tar(header("name", tail=b"etc".ljust(131, b"\0") + octal(1, 12) + octal(1, 12) + bytes(8) + b"tar\0")), reads("/etc/name"), "star ends its prefix at 131 bytes")
    case("v7/prefix-ignored", tar(header("name", magic=V7, prefix="etc")), reads("/name"), "v7 has no prefix")


# Types and the end of the archive.

def types():
    for flag in "DMNVXA":
        case("type/" + flag, tar(entry("etc/a", type=flag)), refused("an entry of type '%s'" % flag), "not a container's; containerd: unhandled tar header type")
    case("type/7", tar(entry("etc/a", "x", type="7")), reads("/etc/a"), "a contiguous file is a file")
    case("type/unknown", tar(entry("etc/a", "x", type="Z")), reads("/etc/a"), "POSIX: a file; containerd refuses the layer")
    case("type/old-directory", tar(entry("etc/d/", type="\0")), reads("/etc/d"), "a trailing slash made it a directory before POSIX")
    case("type/old-directory-with-size", tar(header("etc/d/", type="\0", size=512), entry("etc/a")), reads("/etc/d", "/etc/a"), "and then no body follows")
    case("type/file-with-slash", tar(entry("etc/f/", "x")), reads("/etc/f"), "filepath.Clean takes the slash away")
    case("type/directory-with-body", tar(header("etc/d/", type="5", size=3) + padded(b"abc")), refused("checksum"), "isHeaderOnly: the body is taken for a header")
    case("type/directory-body-is-entry", tar(header("etc/d/", type="5", size=512), entry("etc/a")), reads("/etc/d", "/etc/a"), "readers that skip the body miss the entry")
    case("type/symlink-body-is-entry", tar(header("etc/l", type="2", size=512, link="x"), entry("etc/a")), reads("/etc/l", "/etc/a"), "the same")
    case("type/hardlink-body-is-entry", tar(header("etc/l", type="1", size=512, link="etc/os-release"), entry("etc/a")), reads("/etc/l", "/etc/a"), "the same")
    case("type/hardlink-with-body", tar(header("etc/l", type="1", size=3, link="etc/os-release") + padded(b"abc")), refused("checksum"), "pax -o linkdata; Go reads no body")
    case("type/fifo-size", tar(header("etc/p", type="6", size=base256((1 << 63) - 1, 12)), entry("etc/a")), reads("/etc/p", "/etc/a"), "no body, whatever the size")
    case("type/devices", tar(entry("c", type="3", major=1, minor=3), entry("b", type="4", major=8), entry("p", type="6")), reads("/c", "/b", "/p"), "lawful, if strange")
    case("type/device-0-0", tar(directory("var/"), entry("var/lib", type="3")), whole(*BASE_PATHS[:4], unknown="hidden_database"),
         "overlayfs takes it for a whiteout: what was below must not be seen")
    case("end/entries-after", tar(entry("etc/a")) + tar(entry("etc/hidden")), refused("after|behind|end"), "Go ends at two zero blocks; tar -i goes on")
    case("end/rubbish-after", tar(entry("etc/a")) + b"rubbish", refused("after|behind|end"), "no reader looks, but something was hidden")
    case("end/rubbish-far-after", tar(entry("etc/a")) + bytes(1 << 20) + b"x", refused("after|behind|end"), "the same, a megabyte later")
    case("end/one-zero-block", entry("etc/a") + bytes(BLOCK), reads("/etc/a"), "readHeader: the end of the stream behind one zero block is an end")
    case("end/one-zero-block-between", entry("etc/a") + bytes(BLOCK) + tar(entry("etc/hidden")), refused("lone zero block"), "Go: ErrHeader; GNU tar goes on")
    case("end/none", entry("etc/a"), reads("/etc/a"), "the end of the stream is one, too")
    case("end/half-a-block", entry("etc/a") + bytes(100), refused("cut off"), "Go: ErrUnexpectedEOF")
    case("end/odd-zeros", tar(entry("etc/a")) + bytes(100), reads("/etc/a"), "zeros behind the end, though no whole block")
    case("end/body-cut", entry("etc/a", "x" * 2000)[:1024], refused("cut off"), "truncated inside a body")
    case("end/padding-cut", header("etc/a", size=3) + b"abc", refused("cut off"), "truncated inside the padding")
    case("end/header-cut", header("etc/a")[:300], refused("cut off"), "truncated inside a header")
    case("end/only-zeros", bytes(10240), reads(), "Docker's empty layer is 1024 zeros")
    case("end/noise", bytes(range(256)) * 8, refused("checksum"), "no tar at all")


# Links: containerd's fs.RootPath, hardlinkRootPath and createTarFile.

def links():
    case("hardlink/later", tar(hardlink("etc/l", "etc/f"), entry("etc/f", "x")), reads("/etc/l", "/etc/f"), "link(2) would fail; what it means is plain")
    case("hardlink/lower-layer", tar(hardlink("etc/l", "etc/os-release")), reads("/etc/l"), "the target is in the layer below")
    case("hardlink/absolute", tar(hardlink("etc/l", "/etc/os-release")), reads("/etc/l"), "below the root of the layer")
    case("hardlink/outside", tar(hardlink("etc/l", "../etc/passwd")), refused("climbs above the root"), "hardlinkRootPath would clamp it, others would not")
    lost = unknown("hard link to a file that is not there", "/etc/l")
    case("hardlink/missing", tar(hardlink("etc/l", "no/such/file")), lost, "link(2) fails and the layer does not unpack: what it stands for cannot be told")
    case("hardlink/self", tar(hardlink("etc/l", "etc/l")), lost, "the same")
    case("hardlink/cycle", tar(hardlink("etc/l", "etc/m"), hardlink("etc/m", "etc/l")), unknown("hard link", "/etc/l", "/etc/m"), "the same")
    case("hardlink/to-directory", tar(hardlink("etc/l", "var")), lost, "link(2) of a directory fails")
    case("hardlink/empty", tar(hardlink("etc/l", "")), refused("hard link without a target"), "link(2) fails")
    case("hardlink/to-link", tar(symlink("etc/s", "os-release"), hardlink("etc/l", "etc/s")), reads("/etc/l", "/etc/s"), "link(2) does not follow")
    case("hardlink/through-link", tar(symlink("e", "etc"), hardlink("etc/l", "e/os-release")), reads("/e", "/etc/l"), "its parents are followed")
    forth = [hardlink("l%d" % i, "l%d" % (i - 1)) for i in range(1, 1000)]
    names = ["/l%d" % i for i in range(1000)]
    case("hardlink/chain", tar(entry("l0", "x"), *forth), reads(*names), "a thousand, each to the one before")
    case("hardlink/chain-reversed", tar(*forth[::-1], entry("l0", "x")), reads(*names), "each to the one that comes next: resolving must not be quadratic")
    case("symlink/loop", tar(symlink("a", "b"), symlink("b", "a")), reads("/a", "/b"), "lawful as long as nobody follows it")
    case("symlink/self", tar(symlink("a", "a"), entry("a/x")), refused("LINK_DEPTH_COUNT"), "RootPath: too many links")
    case("symlink/loop-written-through", tar(symlink("a", "b"), symlink("b", "a"), entry("a/x")), refused("LINK_DEPTH_COUNT"), "the same")
    case("symlink/growing-loop", tar(symlink("a", "a/" + "b/" * 40), entry("a/x")), refused("LINK_DEPTH_COUNT|too long"), "each round makes the path longer")
    chain = [symlink("l%d" % i, "l%d" % (i + 1)) for i in range(50)]
    case("symlink/chain-of-50", tar(*chain, directory("l50/"), entry("l0/x")), refused("LINK_DEPTH_COUNT"), "the kernel follows 40")
    case("symlink/chain-of-40", tar(*chain[10:], directory("l50/"), entry("l10/x")), reads("/l50", "/l50/x", *["/l%d" % i for i in range(10, 50)]), "the kernel follows 40")
    case("symlink/parent-outside", tar(symlink("out", "../../../tmp"), entry("out/x")), reads("/out", "/tmp", "/tmp/x"), "RootPath: .. at the root stays there")
    case("symlink/parent-absolute", tar(symlink("out", "/etc"), entry("out/x")), reads("/out", "/etc/x"), "below the root of the layer")
    case("symlink/parent-missing", tar(symlink("out", "/new/dir"), entry("out/x")), reads("/out", "/new", "/new/dir", "/new/dir/x"), "mkparent makes it")
    case("symlink/parent-is-file", tar(entry("f"), entry("f/x")), refused("no directory"), "mkdir fails")
    case("symlink/parent-is-link-to-file", tar(symlink("l", "etc/os-release"), entry("l/x")), refused("no directory"), "the same")
    case("symlink/replaced-by-directory", tar(symlink("d", "etc"), directory("d/"), entry("d/x")), reads("/d", "/d/x"), "Lstat says that it is no directory: removed")
    case("symlink/no-target", tar(symlink("l", "")), refused("symlink without a target"), "symlink(2) fails")


# Paths.

def paths():
    for name, path in [("climbs", "../x"), ("climbs-late", "a/../../x"), ("climbs-absolute", "/../x"), ("climbs-far", "../" * 30 + "x")]:
        case("path/" + name, tar(entry(path)), refused("climbs above the root"), "containerd clamps, Docker refuses: a breakout")
    case("path/inside", tar(entry("etc/../etc/./x//y")), reads("/etc/x", "/etc/x/y"), "filepath.Clean")
    case("path/absolute", tar(entry("//etc/x")), reads("/etc/x"), "below the root of the layer")
    case("path/root", tar(directory("./"), entry("./etc/x")), reads("/etc/x"), "the root's own entry")
    case("path/root-as-file", tar(entry(".", "x")), refused("root as something other"), "containerd skips it")
    case("path/empty", tar(entry("", "x")), refused("root as something other"), "the same after Clean")
    case("path/NUL", tar(entry(b"etc/a\0b")), reads("/etc/a"), "parseString ends at the NUL")
    case("path/escapes", tar(entry("etc/\x1b[2J\x1b]0;x\7")), reads("/etc/\x1b[2J\x1b]0;x\7"), "a listing in CSV is data")
    case("path/escapes-in-an-error", tar(entry("../\x1b[2J")), refused(r"\\x1b"), "an error is for a terminal: no escapes may reach it")
    case("path/newline", tar(entry("etc/a\nb,\"c")), reads("/etc/a\nb,\"c"), "quoted in CSV")
    case("path/not-utf-8", tar(entry(b"etc/\xc3\x28\xff")), reads("/etc/\udcc3(\udcff"), "names are bytes")
    longest = "/".join(["d" * 255] * 16)
    case("path/4095-bytes", tar(pax(("path", longest[:4095])), entry("x")), reads(*["/" + longest[:256 * i - 1] for i in range(1, 16)], "/" + longest[:4095]), "PATH_MAX less its NUL")
    case("path/4097-bytes", tar(pax(("path", longest + "/d")), entry("x")), refused("PATH_BYTES"), "no runtime can make it")
    case("path/1-MiB", tar(pax(("path", "d" * ((1 << 20) - 30))), entry("x")), refused("PATH_BYTES"), "one name")
    deep = ["/".join("d" * n) for n in range(1, 2049)]
    case("path/deep-directories", tar(*[pax(("path", path + "/")) + directory("d/") for path in deep]), reads(*["/" + path for path in deep]),
         "as many levels as a path can name, each an entry")
    case("path/deep-implied", tar(pax(("path", deep[-1])), entry("x")), reads(*["/" + path for path in deep]), "the same levels from one entry")
    hop = "/".join("d" * 2040)
    hops = [(hop if i == 0 else "s%d/%s" % (i - 1, hop), "s%d" % i) for i in range(8)]
    case("path/deep-by-links", tar(*[part for path, link in hops for part in (pax(("path", path + "/")), directory("d/"), pax(("linkpath", path)), symlink(link, "x"))]),
         refused("too long"), "each link begins where the one before ended: 16,000 levels, which no path can name")
    case("path/2^19-directories", tar(pax(("path", "d/" * ((1 << 19) - 20) + "x")), entry("x")), refused("PATH_BYTES"), "the most levels that an extended header holds")
    case("path/2^20-directories", tar(pax(("path", "d/" * (1 << 20) + "x")), entry("x")), unknown("PAX_HEADER_BYTES"), "more than an extended header may hold")
    case("path/2^20-directories-gnu", tar(long_name("d/" * (1 << 20) + "x"), entry("x")), unknown("PAX_HEADER_BYTES"), "the same as GNU writes it")


# Sparse files: sparse entries of archive/tar, and GNU tar's manual, "Storing Sparse Files".

def sparse(name, runs, real, body, extended=0, **fields):
    """GNU's old format: up to four runs in the header."""
    pairs = b"".join(n if isinstance(n, bytes) else octal(n, 12) for run in runs for n in run)
    real = real if isinstance(real, bytes) else octal(real, 12)
    return header(name, type="S", **{"size": len(body), "magic": GNU, "tail": bytes(41) + pairs.ljust(96, b"\0") + bytes([extended]) + real, **fields}) + padded(body)
    # Docker's and containerd's overlay unpack each layer into a folder of its own: a lower layer's link is not there, and a directory takes its place.
    below = lambda *parts: lambda: layout_of([base_layer(), Layer(tar(symlink("e", "etc"))), Layer(tar(*parts))])
    led = "leads through this link of a lower one"
    case("symlink/of-a-lower-layer", below(entry("e/os-release", "ID=alpine\nVERSION_ID=3.20\n")), unknown(led, "/e"), "the base's os-release stays, and e is a directory")
    case("symlink/of-a-lower-layer-removed-through", below(entry("e/.wh.os-release")), Expected(0, 2, led, None), "the base's os-release stays")
    case("symlink/of-a-lower-layer-opaque", below(entry("e/.wh..wh..opq")), Expected(0, 2, led, None), "what is below etc stays")
    case("symlink/of-a-lower-layer-replaced", below(directory("e/"), entry("e/x")), reads("/e", "/e/x"), "a directory in the link's place, everywhere")



def pax_sparse(name, body, *records, real=4096, **fields):
    return pax(*records, ("GNU.sparse.name", name), ("GNU.sparse.realsize", str(real))) + entry("GNUSparseFile.0/x", body, **fields)


def sparse_files():
    big = 1 << 62
    case("sparse/gnu", tar(sparse("etc/s", [(1024, 3), (4096, 0)], 4096, b"abc")), reads("/etc/s"), "a hole, data, a hole")
    case("sparse/gnu-exabytes", tar(sparse("etc/s", [(base256(big, 12), 3)], base256(big + 3, 12), b"abc")),
         unknown("TAR_HOLE_BYTES"), "configuration is hashed: the hole would be read for years")
    case("sparse/gnu-exabytes-unread", tar(sparse("srv/s", [(base256(big, 12), 3)], base256(big + 3, 12), b"abc")), reads("/srv", "/srv/s"), "nobody wants its bytes")
    case("sparse/gnu-negative", tar(sparse("etc/s", [(base256(-3, 12), 3)], 4096, b"abc")), refused("sparse map"), "readOldGNUSparseMap")
    case("sparse/gnu-real-negative", tar(sparse("etc/s", [(0, 3)], base256(-1, 12), b"abc")), refused("negative size"), "the same")
    case("sparse/gnu-overflow", tar(sparse("etc/s", [(base256((1 << 63) - 1, 12), base256((1 << 63) - 1, 12))], 4096, b"abc")), refused("sparse map"), "offset + size wraps")
    case("sparse/gnu-out-of-order", tar(sparse("etc/s", [(1024, 1), (0, 2)], 4096, b"abc")), refused("out of order"), "validateSparseEntries")
    case("sparse/gnu-overlap", tar(sparse("etc/s", [(0, 2), (1, 1)], 4096, b"abc")), refused("out of order"), "validateSparseEntries")
    case("sparse/gnu-beyond", tar(sparse("etc/s", [(4095, 3)], 4096, b"abc")), refused("beyond the file's end"), "validateSparseEntries")
    case("sparse/gnu-too-little", tar(sparse("etc/s", [(0, 2)], 4096, b"abc")), refused("over a body of 3"), "Go: errUnrefData")
    case("sparse/gnu-too-much", tar(sparse("etc/s", [(0, 1000)], 4096, b"abc")), refused("over a body of 3"), "Go: errMissData")
    case("sparse/gnu-more-cut", sparse("etc/s", [(0, 3)], 4096, b"", extended=1), refused("cut off"), "promises another block of runs")
    case("sparse/gnu-more-endless", sparse("etc/s", [(0, 0)], 4096, b"", extended=1) + (bytes(504) + b"\1" + bytes(7)) * 4000, refused("cut off"), "each block of runs promises another")
    case("sparse/gnu-more", sparse("etc/s", [(0, 1)], 4096, b"", extended=1, size=3) + (octal(512, 12) + octal(2, 12)).ljust(BLOCK, b"\0") + padded(b"abc") + END, reads("/etc/s"), "runs in a second block")
    case("sparse/ustar", tar(sparse("etc/s", [(0, 3)], 4096, b"abc", magic=USTAR)), refused("not GNU's"), "Go: ErrHeader")
    version = ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0")
    case("sparse/1.0", tar(pax_sparse("etc/s", padded(b"1\n1024\n3\n") + b"abc", *version)), reads("/etc/s"), "the map is in the body")
    case("sparse/1.0-exabytes", tar(pax_sparse("srv/s", padded(b"1\n%d\n3\n" % big) + b"abc", *version, real=big + 3)), reads("/srv", "/srv/s"), "nobody wants its bytes")
    case("sparse/1.0-count", tar(pax_sparse("etc/s", padded(b"%d\n" % (1 << 62)), *version)), refused("sparse map"), "readGNUSparseMap1x0")
    case("sparse/1.0-count-2^64", tar(pax_sparse("etc/s", padded(b"%d\n" % (1 << 64)), *version)), refused("sparse map that has no numbers"), "the same")
    case("sparse/1.0-negative", tar(pax_sparse("etc/s", padded(b"1\n-1\n3\n") + b"abc", *version)), refused("sparse map that has no numbers"), "the same")
    case("sparse/1.0-no-newline", tar(pax_sparse("etc/s", b"1" * BLOCK, *version)), refused("sparse map that has no numbers"), "the same")
    case("sparse/1.0-no-map", tar(pax_sparse("etc/s", b"", *version)), refused("longer than its body"), "the same")
    case("sparse/1.0-a-million-runs", lambda: tar(pax_sparse("etc/s", padded(b"1000001\n" + b"0\n0\n" * 1000001), *version)), unknown("TAR_EXTENT_COUNT"), "4 MB of nothing")
    case("sparse/1.1", tar(pax_sparse("etc/s", padded(b"1\n0\n3\n") + b"abc", version[0], ("GNU.sparse.minor", "1"))), refused("sparse format other"), "Go would read it as a plain file")
    case("sparse/0.1", tar(pax_sparse("etc/s", b"abc", ("GNU.sparse.map", "1024,3"), ("GNU.sparse.numblocks", "1"))), reads("/etc/s"), "the map is a record")
    case("sparse/0.1-odd", tar(pax_sparse("etc/s", b"abc", ("GNU.sparse.map", "1024,3,5"))), refused("sparse map that has no numbers"), "readGNUSparseMap0x1")
    case("sparse/0.1-commas", tar(pax_sparse("etc/s", b"abc", ("GNU.sparse.map", ",,,"))), refused("sparse map that has no numbers"), "the same")
    case("sparse/0.1-exabytes", tar(pax_sparse("srv/s", b"abc", ("GNU.sparse.map", "%d,3" % big), real=big + 3)), reads("/srv", "/srv/s"), "nobody wants its bytes")
    offsets = ("GNU.sparse.offset", "1024"), ("GNU.sparse.numbytes", "3")
    case("sparse/0.0", tar(pax_sparse("etc/s", b"abc", ("GNU.sparse.numblocks", "1"), *offsets)), reads("/etc/s"), "records that repeat")
    case("sparse/0.0-no-size", tar(pax_sparse("etc/s", b"abc", offsets[0])), refused("sparse offset without its size"), "parsePAX")
    case("sparse/0.0-two-offsets", tar(pax_sparse("etc/s", b"abc", offsets[0], offsets[0])), refused('key "GNU.sparse.offset"'), "parsePAX")
    case("sparse/0.0-and-0.1", tar(pax_sparse("etc/s", b"abc", *offsets, ("GNU.sparse.map", "0,3"))), refused("two sparse maps"), "readers take one or the other")
    case("sparse/two-sizes", tar(pax_sparse("etc/s", b"abc", ("GNU.sparse.map", "1024,3"), ("GNU.sparse.size", "8192"))), refused('key "GNU.sparse.realsize"'), "Go takes GNU.sparse.size, others the last")
    case("sparse/name-climbs", tar(pax_sparse("../s", padded(b"0\n"), *version)), refused("climbs above the root"), "a third place for a name")


# Whiteouts (OCI image-spec, layer.md) and entries that repeat.

def whiteouts():
    case("whiteout/nothing-there", tar(entry(".wh.nothing"), entry("etc/.wh.nor-here"), entry("no/such/.wh.place")), Expected(0, 0, "", None), "removes nothing")
    case("whiteout/of-nothing", tar(entry("etc/.wh.")), refused("whiteout of nothing"), "RemoveAll of the directory itself")
    case("whiteout/of-dot", tar(entry("etc/.wh..")), refused("whiteout of nothing"), "the same")
    case("whiteout/of-dot-dot", tar(entry("etc/.wh...")), refused("whiteout of nothing"), "RemoveAll of the parent")
    case("whiteout/of-root", tar(entry(".wh..")), refused("whiteout of nothing"), "RemoveAll of the root")
    case("whiteout/of-system", tar(entry(".wh.etc")), whole("/var", "/var/lib", "/var/lib/dpkg", "/var/lib/dpkg/status"), "the lower layer's directory goes")
    case("whiteout/of-packages", tar(entry("var/lib/dpkg/.wh.status")), whole(*BASE_PATHS[:5], unknown="hidden_database"), "no package list, though a system that has one")
    case("whiteout/opaque-root", tar(entry(".wh..wh..opq")), whole(unknown="hidden_database"), "nothing of the lower layers is left")
    case("whiteout/opaque-late", tar(entry("etc/new"), entry("etc/.wh..wh..opq")), whole("/etc", "/etc/new", *BASE_PATHS[2:]), "only lower layers are hidden, whatever the order")
    case("whiteout/opaque-missing", tar(entry("no/such/.wh..wh..opq")), Expected(0, 0, "", None), "of a directory that is not there")
    case("whiteout/opaque-file", tar(entry("etc/os-release/.wh..wh..opq")), Expected(0, 0, "", None), "of what is no directory")
    case("whiteout/opaque-twice", tar(*[entry("etc/.wh..wh..opq")] * 1000, entry("etc/os-release", "ID=debian\nVERSION_ID=12\n")), reads(), "a thousand times")
    case("whiteout/with-body", tar(entry("etc/.wh.x", "y" * 1000), entry("etc/a")), reads("/etc/a"), "only the name counts")
    case("whiteout/as-directory", tar(directory("etc/.wh.x/"), entry("etc/a")), reads("/etc/a"), "only the name counts")
    case("whiteout/aufs", tar(directory(".wh..wh.plnk/"), entry(".wh..wh.aufs")), reads(), "AUFS's own records at the root are left out")
    case("whiteout/then-anew", tar(entry("etc/.wh.os-release"), entry("etc/os-release", "ID=debian\nVERSION_ID=12\n")), reads(), "removed below, and new here")
    case("whiteout/after-entry", tar(entry("etc/a"), entry("etc/.wh.a")), refused("whiteout of what its own layer"), "overlay: mknod fails, else removes the new file; the specification means lower layers only")
    case("whiteout/through-own-link", tar(symlink("e", "etc"), entry("e/.wh.os-release")), refused("whiteout of what its own layer"), "RootPath follows the layer's own link, and os-release goes")
    case("duplicate/file", tar(entry("etc/a", "one"), entry("./etc/a", "two"), entry("/etc//a", "three")), reads("/etc/a"), "the last one stays")
    case("duplicate/file-then-directory", tar(entry("x", "one"), directory("x/"), entry("x/y")), reads("/x", "/x/y"), "not both directories: removed first")
    case("duplicate/directory-then-file", tar(entry("x/y/z"), entry("x", "one")), reads("/x"), "RemoveAll of what was below")
    case("duplicate/directory-twice", tar(entry("x/y"), directory("x/", mode=0o700)), reads("/x", "/x/y"), "two directories are merged")
    case("duplicate/many", lambda: tar(*[entry("etc/a", str(i)) for i in range(20000)]), reads("/etc/a"), "one file twenty thousand times")


numbers()
checksums()
extended()
types()
links()
paths()
sparse_files()
whiteouts()
