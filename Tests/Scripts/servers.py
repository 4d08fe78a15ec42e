#!/usr/bin/env python3
"""Follows the logs of a real apache2 and a real haproxy that are reloaded, restarted and rotated.

servers.py LOGTRIAGE [--seconds N]   needs apache2, haproxy, rsyslogd and logrotate, and root for apache2.

What the tail counted at its end (of its state, too) equals the report over all files read afterwards,
and the lines that stand in them.
"""
import gzip, json, os, signal, subprocess, sys, tempfile, time

from gateways import Apache, Client, HAProxy, rsyslog


def totals(text):
    report = json.loads(text)
    sums = [sum(source[name] for source in report['sources']) for name in ('lines', 'events')]
    return sums + [report['totals']['failures']]


def lines(directory):
    count = 0
    for name in os.listdir(directory):
        path = os.path.join(directory, name)
        with (gzip.open if name.endswith('.gz') else open)(path, 'rb') as file:
            count += sum(1 for _ in file)
    return count


def logrotate(top, options, after):
    config = os.path.join(top, 'logrotate.conf')
    with open(config, 'w') as file:
        file.write(f'{top}/logs/*.log {{\n  rotate 30\n  create 644 root root\n  {options}\n'
                   f'  sharedscripts\n  postrotate\n    {after}\n  endscript\n}}\n')
    os.chmod(config, 0o644)
    subprocess.run(['logrotate', '-f', '-s', os.path.join(top, 'logrotate.state'), config], check=True)


def rename(top):
    logs = os.path.join(top, 'logs')
    for name in [name for name in os.listdir(logs) if name.endswith('.log')]:
        os.rename(f'{logs}/{name}', f'{logs}/{name}.{time.time_ns() // 1_000_000}')


def apache_graceful(top, gateway, _):
    logrotate(top, 'compress\n  delaycompress', f'kill -USR1 {gateway.process.pid}')


def apache_renamed(top, gateway, _):
    rename(top)
    gateway.reload()


def apache_restarted(top, gateway, _):
    rename(top)
    gateway.restart()


def nothing(*_):
    pass


def syslog_rotated(top, gateway, syslog):
    logrotate(top, 'compress\n  delaycompress', f'kill -HUP {syslog.pid}')
    gateway.reload()


def syslog_restarted(top, gateway, syslog):
    rename(top)
    gateway.restart()
    syslog.send_signal(signal.SIGHUP)


def output_renamed(top, gateway, _):
    rename(top)
    gateway.restart()


def output_reloaded(_, gateway, __):
    gateway.reload()


def trial(binary, name, make, turn, seconds):
    with tempfile.TemporaryDirectory() as top:
        os.chmod(top, 0o755)
        logs, state, out = (os.path.join(top, name) for name in ('logs', 'state', 'out.json'))
        os.mkdir(logs)
        syslog = None
        if make == 'syslog':
            syslog, address = rsyslog(top, f'action(type="omfile" file="{logs}/haproxy.log")')
            gateway = HAProxy(top, address)
        elif make == 'output':
            gateway = HAProxy(top, 'stdout format raw', f'{logs}/haproxy.log')
        elif make == 'rotatelogs':
            gateway = Apache(top, *(f'"|/usr/bin/rotatelogs {logs}/{log}.%s 2"' for log in ('access', 'error')))
        else:
            gateway = Apache(top, f'{logs}/access.log', f'{logs}/error.log')
        tail = subprocess.Popen(
            [binary, 'tail', logs, '-o', out, '--state', state], stdout=subprocess.DEVNULL)
        gateway.start()
        client = Client(gateway.port)
        try:
            client.start()
            end = time.time() + seconds
            while time.time() < end:
                time.sleep(1.2)
                turn(top, gateway, syslog)
            client.stop = True
            client.join()
        finally:
            gateway.close()
            if syslog:
                syslog.terminate()
                syslog.wait()
            time.sleep(2.5)
            tail.send_signal(signal.SIGINT)
            tail.wait()
        with open(out) as file:
            live = totals(file.read())
        command = [binary, 'report', '--format', 'json']
        told = [totals(subprocess.run(command + more, capture_output=True, text=True).stdout)
                for more in (['--state', state], [logs])]
        ok = live == told[0] == told[1] and live[0] == lines(logs) and live[2] > 0
        print(f'{name:34} {client.answered:6} answers  {len(os.listdir(logs)):3} files  '
              f'lines, events, failures: tail {live} state {told[0]} report {told[1]}  '
              f'{"ok" if ok else f"WRONG: {lines(logs)} lines"}', flush=True)
        return ok


def main():
    binary = os.path.abspath(sys.argv[1])
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 6
    trials = [
        ('apache2, logrotate and graceful', 'files', apache_graceful),
        ('apache2, renamed and graceful', 'files', apache_renamed),
        ('apache2, renamed and restarted', 'files', apache_restarted),
        ('apache2, rotatelogs', 'rotatelogs', nothing),
        ('haproxy, rsyslog and logrotate', 'syslog', syslog_rotated),
        ('haproxy, rsyslog, restarted', 'syslog', syslog_restarted),
        ('haproxy, output, restarted', 'output', output_renamed),
        ('haproxy, output, reloaded', 'output', output_reloaded),
    ]
    results = [trial(binary, *row, seconds) for row in trials]
    sys.exit(0 if all(results) else 1)


main()
