#!/usr/bin/env python3
"""Hands the layouts that `logtriage events --layout` prints, and real events, to a parser of each engine.

    pip install duckdb chdb opentelemetry-proto
    Tests/Scripts/layouts.py .build/release/logtriage SampleLogs/incidents/three-backends

ClickHouse's own engine (chDB) makes the table and reads the lines, OpenTelemetry's own messages read
the requests, DuckDB reads CSV and NDJSON; every engine must count what `logtriage sql` counts.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import chdb.session
import duckdb
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

PROGRAM, LOGS = sys.argv[1:]
COUNTS = "SELECT class, sum(count) AS n FROM events GROUP BY class ORDER BY class"


def told(*arguments, **options):
    return subprocess.run(arguments, check=True, capture_output=True, text=True, **options).stdout


def layout(name, folder):
    file = folder / name
    file.write_text(told(PROGRAM, "events", "--layout", name))
    return str(file)


def same(engine, counts):
    counts = {name: int(count) for name, count in counts}
    assert counts == expected, (engine, counts, expected)
    print(f"{engine}: {sum(counts.values())} events in {len(counts)} classes")


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    lines, sheet = folder / "events.ndjson", folder / "events.csv"
    told(PROGRAM, "events", "-o", str(lines), LOGS)
    told(PROGRAM, "events", "--format", "csv", "-o", str(sheet), LOGS)
    answer = json.loads(told(PROGRAM, "sql", "--format", "json", COUNTS, LOGS))
    expected = {row["class"]: row["n"] for row in answer}

    same("DuckDB, CSV", duckdb.sql(
        COUNTS.replace("events", f"read_csv('{sheet}', header = true, all_varchar = false)")).fetchall())
    same("DuckDB, NDJSON", duckdb.sql(
        COUNTS.replace("sum(count)", "sum(coalesce(count, 1))").replace(
            "events", f"read_json('{lines}', format = 'newline_delimited', "
            "columns = {class: 'VARCHAR', count: 'BIGINT'})")).fetchall())

    clickhouse = chdb.session.Session()
    clickhouse.query(pathlib.Path(layout("clickhouse", folder)).read_text())
    clickhouse.query(
        f"INSERT INTO gateway_events FROM INFILE '{lines}' "
        "SETTINGS date_time_input_format = 'best_effort' FORMAT JSONEachRow")
    rows = clickhouse.query(COUNTS.replace("events", "gateway_events"), "JSONEachRow").bytes()
    same("ClickHouse", [(row["class"], row["n"]) for row in map(json.loads, rows.splitlines())])

    bulk = told("jq", "-c", "-f", layout("elasticsearch", folder), str(lines)).splitlines()
    counts = {}
    for action, document in zip(map(json.loads, bulk[::2]), map(json.loads, bulk[1::2]), strict=True):
        assert action == {"create": {}} and None not in document.values()
        assert "T" in document["@timestamp"]
        kind = document["event.action"]
        counts[kind] = counts.get(kind, 0) + document["gateway.count"]
    same("Elasticsearch bulk", counts.items())

    counts = {}
    requests = told("jq", "-c", "-f", layout("opentelemetry", folder), str(lines)).splitlines()
    times = [json.loads(line)["time"] for line in lines.open()]
    for request, time in zip(requests, times, strict=True):
        record, = json_format.Parse(
            request, ExportLogsServiceRequest()).resource_logs[0].scope_logs[0].log_records
        values = {pair.key: pair.value for pair in record.attributes}
        milliseconds = int(f"{time[20:-1]:0<3}")
        assert record.time_unix_nano // 10**6 % 1000 == milliseconds, (time, record.time_unix_nano)
        kind = values["error.type"].string_value
        counts[kind] = counts.get(kind, 0) + values["gateway.count"].int_value
    same("OpenTelemetry", counts.items())
