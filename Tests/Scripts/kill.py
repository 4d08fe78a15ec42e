#!/usr/bin/env python3
"""Kills a tail that keeps its state again and again; what it counted at last is exact.

kill.py LOGTRIAGE [--kills N]   a log is written at 10,000 lines/s and rotated meanwhile.
"""
import json, os, random, signal, subprocess, sys, tempfile, time

from writer import Writer, rotate_by_hand


def main():
    binary = os.path.abspath(sys.argv[1])
    kills = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    random.seed(6)
    with tempfile.TemporaryDirectory() as top:
        directory, state = os.path.join(top, 'logs'), os.path.join(top, 'state')
        os.mkdir(directory)
        whole, out = os.path.join(top, 'whole.log'), os.path.join(top, 'out.json')
        writer = Writer(os.path.join(directory, 'log'), whole, 10000)
        writer.start()
        for number in range(kills):
            tail = subprocess.Popen(
                [binary, 'tail', directory, '--state', state], stdout=subprocess.DEVNULL)
            time.sleep(random.uniform(0.02, 1.5))
            if number % 5 == 4:
                rotate_by_hand(directory, writer)
            tail.send_signal(signal.SIGKILL)
            tail.wait()
        writer.stop = True
        writer.join()
        subprocess.run(
            [binary, 'tail', directory, '--state', state, '--once'], stdout=subprocess.DEVNULL)
        report = subprocess.run(
            [binary, 'report', '--state', state, '--format', 'json'], capture_output=True, text=True)
        report = json.loads(report.stdout)
        told = subprocess.run([binary, 'events', whole], capture_output=True, text=True).stdout
        written = told.count('\n')
        failures = sum(1 for row in told.splitlines() if '"class":"connect-refused"' in row)
        read = sum(source['events'] for source in report['sources'])
        size = sum(os.path.getsize(os.path.join(state, name)) for name in os.listdir(state))
        ok = (writer.number, failures) == (written, report['totals']['failures']) and read == written
        print(f'{kills} kills  {writer.number} lines {written} written {read} read  '
              f'{report["totals"]["failures"]}/{failures} failures  state {size} bytes  '
              f'{"ok" if ok else "WRONG"}')
        sys.exit(0 if ok else 1)


main()
