"""Keeps a session for everyone who logs in, with a picture of 48 KB, and never forgets one: a hundred and fifty
a second, so that it grows by about 7 MB a second and does little else."""

import os
import sys
import threading
import time

from lifecycle import ready, start

LOGINS = 150  # a second
PICTURE = 48 << 10  # bytes


class SessionStore:
    def __init__(self) -> None:
        self.sessions: dict[str, bytearray] = {}
        self.seen = 0

    def open_session(self, user: int) -> str:
        key = os.urandom(12).hex()
        self.sessions[key] = bytearray(b"%d" % (user % 10)) * PICTURE
        return key

    def render_picture(self, key: str) -> int:
        return sum(self.sessions[key][::97])

    def receive_logins(self) -> None:
        due = time.monotonic()
        while True:
            self.render_picture(self.open_session(self.seen))
            self.seen += 1
            due += 1 / LOGINS
            time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    start()
    store = SessionStore()
    threading.Thread(target=store.receive_logins, name="logins", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(len(store.sessions), "sessions", file=sys.stderr)


if __name__ == "__main__":
    main()
