#!/usr/bin/env bash
# The table of speed: logtriage beside the tools that people use, on generated logs, interleaved.
#
#   Tests/Performance/bench.sh [EXCHANGES]      1,000,000 unless told: 200 MB of HAProxy
#
# Debian: apt-get install hyperfine haproxy goaccess lnav ripgrep mawk. What is missing is left out.
# goaccess and lnav do more than count; they are read on a tenth, and their time is taken times ten.
set -euo pipefail
cd "$(dirname "$0")/../.."
count=${1:-1000000}
runs=${RUNS:-7}
swift build -c release --product logtriage >&2
swift build -c release --product generate-logs >&2
bin=$(swift build -c release --show-bin-path)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for shape in haproxy apache-access apache-error datapower ca-ssg; do
  "$bin/generate-logs" "$shape" "$count" > "$dir/$shape.log"
  "$bin/generate-logs" "$shape" "$((count / 10))" > "$dir/$shape.tenth.log"
done
gzip -k "$dir/haproxy.log"

# row NAME SCALE OURS THEIRS: medians of interleaved runs, and their ratio.
row() {
  local peer=${4%% *}
  if ! command -v "$peer" > /dev/null; then
    echo "| $1 | | $peer is not installed | |"
    return
  fi
  hyperfine -w 1 -r 1 --export-json "$dir/warm.json" "$3" "$4" > /dev/null 2>&1
  for run in $(seq "$runs"); do
    hyperfine -r 1 --export-json "$dir/run.$run.json" "$3" "$4" > /dev/null 2>&1
  done
  python3 - "$1" "$2" "$dir"/run.*.json <<'PYTHON'
import json, statistics, sys
name, scale, runs = sys.argv[1], float(sys.argv[2]), [json.load(open(p))["results"] for p in sys.argv[3:]]
ours = statistics.median(r[0]["median"] for r in runs)
theirs = statistics.median(r[1]["median"] for r in runs) * scale
ratio = statistics.median(r[1]["median"] * scale / r[0]["median"] for r in runs)
print(f"| {name} | {ours:.2f} s | {theirs:.2f} s | {ratio:.2f} |")
PYTHON
  rm -f "$dir"/run.*.json
}

us="$bin/logtriage -j"
echo "| $count exchanges | logtriage | peer | ratio |"
echo "|---|---|---|---|"
row "HAProxy, 1 thread, halog -srv" 1 "$us 1 $dir/haproxy.log" "halog -srv -s -1 < $dir/haproxy.log"
row "HAProxy, 2 threads, halog -srv" 1 "$us 2 $dir/haproxy.log" "halog -srv -s -1 < $dir/haproxy.log"
row "HAProxy .gz, zcat and halog -srv" 1 "$us 2 $dir/haproxy.log.gz" \
  "zcat $dir/haproxy.log.gz | halog -srv -s -1"
row "HAProxy, mawk totals" 1 "$us 1 $dir/haproxy.log" \
  "mawk '{n[\$6,\$8]++} END {for (k in n) print k, n[k]}' $dir/haproxy.log"
row "HAProxy, lnav" 10 "$us 2 $dir/haproxy.log" \
  "lnav -n -c ';SELECT log_level, count(*) FROM all_logs GROUP BY 1' $dir/haproxy.tenth.log"
row "Apache access, goaccess" 10 "$us 2 $dir/apache-access.log" \
  "goaccess $dir/apache-access.tenth.log --log-format=COMBINED -o json"
row "Apache error, lnav" 10 "$us 2 $dir/apache-error.log" \
  "lnav -n -c ';SELECT log_level, count(*) FROM all_logs GROUP BY 1' $dir/apache-error.tenth.log"
row "Apache error, rg -c" 1 "$us 1 $dir/apache-error.log" "rg -c 'AH00957|AH01102|AH01114' $dir/apache-error.log"
row "DataPower, wc -l" 1 "$us 2 $dir/datapower.log" "wc -l $dir/datapower.log"
row "CA gateway, wc -l" 1 "$us 2 $dir/ca-ssg.log" "wc -l $dir/ca-ssg.log"
row "2 threads, 1 thread" 1 "$us 2 $dir/haproxy.log" "$us 1 $dir/haproxy.log"
echo
echo "| peak memory | KiB |"
echo "|---|---|"
"$bin/generate-logs" haproxy "$count" 216 > "$dir/haproxy.216-backends.log"
for log in haproxy.tenth haproxy haproxy.216-backends; do
  echo "| $log.log | $(/usr/bin/time -f %M $us 2 "$dir/$log.log" 2>&1 > /dev/null | tail -1) |"
done
