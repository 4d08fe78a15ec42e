#!/usr/bin/env python3
"""Packs the fuzzer's inputs into one file, and unpacks them: corpus.py pack|unpack DIR.

Each input stands behind eight hexadecimal digits, its length.
"""
import hashlib, pathlib, sys

PACKED = pathlib.Path(__file__).with_name("corpus.packed")
action, directory = sys.argv[1], pathlib.Path(sys.argv[2])
if action == "pack":
    inputs = [path.read_bytes() for path in sorted(directory.iterdir())]
    PACKED.write_bytes(b"".join(b"%08x" % len(i) + i for i in inputs))
else:
    data = PACKED.read_bytes()
    while data:
        size = int(data[:8], 16)
        (directory / hashlib.sha1(data[8 : 8 + size]).hexdigest()).write_bytes(data[8 : 8 + size])
        data = data[8 + size :]
