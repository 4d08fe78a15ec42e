#!/usr/bin/env python3
"""A day's worth of lines at full speed: memory stays flat and the speed does, too.

steady.py LOGTRIAGE [--lines N] [--file]   17,280,000 lines unless told: 24 hours at 200 a second.

The lines come through standard input; with --file they are appended to a file that a tail follows, in
chunks of 100 MB. Printed are memory and the time of the processor at each tenth; at the end all lines
were counted, memory grew by less than a quarter after the first tenth, and the last tenths took no longer.
"""
import json, os, signal, subprocess, sys, tempfile, time, urllib.request

PORT = 19478
LINE = ('192.0.2.{client}:{port} [{time}.{ms:03d}] fe be{pool}/srv{server} {timers} {status} 87 - - {flags} '
        '1/1/0/0/0 0/0 "GET /{path} HTTP/1.1"\n')
START, RATE, CHUNK = 1_795_000_000, 200, 700_000


def chunk(first, count):
    """Lines as of 24 servers; every ten minutes one of them refuses for half a minute."""
    lines, second, stamp = [], None, ''
    for number in range(first, first + count):
        now = START + number // RATE
        if now != second:
            second, stamp = now, time.strftime('%d/%b/%Y:%H:%M:%S', time.gmtime(now))
        server = number * 7919 % 24
        failed = number % 997 == 0 or now % 600 < 30 and server == now // 600 % 24
        lines.append(LINE.format(
            client=number % 250, port=1024 + number % 60000, time=stamp, ms=number % RATE * 5,
            pool=server % 4, server=server, path=number % 5000,
            timers='0/0/-1/-1/3' if failed else f'0/0/1/{number % 90}/{number % 90 + 1}',
            status=503 if failed else 200, flags='SC--' if failed else '----'))
    return ''.join(lines).encode()


def look(tail):
    with open(f'/proc/{tail.pid}/status') as file:
        memory = next(int(row.split()[1]) for row in file if row.startswith('VmRSS')) // 1024
    with open(f'/proc/{tail.pid}/stat') as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return memory, (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def counted():
    text = urllib.request.urlopen(f'http://127.0.0.1:{PORT}/metrics', timeout=5).read().decode()
    return next(int(float(row.split()[1])) for row in text.splitlines()
                if row.startswith('logtriage_lines_total '))


def main():
    binary = os.path.abspath(sys.argv[1])
    total = int(sys.argv[sys.argv.index('--lines') + 1]) if '--lines' in sys.argv else 86400 * RATE
    follows = '--file' in sys.argv
    with tempfile.TemporaryDirectory() as top:
        log, out = os.path.join(top, 'lb.log'), os.path.join(top, 'out.json')
        sink = open(log, 'wb') if follows else None
        tail = subprocess.Popen(
            [binary, 'tail', log if follows else '-', '-o', out, '--metrics', f'127.0.0.1:{PORT}'],
            stdin=subprocess.DEVNULL if follows else subprocess.PIPE, stdout=subprocess.DEVNULL)
        sink, written, tenths = sink or tail.stdin, 0, []
        time.sleep(1)
        while written < total:
            count = min(CHUNK, total - written)
            sink.write(chunk(written, count))
            sink.flush()
            written += count
            if written * 10 // total > len(tenths):
                while counted() < written - 2000:  # A pipe holds some lines back.
                    time.sleep(0.05)
                tenths.append((*look(tail), written))
                memory, spent, _ = tenths[-1]
                before = tenths[-2] if len(tenths) > 1 else (0, 0, 0)
                pace = (written - before[2]) / max(0.01, spent - before[1])
                print(f'{len(tenths):3}/10  {written:9} lines  {memory:5} MB  {spent:6.1f} s of processor  '
                      f'{pace:8.0f} lines/s', flush=True)
        if follows:
            time.sleep(2)
            tail.send_signal(signal.SIGINT)
        sink.close()
        tail.wait()
        with open(out) as file:
            lines = sum(source['lines'] for source in json.load(file)['sources'])
    (first, early, _), (last, late, _) = tenths[0], tenths[-1]
    is_steady = last <= first * 1.25 and late - tenths[-3][1] <= 1.5 * (tenths[2][1] - early)
    print(f'{lines} of {total} lines  {first} MB at first, {last} MB at last  '
          f'{"ok" if lines == total and is_steady else "WRONG"}')
    sys.exit(0 if lines == total and is_steady else 1)


main()
