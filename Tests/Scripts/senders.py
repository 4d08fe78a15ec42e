#!/usr/bin/env python3
"""A real rsyslog forwards a real HAProxy's log to a listening tail over UDP, TCP and TLS.

senders.py LOGTRIAGE [--requests N]   needs haproxy, rsyslogd with rsyslog-gnutls, and openssl(1).

Every line that rsyslog wrote to a file beside it was received, every request became an event.
"""
import atexit, json, os, re, signal, subprocess, sys, tempfile, time

from gateways import Client, HAProxy, rsyslog

FORWARD = 'template="RSYSLOG_{form}" target="127.0.0.1" port="{port}"'
TLS = ('protocol="tcp" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name" '
       'StreamDriverPermittedPeers="logs.example.com" ')
OPTIONS = {
    'udp': 'protocol="udp" ' + FORWARD.format(form='TraditionalForwardFormat', port='{port}'),
    'tcp': 'protocol="tcp" ' + FORWARD.format(form='TraditionalForwardFormat', port='{port}'),
    'tcp, counted': 'protocol="tcp" TCP_Framing="octet-counted" '
                    + FORWARD.format(form='SyslogProtocol23Format', port='{port}'),
    'tls': TLS + FORWARD.format(form='TraditionalForwardFormat', port='{port}'),
    'tls, counted': TLS + ' TCP_Framing="octet-counted" '
                    + FORWARD.format(form='SyslogProtocol23Format', port='{port}'),
}


def openssl(*arguments):
    subprocess.run(['openssl', *arguments], check=True, capture_output=True)


def certificates(top):
    """An authority of our own, and what it signed for the listener."""
    ca, ca_key, request, cert, key = (
        os.path.join(top, name) for name in ('ca.pem', 'ca.key', 'request.pem', 'cert.pem', 'key.pem'))
    names = os.path.join(top, 'names')
    with open(names, 'w') as file:
        file.write('subjectAltName=DNS:logs.example.com\n')
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', ca_key, '-out', ca,
            '-days', '2', '-subj', '/CN=an authority')
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', request,
            '-subj', '/CN=logs.example.com')
    openssl('x509', '-req', '-in', request, '-CA', ca, '-CAkey', ca_key, '-CAcreateserial',
            '-out', cert, '-days', '2', '-extfile', names)
    return ca, cert, key


def trial(binary, name, requests):
    with tempfile.TemporaryDirectory() as top:
        ca, cert, key = certificates(top)
        out, log = os.path.join(top, 'out.json'), os.path.join(top, 'haproxy.log')
        tail = subprocess.Popen(
            [binary, 'tail', '--listen', f'{name.split(",")[0]}://127.0.0.1:0', '--tls-cert', cert,
             '--tls-key', key, '-o', out],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        atexit.register(tail.kill)
        port = re.search(r'listening on \S+:(\d+)', tail.stderr.readline())[1]
        syslog, address = rsyslog(top, f'global(DefaultNetstreamDriverCAFile="{ca}")\n'
                                  f'action(type="omfile" file="{log}")\n'
                                  f'action(type="omfwd" {OPTIONS[name].format(port=port)})')
        gateway = HAProxy(top, address)
        try:
            gateway.start()
            client = Client(gateway.port, requests)
            client.start()
            client.join()
        finally:
            gateway.close()
            time.sleep(1)
            syslog.terminate()
            syslog.wait()
            time.sleep(1)
            tail.send_signal(signal.SIGINT)
            tail.wait()
        with open(log) as file:
            texts = file.readlines()
        refused = sum(' SC-- ' in text for text in texts)
        with open(out) as file:
            report = json.load(file)
        lines, events = (sum(source[name] for source in report['sources']) for name in ('lines', 'events'))
        failures = report['totals']['failures']
        # One further connection only looked whether HAProxy listens.
        ok = requests < len(texts) == lines == events and failures == refused > 0
        print(f'{name:13} {requests} requests  {len(texts)} lines written {lines} received  '
              f'{events} events  {failures}/{refused} failures  {"ok" if ok else "WRONG"}', flush=True)
        return ok


def main():
    binary = os.path.abspath(sys.argv[1])
    requests = int(sys.argv[3]) if len(sys.argv) > 3 else 3000
    results = [trial(binary, name, requests) for name in OPTIONS]
    sys.exit(0 if all(results) else 1)


main()
