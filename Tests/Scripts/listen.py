#!/usr/bin/env python3
"""Sends syslog over UDP, TCP and TLS to a listening tail; every message is counted, or its drop is.

listen.py LOGTRIAGE [--lines N]   needs openssl(1) for the TLS part.
"""
import json, os, re, signal, socket, ssl, subprocess, sys, tempfile, threading, time, urllib.request

from writer import line

HEADER = '<134>1 2026-11-20T08:00:00Z lb1 haproxy 4711 - - '


def messages(first, count):
    return [(HEADER + line(number)).rstrip('\n').encode() for number in range(first, first + count)]


class Tail:
    def __init__(self, binary, top, *options):
        self.out = os.path.join(top, 'out.json')
        self.process = subprocess.Popen(
            [binary, 'tail', '--listen', 'udp://127.0.0.1:0', '--listen', 'tcp://127.0.0.1:0',
             '-o', self.out, '--metrics', '127.0.0.1:19464', *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.ports = {}
        wanted = 3 if 'tls://127.0.0.1:0' in options else 2
        while len(self.ports) < wanted:
            found = re.search(r'listening on (\w+)://\S+:(\d+)', self.process.stderr.readline())
            self.ports[found[1]] = int(found[2])

    def metrics(self):
        text = urllib.request.urlopen('http://127.0.0.1:19464/metrics', timeout=5).read().decode()
        return {row.split()[0]: float(row.split()[1]) for row in text.splitlines()
                if not row.startswith('#') and '{' not in row}

    def settle(self, lines):
        for _ in range(200):
            told = self.metrics()
            if told['logtriage_lines_total'] + told['logtriage_messages_dropped_total'] >= lines:
                return told
            time.sleep(0.1)
        return self.metrics()

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        with open(self.out) as file:
            return json.load(file)


def send_stream(port, batch, counted, context=None):
    stream = socket.create_connection(('127.0.0.1', port))
    if context:
        stream = context.wrap_socket(stream, server_hostname='localhost')
    data = b''.join(b'%d %s' % (len(m), m) if counted else m + b'\n' for m in batch)
    stream.sendall(data)
    stream.close()


def check(name, told, sent, start=None):
    lines, dropped = told['logtriage_lines_total'], told['logtriage_messages_dropped_total']
    ok = lines + dropped == sent
    rate = f'{sent / (time.time() - start):9.0f}/s' if start else ''
    print(f'{name:24} {sent:8} sent {lines:8.0f} read {dropped:6.0f} dropped {rate}  '
          f'{"ok" if ok else "WRONG"}')
    return ok


def main():
    binary = os.path.abspath(sys.argv[1])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 20000
    results = []
    with tempfile.TemporaryDirectory() as top:
        cert, key = os.path.join(top, 'cert.pem'), os.path.join(top, 'key.pem')
        subprocess.run(
            ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert,
             '-days', '2', '-subj', '/CN=localhost'], check=True, capture_output=True)
        tail = Tail(binary, top, '--listen', 'tls://127.0.0.1:0', '--tls-cert', cert, '--tls-key', key)
        batch, sent = messages(0, count), 0

        start = time.time()
        send_stream(tail.ports['tcp'], batch, counted=True)
        sent += count
        results.append(check('tcp, counted', tail.settle(sent), sent, start))

        # Bad company: silent, endless, half a message. They must not harm the others.
        silent = [socket.create_connection(('127.0.0.1', tail.ports['tcp'])) for _ in range(50)]
        endless = socket.create_connection(('127.0.0.1', tail.ports['tcp']))
        endless.sendall(b'x' * 1_000_000)
        senders = [threading.Thread(target=send_stream, args=(
            tail.ports['tcp'], batch[n * 10:n * 10 + 10], n % 2 == 0)) for n in range(1000)]
        for sender in senders: sender.start()
        for sender in senders: sender.join()
        sent += 10_000
        results.append(check('tcp, 1000 senders', tail.settle(sent), sent))
        endless.close()
        sent += 1
        results.append(check('an endless line', tail.settle(sent), sent))

        context = ssl.create_default_context(cafile=cert)
        context.check_hostname = False
        send_stream(tail.ports['tls'], batch, counted=False, context=context)
        sent += count
        results.append(check('tls, newlines', tail.settle(sent), sent))

        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for message in batch:
            datagrams.sendto(message, ('127.0.0.1', tail.ports['udp']))
        sent += count
        results.append(check('udp', tail.settle(sent), sent))
        for stream in silent: stream.close()
        report = tail.end()
        lines = sum(source['lines'] for source in report['sources'])
        print(f'report: {lines} lines, {report["totals"]["failures"]} failures')
    sys.exit(0 if all(results) else 1)


main()
