"""The service of `make demo`: a shop's checkout over HTTP, one thread for each connection. Its fault: it keeps
the lock of the stock while it waits for the payment provider. `--provider` is the provider's port."""

import http.client
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lifecycle import ready, start

CATALOGUE = {f"item-{number}": 100 + number * 7 % 900 for number in range(500)}


class Shop:
    def __init__(self, provider: int) -> None:
        self.lock = threading.Lock()
        self.stock = dict.fromkeys(CATALOGUE, 1_000_000)
        self.provider = http.client.HTTPConnection("127.0.0.1", provider)
        self.orders = 0
        self.rate = 0  # orders in the last second

    def charge_card(self, amount: int) -> bool:
        self.provider.request("POST", "/charge", json.dumps({"amount": amount}))
        return bool(json.loads(self.provider.getresponse().read())["ok"])

    def reserve_stock(self, item: str) -> int:
        with self.lock:
            if self.charge_card(CATALOGUE[item]):
                self.stock[item] -= 1
                self.orders += 1
            return self.orders

    def recommend(self, item: str) -> list[str]:
        price = CATALOGUE[item]
        return sorted(CATALOGUE, key=lambda other: abs(CATALOGUE[other] - price))[:5]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    shop: Shop

    def do_GET(self) -> None:
        item = self.path.removeprefix("/buy/")
        answer = {"order": self.shop.reserve_stock(item), "also": self.shop.recommend(item)}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        pass


def watch(shop: Shop) -> None:
    before = 0
    while True:
        time.sleep(1)
        before, shop.rate = shop.orders, shop.orders - before


def main() -> None:
    Handler.shop = Shop(int(start("provider").provider))
    threading.Thread(target=watch, args=(Handler.shop,), name="watch", daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    ready(port=server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main()
