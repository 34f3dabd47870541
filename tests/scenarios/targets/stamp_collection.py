"""Finds stamps that look alike, in Celery: one child of its prefork pool does one slow task after the other,
and more are in Redis. `--redis` is a port."""

import os
import signal
import time

from celery import Celery
from celery.signals import worker_process_init, worker_ready
from lifecycle import ready, start, start_child

STAMPS = 1500

STDOUT = os.dup(1)

app = Celery("stamps")


def perceive(number: int) -> list[int]:
    return [(number * 7919 + place * place * 31) % 256 for place in range(900)]


def compare_stamps(left: list[int], right: list[int]) -> int:
    best = 1 << 30
    for shift in range(60):
        distance = 0
        for one, other in zip(left[shift:], right, strict=False):
            distance += abs(one - other)
        best = min(best, distance)
    return best


@app.task
def find_alike(number: int) -> int:
    stamp = perceive(number)
    return min(compare_stamps(stamp, perceive(other)) for other in range(number + 1, number + 6))


@worker_ready.connect
def tell_ready(**facts: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # at once, and not when every task is done
    time.sleep(0.5)
    os.dup2(STDOUT, 1)
    ready()


@worker_process_init.connect
def begin_child(**facts: object) -> None:
    start_child()


def main() -> None:
    port = start("redis").redis
    app.conf.broker_url = f"redis://127.0.0.1:{port}/0"
    app.conf.task_ignore_result = True
    app.conf.worker_redirect_stdouts = False
    app.conf.worker_enable_remote_control = False
    for number in range(STAMPS):
        find_alike.delay(number)
    os.dup2(2, 1)  # Celery greets on stdout, which is for the ready line
    words = ["--concurrency", "1", "--loglevel", "error", "--without-gossip", "--without-mingle"]
    app.worker_main(["worker", *words])


if __name__ == "__main__":
    main()
