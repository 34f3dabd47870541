"""A program whose threads are blocked, each in another way; run by test_objects with an empty directory.

Prints a line of JSON, {"tids": {name: tid}, "port": N, "deaf": N}, and ends when its standard input does.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time

folder = sys.argv[1]
HOSTILE = b"\x1b[31m)\n\xff"  # 15 bytes at most

server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]
client = socket.create_connection(("127.0.0.1", port))
accepted, _ = server.accept()
server6 = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
mapped = socket.create_connection(("127.0.0.1", server6.getsockname()[1]))
mapped_accepted, _ = server6.accept()
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.connect(("127.0.0.1", 53))
unix_server = socket.socket(socket.AF_UNIX)
unix_server.bind(f"{folder}/socket")
unix_server.listen()
unix_client = socket.socket(socket.AF_UNIX)
unix_client.connect(f"{folder}/socket")
unix_accepted, _ = unix_server.accept()
own_reader, own_writer = os.pipe()
full, undrained = socket.socketpair()
full.setblocking(False)
with contextlib.suppress(BlockingIOError):
    while True:
        full.send(bytes(65536))
deaf = socket.socket()
deaf.bind(("127.0.0.1", 0))
deaf.listen(0)
filling = [socket.socket() for _ in range(3)]
for one in filling:
    one.setblocking(False)
    one.connect_ex(deaf.getsockname())
os.mkfifo(f"{folder}/fifo")
locked = open(f"{folder}/lock", "w")  # noqa: SIM115
fcntl.flock(locked, fcntl.LOCK_EX)
mutex = threading.Lock()
mutex.acquire()
libc = ctypes.CDLL(None)
native_mutex = ctypes.create_string_buffer(64)
libc.pthread_mutex_lock(native_mutex)
child = subprocess.Popen(["sleep", "600"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
rename = (
    f"import ctypes, time; ctypes.CDLL(None).prctl(15, {HOSTILE!r}, 0, 0, 0);"
    "print(1, flush=True); time.sleep(600)"
)
hostile = subprocess.Popen([sys.executable, "-c", rename], stdout=subprocess.PIPE)
hostile.stdout.read(1)


def poll(*descriptors, events=select.POLLIN):
    waiting = select.poll()
    for descriptor in descriptors:
        waiting.register(descriptor, events)
    waiting.poll()


def connect_with_timeout():
    with contextlib.suppress(OSError):
        socket.create_connection(deaf.getsockname(), timeout=600)


def epoll(*descriptors):
    waiting = select.epoll()
    for descriptor in descriptors:
        waiting.register(descriptor, select.EPOLLIN)
    waiting.poll()


WAITS = {
    "receive": lambda: client.recv(1),
    "receive_mapped": lambda: mapped.recv(1),
    "receive_request": lambda: accepted.recv(1),
    "accept": server.accept,
    "accept6": server6.accept,
    "datagram": lambda: datagrams.recv(1),
    "unix_receive": lambda: unix_client.recv(1),
    "unix_request": lambda: unix_accepted.recv(1),
    "select": lambda: select.select([client], [], []),
    "poll": lambda: poll(client),
    "poll_to_send": lambda: poll(full, events=select.POLLOUT),
    "select_to_send": lambda: select.select([], [full], []),
    "connect": connect_with_timeout,
    "poll_several": lambda: poll(client, server),
    "poll_pipes": lambda: poll(child.stdout, child.stderr),
    "epoll": lambda: epoll(client, server),
    "child_output": lambda: child.stdout.read(),
    "own_pipe": lambda: os.read(own_reader, 1),
    "wait": lambda: os.waitpid(child.pid, 0),
    "wait_hostile": lambda: os.waitpid(hostile.pid, 0),
    "wait_pidfd": lambda: poll(os.pidfd_open(child.pid)),
    "flock": lambda: fcntl.flock(os.open(f"{folder}/lock", os.O_RDONLY), fcntl.LOCK_EX),
    "open": lambda: os.open(f"{folder}/fifo", os.O_RDONLY),
    "lock": mutex.acquire,
    "native_lock": lambda: libc.pthread_mutex_lock(native_mutex),
    "sleep": lambda: time.sleep(600),
}

started = {}
for name, wait in WAITS.items():
    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    started[name] = thread.native_id
descriptors = {"file": locked.fileno(), "blocking": client.fileno(), "non-blocking": full.fileno()}
hello = {"tids": started, "port": port, "deaf": deaf.getsockname()[1], "descriptors": descriptors}
print(json.dumps(hello), flush=True)
sys.stdin.read()
child.kill()
hostile.kill()
libc._exit(0)
