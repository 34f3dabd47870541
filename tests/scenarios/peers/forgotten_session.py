"""Updates a row of `shows` in the PostgreSQL server at the port of its argument, and goes idle within the
transaction for two seconds, again and again: `python forgotten_session.py PORT`; ends with its parent. Needs
psycopg."""

import ctypes
import signal
import sys
import time

import psycopg


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    with psycopg.connect(
        f"host=127.0.0.1 port={int(sys.argv[1])} user=postgres dbname=postgres"
    ) as connection:
        connection.execute("UPDATE shows SET free = free + 1 WHERE id = 7")
        print('{"ready": true}', flush=True)
        while True:
            time.sleep(2)
            connection.commit()
            connection.execute("UPDATE shows SET free = free + 1 WHERE id = 7")


if __name__ == "__main__":
    main()
