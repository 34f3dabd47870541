"""Two threads ask a slow service for one price after the other. The argument is its port."""

import signal
import socket
import sys
import threading


def ask_price(service: socket.socket, number: int) -> bytes:
    service.sendall(b"price %d\n" % number)
    return service.recv(100)


def add_tax(answer: bytes) -> int:
    return sum(letter * place for place, letter in enumerate(answer * 200)) % 1000


def keep_asking(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as service:
        for number in range(1_000_000_000):
            add_tax(ask_price(service, number))


def main() -> None:
    signal.alarm(60)
    threads = [threading.Thread(target=keep_asking, args=(int(sys.argv[1]),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
