"""Builds pages from a ranking that a Redis server computes anew for each one: three workers of a pool wait for
its answer. Speaks RESP over plain sockets; `--redis` is the port on 127.0.0.1."""

import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from lifecycle import ready, start, truth

MEMBERS = 6_000
# What should have been stored once is aggregated on each request, inside the server.
RANKING = """
local rows = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local sums = {}
for i = 1, #rows, 2 do
  local group = string.sub(rows[i], 1, 5)
  sums[group] = (sums[group] or 0) + tonumber(rows[i + 1])
end
local top = {}
for group, sum in pairs(sums) do top[#top + 1] = group .. '=' .. sum end
table.sort(top)
return table.concat(top, ',', 1, math.min(#top, 50))
"""


class Cache:
    """A connection to Redis: commands as arrays of bulk strings, answers as text."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.buffer = b""

    def send(self, *words: object) -> None:
        parts = [str(word).encode() for word in words]
        head = b"*%d\r\n" % len(parts)
        self.socket.sendall(head + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))

    def line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            self.fill()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def fill(self) -> None:
        block = self.socket.recv(65536)
        if not block:
            sys.exit("redis closed the connection")
        self.buffer += block

    def answer(self) -> str:
        line = self.line()
        if line[:1] == b"$" and line != b"$-1":
            size = int(line[1:]) + 2
            while len(self.buffer) < size:
                self.fill()
            body, self.buffer = self.buffer[: size - 2], self.buffer[size:]
            return body.decode()
        if line[:1] == b"-":
            sys.exit(f"redis: {line.decode()}")
        return line[1:].decode()


class PageBuilder:
    def __init__(self, port: int) -> None:
        self.port = port
        self.pages = 0

    def load(self) -> None:
        cache = Cache(self.port)
        for member in range(MEMBERS):
            cache.send("ZADD", "sales", member % 977, f"g{member % 300:04d}-{member}")
            cache.answer()

    def fetch_ranking(self, cache: Cache) -> str:
        cache.send("EVAL", RANKING, 1, "sales")
        with truth.span("network"):
            return cache.answer()

    def render_page(self, ranking: str) -> str:
        rows = [f"<tr><td>{row.replace('=', '</td><td>')}</td></tr>" for row in ranking.split(",")]
        return f"<table>{''.join(rows)}</table>"

    def build_pages(self) -> None:
        cache = Cache(self.port)
        while True:
            self.render_page(self.fetch_ranking(cache))
            self.pages += 1


def main() -> None:
    builder = PageBuilder(int(start("redis").redis))
    builder.load()
    pool = ThreadPoolExecutor(3, "page")
    for _ in range(3):
        pool.submit(builder.build_pages)
    threading.Thread(target=time.sleep, args=(3600,), name="nightly", daemon=True).start()
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(1)
        print(builder.pages, "pages", file=sys.stderr)


if __name__ == "__main__":
    main()
