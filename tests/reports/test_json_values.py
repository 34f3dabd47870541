import math

from perfdiag.model import Estimate, Object, ObjectType
from perfdiag.reports._json_values import estimate, item_of, number, place, text, window
from perfdiag.units import Unit


def test_numbers_have_six_digits_and_integers_stay_what_they_are():
    assert [0.123457, 1.0, 7, None, None, None] == [
        number(value) for value in (0.12345678, 1.0, 7, None, math.inf, math.nan)
    ]


def test_what_has_no_end_is_null():
    found = Estimate(value=0.5, low=-math.inf, high=math.inf, unit=Unit.RATIO, n=3, window=(1.0, math.inf))
    told = estimate(found)
    assert (0.5, None, None, [1.0, None]) == tuple(told[name] for name in ("value", "low", "high", "window"))


def test_what_is_not_there_is_null():
    assert [None] * 4 == [estimate(None), place(None), item_of(None), window(None)]


def test_an_object_without_a_peer_has_no_process():
    told = item_of(Object(id=0, type=ObjectType.FILE, name="/a\x1b"))
    assert ("file", "/a\\x1b", None) == (told["type"], told["name"], told["peer_pid"])
    assert "a\\x07" == text("a\x07")
