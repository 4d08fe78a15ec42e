#!/usr/bin/env python3
"""Prints what a sample must be read as, from what it is read as now: a draft to be checked by eye.

    expectations.py BINARY SAMPLE.log [--zone Z] [--year Y] [--template T] [--log-format F] > SAMPLE.events.ndjson
"""
import argparse, json, subprocess

KEYS = ("line", "time", "class", "backend", "pool", "service", "client", "code", "status", "transaction")
ap = argparse.ArgumentParser()
ap.add_argument("binary")
ap.add_argument("sample")
ap.add_argument("--zone", default="UTC")
ap.add_argument("--year", type=int)
ap.add_argument("--template")
ap.add_argument("--log-format")
a = ap.parse_args()
header = {"assume_timezone": a.zone}
command = [a.binary, "events", "--assume-timezone", a.zone]
if a.year:
    header["assume_year"] = a.year
    command += ["--assume-year", str(a.year)]
if a.template:
    header["traffic_template"] = a.template
    command += ["--traffic-template", a.template]
if a.log_format:
    header["log_format"] = a.log_format
    command += ["--log-format", a.log_format]
print(json.dumps(header))
done = subprocess.run(command + [a.sample], capture_output=True, text=True, check=True)
for row in map(json.loads, done.stdout.splitlines()):
    print(json.dumps({k: row[k] for k in KEYS if row.get(k) is not None}))
