#!/usr/bin/env python3
"""One machine and a Spark cluster that loses an executor in the middle give the same bytes.

    pip install pyspark==3.5.6        (Java 17)
    Tests/Scripts/spark.py .build/release/logtriage

Twenty files: three days of the incident, a copy of one log in another gateway's directory, and a file
that is no log. The cluster is Spark's own `local-cluster`, two executors in processes of their own.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pyspark

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
INCIDENT = REPOSITORY / "SampleLogs/incidents/three-backends"
JOB = REPOSITORY / "Sources/Cluster/logtriage_spark.py"
SPARK = pathlib.Path(pyspark.__file__).parent
OPTIONS = ["--top", "2", "--format", "json"]


def compose(logs):
    for day in (18, 19, 20):
        for file in INCIDENT.glob("*/*"):
            copy = logs / f"{file.parent.name}-{day}" / file.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            content = file.read_bytes()
            if file.suffix != ".gz":
                content = re.sub(rb"20(?=/Nov/2026)|(?<=2026-11-)20|(?<=2026)1120", lambda found: (
                    b"%d" % day if len(found[0]) == 2 else b"11%d" % day), content)
                content = re.sub(rb"(?<=Nov )20 ", b"%d " % day, content)
            copy.write_bytes(content)
    (logs / "web9").mkdir()
    shutil.copy(logs / "web1-18/error.log", logs / "web9/error.log")
    (logs / "web9/core").write_bytes(bytes(range(256)) * 64)
    # What is copied through a file system may be of another time.
    for file in logs.glob("*/*"):
        os.utime(file, (1795200000, 1795200000))


def slow_program(folder):
    """Tells when it starts to read a log, and takes its time."""
    program = folder / "logtriage"
    program.write_text(f"""#!/bin/sh
case "$*" in "digest --log"*) echo start >> {folder}/started; sleep 1;; esac
exec {PROGRAM} "$@"
""")
    program.chmod(0o755)
    return program


def executors(driver):
    """The processes of executors that descend from the driver, which this script started."""
    parents = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            status = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            parents[int(entry.name)] = int(status[1]), (entry / "cmdline").read_bytes()
        except OSError:
            pass
    def descends(process):
        while process in parents and process != driver:
            process = parents[process][0]
        return process == driver
    return [process for process, (_, command) in parents.items()
            if b"CoarseGrainedExecutorBackend" in command and b"java" in command.split(b"\0")[0]
            and descends(process)]


def cluster(folder, logs, kills):
    started = folder / "started"
    started.unlink(missing_ok=True)
    environment = dict(os.environ, SPARK_HOME=str(SPARK), PYSPARK_PYTHON=sys.executable,
                       SPARK_LOCAL_IP="127.0.0.1", SPARK_SCALA_VERSION="2.12")
    with open(folder / "out", "wb") as out, open(folder / "errors", "wb") as errors:
        job = subprocess.Popen(
            [SPARK / "bin/spark-submit", "--master", "local-cluster[2,1,1024]",
             "--conf", "spark.executor.memory=512m", "--conf", "spark.ui.enabled=false",
             JOB, "--program", slow_program(folder), logs, *OPTIONS],
            cwd=folder, env=environment, stdout=out, stderr=errors)
        killed = 0
        while job.poll() is None:
            time.sleep(0.05)
            if kills > killed and started.exists() and len(started.read_text().split()) >= 7:
                os.kill(executors(job.pid)[0], signal.SIGKILL)
                killed += 1
    if job.returncode not in (0, 3):
        sys.exit((folder / "errors").read_text()[-6000:])
    lost = (folder / "errors").read_text().count("Lost executor")
    return (folder / "out").read_bytes(), job.returncode, lost, len(started.read_text().split())


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    compose(folder / "logs")
    files = sum(1 for _ in (folder / "logs").glob("*/*"))
    one = subprocess.run([PROGRAM, *OPTIONS, "logs"], cwd=folder, stdout=subprocess.PIPE)
    print(f"one machine: {files} files, status {one.returncode}, {len(one.stdout)} bytes")
    for kills, logs in [(0, "logs"), (1, "logs"), (1, f"file://{folder}/logs")]:
        began = time.time()
        told, status, lost, started = cluster(folder, logs, kills)
        same = told == one.stdout and status == one.returncode
        print(f"{logs.split(':')[0]}, {kills} executor killed ({lost} lost, {started} logs begun): "
              f"{'same bytes' if same else 'DIFFERENT'}, {time.time() - began:.0f} s", flush=True)
        if not same:
            sys.exit(1)
