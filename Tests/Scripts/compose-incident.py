#!/usr/bin/env python3
"""Composes SampleLogs/incidents/three-backends: one hour of four gateways, always the same bytes.

orders.example.com:8443   nothing listens from 07:21:40 on        seen by dp1 (DataPower), web1 (httpd)
pricing.example.com:9080  overloaded in five bursts               seen by lb1 (HAProxy), ca1 (CA gateway)
ledger.example.com:443    single failures of any kind, evenly spread  seen by dp1, web1, lb1
catalog.example.com:8080  healthy                                 seen by all
"""
import gzip, math, pathlib, random, sys
from datetime import datetime, timedelta, timezone

random.seed(20261120)
START = datetime(2026, 11, 20, 7, 0, 0, tzinfo=timezone.utc)
HOUR = 3600.0
DOWN = 1300.0
BURSTS = [(420, 52), (1130, 44), (1810, 61), (2480, 48), (3120, 57)]
OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "SampleLogs/incidents/three-backends")
lines = {"dp1/default-log": [], "web1/error.log": [], "web1/access.log": [], "ca1/ssg_0_0.log": [], "lb1/haproxy.log": []}
counter = {"tid": 48016, "port": 40000, "thread": 400}


def at(seconds):
    return START + timedelta(seconds=seconds)


def poisson(rate, begin=0.0, end=HOUR):
    t = begin
    while True:
        t += random.expovariate(rate)
        if t >= end:
            return
        yield round(t, 3)


def client():
    return "203.0.113.%d" % random.randint(5, 120)


def datapower(t, service, host, path, outcome):
    counter["tid"] += 16
    tid = counter["tid"]
    gtid = "5a10c3e7%08x%08x" % (int(at(t).timestamp()), tid)
    who = client()

    def line(dt, code, category, level, text, direction=""):
        stamp = at(t + dt).strftime("%Y%m%dT%H%M%S.") + "%03dZ" % (at(t + dt).microsecond // 1000)
        lines["dp1/default-log"].append((t + dt, f"{stamp} [{code}][{category}][{level}] mpgw({service}): tid({tid}){direction}[{who}] gtid({gtid}): {text}"))

    url = f"https://{host}{path}" if host.endswith(":443") or host.endswith(":8443") else f"http://{host}{path}"
    if outcome == "ok":
        ms = random.randint(20, 90)
        line(0.0, "0x80e00073", "latency", "info", f"Latency:   0   5   0   2   6   2   0 {ms} {ms + 4} {ms} {ms + 3} {ms + 4} {ms} {ms}   2   5 [{url}]")
    elif outcome == "refused":
        line(0.0, "0x80e0ffa1", "network", "error", f"Connection error(7) at '{url}'")
        line(0.001, "0x80e00126", "mpgw", "error", f"Valid backside connection could not be established: Failed to establish a backside connection, url: {url}")
        line(0.002, "0x01130006", "mpgw", "error", "Failed to establish a backside connection", "[error]")
    else:
        line(0.0, "0x80e0ffa2", "mpgw", "error", f"Backside header ('N/A') failed to parse due to: Failed to establish a backside connection, URL: {url}")
        line(0.001, "0x01130006", "mpgw", "error", "Failed to establish a backside connection", "[error]")


def httpd(t, host, path, outcome):
    counter["port"] = 40000 + (counter["port"] - 39999) % 20000
    who, port = client(), counter["port"]
    tid = 21400 + random.randint(0, 30)
    name = host.rsplit(":", 1)[0]
    ctime = at(t).strftime("%a %b %d %H:%M:%S.%f %Y")
    scheme = "https" if host.endswith(("443", "8443")) else "http"

    def error(module, text, offset=0):
        moment = at(t + offset).strftime("%a %b %d %H:%M:%S.%f %Y")
        lines["web1/error.log"].append((t + offset, f"[{moment}] [{module}:error] [pid 21385:tid {tid}] {text}"))

    status, ms = 200, random.randint(3, 60)
    if outcome == "refused":
        status = 503
        error("proxy", f"(111)Connection refused: AH00957: {scheme}: attempt to connect to 192.0.2.17:{host.rsplit(':', 1)[1]} ({host}) failed")
        error("proxy_http", f"[client {who}:{port}] AH01114: HTTP: failed to make connection to backend: {name}", 0.0001)
    elif outcome == "reset":
        status = 502
        error("proxy_http", f"(104)Connection reset by peer: [client {who}:{port}] AH01102: error reading status line from remote server {host}")
        error("proxy", f"[client {who}:{port}] AH00898: Error reading from remote server returned by {path}", 0.0001)
    stamp = at(t).strftime("%d/%b/%Y:%H:%M:%S +0000")
    lines["web1/access.log"].append((t + ms / 1000, f'{who} - - [{stamp}] "GET {path} HTTP/1.1" {status} {random.randint(180, 900)} "-" "curl/8.5.0" {ms * 1000 + random.randint(0, 999)} {scheme}://{host} -'))


def ssg(t, service, uri, url, outcome):
    counter["thread"] = 400 + (counter["thread"] - 399) % 60
    thread = counter["thread"]

    def line(level, logger, text, offset=0):
        moment = at(t + offset)
        stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.") + "%03d+0000" % (moment.microsecond // 1000)
        lines["ca1/ssg_0_0.log"].append((t + offset, f"{stamp} {level:<7} {thread} {logger}: {text}"))

    line("INFO", "com.l7tech.server.message", f"Processing request for service: {service} [{uri}]")
    if outcome == "ok":
        line("INFO", "com.l7tech.server.message", "Message processed successfully")
        return
    line("WARNING", "com.l7tech.server.policy.assertion.ServerHttpRoutingAssertion", f"4042: Problem routing to {url}. Error msg: Unable to obtain HTTP response from {url}: Read timed out. Timed out at 30000ms.")
    line("WARNING", "com.l7tech.server.MessageProcessor", "3016: Request routing failed with status 601 (Error in Assertion Processing)")
    line("WARNING", "com.l7tech.server.message", "Message was not processed: Error in Assertion Processing (601)", 0.001)


def haproxy(t, frontend, backend, server, path, outcome):
    counter["port"] = 40000 + (counter["port"] - 39999) % 20000
    accept = at(t).strftime("%d/%b/%Y:%H:%M:%S.") + "%03d" % (at(t).microsecond // 1000)
    ms = random.randint(2, 80)
    times, status, state = f"0/0/0/{ms}/{ms}", 200, "----"
    if outcome == "timeout":
        ms = 15000 + random.randint(0, 9)
        times, status, state = f"0/0/0/-1/{ms}", 504, "sH--"
    elif outcome == "queue":
        ms = 5000 + random.randint(0, 9)
        times, status, state = f"0/{ms}/-1/-1/{ms}", 503, "sQ--"
    elif outcome == "silent":
        ms = 4000 + random.randint(0, 9)
        times, status, state = f"0/0/-1/-1/{ms}", 503, "sC--"
    end = t + ms / 1000
    prefix = at(end).strftime("%Y-%m-%dT%H:%M:%S.") + "%03d+00:00" % (at(end).microsecond // 1000)
    lines["lb1/haproxy.log"].append((end, f'{prefix} lb1 haproxy[3049]: {client()}:{counter["port"]} [{accept}] {frontend} {backend}/{server} {times} {status} {random.randint(80, 900)} - - {state} 12/9/3/2/0 0/0 "GET {path} HTTP/1.1"'))


# orders: constant.
for t in poisson(0.35):
    datapower(t, "OrdersGW", "orders.example.com:8443", "/orders/v2/submit", "refused" if t >= DOWN else "ok")
for t in poisson(0.30):
    httpd(t, "orders.example.com:8443", "/orders/%d" % random.randint(100, 999), "refused" if t >= DOWN else "ok")

# pricing: clustered. The backend takes about 6 requests a second.
def load(t):
    return 7.0 if any(b <= t < b + d for b, d in BURSTS) else 0.8


for begin in range(0, 3600, 10):
    for t in poisson(load(begin), begin, begin + 10):
        bursting = load(t) > 1
        failing = bursting and random.random() < 0.34
        haproxy(t, "fe_shop", "be_pricing", "pricing.example.com:9080", "/price/%d" % random.randint(1, 999), "timeout" if failing else "ok")
for begin in range(0, 3600, 10):
    for t in poisson(0.25 if load(begin) < 1 else 1.5, begin, begin + 10):
        failing = load(t) > 1 and random.random() < 0.34
        ssg(t, "Pricing", "/pricing*", "http://pricing.example.com:9080/price", "timeout" if failing else "ok")

# ledger: sporadic.
faults = sorted(round(HOUR * (i + random.random()) / 17, 3) for i in range(17))
for i, t in enumerate(faults):
    if i % 3 == 0:
        datapower(t, "LedgerGW", "ledger.example.com:443", "/ledger/post", "late")
    elif i % 3 == 1:
        httpd(t, "ledger.example.com:443", "/ledger/book", "reset")
    else:
        haproxy(t, "fe_shop", "be_ledger", "ledger.example.com:443", "/ledger/%d" % i, "silent")
for t in poisson(0.30):
    datapower(t, "LedgerGW", "ledger.example.com:443", "/ledger/post", "ok")
for t in poisson(0.25):
    httpd(t, "ledger.example.com:443", "/ledger/book", "ok")
for t in poisson(0.35):
    haproxy(t, "fe_shop", "be_ledger", "ledger.example.com:443", "/ledger/%d" % random.randint(1, 99), "ok")

# catalog: healthy.
for t in poisson(0.10):
    datapower(t, "CatalogGW", "catalog.example.com:8080", "/catalog", "ok")
for t in poisson(0.12):
    httpd(t, "catalog.example.com:8080", "/catalog/item", "ok")
for t in poisson(0.12):
    haproxy(t, "fe_shop", "be_catalog", "catalog.example.com:8080", "/catalog", "ok")

for name, rows in lines.items():
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(row + "\n" for _, row in sorted(rows, key=lambda r: r[0])).encode()
    if name == "web1/access.log":
        # A rotated piece, compressed.
        cut = text.index(b"\n", len(text) // 2) + 1
        with open(str(path) + ".1.gz", "wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
            packed.write(text[:cut])
        text = text[cut:]
    path.write_bytes(text)
