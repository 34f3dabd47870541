"""Moves stock between two warehouses, whose clerks each lock their own warehouse before the other one. The
first two movements that meet wait for each other ever after; a heartbeat goes on, and so does the office,
which waits for orders."""

import queue
import sys
import threading
import time

from lifecycle import ready, start, truth

both_inside = threading.Barrier(2)
beats = {"count": 0}


class Warehouse:
    def __init__(self, name: str, stock: int) -> None:
        self.name, self.stock = name, stock
        self.door = threading.Lock()


def count_stock(house: Warehouse) -> int:
    return sum(number % 7 for number in range(house.stock)) % 50


def move_stock(source: Warehouse, goal: Warehouse) -> None:
    with source.door:
        pieces = count_stock(source)
        both_inside.wait()
        with truth.span("lock"):
            goal.door.acquire()
        try:
            source.stock -= pieces
            goal.stock += pieces
        finally:
            goal.door.release()


def clerk(source: Warehouse, goal: Warehouse) -> None:
    while True:
        move_stock(source, goal)


def take_orders(orders: "queue.Queue[int]") -> None:
    while True:
        orders.get()


def beat() -> None:
    while True:
        time.sleep(0.1)
        beats["count"] += 1


def main() -> None:
    start()
    north, south = Warehouse("north", 5000), Warehouse("south", 7000)
    orders: queue.Queue[int] = queue.Queue()
    for target, given in (
        (clerk, (north, south)),
        (clerk, (south, north)),
        (take_orders, (orders,)),
        (beat, ()),
    ):
        threading.Thread(target=target, args=given, name=target.__name__, daemon=True).start()
    time.sleep(0.5)
    ready()
    while True:
        time.sleep(1)
        print(beats, file=sys.stderr)


if __name__ == "__main__":
    main()
