"""Loads graphs whose nodes point at each other, with the collector told to look after every 50 containers
("to save memory"), above a catalogue that stays. Most time goes to garbage collection."""

from __future__ import annotations

import gc
import sys
import threading
import time

from lifecycle import ready, start, truth


class Node:
    def __init__(self, name: str, near: "list[Node]") -> None:
        self.name = name
        self.near = near
        self.links: dict[str, Node] = {}


class GraphLoader:
    def __init__(self) -> None:
        self.catalogue = {n: [n, str(n), {"kind": n % 7}] for n in range(30_000)}
        self.nodes: list[Node] = []
        self.loaded = 0

    def add_node(self, number: int) -> None:
        node = Node(f"node-{number}", self.nodes[-400:])
        for other in node.near[-4:]:
            other.links[node.name] = node
            node.links[other.name] = other
        self.nodes.append(node)

    def load_graph(self) -> None:
        self.nodes = []
        for number in range(800):
            self.add_node(number)
        self.loaded += 1

    def run(self) -> None:
        while True:
            self.load_graph()


class CollectionLog:
    """The program's own record of its collections."""

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self.span = truth.span("gc")
            self.span.__enter__()
        else:
            self.span.__exit__(None, None, None)


def main() -> None:
    options = start()
    if options.truth:
        gc.callbacks.append(CollectionLog())
    loader = GraphLoader()
    gc.set_threshold(50, 1, 1)
    threading.Thread(target=loader.run, name="loader", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(loader.loaded, "graphs", file=sys.stderr)


if __name__ == "__main__":
    main()
