"""Makes the pages of a site of recipes. Its templates are compiled to Python, and nobody keeps what came out:
each page compiles its template anew, which takes far longer than to fill it in."""

import re
import sys
import threading
import time
from collections.abc import Callable

from lifecycle import ready, start

STEPS = 120
HOLE = re.compile(r"\{\{(.+?)\}\}")

site = {"pages": 0, "letters": 0}

Page = Callable[[dict[str, int]], str]


def write_template() -> str:
    steps = "".join(
        f"<li>{{{{recipe['grams'] * {n} // 7}}}} g of no. {n}, {{{{recipe['minutes'] + {n}}}}} min</li>\n"
        for n in range(STEPS)
    )
    return f"<h1>{{{{recipe['number']}}}}</h1>\n<ol>{steps}</ol>"


def compile_template(template: str) -> Page:
    lines = ["def page(recipe):", "  out = []"]
    for number, part in enumerate(HOLE.split(template)):
        lines.append(f"  out.append(str({part}))" if number % 2 else f"  out.append({part!r})")
    lines.append("  return ''.join(out)")
    names: dict[str, Page] = {}
    exec(compile("\n".join(lines), "template", "exec"), names)
    return names.pop("page")  # else it and its names would hold each other


def make_page(template: str, number: int) -> str:
    recipe = {"number": number, "grams": number % 300, "minutes": number % 50}
    return compile_template(template)(recipe)


def watch() -> None:
    time.sleep(0.3)
    ready()
    while True:
        time.sleep(0.5)
        print(site, file=sys.stderr)


def main() -> None:
    start()
    template = write_template()
    threading.Thread(target=watch, name="watch", daemon=True).start()
    for number in range(1_000_000_000):
        site["letters"] += len(make_page(template, number))
        site["pages"] += 1


if __name__ == "__main__":
    main()
