"""Two processes side by side: who is worse, and that equal ones are not."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from perfdiag.contrast import LIMIT
from perfdiag.engine import diagnose
from perfdiag.model import AGAINST
from perfdiag.options import Options
from perfdiag.ticks import GIL_COLUMNS, Columns, GilFlag
from tests.recordings_made import Shop, run, wait

RECV = "recvfrom"


def side_by_side(first, second, *, gone=None):
    """A recording of two processes; each a list of milliseconds/10 that are computed in turns of 100 ms."""
    shop = Shop()
    for tid, turns in ((1, first), (2, second)):
        acts = ((run(busy, shop.price), wait(10 - busy, RECV, shop.load, shop.client)) for busy in turns)
        shop.thread(tid, *(act for turn in acts for act in turn))
    recording = shop.recording()
    rows, own = recording.ticks.rows, recording.processes[0]
    for at, tid in enumerate(rows["tid"]):
        rows["process"][at] = tid - 1
    gil = recording.ticks.gil = Columns(GIL_COLUMNS)
    for process in (0, 1):  # each holds its own when it computes
        gil.append(0, process, process + 1, GilFlag.LOCKED)
    recording.threads = [replace(one, process=one.tid - 1) for one in recording.threads]
    recording.processes = [own, replace(own, key="43@7", pid=43, gone=gone)]
    recording.meta = replace(recording.meta, options=((AGAINST, "43"),), subject="set:42,43")
    return diagnose(recording, Options()).contrast


def test_equal_processes_are_not_worse():
    found = side_by_side([3] * 100, [3] * 100)
    assert ("not worse", LIMIT) == (found.verdict, found.limit)
    assert ("shop (pid 42)", "shop (pid 43)") == (found.base, found.other)
    assert [] == [row.name for row in found.rows if row.certain]


def test_one_that_computes_half_as_much_again_is_worse_and_where_is_told():
    found = side_by_side([4] * 100, [6] * 100)
    assert "worse" == found.verdict
    total, *rows = found.rows
    assert ("total", 0.4, 0.6) == (total.kind, round(total.base, 1), round(total.other, 1))
    assert 0.5 == pytest.approx(total.change.value, abs=0.05)
    certain = [(row.kind, row.name.rpartition(":")[2]) for row in rows if row.certain]
    assert [("class", "python"), ("function", "price")] == certain


def test_less_is_not_worse():
    assert "not worse" == side_by_side([6] * 100, [3] * 100).verdict


def test_what_is_busy_all_the_time_cannot_be_told():
    found = side_by_side([10] * 100, [10] * 100)
    assert "undecided" == found.verdict
    assert "cannot grow" in found.because


def test_an_idle_process_is_nothing_to_compare_with():
    assert "undecided" == side_by_side([0] * 100, [3] * 100).verdict


def test_one_that_has_ended_cannot_be_told():
    found = side_by_side([4] * 100, [6] * 100, gone=5.0)
    assert ("undecided", True) == (found.verdict, "has ended" in found.because)


def test_equal_processes_are_quiet_and_a_planted_slowdown_is_found():
    """Loads that come and go, 12 looks of ten seconds each way."""
    generator = np.random.default_rng(3)

    def load(mean):
        noise = np.convolve(generator.normal(0, 1.0, 104), np.ones(5) / 5, mode="valid")
        return [int(value) for value in np.clip(np.round(mean + noise), 0, 10)]

    equal = Counter(side_by_side(load(4), load(4)).verdict for _ in range(12))
    slow = Counter(side_by_side(load(4), load(6.4)).verdict for _ in range(12))
    assert 0 == equal["worse"], equal
    assert equal["not worse"] >= 8, equal
    assert slow["worse"] >= 11, slow


def test_without_being_asked_nothing_is_compared():
    shop = Shop()
    shop.thread(1, *50 * (run(2, shop.price), wait(8, RECV, shop.load, shop.client)))
    assert None is diagnose(shop.recording(), Options()).contrast
