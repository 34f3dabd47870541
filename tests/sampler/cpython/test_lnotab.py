"""The interpreters themselves say which line an instruction belongs to."""

import json
import subprocess

import pytest

from perfdiag.sampler.cpython.lnotab import decode_lnotab, decode_pep626
from tests.sampler.cpython.conftest import PROGRAMS, find

# Prints of each code object in a file: line table, first line, length, [(start, end, line or null)].
_LINES = """
import dis, json, sys
def codes(code):
    yield code
    for const in code.co_consts:
        if hasattr(const, "co_code"):
            yield from codes(const)
def row(code):
    if hasattr(code, "co_lines"):
        return code.co_linetable.hex(), code.co_firstlineno, len(code.co_code), list(code.co_lines())
    starts = list(dis.findlinestarts(code)) + [(len(code.co_code), 0)]
    lines = [(starts[at][0], starts[at + 1][0], starts[at][1]) for at in range(len(starts) - 1)]
    return code.co_lnotab.hex(), code.co_firstlineno, len(code.co_code), lines
source = open(sys.argv[1], encoding="utf-8").read()
json.dump([row(code) for code in codes(compile(source, "file", "exec"))], sys.stdout)
"""
SOURCES = [__file__, *map(str, sorted(PROGRAMS.glob("*.py")))]
INSTRUCTION = 2  # bytes


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10"])
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.rpartition("/")[2])
def test_every_instruction_has_the_line_that_the_interpreter_gives_it(version: str, source: str) -> None:
    interpreter = find(version)
    if interpreter is None:
        pytest.skip(f"python{version} is not installed")
    done = subprocess.run([interpreter, "-c", _LINES, source], capture_output=True, check=True, timeout=20)
    compared = 0
    for table, first, length, lines in json.loads(done.stdout):
        pairs = bytes.fromhex(table)
        by_unit = version == "3.10"
        decoded = decode_pep626(pairs, first) if by_unit else decode_lnotab(pairs, first, length)
        before = first
        for start, end, line in lines:
            for at in range(start, end, INSTRUCTION):
                assert (line or before) == decoded.line(at // INSTRUCTION if by_unit else at)
                compared += 1
            before = line or before
    assert compared > 20


def test_a_frame_that_has_not_begun_is_on_the_first_line() -> None:
    assert [7, 8] == [decode_lnotab(bytes([0, 1]), 7, 4).line(at) for at in (-1, 0)]
    assert [7, 8] == [decode_pep626(bytes([4, 1]), 7).line(unit) for unit in (-1, 0)]


def test_long_steps_take_several_pairs() -> None:
    lines = decode_lnotab(bytes([255, 0, 45, 127, 0, 73, 6, 128]), 1, 310)
    assert [1, 1, 201, 201, 73] == [lines.line(at) for at in (0, 299, 300, 305, 306)]


def test_byte_code_without_a_line_has_the_one_before_it() -> None:
    lines = decode_pep626(bytes([2, 128, 12, 1, 4, 255]), 8)
    assert [8, 8, 9, 9, 8, 8] == [lines.line(unit) for unit in (-1, 0, 1, 6, 7, 8)]
    with pytest.raises(ValueError, match="outside the byte code"):
        lines.line(9)


def test_a_damaged_table_is_refused() -> None:
    for decoded in (lambda table: decode_lnotab(table, 1, 0), lambda table: decode_pep626(table, 1)):
        with pytest.raises(ValueError, match="in the middle of an entry"):
            decoded(b"\x02")
        with pytest.raises(ValueError, match="outside the byte code"):
            decoded(b"").line(0)
