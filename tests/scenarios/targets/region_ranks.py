"""Ranks the sales of regions with pandas: a Python function for each group, of which there are thousands,
where a method of pandas would do for all of them."""

import sys
import threading
import time

import numpy
import pandas
from lifecycle import ready, start

ROWS, REGIONS = 60_000, 6_000

ranked = {"rounds": 0, "best": 0.0}


def read_sales(seed: int) -> pandas.DataFrame:
    chance = numpy.random.default_rng(seed)
    regions = chance.integers(0, REGIONS, ROWS)
    return pandas.DataFrame({"region": regions, "amount": chance.normal(100, 20, ROWS)})


def score_region(amounts: pandas.Series) -> float:
    centred = amounts - amounts.mean()
    return float((centred * centred).sum() / max(1, len(centred)))


def rank_regions(sales: pandas.DataFrame) -> pandas.Series:
    return sales.groupby("region")["amount"].apply(score_region).rank()


def rank_for_ever() -> None:
    sales = read_sales(7)
    while True:
        ranked["best"] = float(rank_regions(sales).max())
        ranked["rounds"] += 1


def main() -> None:
    start()
    threading.Thread(target=rank_for_ever, name="rank", daemon=True).start()
    time.sleep(1.0)
    ready()
    while True:
        time.sleep(1)
        print(ranked, file=sys.stderr)


if __name__ == "__main__":
    main()
