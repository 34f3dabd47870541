"""Answers each line after 20 ms. The argument is the descriptor of its listening socket."""

import signal
import socket
import sys
import threading
import time


def answer(connection: socket.socket) -> None:
    with connection, connection.makefile("rwb", buffering=0) as lines:
        for line in lines:
            time.sleep(0.02)
            lines.write(line)


def main() -> None:
    signal.alarm(60)
    with socket.socket(fileno=int(sys.argv[1])) as listener:
        while True:
            threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()


if __name__ == "__main__":
    main()
