"""Draws maps, in Flask under gunicorn with one sync worker: the view computes heights for 30 ms. `--size` is
the width of a map; peers/http_clients.py asks for it."""

from flask import Flask
from lifecycle import start
from wsgi_server import serve

app = Flask(__name__)


def interpolate_heights(size: int) -> list[list[int]]:
    corners = (3, 141, 59, 26)
    rows = []
    for y in range(size):
        left = corners[0] * (size - y) + corners[2] * y
        right = corners[1] * (size - y) + corners[3] * y
        rows.append([(left * (size - x) + right * x) // (size * size) for x in range(size)])
    return rows


def shade(row: list[int]) -> str:
    return "".join(" .:-=+*#%@"[min(9, height // 15)] for height in row)


@app.get("/")
def draw_map() -> str:
    return "\n".join(shade(row) for row in interpolate_heights(app.config["SIZE"])[::4])


def main() -> None:
    app.config["SIZE"] = int(start("size").size)
    serve(app, workers=1)


if __name__ == "__main__":
    main()
