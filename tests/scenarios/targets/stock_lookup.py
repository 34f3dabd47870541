"""Asks a warehouse how many of each article it has, in small questions of one line: four threads, each with a
connection that it keeps. What is lost on the way is missed only when the retransmission timer ends, since
nothing else is under way. `--peer` is the warehouse's port."""

import socket
import sys
import threading
import time
from typing import BinaryIO

from lifecycle import ready, start, truth

stock = {"asked": 0, "articles": 0}


def ask_warehouse(connection: socket.socket, answers: BinaryIO, article: int) -> int:
    with truth.span("network"):
        connection.sendall(b"how many of %d\n" % article)
        answer = answers.readline()
    return int(answer)


def reorder(article: int, left: int) -> int:
    return sum((article * week + left) % 53 for week in range(500)) % 7


def keep_stock(port: int, first: int) -> None:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection.makefile("rb") as answers:
        for article in range(first, 1_000_000_000, 4):
            left = ask_warehouse(connection, answers, article)
            stock["articles"] += reorder(article, left)
            stock["asked"] += 1


def main() -> None:
    port = int(start("peer").peer)
    for first in range(4):
        threading.Thread(target=keep_stock, args=(port, first), name=f"stock-{first}", daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(stock, file=sys.stderr)


if __name__ == "__main__":
    main()
