"""Lines of byte code: the location table of CPython 3.11 and later (PEP 626; Objects/locations.md in the
source of 3.11).

An entry is a byte 1CCCCLLL (C: code, L: length in code units of two bytes, less one) and what the code
says: 15 no line, 14 long form, 13 no columns, 10-12 one line with columns, 0-9 short form (same line).
"""

from array import array
from bisect import bisect_right
from typing import NamedTuple


class LineTable(NamedTuple):
    """`ends[i]` is the first byte offset behind the i-th run of byte code that belongs to `lines[i]`."""

    ends: "array[int]"
    lines: "array[int]"

    def line(self, offset: int) -> int:
        """Line of a byte offset; ValueError outside the byte code. A frame that has not begun yet points
        before the first instruction and gets its line."""
        if not -2 <= offset < self.ends[-1]:
            raise ValueError(f"offset {offset} is outside the byte code")
        return self.lines[bisect_right(self.ends, offset)]


def decode(table: bytes, first_line: int) -> LineTable:
    """Instructions without a line (clean-up after an exception) get the last line before them. ValueError
    when the table is damaged."""
    ends, lines = array("q"), array("q")
    at, end, line, shown = 0, 0, first_line, first_line
    try:
        while at < len(table):
            code, units = table[at] >> 3 & 15, (table[at] & 7) + 1
            at += 1
            if code >= 13:
                if code != 15:
                    delta, at = _signed(table, at)
                    line += delta
                for _ in range(3 if code == 14 else 0):
                    _, at = _unsigned(table, at)
            elif code >= 10:
                line += code - 10
                at += 2
            else:
                at += 1
            end += 2 * units
            if code != 15:
                shown = line
            ends.append(end)
            lines.append(shown)
    except IndexError as error:
        raise ValueError("the location table ends in the middle of an entry") from error
    if not ends:
        raise ValueError("the location table is empty")
    return LineTable(ends, lines)


def _unsigned(table: bytes, at: int) -> tuple[int, int]:
    """Value of a varint (six bits a byte, low bits first) and the index behind it."""
    byte = table[at]
    value, shift = byte & 63, 0
    while byte & 64:
        at += 1
        shift += 6
        byte = table[at]
        value |= (byte & 63) << shift
    return value, at + 1


def _signed(table: bytes, at: int) -> tuple[int, int]:
    value, at = _unsigned(table, at)
    return (-(value >> 1) if value & 1 else value >> 1), at
