"""Healthy: a server without customers and workers without work."""

import queue
import signal
import socket
import threading


def work(jobs: "queue.Queue[int]") -> None:
    while True:
        jobs.get()


def main() -> None:
    signal.alarm(60)
    jobs: queue.Queue[int] = queue.Queue()
    for _ in range(4):
        threading.Thread(target=work, args=(jobs,), daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        while True:
            listener.accept()[0].close()


if __name__ == "__main__":
    main()
