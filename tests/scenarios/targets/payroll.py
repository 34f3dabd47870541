"""Writes the payroll with SQLAlchemy: ten threads, and an engine that keeps two connections to PostgreSQL and
opens no more. Each statement takes the database 25 ms. `--postgres` is its port."""

import sys
import threading
import time

from lifecycle import ready, start, truth
from sqlalchemy import Connection, Engine, create_engine, text

paid = {"people": 0, "taxes": 0}


def check_out(engine: Engine) -> Connection:
    with truth.span("pool"):
        return engine.connect()


def book_salary(engine: Engine, person: int) -> None:
    with check_out(engine) as connection:
        connection.execute(text("SELECT pg_sleep(0.025), :person"), {"person": person})


def compute_taxes(person: int) -> int:
    return sum(person * month % 997 for month in range(3000))


def pay_people(engine: Engine, first: int) -> None:
    for person in range(first, 1_000_000_000, 10):
        book_salary(engine, person)
        paid["taxes"] += compute_taxes(person)
        paid["people"] += 1


def main() -> None:
    port = start("postgres").postgres
    where = f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    engine = create_engine(where, pool_size=2, max_overflow=0, pool_timeout=60)
    for first in range(10):
        threading.Thread(target=pay_people, args=(engine, first), name=f"pay-{first}", daemon=True).start()
    time.sleep(1.0)
    ready()
    while True:
        time.sleep(1)
        print(paid, file=sys.stderr)


if __name__ == "__main__":
    main()
