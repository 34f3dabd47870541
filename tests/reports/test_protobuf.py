import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfdiag.reports._protobuf import integer, integers, message, text
from tests.reports.pprof_reading import fields, packed


@pytest.mark.parametrize(
    ("value", "encoded"),
    [(0, b""), (1, b"\x08\x01"), (150, b"\x08\x96\x01"), (-1, b"\x08" + b"\xff" * 9 + b"\x01")],
)
def test_an_integer_is_encoded_as_published(value: int, encoded: bytes) -> None:
    assert encoded == integer(1, value)


@given(st.lists(st.integers(0, 2**64 - 1)))
def test_integers_come_back(values: list[int]) -> None:
    assert values == [value for part in fields(integers(4, values))[4] for value in packed(part)]


@given(st.text())
def test_a_text_in_a_message_comes_back(content: str) -> None:
    (inside,) = fields(message(1000, text(2, content)))[1000]
    assert [content.encode("utf-8")] == fields(inside)[2]
