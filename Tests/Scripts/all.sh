#!/usr/bin/env bash
# Every script of this folder for which its programs are installed: all.sh LOGTRIAGE
set -euo pipefail
binary=$(realpath "$1")
cd "$(dirname "$0")"
python3 kill.py "$binary" --kills 8
if command -v openssl >/dev/null; then python3 listen.py "$binary" --lines 20000; fi
if command -v logrotate >/dev/null; then python3 follow.py "$binary" --seconds 2; fi
if command -v tmux >/dev/null; then ./screen.sh "$binary"; fi
