#!/usr/bin/env python3
"""Follows a log that is written while logrotate rotates it; every exchange is counted once.

follow.py LOGTRIAGE [--seconds N]   needs logrotate(8); exits 0 when all counts are equal.
"""
import json, os, signal, subprocess, sys, tempfile, time

from writer import Writer

def rotate(directory, options, writer, copies):
    config = os.path.join(directory, '..', 'logrotate.conf')
    with open(config, 'w') as file:
        file.write(f'{directory}/log {{\n  rotate 30\n  {options}\n}}\n')
    os.chmod(config, 0o644)
    state = os.path.join(directory, '..', 'logrotate.state')
    if copies or options.endswith('compress') and 'delay' not in options:
        # What is written between a copy and its truncation, or into a file that gzip(1) is reading,
        # is lost to everybody: the program waits, and reopens at once.
        with writer.lock:
            subprocess.run(['logrotate', '-f', '-s', state, config], check=True)
            if not copies:
                writer.file = open(writer.path, 'a')
    else:
        subprocess.run(['logrotate', '-f', '-s', state, config], check=True)
        time.sleep(0.05)
        writer.reopen()


def trial(binary, name, options, copies, seconds, extra=()):
    pause = 1.1 if 'dateext' in options or extra else 0.4
    with tempfile.TemporaryDirectory() as top:
        directory = os.path.join(top, 'logs')
        os.mkdir(directory, 0o755)
        whole, out = os.path.join(top, 'whole.log'), os.path.join(top, 'out.json')
        writer = Writer(os.path.join(directory, 'log'), whole, 3000)
        tail = subprocess.Popen(
            [binary, 'tail', directory, '-o', out, *extra], stdout=subprocess.DEVNULL)
        writer.start()
        end = time.time() + seconds
        while time.time() < end:
            time.sleep(pause)
            rotate(directory, options, writer, copies)
        writer.stop = True
        writer.join()
        time.sleep(2.5)
        tail.send_signal(signal.SIGINT)
        tail.wait()
        with open(out) as file:
            report = json.load(file)
        read = sum(source['events'] for source in report['sources'])
        told = subprocess.run([binary, 'events', whole], capture_output=True, text=True).stdout
        written = told.count('\n')
        failures = sum(1 for row in told.splitlines() if '"class":"connect-refused"' in row)
        ok = read == written == writer.number and report['totals']['failures'] == failures
        print(f'{name:28} {writer.number:7} lines {written:7} written {read:7} read  '
              f'{report["totals"]["failures"]:6}/{failures} failures  {"ok" if ok else "WRONG"}')
        return ok


def main():
    binary = os.path.abspath(sys.argv[1])
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 3
    trials = [
        ('create', 'create', False, ()),
        ('create, compress', 'create\n  compress', False, ()),
        ('create, delaycompress', 'create\n  compress\n  delaycompress', False, ()),
        ('dateext', 'create\n  dateext\n  dateformat -%Y%m%d-%s', False, ()),
        ('copytruncate', 'copytruncate', True, ()),
        ('copytruncate, compress', 'copytruncate\n  compress', True, ()),
        ('create, polling', 'create\n  compress', False, ('--poll',)),
    ]
    results = [trial(binary, name, *rest[:2], seconds, rest[2]) for name, *rest in trials]
    sys.exit(0 if all(results) else 1)


main()
