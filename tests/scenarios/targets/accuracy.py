"""Makes one class of wait, mixed with computing, and logs each wait: what attribution is measured against.
`--wait` is one of network, lock, queue, sleep, child, fsync, gil; `--directory` is for the file of fsync."""

import os
import queue
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from lifecycle import ready, start, truth

chance = random.Random(7)


def compute(seconds: float) -> int:
    """Pure Python for so much CPU time of the calling thread."""
    total, end = 0, time.thread_time() + seconds
    while time.thread_time() < end:
        for number in range(200):
            total += number * number
    return total


def answer(server: socket.socket) -> None:
    """The peer, in a process of its own: answers each byte after 5 to 25 ms."""
    connection = server.accept()[0]
    while connection.recv(1):
        time.sleep(chance.uniform(0.005, 0.025))
        connection.sendall(b"a")


def start_peer() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.alarm(120)
            answer(server)
            os._exit(0)
        return int(server.getsockname()[1])


def ask(connection: socket.socket) -> None:
    connection.sendall(b"q")
    with truth.span("network"):
        connection.recv(1)


def wait_for_peer(port: int) -> None:
    connection = socket.create_connection(("127.0.0.1", port))
    while True:
        ask(connection)
        compute(0.004)


def hold(lock: threading.Lock) -> None:
    with truth.span("lock"):
        lock.acquire()
    with truth.span("sleep"):
        time.sleep(0.01)
    lock.release()


def wait_for_lock(lock: threading.Lock) -> None:
    while True:
        hold(lock)
        compute(0.001)


def produce(jobs: "queue.Queue[float]") -> None:
    while True:
        time.sleep(chance.uniform(0.005, 0.02))
        jobs.put(0.003)


def wait_for_job(jobs: "queue.Queue[float]") -> None:
    while True:
        with truth.span("idle"):
            seconds = jobs.get()
        compute(seconds)


def pause() -> None:
    with truth.span("sleep"):
        time.sleep(chance.uniform(0.005, 0.03))


def wait_for_nothing() -> None:
    while True:
        pause()
        compute(0.004)


def run_command() -> None:
    with truth.span("child"):
        subprocess.run(["sleep", "0.05"], check=True)


def wait_for_child() -> None:
    while True:
        run_command()
        compute(0.01)


def wait_for_disk(path: Path) -> None:
    file = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    while True:
        os.pwrite(file, b"x" * 4096, 0)
        with truth.span("fsync"):
            os.fsync(file)


def wait_for_gil() -> None:
    meter = truth.meter()
    while True:
        compute(0.01)
        meter.mark()


def threads_for(wait: str, directory: Path) -> list[tuple[Callable[..., None], tuple[object, ...]]]:
    """Functions of the threads of a class of wait, with their arguments."""
    match wait:
        case "network":
            return [(wait_for_peer, (start_peer(),))]
        case "lock":
            return [(wait_for_lock, (threading.Lock(),))] * 4  # one lock, four threads
        case "queue":
            jobs: queue.Queue[float] = queue.Queue()
            return [(produce, (jobs,)), (wait_for_job, (jobs,))]
        case "sleep":
            return [(wait_for_nothing, ())]
        case "child":
            return [(wait_for_child, ())]
        case "fsync":
            return [(wait_for_disk, (directory / "accuracy.journal",))]
        case "gil":
            return [(wait_for_gil, ())] * 3
    raise SystemExit(f"no such wait: {wait}")


def main() -> None:
    options = start("wait", "directory")
    for function, arguments in threads_for(options.wait, Path(options.directory)):
        threading.Thread(target=function, args=arguments, daemon=True).start()
    time.sleep(0.3)
    ready()
    threading.Event().wait()


if __name__ == "__main__":
    main()
