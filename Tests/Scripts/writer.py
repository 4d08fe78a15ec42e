"""Writes a log as a program does, for the scripts beside this one."""
import os, threading, time

LINE = ('192.0.2.7:{port} [{time}.{ms:03d}] fe be/{server} {timers} {status} 87 - - {flags} '
        '1/1/0/0/0 0/0 "GET /{number} HTTP/1.1"\n')


def line(number):
    moment = time.gmtime()
    refused = number % 7 == 0
    return LINE.format(
        port=1024 + number % 60000, time=time.strftime('%d/%b/%Y:%H:%M:%S', moment),
        ms=number % 1000, server=f'srv{number % 3}', number=number,
        timers='0/0/-1/-1/3' if refused else '0/0/1/2/3',
        status=503 if refused else 200, flags='SC--' if refused else '----')


class Writer(threading.Thread):
    """A program that logs, reopening its file when told to."""

    def __init__(self, path, whole, rate):
        super().__init__(daemon=True)
        self.path, self.whole, self.rate = path, open(whole, 'w'), rate
        self.lock, self.stop, self.number = threading.Lock(), False, 0
        self.file = open(path, 'a')

    def run(self):
        while not self.stop:
            with self.lock:
                for _ in range(max(1, self.rate // 100)):
                    text = line(self.number)
                    self.number += 1
                    self.file.write(text)
                    self.whole.write(text)
                self.file.flush()
            time.sleep(0.01)
        self.whole.close()

    def reopen(self):
        with self.lock:
            self.file = open(self.path, 'a')


def rotate_by_hand(directory, writer):
    """Renames log to log.1, log.1 to log.2 and so on; the program reopens a moment later."""
    numbers = sorted(
        (int(name.split('.')[1]) for name in os.listdir(directory) if '.' in name), reverse=True)
    for number in numbers:
        os.rename(f'{directory}/log.{number}', f'{directory}/log.{number + 1}')
    os.rename(f'{directory}/log', f'{directory}/log.1')
    time.sleep(0.05)
    writer.reopen()
