"""Shows the weather of places, in Flask under gunicorn with four threads: each page asks a service of its own
for the weather, by requests, and that takes its time. `--peer` is the service's port."""

import requests
from flask import Flask
from lifecycle import start
from wsgi_server import serve

app = Flask(__name__)
shown = {"pages": 0}


def fetch_weather(port: int, place: int) -> bool:
    answer = requests.post(f"http://127.0.0.1:{port}/weather", json={"place": place}, timeout=10)
    return bool(answer.json()["ok"])


def describe(place: int) -> str:
    return "\n".join(f"{hour:2}:00 {(place * hour) % 31 - 5:3} degrees" for hour in range(24))


@app.get("/")
def show_weather() -> str:
    shown["pages"] += 1
    sunny = fetch_weather(app.config["SERVICE"], shown["pages"])
    return f"{'sun' if sunny else 'rain'}\n{describe(shown['pages'])}\n"


def main() -> None:
    app.config["SERVICE"] = int(start("peer").peer)
    serve(app, workers=1, threads=4)


if __name__ == "__main__":
    main()
