#!/bin/sh
# Builds the readers with the toolchain's libFuzzer and runs it: fuzz.sh WORKDIR [libFuzzer options].
# New inputs go to WORKDIR/corpus; seeds are the samples and Tests/Fuzz/corpus. To renew the corpus of
# the tests, see minimize.py.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$1
shift
mkdir -p "$work/build" "$work/corpus"
cd "$work/build"
flags="-O -wmo -parse-as-library -sanitize=fuzzer -package-name logtriage -I .
  -enable-upcoming-feature ExistentialAny -enable-experimental-feature Lifetimes"
swiftc $flags -c -emit-module -module-name LogEvents -o LogEvents.o $(find "$root/Sources/LogEvents" -name '*.swift')
swiftc $flags -c -emit-module -module-name LogFormats -o LogFormats.o $(find "$root/Sources/LogFormats" -name '*.swift')
swiftc $flags -module-name Fuzz -o fuzz "$root/Tests/Fuzz/ReadingFuzzer.swift" LogEvents.o LogFormats.o
for log in $(find "$root/SampleLogs" -name '*.log'); do
  { printf 0; head -c 4000 "$log"; } > "$work/corpus/$(echo "${log#"$root/SampleLogs/"}" | tr / -)"
done
[ ! -d "$root/Tests/Fuzz/corpus" ] || cp "$root"/Tests/Fuzz/corpus/* "$work/corpus/"
exec ./fuzz -max_len=6000 -timeout=10 "$@" "$work/corpus"
