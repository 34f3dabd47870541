"""The coding of ticks: exact, small, and never silent about a broken blob."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfdiag.daemon import frames
from perfdiag.model import Kind, Sample
from perfdiag.units import Unit

RAW = st.lists(st.floats(), max_size=40).map(lambda values: struct.pack(f"<{len(values)}d", *values))


def sample(name: str, value: float, *labels: tuple[str, str]) -> Sample:
    return Sample(name=name, value=value, unit=Unit.SECONDS, kind=Kind.COUNTER, labels=labels)


@given(RAW)
def test_a_key_frame_comes_back_to_the_bit(raw: bytes) -> None:
    assert raw == frames.decode(frames.encode(raw, b""), b"")


@given(RAW, st.data())
def test_a_frame_comes_back_to_the_bit_with_its_key(raw: bytes, data: st.DataObject) -> None:
    key = data.draw(st.binary(min_size=len(raw), max_size=len(raw)))
    assert raw == frames.decode(frames.encode(raw, key), key)


def test_samples_come_back_with_unit_kind_and_labels() -> None:
    samples = (sample("cpu.time", 1.5, ("mode", "user"), ("cpu", "0")), sample("disk.time", -0.0))
    layout = frames.decode_layout(frames.encode_layout(frames.layout_of(samples)))
    assert samples == frames.samples_of(layout, frames.values_of(samples))


@pytest.mark.parametrize("blob", [zlib.compress(b"1234567"), zlib.compress(bytes(16))])
def test_a_blob_of_a_wrong_length_is_refused(blob: bytes) -> None:
    with pytest.raises(ValueError, match="length"):
        frames.decode(blob, bytes(8))


def test_values_that_do_not_fit_the_layout_are_refused() -> None:
    layout = frames.layout_of([sample("a", 1.0)])
    with pytest.raises(ValueError, match="zip"):
        frames.samples_of(layout, bytes(16))
