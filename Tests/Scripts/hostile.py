"""A log whose every field is written by an enemy, as normalized events: what `logtriage events` writes and reads."""
import json

MARKUP = '"><script>window.pwned=1</script><img src=x onerror="window.pwned=1">'
ATTRIBUTE = "\"\u0338 onmouseover=window.pwned=1 style=color:red x='\u0338><x-logtriage>"
TEMPLATE = "{{{data}}}{{>count}}{{% CONTENT_TYPE:TEXT}}</script><!--<script>"
BIDI = "\u202emoc.elpmaxe\u2066\u200f\u0000\u001b[2J\u001b]0;x\u0007\u009b31m"
FORMULA = "=HYPERLINK(\"http://192.0.2.1\",\"x\")"
MARKDOWN = "| a |\n# head `code` [x](http://192.0.2.1) ![x](http://192.0.2.1)"
LONG = "/" + "a" * 10_000
FIELDS = [MARKUP, ATTRIBUTE, TEMPLATE, BIDI, FORMULA, MARKDOWN, LONG, "javascript:window.pwned=1", "+1+1", "-1", "@SUM(A1)", "\t=1"]


def hostile_log():
    lines = []
    for second in range(900):
        fault = FIELDS[second % len(FIELDS)]
        other = FIELDS[(second // 7) % len(FIELDS)]
        fails = second % 3 == 0 or 300 < second < 500
        lines.append(json.dumps({
            "file": "x.log", "line": second + 1, "time": f"2026-11-20T07:{second // 60:02d}:{second % 60:02d}.000Z",
            "source": fault, "format": None, "gateway": other[:200], "severity": "error" if fails else "info",
            "class": ["connect-refused", "response-timeout", "http-5xx"][second % 3] if fails else "ok",
            "backend": FIELDS[second % 5][:3000], "pool": other[:300], "service": fault[:500], "transaction": None,
            "client": FIELDS[(second + 3) % len(FIELDS)][:2000], "code": other[:100], "status": 503 if fails else 200,
            "duration_ms": 60_000 if fails else 12, "journal": "access", "uri": fault, "message": fault + other if fails else None,
        }, ensure_ascii=False))
    return "\n".join(lines) + "\n"
