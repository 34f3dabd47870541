import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfdiag.sampler.stream import MAX_BODY, Message, Splitter, pack, pack_json, pack_ticks, unpack_ticks
from perfdiag.ticks import GIL_COLUMNS, ROW_COLUMNS, TICK_COLUMNS, Ticks

numbers = st.integers(-(2**63), 2**63 - 1)


def rows(width):
    return st.lists(st.lists(numbers, min_size=width, max_size=width), max_size=4)


tables = st.tuples(*(rows(len(names)) for names in (TICK_COLUMNS, ROW_COLUMNS, GIL_COLUMNS)))


def ticks(content):
    made = Ticks()
    for table, lines in zip((made.ticks, made.rows, made.gil), content, strict=True):
        for line in lines:
            table.append(*line)
    return made


def content(made):
    return tuple([list(row) for row in table.rows()] for table in (made.ticks, made.rows, made.gil))


def split(data, *cuts):
    """The messages of a stream that arrives in pieces."""
    splitter, found, start = Splitter(), [], 0
    for stop in [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]:
        found += splitter.feed(data[start:stop])
        start = stop
    return found


@given(tables, tables)
def test_ticks_come_back_as_they_were_after_what_was_there(first, second):
    into = ticks(first)
    ((kind, body),) = split(pack_ticks(ticks(second)))
    unpack_ticks(body, into)
    assert Message.TICKS == kind
    assert tuple(one + two for one, two in zip(first, second, strict=True)) == content(into)


messages = st.lists(st.tuples(st.sampled_from(Message), st.binary(max_size=40)), max_size=5)


@given(messages, st.lists(st.integers(0, 300), max_size=6))
def test_messages_come_out_whole_however_the_stream_is_cut(sent, cuts):
    assert sent == split(b"".join(pack(kind, body) for kind, body in sent), *cuts)


def test_a_message_that_has_not_arrived_whole_is_kept_back():
    data = pack_json(Message.THREADS, [[0, 7, "worker", False, 0]])
    splitter = Splitter()
    assert [] == list(splitter.feed(data[:-1]))
    ((kind, body),) = splitter.feed(data[-1:])
    assert (Message.THREADS, [[0, 7, "worker", False, 0]]) == (kind, json.loads(body))


@pytest.mark.parametrize(
    "data", [struct.pack("<BI", Message.TICKS, MAX_BODY + 1), struct.pack("<BI", 99, 0), b"\xff" * 16]
)
def test_what_is_no_message_of_ours_ends_the_stream(data):
    with pytest.raises(ValueError, match=r"(?i)message"):
        list(Splitter().feed(data))


@settings(max_examples=30)
@given(st.binary(max_size=64), tables)
def test_ticks_of_the_wrong_length_are_refused_and_leave_nothing_behind(junk, sent):
    into = Ticks()
    ((_, body),) = split(pack_ticks(ticks(sent)))
    for broken in (body + junk + b"x", body[:-1], junk[:11]):
        with pytest.raises(ValueError, match="a tick message of"):
            unpack_ticks(broken, into)
    assert ([], [], []) == content(into)
