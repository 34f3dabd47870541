"""Delivers mail that is waiting in an outbox. The server it talks to answers "busy" twice to each message, so
that its three workers spend their time in the back-off between attempts."""

import sys
import threading
import time

from lifecycle import ready, start, truth

FIRST_PAUSE = 0.05


class Busy(Exception):
    pass


class Server:
    """Stands for a remote that accepts the third attempt."""

    def __init__(self) -> None:
        self.attempts: dict[int, int] = {}

    def offer(self, number: int, body: bytes) -> int:
        self.attempts[number] = self.attempts.get(number, 0) + 1
        if self.attempts[number] < 3:
            raise Busy(number)
        return len(body)


class Outbox:
    def __init__(self) -> None:
        self.server = Server()
        self.sent = 0
        self.next = 0
        self.lock = threading.Lock()

    def take(self) -> int:
        with self.lock:
            self.next += 1
            return self.next

    def compose(self, number: int) -> bytes:
        lines = [f"X-Line-{line}: {number * line % 1013}" for line in range(2000)]
        return "\r\n".join(lines).encode()

    def back_off(self, attempt: int) -> None:
        with truth.span("sleep"):
            time.sleep(FIRST_PAUSE * 2**attempt)

    def send_with_retries(self, number: int, body: bytes) -> None:
        for attempt in range(5):
            try:
                self.server.offer(number, body)
            except Busy:
                self.back_off(attempt)
            else:
                break
        self.sent += 1

    def deliver_all(self) -> None:
        while True:
            number = self.take()
            self.send_with_retries(number, self.compose(number))


def main() -> None:
    start()
    outbox = Outbox()
    for worker in range(3):
        threading.Thread(target=outbox.deliver_all, name=f"sender-{worker}", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(outbox.sent, "sent", file=sys.stderr)


if __name__ == "__main__":
    main()
