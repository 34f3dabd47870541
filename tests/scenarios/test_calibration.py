"""Whether a confidence is what it says: the score, the bins, and the windows that it is taken from."""

import pytest

from perfdiag.engine import diagnose
from perfdiag.model import TimeClass
from perfdiag.options import Options
from perfdiag.ticks import RowFlag
from tests.recordings_made import Shop, run, wait
from tests.scenarios.calibration import Claim, brier, claim_of, part, summary
from tests.scenarios.cutting import cut, windows
from tests.scenarios.scoring import Score


def claim(confidence: float, right: bool) -> Claim:
    return Claim(name="x", seconds=4.0, confidence=confidence, right=right)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [([claim(1.0, True)], 0.0), ([claim(1.0, False)], 1.0), ([claim(0.5, True), claim(0.5, False)], 0.25)],
    ids=["sure and right", "sure and wrong", "a coin"],
)
def test_the_brier_score(claims: list[Claim], expected: float) -> None:
    assert expected == brier(claims)


def test_no_claim_has_no_score() -> None:
    with pytest.raises(ValueError, match="nothing"):
        brier([])


def test_a_part_has_the_interval_of_wilson() -> None:
    assert "9/10 90% [60%..98%]" == part(9, 10)  # Wilson: 0.596 to 0.982


def test_the_bins_are_apart_at_four_fifths() -> None:
    text = summary("looks", [claim(0.8, True), claim(0.79, False), claim(0.9, True)])
    assert ">= 0.8 mean 0.85  right 2/2" in text
    assert "< 0.8  mean 0.79  right 0/1" in text


def score(kind: str = "sleep", healthy: bool = False, place: bool = True) -> Score:
    return Score(
        healthy=healthy, kind=kind, confidence=0.7, kind_right=not healthy, place_right=place,
        resource_right=True,
    )  # fmt: skip


def test_a_claim_is_right_with_its_kind_and_its_culprit() -> None:
    assert [True, False] == [claim_of("x", score(place=place), 8.0).right for place in (True, False)]


def test_where_nothing_was_found_nothing_is_claimed() -> None:
    assert claim_of("x", score(kind=""), 8.0) is None


def shop_recording(turns=400):
    shop = Shop()
    shop.thread(43, *[run(1, shop.price), wait(3, "recvfrom", shop.load, shop.database)] * turns)
    shop.thread(44, run(1, shop.price), wait(turns * 4 - 1, "futex", shop.timer, shop.lock), born=0)
    shop.thread(45, *[run(1, shop.price), wait(1, "recvfrom", shop.load, shop.database)] * 10)
    return shop.recording()


def test_a_look_is_cut_into_whole_windows() -> None:
    parts = list(windows(shop_recording(), 4.0))  # of 16 s
    assert 4 == len(parts)
    assert [4.0] * 4 == [pytest.approx(part.window[1] - part.window[0], abs=0.02) for part in parts]
    assert all(part.meta.cost.made == pytest.approx(400, abs=1) for part in parts)


def test_a_window_begins_with_what_each_living_thread_was_last_seen_to_do() -> None:
    whole = shop_recording()
    start = whole.window[0]
    rows = cut(whole, start + 4.0, start + 8.0).ticks.rows
    first = {tid for tick, tid in zip(rows["tick"], rows["tid"], strict=True) if tick == 0}
    assert {43, 44} == first  # 45 has ended by then
    assert not any(flags & RowFlag.GONE for flags in rows["flags"])


def test_a_window_says_of_its_time_what_the_whole_says_of_it() -> None:
    shop = Shop()
    shop.thread(43, *[run(1, shop.price), wait(3, "recvfrom", shop.load, shop.database)] * 400)
    whole = shop.recording()
    start = whole.window[0]
    shares = [
        {row.time: pytest.approx(row.share.value, abs=0.01) for row in diagnose(one, Options()).breakdown}
        for one in (whole, cut(whole, start + 4.0, start + 8.0))
    ]
    assert {TimeClass.NETWORK, TimeClass.PYTHON} <= shares[0].keys()
    assert shares[0].keys() == shares[1].keys()
    assert all(one.expected == shares[1][time] for time, one in shares[0].items())
