"""Starts real gateways and a backend for the scripts beside this one, all on 127.0.0.1.

Everything lies in one directory and runs in the foreground; no service of the machine is touched.
"""
import http.client, http.server, os, signal, socket, subprocess, threading, time

APACHE = '''
ServerRoot {top}
ServerName localhost
PidFile {top}/apache.pid
Listen 127.0.0.1:{port}
User www-data
Group www-data
{modules}
GracefulShutdownTimeout 5
ErrorLog {error}
LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
CustomLog {access} common
ProxyTimeout 2
ProxyPass /live http://127.0.0.1:{live}/
ProxyPass /dead http://127.0.0.1:{dead}/ retry=0
'''
APACHE_MODULES = 'mpm_event', 'authz_core', 'proxy', 'proxy_http'
HAPROXY = '''
global
  log {target} local0
defaults
  mode http
  log global
  option httplog
  retries 0
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend fe
  bind 127.0.0.1:{port}
  use_backend dead if {{ path_beg /dead }}
  default_backend live
backend live
  server live1 127.0.0.1:{live}
backend dead
  server dead1 127.0.0.1:{dead}
'''


def free_port():
    with socket.socket() as place:
        place.bind(('127.0.0.1', 0))
        return place.getsockname()[1]


def wait_for(port):
    for _ in range(100):
        try:
            return socket.create_connection(('127.0.0.1', port), 1).close()
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f'nothing listens on {port}')


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *_):
        pass


class Backend(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A gateway that restarts resets its connections."""


class Gateway:
    """A program in the foreground that passes requests on to a backend that lives and one that is dead."""

    def __init__(self, top):
        self.top, self.port, self.dead, self.process = top, free_port(), free_port(), None
        self.backend = Backend(('127.0.0.1', 0), Answer)
        threading.Thread(target=self.backend.serve_forever, daemon=True).start()
        self.names = dict(top=top, port=self.port, dead=self.dead, live=self.backend.server_port)

    def write(self, name, text):
        path = os.path.join(self.top, name)
        with open(path, 'w') as file:
            file.write(text)
        os.chmod(path, 0o644)
        return path

    def stop(self):
        while True:
            self.process.terminate()
            try:
                return self.process.wait(5)
            except subprocess.TimeoutExpired:
                pass  # A gateway that is just reloading may miss the signal.

    def restart(self):
        self.stop()
        self.start()

    def close(self):
        self.stop()
        self.backend.shutdown()


class Apache(Gateway):
    def __init__(self, top, access, error):
        super().__init__(top)
        modules = '\n'.join(
            f'LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so' for name in APACHE_MODULES)
        self.config = self.write('apache.conf', APACHE.format(
            modules=modules, access=access, error=error, **self.names))

    def start(self):
        self.process = subprocess.Popen(['apache2', '-f', self.config, '-DFOREGROUND'])
        wait_for(self.port)

    def reload(self):
        self.process.send_signal(signal.SIGUSR1)


class HAProxy(Gateway):
    def __init__(self, top, target, output=os.devnull):
        super().__init__(top)
        self.output = output
        self.config = self.write('haproxy.cfg', HAPROXY.format(target=target, **self.names))

    def start(self):
        with open(self.output, 'a') as output:
            self.process = subprocess.Popen(
                ['haproxy', '-W', '-f', self.config], stdout=output, stderr=subprocess.DEVNULL)
        wait_for(self.port)

    def reload(self):
        self.process.send_signal(signal.SIGUSR2)


def rsyslog(top, text):
    """Starts rsyslogd, which does with what comes over UDP what `text` says; returns it and its address."""
    port, path = free_port(), os.path.join(top, 'rsyslog.conf')
    with open(path, 'w') as file:
        file.write(
            f'global(workDirectory="{top}")\nmodule(load="imudp")\n'
            f'input(type="imudp" address="127.0.0.1" port="{port}" rcvbufSize="4m")\n{text}\n')
    process = subprocess.Popen(['rsyslogd', '-n', '-f', path, '-i', os.path.join(top, 'rsyslog.pid')])
    while not os.path.exists(os.path.join(top, 'rsyslog.pid')):
        time.sleep(0.05)
    time.sleep(0.5)
    return process, f'127.0.0.1:{port}'


class Client(threading.Thread):
    """Asks a gateway for what lives and, once in `share`, for what is dead; ends after `count` or at `stop`."""

    def __init__(self, port, count=None, share=7):
        super().__init__(daemon=True)
        self.port, self.count, self.share, self.answered, self.stop = port, count, share, 0, False

    def run(self):
        stream, number = None, 0
        while not self.stop and number != self.count:
            number += 1
            path = f'/{"dead" if number % self.share == 0 else "live"}/{number}'
            try:
                stream = stream or http.client.HTTPConnection('127.0.0.1', self.port, timeout=5)
                stream.request('GET', path)
                stream.getresponse().read()
                self.answered += 1
            except (OSError, http.client.HTTPException):
                stream = None
                time.sleep(0.01)
