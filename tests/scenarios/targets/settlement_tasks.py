"""Settles payments in Celery: a master and three children of its prefork pool, with more tasks in Redis than they
can do. Each task asks again and again, with pauses, whether the bank has booked it. `--redis` is a port."""

import os
import signal
import time

from celery import Celery
from celery.signals import worker_process_init, worker_ready
from lifecycle import ready, start, start_child

PAYMENTS = 2500
PAUSE = 0.02
QUESTIONS = 4

STDOUT = os.dup(1)

app = Celery("settlement")


def book(payment: int) -> int:
    return sum((payment + n) * n % 97 for n in range(5000))


def await_booking(payment: int) -> None:
    for _ in range(QUESTIONS):
        time.sleep(PAUSE)


@app.task
def settle_payment(payment: int) -> int:
    total = book(payment)
    await_booking(payment)
    return total


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
    for payment in range(PAYMENTS):
        settle_payment.delay(payment)
    os.dup2(2, 1)  # Celery greets on stdout, which is for the ready line
    words = ["--concurrency", "3", "--loglevel", "error", "--without-gossip", "--without-mingle"]
    app.worker_main(["worker", *words])


if __name__ == "__main__":
    main()
