# SPDX-License-Identifier: Apache-2.0
"""Package databases whose pages point at each other.  Layouts: rpm's backends (lib/backend/ndb/rpmpkg.c, bdb 5.3 dbinc/db_page.h),
the SQLite file format (sqlite.org/fileformat2.html), dpkg's status file (deb822(5)), apk's installed database (apk-package(5))."""
import struct, zlib
from parts import Case, Layer, directory, entry, hardlink, layout_of, reads, refused, symlink, tar, unknown

cases = []
PAGE = 512


def u32be(*numbers):
    return struct.pack(">%dI" % len(numbers), *numbers)


def u32le(*numbers):
    return struct.pack("<%dI" % len(numbers), *numbers)


def poke(data, at, piece):
    return data[:at] + piece + data[at + len(piece):]


def system(kind, path, body, *more):
    """The one layer of an image with this database, and an os-release that makes it count."""
    release = {"rpm": "ID=centos\nVERSION_ID=7\n", "deb": "ID=debian\nVERSION_ID=12\n", "apk": "ID=alpine\nVERSION_ID=3.20.3\n"}[kind]
    return layout_of([Layer(tar(entry("etc/os-release", release), entry(path, body), *more))])


def case(name, expected, why, *args):
    expected.paths = None
    cases.append(Case("database/" + name, lambda: system(*args), expected, why))


# rpm headers and the three files that hold them.

def rpm_header(name, filler=0):
    """Name, version, release, architecture; `filler` bytes of a description make it as long as wanted."""
    tags, data = b"", b""
    for tag, text in [(1000, name), (1001, "1.0"), (1002, "1"), (1022, "noarch"), (1005, "d" * filler)]:
        tags += u32be(tag, 6, len(data), 1)
        data += text.encode() + b"\0"
    return u32be(len(tags) // 16, len(data)) + tags + data


def sqlite(pages):
    head = b"SQLite format 3\0" + struct.pack(">H", PAGE) + b"\2\2\0\x40\x20\x20" + u32be(1, len(pages)) + bytes(12) + u32be(4) + bytes(8) + u32be(1) + bytes(32) + u32be(1, 0)
    return poke(b"".join(page.ljust(PAGE, b"\0") for page in pages), 0, head)


def varint(number):
    return bytes([0x80 | number >> 7, number & 0x7f]) if number > 127 else bytes([number])


def leaf(number, record, head=0, overflow=None, length=None):
    cell = varint(len(record) if length is None else length) + varint(number) + record + (u32be(overflow) if overflow is not None else b"")
    at = PAGE - len(cell)
    page = bytes(head) + b"\x0d" + struct.pack(">HHHBH", 0, 1, at, 0, at)
    return page.ljust(at, b"\0") + cell


def interior(*children, head=0):
    cells = b"".join(u32be(child) + b"\1" for child in children[:-1])
    at = [PAGE - 5 * (i + 1) for i in range(len(children) - 1)]
    page = bytes(head) + b"\x05" + struct.pack(">HHHB", 0, len(at), at[-1] if at else PAGE, 0) + u32be(children[-1]) + b"".join(struct.pack(">H", a) for a in at)
    for child, place in zip(children, at):
        page = page.ljust(PAGE, b"\0")
        page = poke(page, place, u32be(child) + b"\1")
    return page


def schema(root):
    sql = b"CREATE TABLE Packages(hnum INTEGER PRIMARY KEY,blob)"
    return leaf(1, b"\6\x17\x1d\x1d\1" + bytes([13 + 2 * len(sql)]) + b"tablePackagesPackages" + bytes([root]) + sql, head=100)


def row(header):
    return b"\4\0" + varint(12 + 2 * len(header)) + header


def sqlites():
    at, one = "var/lib/rpm/rpmdb.sqlite", leaf(1, row(rpm_header("one")))
    big = row(rpm_header("big", 3000))
    least = (PAGE - 12) * 32 // 255 - 23
    here = least + (len(big) - least) % (PAGE - 4)
    here = here if here <= PAGE - 35 else least

    def chain(*links):
        """Overflow pages 3, 4, ... each of which leads to the page in `links`."""
        rest = big[here:]
        return [schema(2), leaf(1, big[:here], overflow=3, length=len(big))] + [u32be(link) + rest[(PAGE - 4) * i:][:PAGE - 4] for i, link in enumerate(links)]

    full = -(-(len(big) - here) // (PAGE - 4))
    honest = [*range(4, 3 + full), 0]
    case("sqlite/plain", reads(), "the measure", "rpm", at, sqlite([schema(2), one]))
    case("sqlite/overflow", reads(), "the measure", "rpm", at, sqlite(chain(*honest)))
    case("sqlite/overflow-cycle", unknown("page is linked twice"), "page 4 leads back to 3", "rpm", at, sqlite(chain(4, 3, *honest[2:])))
    case("sqlite/overflow-self", unknown("page is linked twice"), "page 3 leads to itself", "rpm", at, sqlite(chain(3, *honest[1:])))
    case("sqlite/overflow-to-leaf", unknown("page is linked twice"), "page 3 leads to the row that it belongs to", "rpm", at, sqlite(chain(2, *honest[1:])))
    case("sqlite/overflow-out", unknown("out of the file"), "page 3 leads behind the end", "rpm", at, sqlite(chain(0xffffffff, *honest[1:])))
    case("sqlite/overflow-short", unknown("out of the file"), "the chain ends before the row", "rpm", at, sqlite(chain(0, *honest[1:])))
    case("sqlite/overflow-long", unknown("goes on behind its row"), "the last page leads on", "rpm", at, sqlite(chain(*honest[:-1], 1)))
    case("sqlite/two-pages-cycle", unknown("page is linked twice"), "2 and 3 are each other's children", "rpm", at, sqlite([schema(2), interior(3, 4), interior(2, 4), one]))
    case("sqlite/own-child", unknown("page is linked twice"), "a page is its own child", "rpm", at, sqlite([schema(2), interior(2, 2, 2)]))
    case("sqlite/root-is-schema", unknown("Packages|page"), "the table is the schema itself", "rpm", at, sqlite([schema(1)]))
    case("sqlite/root-out", unknown("out of the file"), "the table is nowhere", "rpm", at, sqlite([schema(9)]))
    case("sqlite/one-leaf-a-hundred-times", unknown("page is linked twice"), "one leaf in a hundred places", "rpm", at, sqlite([schema(2), interior(*[3] * 60), one]))
    deep = [schema(2)] + [interior(i + 3, i + 3) for i in range(40)] + [one]
    case("sqlite/deep", unknown("BTREE_DEPTH_COUNT|twice"), "forty levels, each page with two equal children: 2^40 ways down", "rpm", at, sqlite(deep))
    case("sqlite/cut", unknown("page|cut|end"), "ends inside the table", "rpm", at, sqlite([schema(2), one])[:PAGE + 100])
    case("sqlite/cell-out", unknown("a cell is longer than the file|out of its page"), "a cell pointer into the next page", "rpm", at, sqlite([schema(2), poke(one, 8, b"\xff\xff")]))
    case("sqlite/cells-65535", unknown("more cells than fit"), "a count that no page holds", "rpm", at, sqlite([schema(2), poke(one, 3, b"\xff\xff")]))
    case("sqlite/no-table", unknown("no table Packages"), "another database", "rpm", at, sqlite([leaf(1, b"\2\x17" + b"index", head=100)]))
    case("sqlite/head-only", unknown("ends in its head|page"), "sixteen bytes", "rpm", at, b"SQLite format 3\0")


def bdb_page(number, kind, next=0, entries=0, length=0, body=b""):
    return (bytes(8) + u32le(number) + bytes(4) + u32le(next) + struct.pack("<HH", entries, length) + bytes([0, kind]) + body).ljust(PAGE, b"\0")


def bdb(*pages, records=1):
    meta = poke(bdb_page(0, 8), 12, u32le(0x061561, 9, PAGE))
    return poke(poke(meta, 32, u32le(len(pages))), 88, u32le(records)) + b"".join(pages)


def bdb_pair(number, value):
    """A hash page of one pair: the key is the package's number."""
    key = b"\1" + u32le(number)
    page = bdb_page(number, 13, entries=2, body=struct.pack("<HH", PAGE - len(key), PAGE - len(key) - len(value)))
    return page[:PAGE - len(key) - len(value)] + value + key


def bdbs():
    at, header = "var/lib/rpm/Packages", rpm_header("big", 1200)
    room = PAGE - 26
    pieces = [header[i:i + room] for i in range(0, len(header), room)]

    def off(first, length=len(header)):
        return b"\3\0\0\0" + u32le(first, length)

    def chain(*links, first=2, lengths=None):
        return bdb(bdb_pair(1, off(first)), *[bdb_page(2 + i, 7, next=link, entries=1, length=len(pieces[i]) if lengths is None else lengths[i], body=pieces[i])
                                              for i, link in enumerate(links)])

    honest = [*range(3, 2 + len(pieces)), 0]
    case("bdb/plain", reads(), "the measure", "rpm", at, chain(*honest))
    case("bdb/overflow-cycle", unknown("overflow page is linked twice"), "page 3 leads back to 2", "rpm", at, chain(3, 2, *honest[2:]))
    case("bdb/overflow-self", unknown("overflow page is linked twice"), "page 2 leads to itself", "rpm", at, chain(2, *honest[1:]))
    case("bdb/overflow-empty-cycle", unknown("length of an overflow page"), "pages that bring no byte would go round for ever", "rpm", at, chain(3, 2, *honest[2:], lengths=[0] * len(pieces)))
    case("bdb/overflow-to-hash-page", unknown("no overflow page"), "leads to the page that it belongs to", "rpm", at, chain(1, *honest[1:]))
    case("bdb/overflow-out", unknown("out of the file"), "leads behind the end", "rpm", at, chain(0xfffffff0, *honest[1:]))
    case("bdb/overflow-long", unknown("goes on behind its length"), "the last page leads on", "rpm", at, chain(*honest[:-1], 1))
    case("bdb/two-records-one-chain", unknown("overflow page is linked twice"), "two packages share their pages", "rpm", at,
         bdb(bdb_pair(1, off(3)), bdb_pair(2, off(3)), *[bdb_page(3 + i, 7, next=4 + i if i + 1 < len(pieces) else 0, entries=1, length=len(piece), body=piece) for i, piece in enumerate(pieces)], records=2))
    case("bdb/length-4-GiB", unknown("not believable"), "an overflow item of 4 GiB", "rpm", at, bdb(bdb_pair(1, off(2, 0xffffffff)), bdb_page(2, 7, next=2, length=room)))
    case("bdb/entries-65534", unknown("damaged|not in order"), "a count that no page holds", "rpm", at, poke(chain(*honest), PAGE + 20, b"\xfe\xff"))
    case("bdb/items-overlap", unknown("not in order"), "an item that begins behind its end", "rpm", at, poke(chain(*honest), PAGE + 28, struct.pack("<H", PAGE - 1)))
    case("bdb/type-lost", unknown("records counted"), "a page that looks free", "rpm", at, poke(chain(*honest), PAGE + 25, b"\0"))
    case("bdb/last-page-far", unknown("ends before its last page"), "says that it is longer", "rpm", at, poke(chain(*honest), 32, u32le(0xfffffffe)))
    case("bdb/page-size-0", unknown("page size"), "would divide by zero", "rpm", at, poke(chain(*honest), 20, u32le(0)))
    case("bdb/page-size-2^31", unknown("page size"), "larger than the format has", "rpm", at, poke(chain(*honest), 20, u32le(1 << 31)))
    case("bdb/encrypted", unknown("encrypted"), "cannot be read", "rpm", at, poke(chain(*honest), 24, b"\1"))


def ndb(slots, blobs, pages=1):
    """Slots are (package, first block, count); blobs follow the pages of slots."""
    head = b"RpmP" + u32le(0, 1, pages, len(blobs) + 1) + bytes(12)
    body = b"".join(b"Slot" + u32le(*slot) for slot in slots)
    return head + body + (b"Slot" + bytes(12)) * ((4096 * pages - len(head) - len(body)) // 16) + b"".join(blobs)


def blob(package, header, length=None):
    length = len(header) if length is None else length
    start = b"BlbS" + u32le(package, 1, length) + header
    start += bytes(-(len(start) + 12) % 16)
    return start + u32le(zlib.adler32(start), length) + b"BlbE"


def ndbs():
    at = "usr/lib/sysimage/rpm/Packages.db"
    one, two = blob(1, rpm_header("one")), blob(2, rpm_header("two"))
    first, n = 256, len(one) // 16
    case("ndb/plain", reads(), "the measure", "rpm", at, ndb([(1, first, n), (2, first + n, len(two) // 16)], [one, two]))
    case("ndb/slots-share-a-blob", unknown("another package"), "the second slot leads to the first package", "rpm", at, ndb([(1, first, n), (2, first, n)], [one, two]))
    case("ndb/one-slot-two-hundred-times", unknown("slots overlap"), "more blocks than the file has", "rpm", at, ndb([(1, first, n)] * 200, [one]))
    case("ndb/slot-to-slots", unknown("marks of a header"), "a slot leads to the page of slots", "rpm", at, ndb([(1, 1, 200)], [one]))
    case("ndb/slot-to-itself", unknown("marks of a header"), "a slot leads to its own block", "rpm", at, ndb([(1, 2, 1), (2, 2, 2)], [one]))
    case("ndb/slot-out", unknown("behind the end"), "a slot leads behind the end", "rpm", at, ndb([(1, 0xffffffff, 0xffffffff)], [one]))
    case("ndb/slot-pages-out", unknown("bytes of slots"), "more pages of slots than the file has", "rpm", at, ndb([(1, first, n)], [one])[:12] + u32le(0xffffffff) + ndb([(1, first, n)], [one])[16:])
    case("ndb/blob-in-blob", unknown("."), "a package inside another one's header", "rpm", at, ndb([(1, first, len(blob(1, blob(2, rpm_header("two")))) // 16), (2, first + 1, len(two) // 16)], [blob(1, blob(2, rpm_header("two")))]))
    case("ndb/length-lies", unknown("length does not fit"), "longer than its blocks", "rpm", at, ndb([(1, first, n)], [blob(1, rpm_header("one"), 0xfffffff0)]))
    case("ndb/checksum", unknown("checksum"), "one bit", "rpm", at, ndb([(1, first, n)], [poke(one, 40, bytes([one[40] ^ 1]))]))
    case("ndb/cut", unknown("behind the end"), "ends inside the header", "rpm", at, ndb([(1, first, n)], [one])[:-16])


def rpm_headers():
    """In a Berkeley DB item of its own page."""
    at, good = "var/lib/rpm/Packages", rpm_header("one")

    def within(header):
        return bdb(bdb_pair(1, b"\1" + header))

    case("rpm-header/plain", reads(), "the measure", "rpm", at, within(good))
    for name, header, why in [
        ("tags-2^32", poke(good, 0, u32be(0xffffffff)), "sixteen times that overflows"), ("data-2^32", poke(good, 4, u32be(0xffffffff)), "the sum overflows"),
        ("offset-out", poke(good, 8 + 8, u32be(0xfffffff0)), "the name lies outside"), ("offset-negative", poke(good, 8 + 8, u32be(0x80000000)), "a signed reader looks in front"),
        ("count-2^32", poke(good, 8 + 4, u32be(8, 0, 0xffffffff)), "an array of names without end"), ("type-unknown", poke(good, 8 + 4, u32be(77)), "no such type"),
        ("no-terminator", good.rstrip(b"\0") + b"x", "text to the end and further"), ("cut", good[:-30], "ends inside its data"), ("empty", b"", "no header at all"),
    ]:
        case("rpm-header/" + name, unknown("."), why, "rpm", at, within(header))


# Text.

def texts():
    stanza = "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"
    at = "var/lib/dpkg/status"
    case("dpkg/plain", reads(), "the measure", "deb", at, stanza)
    case("dpkg/NUL", unknown("NUL"), "a C reader ends here and sees no more packages", "deb", at, stanza + "\0\n\nPackage: hidden\nStatus: install ok installed\nVersion: 1\n")
    case("dpkg/giant-version", unknown("."), "a version of 10 MB", "deb", at, stanza.replace("Version: 1", "Version: " + "1" * 10_000_000))
    case("dpkg/giant-line", reads(), "a description of 10 MB", "deb", at, stanza + "Description: " + "x" * 10_000_000 + "\n")
    case("dpkg/giant-name", unknown("."), "a name of 10 MB", "deb", at, stanza.replace("Package: a", "Package: " + "a" * 10_000_000))
    case("dpkg/folded", reads(), "a million continuation lines", "deb", at, stanza + "Description: x\n" + " y\n" * 1_000_000)
    case("dpkg/many-fields", unknown("fields"), "a stanza of a hundred thousand fields", "deb", at, stanza + "".join("F%d: x\n" % i for i in range(100_000)))
    case("dpkg/two-names", unknown("two fields Package"), "the second package hides behind the first", "deb", at, stanza + stanza)
    case("dpkg/no-version", unknown("without Version"), "an installed package of no version", "deb", at, stanza.replace("Version: 1\n", ""))
    case("dpkg/status-unknown", unknown("Status that dpkg does not know"), "neither there nor absent", "deb", at, stanza.replace("ok installed", "ok vanished"))
    case("dpkg/no-newline", reads(), "the last line has no end", "deb", at, stanza.rstrip("\n"))
    case("dpkg/blank", unknown("empty"), "a database of blanks", "deb", at, "\n \n\n")
    case("dpkg/binary", unknown("."), "noise", "deb", at, bytes(range(1, 256)) * 40)
    case("dpkg/symlink-loop", unknown("."), "the database is a link to itself", "deb", "etc/x", "", symlink(at, "status"))
    case("dpkg/symlink-outside", unknown("."), "the database is somewhere above the root", "deb", "etc/x", "", symlink(at, "../../../../../etc/shadow-status"))
    case("dpkg/directory", unknown("."), "the database is a directory", "deb", "etc/x", "", directory(at + "/"))
    case("dpkg/fifo", unknown("."), "reading the database would wait for ever", "deb", "etc/x", "", entry(at, type="6"))
    case("dpkg/device", unknown("."), "the database is /dev/zero", "deb", "etc/x", "", entry(at, type="3", major=1, minor=5))
    case("dpkg/hardlink-missing", unknown("."), "the database is a link to nothing", "deb", "etc/x", "", hardlink(at, "no/such/file"))
    case("dpkg/hardlink-cycle", unknown("."), "two links that are each other's target", "deb", "etc/x", "", hardlink(at, "var/lib/dpkg/status-old"), hardlink("var/lib/dpkg/status-old", at))
    case("dpkg/hardlink-self", unknown("."), "a link to itself", "deb", "etc/x", "", hardlink(at, at))
    package = "P:a\nV:1\nA:x86_64\n\n"
    apk = "lib/apk/db/installed"
    case("apk/plain", reads(), "the measure", "apk", apk, package * 2)
    case("apk/cut-in-name", unknown("without name or version"), "ends behind the name", "apk", apk, package + "P:b\n")
    case("apk/cut-in-line", unknown("no field|without name or version"), "ends inside a line", "apk", apk, package + "P")
    case("apk/NUL", unknown("NUL"), "a C reader ends here", "apk", apk, package + "\0" + package)
    case("apk/no-blank-line", unknown("second field"), "the second package hides behind the first", "apk", apk, package.strip() + "\n" + package)
    case("apk/giant-line", unknown("."), "a version of 10 MB", "apk", apk, "P:a\nV:" + "1" * 10_000_000 + "\n\n")
    case("apk/binary", unknown("."), "noise", "apk", apk, bytes(range(1, 256)) * 40)


sqlites()
bdbs()
ndbs()
rpm_headers()
texts()
