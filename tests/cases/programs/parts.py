# SPDX-License-Identifier: Apache-2.0
"""Programs in miniature: as much of ELF, PE and Mach-O files as their readers look at, each part in a line of its own."""
import gzip, json, struct, zlib

LOAD, DYNAMIC, INTERPRETER, NOTE, STACK, RELRO = 1, 2, 3, 4, 0x6474E551, 0x6474E552
R, RW, RX = 4, 6, 5
BASE = 0x400000


def pad(data, to):
    return data + bytes(-len(data) % to)


class Elf:
    """Segments and sections are laid out one behind the other, at addresses that equal BASE plus their offsets."""

    def __init__(self, wide=True, big=False, kind=2, machine=62):
        self.wide, self.big, self.kind, self.machine = wide, big, kind, machine
        self.end = ">" if big else "<"
        self.width = 8 if wide else 4
        self.body = bytearray()
        self.segments, self.sections = [], [("", 0, 0, 0, 0, 0, 0)]
        self.room = 16 * (56 if wide else 32)    # for so many headers of segments
        self.start = (64 if wide else 52) + self.room

    def words(self, *values):
        return struct.pack(f"{self.end}{len(values)}{'Q' if self.wide else 'I'}", *(v & (2 ** (8 * self.width) - 1) for v in values))

    def u32(self, *values):
        return struct.pack(f"{self.end}{len(values)}I", *values)

    def here(self):
        return BASE + self.start + len(self.body)

    def align(self, to=16):
        self.body += bytes(-(self.start + len(self.body)) % to)

    def add(self, data, segment=None, flags=R, section=None, kind=1, link=0, entry=0, loaded=True):
        """Bytes, with headers for them; answers their address."""
        self.align()
        at, offset = self.here(), self.start + len(self.body)
        self.body += data
        if segment:
            self.segments.append((segment, flags, at if loaded else 0, offset, len(data)))
        if section:
            self.sections.append((section, kind, at if loaded else 0, offset, len(data), link, entry))
        return at

    def note(self, owner, kind, text):
        name = owner + b"\0"
        return self.u32(len(name), len(text), kind) + pad(name, 4) + pad(text, 4)

    def symbols(self, table, **addresses):
        """A table of symbols, its strings the section before it."""
        names, entries = b"\0", bytes(24 if self.wide else 16)
        for name, address in addresses.items():
            at = len(names)
            names += name.encode() + b"\0"
            entries += self.u32(at) + (struct.pack(self.end + "BBHQQ", 17, 0, 1, address, 0) if self.wide else
                                       struct.pack(self.end + "IIBBH", address, 0, 17, 0, 1))
        self.add(names, section=".strtab", kind=3)
        self.add(entries, section=".symtab", kind=table, link=len(self.sections) - 1, entry=24 if self.wide else 16)

    def made(self):
        names, at = b"\0", {"": 0}
        for section in self.sections + [(".shstrtab",)]:
            if section[0] not in at:
                at[section[0]] = len(names)
                names += section[0].encode() + b"\0"
        self.align()
        sections = self.sections + [(".shstrtab", 3, 0, self.start + len(self.body), len(names), 0, 0)]
        self.body += names
        self.align()
        table = self.start + len(self.body) if len(sections) > 2 else 0
        for name, kind, address, offset, size, link, entry in sections if table else ():
            self.body += self.u32(at[name], kind) + self.words(0, address, offset, size) + self.u32(link, 0) + self.words(1, entry)
        programs = b""
        for kind, flags, address, offset, size in self.segments:
            tail = (self.u32(kind, flags) + self.words(offset, address, address, size, size, 16) if self.wide else
                    self.u32(kind, offset, address, address, size, size, flags, 16))
            programs += tail
        head = b"\x7fELF" + bytes([2 if self.wide else 1, 2 if self.big else 1, 1]) + bytes(9)
        head += struct.pack(self.end + "HHI", self.kind, self.machine, 1) + self.words(BASE, len(head) + 8 + 3 * self.width + 16, table)
        head += struct.pack(self.end + "IHHHHHH", 0, 64 if self.wide else 52, 56 if self.wide else 32, len(self.segments),
                            64 if self.wide else 40, len(sections) if table else 0, len(sections) - 1 if table else 0)
        return bytes(head + programs.ljust(self.room, b"\0") + self.body)


# Go

MODULES = """path\texample.org/app
mod\texample.org/app\tv1.2.3-0.20240102030405-abcdefabcdef\th1:own=
dep\tgithub.com/pkg/errors\tv0.9.1
=>\t./errors\t(devel)\t
dep\tgolang.org/x/text\tv0.14.0\th1:sum=
dep\trsc.io/quote\tv1.5.2
=>\trsc.io/fork\tv1.5.1\th1:fork=
build\t-compiler=gc
"""
MAGIC = b"\xff Go buildinf:"
FRAME = bytes(range(0x30, 0x40))


def framed(modules):
    return FRAME + modules.encode() + FRAME if modules else b""


def counted(text):
    size, out = len(text), b""
    while size >= 0x80:
        out, size = out + bytes([size & 0x7F | 0x80]), size >> 7
    return out + bytes([size]) + text


def go_inline(version, modules):
    return MAGIC + b"\0\2" + bytes(16) + counted(version.encode()) + counted(framed(modules))


def go_pointed(at, words, width, big, version, modules, relocate=None):
    """The record and what it points to, for the address `at`; with `relocate` its pointers stand there instead."""
    texts, strings = at + 32 + 4 * width, framed(modules)
    pointers = {at + 16: at + 32, at + 16 + width: at + 32 + 2 * width if modules else 0,
                at + 32: texts, at + 32 + 2 * width: texts + len(version)}
    if relocate is not None:
        relocate.update(pointers)
        pointers = dict.fromkeys(pointers, 0)
    record = MAGIC + bytes([width, 1 if big else 0]) + words(pointers[at + 16], pointers[at + 16 + width])
    record = record.ljust(32, b"\0") + words(pointers[at + 32], len(version), pointers[at + 32 + 2 * width], len(strings))
    return record + version.encode() + strings


def go_elf(wide=True, big=False, pointed=True, section=True, version="go1.16.3", modules=MODULES):
    elf = Elf(wide, big)
    elf.align()
    data = go_pointed(elf.here(), elf.words, elf.width, big, version, modules) if pointed else go_inline(version, modules)
    elf.add(data, LOAD, RW, ".go.buildinfo" if section else None)
    return elf.made()


def go_pie(version="go1.17.1", modules=MODULES):
    """Its pointers stand in the relocations alone, as external linkers leave them."""
    elf, relocations = Elf(kind=3), {}
    elf.align()
    elf.add(go_pointed(elf.here(), elf.words, 8, False, version, modules, relocations), LOAD, RW, ".go.buildinfo")
    table = b"".join(elf.words(place, 8, value) for place, value in relocations.items())
    at = elf.add(table, LOAD, R)
    elf.add(elf.words(7, at, 8, len(table), 0, 0), DYNAMIC, RW)
    return elf.made()


def go_old(version="go1.12.9"):
    """Before there was a record: a variable, by its name."""
    elf = Elf()
    elf.align()
    at = elf.here()
    elf.add(elf.words(at + 16, len(version)) + version.encode(), LOAD, RW)
    elf.add(b"\xfb\xff\xff\xff", section=".gopclntab")
    elf.symbols(2, **{"runtime.buildVersion": at})
    return elf.made()


# others

def rust(crates, packed=None):
    elf = Elf()
    elf.add(b"x", LOAD, RX)
    elf.add(zlib.compress(json.dumps({"packages": crates}).encode()) if packed is None else packed, section=".dep-v0", loaded=False)
    return elf.made()


def native_image(components, packed=None):
    elf, text = Elf(), json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}).encode()
    packed = gzip.compress(text, mtime=0) if packed is None else packed
    at = elf.add(packed, LOAD, R)
    length = elf.add(elf.words(len(packed)), LOAD, R)
    elf.symbols(11, sbom=at, sbom_length=length)
    return elf.made()


def linked(kind=3, needed=("libc.so.6",), symbols=("printf",), interpreter="/lib64/ld-linux-x86-64.so.2", flags_1=0, now=False, relro=False,
           stack=RW, runpath=None, rpath=None, soname=None, build_id=None, package=None, stripped=True, wide=True, big=False, machine=62):
    elf = Elf(wide, big, kind, machine)
    strings, entries = b"\0", []

    def string(text):
        nonlocal strings
        at = len(strings)
        strings += text.encode() + b"\0"
        return at

    for name in symbols:
        string(name)
    entries += [(1, string(name)) for name in needed]
    entries += [(tag, string(text)) for tag, text in ((14, soname), (15, rpath), (29, runpath)) if text]
    if now:
        entries.append((30, 8))
    if flags_1:
        entries.append((0x6FFFFFFB, flags_1))
    if interpreter:
        elf.add(interpreter.encode() + b"\0", INTERPRETER)
    if build_id:
        elf.add(elf.note(b"GNU", 3, bytes.fromhex(build_id)), NOTE)
    if package:
        elf.add(elf.note(b"FDO", 0xCAFE1A7E, json.dumps(package).encode() + b"\0"), NOTE, section=".note.package", kind=7)
    at = elf.add(strings, LOAD, R)
    entries += [(5, at), (10, len(strings)), (0, 0)]
    dynamic = elf.words(*(word for entry in entries for word in entry))
    elf.add(dynamic, DYNAMIC, RW)
    if relro:
        elf.add(b"", RELRO)
    if stack is not None:
        elf.add(b"", STACK, stack)
    if not stripped:
        elf.symbols(2, main=at)
    return elf.made()


# PE

def utf16(text):
    return text.encode("utf-16-le") + b"\0\0"


def block(key, value=b"", text=0, children=(), count=None):
    body = pad(b"\0" * 6 + utf16(key), 4)[6:]
    body = pad(body + value, 4) if not children else pad(b"\0" * 6 + body + value, 4)[6:]
    for child in children:
        body = pad(b"\0" * 6 + body, 4)[6:] + child
    return struct.pack("<HHH", 6 + len(body), len(value) if count is None else count, text) + body


def version_info(strings):
    texts = [block(key, utf16(value), 1, count=len(value) + 1) for key, value in strings.items()]
    return block("VS_VERSION_INFO", struct.pack("<I", 0xFEEF04BD) + bytes(48), 0,
                 [block("StringFileInfo", children=[block("000004b0", children=texts)], text=1)])


def directory(identity, offset):
    return bytes(12) + struct.pack("<HHII", 0, 1, identity, offset)


def resources(strings, address):
    info, deeper = version_info(strings), 0x80000000
    head = directory(16, deeper | 24) + directory(1, deeper | 48) + directory(0, 72) + struct.pack("<IIII", address + 88, len(info), 0, 0)
    return head + info


def metadata(name, version, address):
    """A module, a type with a method and a parameter, an attribute, the assembly: enough for columns of most widths."""
    strings = b"\0" + name.encode() + b"\0"
    rows = {0x00: struct.pack("<HHHHH", 0, 1, 1, 0, 0), 0x02: struct.pack("<IHHHHH", 0, 1, 1, 0, 1, 1),
            0x06: struct.pack("<IHHHHH", 0, 0, 0, 1, 1, 1), 0x08: struct.pack("<HHH", 0, 0, 1), 0x0C: struct.pack("<HHH", 0, 0, 1),
            0x20: struct.pack("<IHHHHIHHH", 0x8004, *version, 0, 1, 1, 0)}
    tables = struct.pack("<IBBBBQQ", 0, 2, 0, 0, 1, sum(1 << table for table in rows), 0)
    tables = pad(tables + struct.pack(f"<{len(rows)}I", *[1] * len(rows)) + b"".join(rows.values()), 4)
    strings = pad(strings, 4)
    root = struct.pack("<IHHI", 0x424A5342, 1, 1, 0, ) + struct.pack("<I", 12) + b"v4.0.30319\0\0" + struct.pack("<HH", 0, 2)
    start = len(root) + 12 + 20
    root += struct.pack("<II", start, len(tables)) + b"#~\0\0" + struct.pack("<II", start + len(tables), len(strings)) + b"#Strings\0\0\0\0"
    root += tables + strings
    return struct.pack("<IHHII", 72, 2, 5, address + 72, len(root)) + bytes(56) + root


def pe(sections, directories=(), wide=False, base=0x400000):
    """Sections are (name, flags, content), or content of the address that they get."""
    optional = struct.pack("<H", 0x20B if wide else 0x10B) + bytes(22) + (struct.pack("<Q", base) if wide else bytes(4) + struct.pack("<I", base))
    optional = optional.ljust(108 if wide else 92, b"\0") + struct.pack("<I", 16)
    head, body, address, offset = b"", b"", 0x1000, 0x400
    places = {}
    for name, flags, content in sections:
        data = content(address) if callable(content) else content
        places[name] = (address, len(data))
        head += struct.pack("<8sIIIIIIHHI", name.encode(), len(data), address, len(data), offset, 0, 0, 0, 0, flags)
        data = pad(data, 0x200)
        body, offset, address = body + data, offset + len(data), address + 0x1000 * (1 + len(data) // 0x1000)
    table = bytearray(128)
    for number, name in directories:
        struct.pack_into("<II", table, 8 * number, *places[name])
    optional += bytes(table)
    file = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40) + b"PE\0\0"
    file += struct.pack("<HHIIIHH", 0x8664 if wide else 0x14C, len(sections), 0, 0, 0, len(optional), 2) + optional + head
    return file.ljust(0x400, b"\0") + body


DATA = 0xC0000040


def assembly(name, version=(1, 2, 3, 4), **strings):
    sections = [(".text", 0x60000020, lambda at: metadata(name, version, at))]
    if strings:
        sections.append((".rsrc", 0x40000040, lambda at: resources(strings, at)))
    return pe(sections, [(14, ".text")] + [(2, ".rsrc")] * bool(strings))


def go_pe(wide=True, version="go1.15.5", modules=MODULES, pointed=True):
    base = 0x140000000 if wide else 0x400000
    words = lambda *values: struct.pack(f"<{len(values)}{'Q' if wide else 'I'}", *values)
    make = lambda at: go_pointed(base + at, words, 8 if wide else 4, False, version, modules) if pointed else go_inline(version, modules)
    return pe([(".data", DATA, make)], wide=wide, base=base)


def go_macho(version="go1.20", modules=MODULES):
    data = go_inline(version, modules)
    name = lambda text: text.encode().ljust(16, b"\0")
    offset = 32 + 72 + 80
    command = struct.pack("<II", 0x19, 72 + 80) + name("__DATA") + struct.pack("<QQQQIIII", BASE, len(data), offset, len(data), 3, 3, 1, 0)
    command += name("__go_buildinfo") + name("__DATA") + struct.pack("<QQIIIIIIII", BASE, len(data), offset, 4, 0, 0, 0, 0, 0, 0)
    return struct.pack("<IIIIIIII", 0xFEEDFACF, 0x100000C, 0, 2, 1, len(command), 0, 0) + command + data
