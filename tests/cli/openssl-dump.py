# SPDX-License-Identifier: Apache-2.0
"""What OpenSSL itself reads of a configuration file: "[SECTION] NAME=VALUE" lines, "refused" for what it does not load."""
import ctypes
import sys

crypto = ctypes.CDLL("libcrypto.so.3")
pointer = ctypes.c_void_p
for name, result, arguments in (("NCONF_new", pointer, [pointer]), ("BIO_new_file", pointer, [ctypes.c_char_p] * 2), ("BIO_free", ctypes.c_int, [pointer]),
                                ("NCONF_load", ctypes.c_int, [pointer, ctypes.c_char_p, pointer]), ("NCONF_dump_bio", ctypes.c_int, [pointer, pointer])):
    function = getattr(crypto, name)
    function.restype, function.argtypes = result, arguments
conf = crypto.NCONF_new(None)
if crypto.NCONF_load(conf, sys.argv[1].encode(), None) <= 0:
    sys.exit("refused")
out = crypto.BIO_new_file(b"/dev/stdout", b"w")
crypto.NCONF_dump_bio(conf, out)
crypto.BIO_free(out)
