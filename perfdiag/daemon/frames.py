"""Coding of one tick for the ring: which series (a layout), and their values (a blob).

A layout is the list of (name, unit, kind, labels); it is stored once and changes only when a series appears
or ends. The values of a tick are 64-bit floats, XORed with those of a *key frame* of the same layout: what
did not change becomes zeros and what grew a little keeps few bytes. Byte planes side by side deflate well.
Exact for every float.
"""

import json
import sys
import zlib
from array import array
from collections.abc import Sequence
from typing import NamedTuple

from perfdiag.model import Kind, Labels, Sample
from perfdiag.units import Unit

_WIDTH = 8


class Series(NamedTuple):
    name: str
    unit: Unit
    kind: Kind
    labels: Labels


Layout = tuple[Series, ...]


def layout_of(samples: Sequence[Sample]) -> Layout:
    return tuple(Series(s.name, s.unit, s.kind, s.labels) for s in samples)


def values_of(samples: Sequence[Sample]) -> bytes:
    """The values as little-endian 64-bit floats."""
    values = array("d", [s.value for s in samples])
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def samples_of(layout: Layout, raw: bytes) -> tuple[Sample, ...]:
    """The inverse of `layout_of` and `values_of`. Raises ValueError when they do not belong together."""
    values = array("d")
    values.frombytes(raw)
    if sys.byteorder == "big":
        values.byteswap()
    return tuple(
        Sample(name=series.name, value=value, unit=series.unit, kind=series.kind, labels=series.labels)
        for series, value in zip(layout, values, strict=True)
    )


def encode_layout(layout: Layout) -> bytes:
    return zlib.compress(json.dumps(layout, separators=(",", ":")).encode("ascii"))


def decode_layout(blob: bytes) -> Layout:
    """Raises ValueError or zlib.error on a blob that is not a layout."""
    rows = json.loads(zlib.decompress(blob))
    return tuple(
        Series(name, Unit(unit), Kind(kind), tuple((key, value) for key, value in labels))
        for name, unit, kind, labels in rows
    )


def encode(raw: bytes, key: bytes) -> bytes:
    """The blob of `raw` against the key frame `key` (empty for a key frame itself)."""
    if key:
        raw = _xor(raw, key)
    return zlib.compress(b"".join(raw[plane::_WIDTH] for plane in range(_WIDTH)), 6)


def decode(blob: bytes, key: bytes) -> bytes:
    """The inverse of `encode`. Raises ValueError or zlib.error on a blob that is not one."""
    planes = zlib.decompress(blob)
    count, rest = divmod(len(planes), _WIDTH)
    if rest or (key and len(key) != len(planes)):
        raise ValueError("a frame of a broken length")
    raw = bytearray(len(planes))
    for plane in range(_WIDTH):
        raw[plane::_WIDTH] = planes[plane * count : (plane + 1) * count]
    return _xor(bytes(raw), key) if key else bytes(raw)


def _xor(left: bytes, right: bytes) -> bytes:
    mixed = int.from_bytes(left, "little") ^ int.from_bytes(right, "little")
    return mixed.to_bytes(len(left), "little")
