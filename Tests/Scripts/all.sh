#!/usr/bin/env bash
# Every script of this folder for which its programs are installed: all.sh LOGTRIAGE
set -euo pipefail
binary=$(realpath "$1")
cd "$(dirname "$0")"
python3 kill.py "$binary" --kills 8
if command -v openssl >/dev/null; then python3 listen.py "$binary" --lines 20000; fi
if command -v logrotate >/dev/null; then python3 follow.py "$binary" --seconds 2; fi
python3 signals.py "$binary"
python3 steady.py "$binary" --lines 4000000
if command -v rsyslogd >/dev/null && command -v haproxy >/dev/null; then
  python3 senders.py "$binary"
  if command -v apache2 >/dev/null && [ "$(id -u)" = 0 ]; then python3 servers.py "$binary"; fi
fi
if command -v tmux >/dev/null; then ./screen.sh "$binary"; fi
