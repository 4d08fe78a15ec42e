#!/usr/bin/env bash
# Drives the live screen in tmux and looks at what it shows: screen.sh LOGTRIAGE [-v shows the captures]
set -euo pipefail
binary=$(realpath "$1")
verbose=${2:-}
cd "$(dirname "$0")/../.."
top=$(mktemp -d)
export LANG=C.UTF-8 TERM=xterm-256color
trap 'tmux -S "$top/socket" kill-server 2>/dev/null || true; rm -rf "$top"' EXIT
cp -r SampleLogs/incidents/three-backends "$top/logs"

run() { # NAME ENVIRONMENT: starts a screen of 80x24
  tmux -S "$top/socket" -f /dev/null new-session -d -s "$1" -x 80 -y 24 \
    "cd $top; env $2 $binary tail logs; sleep 60"
}
keys() { tmux -S "$top/socket" send-keys -t "$1" "${@:2}"; sleep 0.5; }
shows() { # NAME TEXT: waits until the text is there
  for _ in $(seq 60); do
    capture=$(tmux -S "$top/socket" capture-pane -p -t "$1")
    if grep -qF -- "$2" <<<"$capture"; then
      if [ -n "$verbose" ]; then echo "--- $1: $2"; echo "$capture"; fi
      return
    fi
    sleep 0.25
  done
  echo "screen $1 does not show: $2"; echo "$capture"; exit 1
}

run main LANG=C.UTF-8
shows main "> CONSTANT   orders.example.com:8443"
shows main "last 60 min"
keys main v; shows main "> SPORADIC   ledger.example.com:443"
keys main Enter; shows main "confidence medium"
keys main Enter; keys main '?'; shows main "copy the command"
keys main '?'; keys main ' '; shows main "paused"
keys main ' '; keys main z; shows main "last 180 min"
keys main /; keys main ledger; keys main Enter
shows main "ledger.example.com:443"
keys main w; shows main "logtriage-report.md"; sleep 1
grep -q "orders.example.com" "$top/logtriage-report.md"
keys main f
tmux -S "$top/socket" resize-window -t main -x 20 -y 5; sleep 1.5; shows main "next"
tmux -S "$top/socket" resize-window -t main -x 100 -y 30; shows main "? help  q quit"
echo '203.0.113.7:57315 [20/Nov/2026:07:59:59.236] fe be/new1 0/0/-1/-1/3 503 87 - - SC-- 1/1/0/0/0 0/0 "GET /now HTTP/1.1"' >>"$top/logs/lb1/haproxy.log"
keys main /; keys main Escape; shows main "/now"
keys main q; shows main "VERDICTS"

run ascii "LANG=C NO_COLOR=1"
shows ascii "-- findings now --"
run dumb TERM=dumb
shows dumb "OPEN CONSTANT orders.example.com:8443"
echo "screen: ok"
