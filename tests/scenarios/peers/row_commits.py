"""Loads rows into PostgreSQL with a commit for each: `python row_commits.py PORT`; ends with its parent."""

import ctypes
import signal
import sys

import psycopg


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
    signal.alarm(120)
    address = f"host=127.0.0.1 port={int(sys.argv[1])} user=postgres dbname=postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("create table reading (id bigserial primary key, value integer, note text)")
        print('{"ready": true}', flush=True)
        for number in range(1_000_000_000):
            connection.execute(
                "insert into reading (value, note) values (%s, %s)", (number % 977, "x" * (number % 200))
            )


if __name__ == "__main__":
    main()
