#!/usr/bin/env python3
"""first-calls.py SYMBOLS SECONDS SOCKET PROGRAM [ARGUMENT...]: runs PROGRAM for so long and prints the symbol of each managed method that is
called, one a line, in the order of the first calls.

SYMBOLS is the file that PROGRAM's symbols were moved to. Each method begins with a breakpoint, which goes when it is first met. For x86-64; the
addresses are those of the file, so PROGRAM must not be position-independent. It is started as systemd starts a service of Type=notify with a
watchdog, and handed a listening socket at SOCKET; in the end it is killed.
"""
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading

# <sys/ptrace.h>
TRACEME, PEEKUSER, POKEUSER, CONT, SETOPTIONS = 0, 3, 6, 7, 0x4200
O_TRACECLONE, O_EXITKILL = 0x8, 0x100000
# struct user of <sys/user.h>
RIP = 16 * 8
INT3 = b"\xcc"

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_ulong, ctypes.c_ulong]
libc.ptrace.restype = ctypes.c_long


def ptrace(request, thread, address=0, data=0):
    ctypes.set_errno(0)
    result = libc.ptrace(request, thread, address, data)
    # What PEEKUSER returns may be -1 itself.
    if ctypes.get_errno():
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def managed_methods(symbols):
    """Names by address."""
    all_symbols = []
    for line in subprocess.run(["nm", "--defined-only", symbols], check=True, capture_output=True, text=True).stdout.splitlines():
        address, _, name = line.split(" ", 2)
        all_symbols.append((int(address, 16), name))
    bounds = {name: address for address, name in all_symbols if name in ("__start___managedcode", "__stop___managedcode")}
    start, stop = bounds["__start___managedcode"], bounds["__stop___managedcode"]
    names = {}
    for address, name in all_symbols:
        if start <= address < stop and name not in bounds:
            names.setdefault(address, []).append(name)
    return names


class Systemd:
    """What a service sees of systemd: sd_listen_fds(3), sd_notify(3), sd_watchdog_enabled(3)."""

    FIRST_HANDED = 3

    def __init__(self, path):
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(path)
        self._listening.listen()
        self._notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notices.bind(path + ".notify")
        # .NET asks for the name of its parent.
        with open("/proc/self/comm", "w") as name:
            name.write("systemd")

    def prepare(self):
        """In the service's own process, before it becomes the service."""
        os.dup2(self._listening.fileno(), self.FIRST_HANDED)
        # dup2 leaves it as it is where both are the same.
        os.set_inheritable(self.FIRST_HANDED, True)
        os.environ.update(
            LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), NOTIFY_SOCKET=self._notices.getsockname(), WATCHDOG_USEC="30000000")

    def listen_to_notices(self):
        """A service waits where its notices pile up."""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while True:
            self._notices.recv(4096)


def start(command, systemd):
    """Starts it, stopped before its first instruction."""
    process = os.fork()
    if process == 0:
        systemd.prepare()
        ptrace(TRACEME, 0)
        os.execv(command[0], command)
    _, status = os.waitpid(process, 0)
    if not os.WIFSTOPPED(status):
        sys.exit(f"first-calls.py: {command[0]} does not start")
    ptrace(SETOPTIONS, process, 0, O_TRACECLONE | O_EXITKILL)
    systemd.listen_to_notices()
    return process


class Breakpoints:
    """One on each method of a process."""

    def __init__(self, process, names):
        self.names = names
        self.called = []
        self._memory = os.open(f"/proc/{process}/mem", os.O_RDWR)
        first, last = min(names), max(names)
        code = bytearray(os.pread(self._memory, last + 1 - first, first))
        self._bytes = {address: code[address - first : address - first + 1] for address in names}
        for address in names:
            code[address - first : address - first + 1] = INT3
        os.pwrite(self._memory, code, first)

    def met(self, thread):
        """Whether this is why the thread stopped; if so it goes on at the method's own first instruction."""
        address = ptrace(PEEKUSER, thread, RIP) - 1
        if address not in self.names:
            return False
        # Two threads may have met the same one.
        original = self._bytes.pop(address, None)
        if original:
            os.pwrite(self._memory, original, address)
            self.called += self.names[address]
        ptrace(POKEUSER, thread, RIP, address)
        return True


def follow(process, breakpoints):
    """Until the process ends."""
    threads = {process}
    ptrace(CONT, process)
    while True:
        thread, status = os.waitpid(-1, 0x40000000)  # __WALL
        if not os.WIFSTOPPED(status):
            if thread == process:
                return status
            continue
        stop = os.WSTOPSIG(status)
        try:
            # The tracer's own: the event of a clone, the stop with which a new thread begins, and the breakpoints. All else is the program's.
            own = (
                status >> 16
                or stop == signal.SIGSTOP and thread not in threads
                or stop == signal.SIGTRAP and breakpoints.met(thread)
            )
            ptrace(CONT, thread, 0, 0 if own else stop)
        except ProcessLookupError:
            pass  # killed meanwhile
        threads.add(thread)


def main():
    symbols, seconds, path, *command = sys.argv[1:]
    names = managed_methods(symbols)
    process = start(command, Systemd(path))
    breakpoints = Breakpoints(process, names)
    # Only the end by this signal is as planned.
    signal.signal(signal.SIGALRM, lambda *_: os.kill(process, signal.SIGKILL))
    signal.alarm(int(seconds))
    status = follow(process, breakpoints)
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        sys.exit(f"first-calls.py: {command[0]} ended by itself, wait status {status:#x}")
    print(*breakpoints.called, sep="\n")


main()
