"""Two players of dice_server, with a new connection for each roll: `python dice_players.py PORT`; ends with
its parent."""

import contextlib
import ctypes
import signal
import socket
import sys
import threading

PLAYERS = 2


def roll(port: int, number: int) -> None:
    while True:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), timeout=30) as table,
            table.makefile("rb") as answers,
        ):
            table.sendall(b"player %d\n" % number)
            answers.readline()


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    for number in range(PLAYERS):
        threading.Thread(target=roll, args=(int(sys.argv[1]), number)).start()
    print('{"ready": true}', flush=True)


if __name__ == "__main__":
    main()
