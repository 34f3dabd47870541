"""Lines of byte code before CPython 3.11: co_lnotab (3.8, 3.9) and the line table of PEP 626 (3.10).

Both are pairs of bytes (length of byte code, signed difference of lines); lnotab counts the line after the
length, 3.10 before it. Sources: Objects/lnotab_notes.txt of 3.8 and of 3.10.
"""

from array import array

from perfdiag.sampler.cpython.linetable import LineTable

_NO_LINE = -128  # 3.10: byte code that belongs to no line
_UNIT = 2  # bytes of an instruction, by which 3.10 counts


def decode_lnotab(table: bytes, first_line: int, length: int) -> LineTable:
    """Lines by byte offset, for byte code of `length` bytes."""
    ends, lines = _before_the_first(first_line)
    end, line = 0, first_line
    for step, difference in _pairs(table):
        end += step
        if step:
            ends.append(end)
            lines.append(line)
        line += difference
    if end < length:
        ends.append(length)
        lines.append(line)
    return LineTable(ends, lines)


def decode_pep626(table: bytes, first_line: int) -> LineTable:
    """Lines by instruction. Instructions without a line get the last line before them."""
    ends, lines = _before_the_first(first_line)
    end, line = 0, first_line
    for step, difference in _pairs(table):
        end += step
        if difference != _NO_LINE:
            line += difference
        if step:
            ends.append(end // _UNIT)
            lines.append(line)
    return LineTable(ends, lines)


def _pairs(table: bytes) -> "zip[tuple[int, int]]":
    if len(table) % 2:
        raise ValueError("the line table ends in the middle of an entry")
    return zip(table[::2], memoryview(table).cast("b")[1::2], strict=True)


def _before_the_first(first_line: int) -> tuple["array[int]", "array[int]"]:
    """A frame that has not begun yet, at -1, is on the first line of its code object."""
    return array("q", [0]), array("q", [first_line])
