#!/usr/bin/env bash
# Instructions a record, against what is checked in: they do not depend on how busy the machine is.
#
#   Tests/Performance/instructions.sh DIRECTORY-OF-BINARIES [--write]
#
# What 60,000 exchanges more cost while they are read, of logs that are large enough to be read in sections:
# start, sniffing and report fall out. More than 10 % above the limit fails.
set -euo pipefail
bin=$(realpath "$1")
cd "$(dirname "$0")"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

count() {
  # From the first block that is read to the end of the last one: neither sniffing nor the report.
  valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    --toggle-collect='*PlainA0V4read4from2to7consume*' "$dir/logtriage" -j 1 "$1" 2>&1 > /dev/null |
    sed -n 's/.*Collected : //p'
}

# valgrind reads symbols slowly, and not all that Swift writes for a debugger.
strip -g "$bin/logtriage" -o "$dir/logtriage"
failed=0
while read -r shape limit; do
  "$bin/generate-logs" "$shape" 60000 > "$dir/short.log"
  "$bin/generate-logs" "$shape" 120000 > "$dir/long.log"
  count "$dir/short.log" > "$dir/short" &
  count "$dir/long.log" > "$dir/long"
  wait
  lines=$(($(wc -l < "$dir/long.log") - $(wc -l < "$dir/short.log")))
  made=$((($(cat "$dir/long") - $(cat "$dir/short")) / lines))
  echo "$shape: $made instructions a line, limit $limit"
  echo "$shape $made" >> "$dir/limits"
  [ "$made" -le $((limit * 11 / 10)) ] || failed=1
done < limits
if [ "${2:-}" = --write ]; then cp "$dir/limits" limits; exit; fi
exit $failed
