#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes rpm's database (ndb) of lines "NAME VERSION RELEASE SOURCERPM VENDOR [EPOCH [MODULE]]", a dash for none, underscores for spaces of the vendor:
make-rpmdb.py FILE <lines"""
import struct, sys, zlib

VENDOR = 1011
TAGS = 1000, 1001, 1002, 1044, VENDOR, 1003, 5096
STRING, NUMBER = 6, 4


def header(words):
    index, data = b"", b""
    for tag, word in sorted((tag, word) for tag, word in zip(TAGS, words) if word != "-"):
        if tag == 1003:
            data += bytes(-len(data) % 4)
        index += struct.pack(">4I", tag, NUMBER if tag == 1003 else STRING, len(data), 1)
        data += struct.pack(">I", int(word)) if tag == 1003 else (word.replace("_", " ") if tag == VENDOR else word).encode() + b"\0"
    return struct.pack(">2I", len(index) // 16, len(data)) + index + data


def blob(number, body):
    whole = b"BlbS" + struct.pack("<3I", number, 1, len(body)) + body
    whole += bytes(-(len(whole) + 12) % 16)
    return whole + struct.pack("<2I", zlib.adler32(whole), len(body)) + b"BlbE"


def ndb(headers):
    slots, blobs = b"", b""
    for number, body in enumerate(headers, 1):
        one = blob(number, body)
        slots += b"Slot" + struct.pack("<3I", number, (4096 + len(blobs)) // 16, len(one) // 16)
        blobs += one
    slots += (b"Slot" + bytes(12)) * (254 - len(headers))
    return b"RpmP" + struct.pack("<4I", 0, 1, 1, len(headers) + 1) + bytes(12) + slots + blobs


with open(sys.argv[1], "wb") as out:
    out.write(ndb([header(line.split()) for line in sys.stdin]))
