#!/usr/bin/env python3
"""Signals, states and --keep of a tail while a log is written at 3,000 lines/s.

signals.py LOGTRIAGE

SIGUSR1 writes a report of what was seen so far; SIGHUP reads the settings anew (names and exclusions at
once, zones for logs met afterwards) or tells why not and keeps them; SIGTERM saves, and the next tail goes
on without loss or double counting; Ctrl-C ends with the report; --keep forgets whole days.
"""
import atexit, json, os, signal, subprocess, sys, tempfile, time

from writer import Writer, line


class Tail:
    def __init__(self, binary, top):
        self.out = os.path.join(top, 'out.json')
        self.errors = os.path.join(top, 'errors')
        self.process = subprocess.Popen(
            [binary, 'tail', os.path.join(top, 'logs'), '--state', os.path.join(top, 'state'),
             '--settings', os.path.join(top, 'settings.yaml'), '-o', self.out],
            stdout=subprocess.DEVNULL, stderr=open(self.errors, 'a'))
        atexit.register(self.process.kill)

    def hang_up(self):
        self.process.send_signal(signal.SIGHUP)
        time.sleep(1.5)
        with open(self.errors) as file:
            return (file.read().splitlines() or [''])[-1]

    def report(self):
        """What SIGUSR1 writes."""
        if os.path.exists(self.out):
            os.unlink(self.out)
        self.process.send_signal(signal.SIGUSR1)
        for _ in range(100):
            time.sleep(0.1)
            if os.path.exists(self.out):
                return self.read()
        return None

    def read(self):
        with open(self.out) as file:
            return json.load(file)

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait()


def events(report):
    return sum(source['events'] for source in report['sources'])


def backends(report):
    return {row['backend'] for row in report['findings']}


def settings(top, text):
    with open(os.path.join(top, 'settings.yaml'), 'w') as file:
        file.write(text)


def signals(binary, check):
    with tempfile.TemporaryDirectory() as top:
        logs, whole = os.path.join(top, 'logs'), os.path.join(top, 'whole.log')
        os.mkdir(logs)
        settings(top, '')
        writer = Writer(os.path.join(logs, 'lb.log'), whole, 3000)
        writer.start()
        tail = Tail(binary, top)
        time.sleep(3)
        before = writer.number
        time.sleep(0.5)
        report = tail.report()
        check('SIGUSR1 writes a report while it runs', before <= events(report) <= writer.number)
        check('names as the log has them', backends(report) == {'be/srv0', 'be/srv1', 'be/srv2'})

        settings(top, 'backends:\n  orders: ["be/srv0", "be/srv1"]\nzones:\n  "*late*": Europe/Berlin\n'
                      'exclude: ["*.debug"]\n')
        check('SIGHUP says that it read them', 'read anew' in tail.hang_up())
        for name in ('lb.debug', 'late.log'):
            with open(os.path.join(logs, name), 'w') as file:
                file.write(line(1))
        time.sleep(1)
        report = tail.report()
        zones = {os.path.basename(row['path']): row['assumedZone'] for row in report['sources']}
        check('other names at once', backends(report) == {'orders', 'be/srv2'})
        check('zones and exclusions of logs met afterwards', zones == {'lb.log': 'UTC', 'late.log': 'Europe/Berlin'})

        settings(top, 'backends: [\n')
        check('a broken file is told with its line', 'settings.yaml:2' in tail.hang_up())
        check('and what was read before stays', backends(tail.report()) == {'orders', 'be/srv2'})

        settings(top, 'exclude: ["late*"]\n')
        check('SIGTERM ends with status 0', tail.end(signal.SIGTERM) == 0)
        for ending, status in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
            tail = Tail(binary, top)
            time.sleep(1.5)
            if ending == signal.SIGINT:
                writer.stop = True
                writer.join()
                time.sleep(2)
            check(f'{signal.Signals(ending).name} after a restart ends with {status}', tail.end(ending) == status)
        told = subprocess.run([binary, 'events', whole], capture_output=True, text=True).stdout
        count = [row for row in tail.read()['sources'] if row['path'].endswith('lb.log')][0]['events']
        check(f'{writer.number} lines over three lives are {count} events',
              count == told.count('\n') == writer.number)


def keep(binary, check):
    """Refused requests of six days, one log; --keep 3d leaves those of the last days."""
    with tempfile.TemporaryDirectory() as top:
        log, now = os.path.join(top, 'lb.log'), time.time()
        with open(log, 'w') as file:
            for minute in range(6 * 24 * 60):
                moment = time.gmtime(now - 6 * 86400 + minute * 60)
                stamp = time.strftime('%d/%b/%Y:%H:%M:%S', moment)
                file.write(f'192.0.2.7:{1024 + minute} [{stamp}.000] fe be/srv 0/0/-1/-1/3 503 87 - - SC-- '
                           f'1/1/0/0/0 0/0 "GET /{minute} HTTP/1.1"\n')
        for days in (None, 3):
            state = os.path.join(top, f'state{days}')
            command = [binary, 'tail', '--once', log, '--state', state, *(['--keep', '3d'] if days else [])]
            for number in range(2):  # Days are dropped when something is saved.
                subprocess.run(command, stdout=subprocess.DEVNULL)
                with open(log, 'a') as file:
                    file.write(line(number))
            text = subprocess.run([binary, 'report', '--state', state, '--format', 'json'],
                                  capture_output=True, text=True).stdout
            failures = json.loads(text)['totals']['failures']
            fewest, most = (days * 1440, (days + 1) * 1440 + 4) if days else (8640, 8644)
            check(f'--keep {days}: {failures} of {6 * 1440} failures', fewest <= failures <= most)


def main():
    results = []

    def check(name, is_true):
        print(f'{name:60} {"ok" if is_true else "WRONG"}', flush=True)
        results.append(is_true)

    signals(os.path.abspath(sys.argv[1]), check)
    keep(os.path.abspath(sys.argv[1]), check)
    sys.exit(0 if all(results) else 1)


main()
