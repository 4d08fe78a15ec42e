#!/bin/sh
# Builds the readers with the toolchain's libFuzzer and runs it: fuzz.sh WORKDIR [libFuzzer options].
# New inputs go to WORKDIR/corpus; seeds are the samples and the packed corpus of the tests. To renew
# that one:
#   WORKDIR/build/fuzz -set_cover_merge=1 -use_counters=0 -use_cmp=0 -max_len=500 NEWDIR WORKDIR/corpus
#   Tests/Fuzz/corpus.py pack NEWDIR
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$1
shift
mkdir -p "$work/build" "$work/corpus"
cd "$work/build"
flags="-O -wmo -parse-as-library -sanitize=fuzzer -package-name logtriage -I . -I $root/Sources/CByteMasks
  -enable-upcoming-feature ExistentialAny -enable-experimental-feature Lifetimes"
swiftc $flags -c -emit-module -module-name LogEvents -o LogEvents.o $(find "$root/Sources/LogEvents" -name '*.swift')
swiftc $flags -c -emit-module -module-name LogFormats -o LogFormats.o $(find "$root/Sources/LogFormats" -name '*.swift')
swiftc $flags -module-name Fuzz -o fuzz "$root/Tests/Fuzz/ReadingFuzzer.swift" LogEvents.o LogFormats.o
for log in $(find "$root/SampleLogs" -name '*.log'); do
  { printf 0; head -c 4000 "$log"; } > "$work/corpus/$(echo "${log#"$root/SampleLogs/"}" | tr / -)"
done
python3 "$root/Tests/Fuzz/corpus.py" unpack "$work/corpus"
exec ./fuzz -max_len=6000 -timeout=10 "$@" "$work/corpus"
