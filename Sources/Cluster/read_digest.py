#!/usr/bin/env python3
"""A digest read without `logtriage`: files, records, and failures by backend and class."""
import json
import sys

for part in json.load(open(sys.argv[1]))["parts"]:
    for file in part["files"]:
        print(file["summary"]["path"], file["summary"].get("format"), file["summary"]["records"])
    for row in (part.get("digest") or {"backends": []})["backends"]:
        print(" ", row["backend"] or "?", row["gateway"], row["journal"], row["digest"]["classes"])
