#!/usr/bin/env python3
"""The report of `logtriage LOGS`, byte for byte, made by the machines of an Apache Spark cluster.

    spark-submit --master spark://... logtriage_spark.py /mnt/logs
    spark-submit --master yarn logtriage_spark.py --program /opt/logtriage s3a://bucket/logs --top 5 -o r.html

One task reads one log, with the files that rotation made of it; digests are added up by a tree; the
report is made from the last one, on the driver, with the options behind LOGS. A directory must be
where every executor sees it under the same name; what is behind a URI (hdfs://, s3a://, file://) comes
through Spark, a whole file in a worker's memory at a time. `logtriage` must be on every node, built
with `--static-swift-stdlib` where they have no Swift.

Tasks that are lost, repeated or speculative change nothing: a task only reads, and what two digests
have in common is counted once. Times of --digest-options are dates: what counts from the end of the
logs (-3h) does so for each log alone where a URI is named.

Tested with Spark 3.5.6 (Tests/Scripts/spark.py).
"""
import argparse
import os
import shlex
import subprocess
import sys
import tempfile

from pyspark import StorageLevel
from pyspark.sql import SparkSession

RAN, NOT_READ, NOT_RECOGNIZED = 0, 3, 4


def logtriage(*arguments, expected=(RAN,), directory=None):
    """Standard output; a file that cannot be read is a part of the answer, any other failure is not."""
    ran = subprocess.run([options.program, *arguments], cwd=directory or home, stdout=subprocess.PIPE)
    if ran.returncode not in expected:
        raise RuntimeError(f"{options.program} {arguments[0]} ended with {ran.returncode}")
    return ran.stdout


def lines(*arguments, directory=None):
    return logtriage(*arguments, directory=directory).decode().splitlines()


def digest(log, root, directory=None):
    return logtriage("digest", "--log", log, *digest_options, root, directory=directory,
                     expected=(RAN, NOT_READ, NOT_RECOGNIZED))


def merge(*digests, sort=("--sum",), ledger=None):
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for content in [*digests, *([ledger] if ledger else [])]:
            paths.append(os.path.join(folder, str(len(paths))))
            with open(paths[-1], "wb") as file:
                file.write(content)
        last = ["--ledger", paths.pop()] if ledger else []
        return logtriage("merge", *sort, "--digest", "-", *last, *paths)


def below_directory(spark, root):
    """A digest for each log of a directory that all nodes see."""
    logs = lines("digest", "--list", *digest_options, root)
    return spark.parallelize(logs, max(1, len(logs))).map(lambda log: digest(log, root))


def below_uri(spark, uri):
    """A digest for each log behind a URI, whose files Spark hands over."""
    path = spark._jvm.org.apache.hadoop.fs.Path(uri)
    system = path.getFileSystem(spark._jsc.hadoopConfiguration())
    top = system.getFileStatus(path).getPath().toString()
    root = os.path.basename(top)
    changed, walk = {}, system.listFiles(path, True)
    while walk.hasNext():
        status = walk.next()
        changed[status.getPath().toString()] = status.getModificationTime() / 1000

    def local(name):
        return root + name[len(top):]

    # Which files are one log is asked of the program, with empty files of the same names.
    with tempfile.TemporaryDirectory() as folder:
        for name in changed:
            write(folder, local(name), b"", 0)
        log_of = {file: log
                  for log in lines("digest", "--list", *digest_options, root, directory=folder)
                  for file in lines("digest", "--list", "--log", log, *digest_options, root,
                                    directory=folder)}
    wanted = [name for name in changed if local(name) in log_of]

    def digest_of(group):
        log, files = group
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files:
                write(folder, local(name), content, changed[name])
            return digest(log, root, directory=folder)

    return (spark.binaryFiles(",".join(wanted), len(wanted))
            .map(lambda file: (log_of[local(file[0])], file))
            .groupByKey(max(1, len(set(log_of.values()))))
            .map(digest_of))


def write(folder, name, content, changed):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    os.utime(path, (changed, changed))


def main():
    spark = SparkSession.builder.appName("logtriage").getOrCreate().sparkContext
    spark.setLogLevel("ERROR")
    read = below_uri if "://" in options.logs else below_directory
    digests = read(spark, options.logs).persist(StorageLevel.DISK_ONLY)
    # First what there is, which is little: a copy of a log may turn up in another branch of the tree.
    ledgers = digests.map(lambda one: merge(one, sort=("--only-ledger",))).collect()
    ledger = spark.broadcast(merge(*ledgers, sort=("--only-ledger",)))
    total = digests.treeReduce(lambda a, b: merge(a, b, ledger=ledger.value))
    spark.stop()
    with tempfile.NamedTemporaryFile() as file:
        file.write(total)
        file.flush()
        return subprocess.run([options.program, "merge", *report_options, file.name]).returncode


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
parser.add_argument("logs", help="directory that all nodes see, or a URI")
parser.add_argument("--program", default="logtriage", help="where it is on every node")
parser.add_argument("--digest-options", default="", help='as in "--assume-timezone Europe/Berlin"')

if __name__ == "__main__":
    options, report_options = parser.parse_known_args()
    digest_options = shlex.split(options.digest_options)
    home = os.getcwd()
    sys.exit(main())
