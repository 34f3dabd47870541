import json

import pytest

from perfdiag.model import Origin
from perfdiag.origins import Origins
from perfdiag.sampler.engines.chrometrace import parse

SHOP, THREADING = "/srv/shop.py", "/usr/lib/python3.11/threading.py"
END = 9_000_000_000


def tid_of(pid, name):
    """Addresses are of threads whose ids are known by name."""
    return {"0x7FD0": 99}.get(name, 0) if name.startswith("0x") else int(name)


def event(phase, at, name, file=SHOP, line=1, tid=0x7F00):
    return {"args": {"filename": file, "line": line}, "cat": "py-spy", "name": name, "ph": phase,
            "pid": 42, "tid": tid, "ts": at}  # fmt: skip


def parsed(*events):
    """{tid: [(since, until, 'leaf < ... < root')]}, and the errors."""
    looks = parse(json.dumps(events).encode(), END, Origins().of, tid_of)
    seen = {
        tid: [
            (look.since, look.until, " < ".join(f"{f.function}:{f.line}" for f in looks.stacks[look.stack]))
            for look in looks.by_thread[tid]
        ]
        for tid in looks.by_thread
    }
    return seen, looks.errors


THREAD = event("B", 1000, "thread (77): Worker (loop)", "", 0)


def test_a_stack_holds_from_its_change_to_the_next_and_the_last_event_is_the_end():
    found, errors = parsed(
        THREAD,
        event("B", 1000, "work", line=5),
        event("B", 1000, "load", line=8),
        event("E", 3000, "load", line=8),
        event("B", 3000, "save", line=9),
        event("E", 6000, "save", line=9),
    )
    zero = END - 6_000_000
    assert {
        77: [
            (zero + 1_000_000, zero + 3_000_000, "load:8 < work:5"),
            (zero + 3_000_000, END, "save:9 < work:5"),
        ]
    } == found
    assert 0 == errors


def test_threads_are_told_by_their_outermost_frame():
    other = event("B", 1000, "thread (78): a) (b): \n", "", 0, tid=0x7F01)
    found, _ = parsed(
        THREAD, other, event("B", 1000, "one"), event("B", 1000, "two", tid=0x7F01),
        event("E", 2000, "one"), event("E", 2000, "two", tid=0x7F01),
    )  # fmt: skip
    assert {77: "one:1", 78: "two:1"} == {tid: stack for tid, [(_, _, stack)] in found.items()}


def test_the_processes_that_a_thread_is_below_are_no_frames():
    found, _ = parsed(
        event("B", 1, 'process 41:"shop --fork"', "", 0), event("B", 1, 'process 42:"shop"', "", 0), THREAD,
        event("B", 1, "work"), event("E", 2, "work"),
    )  # fmt: skip
    assert {77: ["work:1"]} == {tid: [stack for _, _, stack in seen] for tid, seen in found.items()}


def test_threads_of_forked_processes_that_share_an_address_are_told_apart():
    def forked(pid, at, phase):
        frames = [
            event(phase, at, f'process {pid}:"shop"', "", 0),
            event(phase, at, f"thread ({pid})", "", 0),
        ]
        frames.append(event(phase, at, f"work{pid}"))
        return frames if phase == "B" else frames[::-1]

    found, _ = parsed(
        *forked(41, 1000, "B"), *forked(41, 1010, "E"), *forked(42, 1010, "B"), *forked(42, 11000, "E"),
        *forked(41, 11000, "B"), *forked(41, 11010, "E"),
    )  # fmt: skip
    zero = END - 11_010_000
    assert {
        41: [(zero + 1_000_000, zero + 11_000_000, "work41:1"), (zero + 11_000_000, END, "work41:1")],
        42: [(zero + 1_010_000, zero + 11_000_000, "work42:1")],
    } == found


def test_a_thread_may_have_no_name():
    found, _ = parsed(event("B", 1, "thread (77)"), event("B", 1, "work"), event("E", 2, "work"))
    assert {77} == found.keys()


@pytest.mark.parametrize(
    "name", ["main", "thread (0x7FDF): x", "thread (0x7fd0): x", "thread (12345678901): x", "thread (): x"]
)
def test_a_thread_whose_id_is_not_told_is_left_out(name):
    found, _ = parsed(event("B", 1, name), event("B", 1, "work"), event("E", 2, "work"))
    assert {} == found


def test_a_thread_that_is_told_by_its_address_is_looked_up():
    name = "thread (0x7FD0): MainThread"
    found, _ = parsed(event("B", 1, name), event("B", 1, "work"), event("E", 2, "work"))
    assert {99} == found.keys()


def test_frames_of_other_languages_are_native_and_bare_addresses_are_left_out():
    looks = parse(
        json.dumps(
            [
                THREAD,
                event("B", 1, "work"),
                event("B", 1, "_bootstrap", THREADING),
                event("B", 1, "time_sleep", "/usr/lib/libpython3.11.so.1.0", 0),
                event("B", 1, "0x7fb1cbc8ab46", "[vdso]", 0),
                event("B", 1, "decode", "/build/codec.rs", 12),
                event("E", 2, "decode", "/build/codec.rs", 12),
            ]
        ).encode(),
        END,
        Origins().of,
        tid_of,
    )
    (frames,) = looks.stacks
    assert [
        ("decode", Origin.NATIVE), ("time_sleep", Origin.NATIVE), ("_bootstrap", Origin.STDLIB),
        ("work", Origin.USER),
    ] == [(frame.function, frame.origin) for frame in frames]  # fmt: skip


@pytest.mark.parametrize(
    "odd",
    [
        7,
        None,
        [],
        {"ph": "B"},
        event("B", 1500, 5),
        event("B", 1500, "x", file=None),
        event("B", 1500, "x", line="7"),
        event("B", 1500, "x") | {"args": 5},
        event("B", 1500, "x", tid=[1]),
    ],
)
def test_what_is_no_event_is_counted_and_skipped(odd):
    found, errors = parsed(THREAD, event("B", 1000, "work"), odd, event("E", 2000, "work"))
    assert 1 == errors
    assert {"work:1"} == {stack for _, _, stack in found[77]}


def test_a_process_is_a_number_and_no_path():
    begun = [event("B", 1000, "thread (77)") | {"pid": "../.."}, event("B", 1000, "work") | {"pid": "../.."}]
    assert ({}, 1) == parsed(*begun, event("E", 2000, "work") | {"pid": "../.."})


@pytest.mark.parametrize("content", [b"", b"{}", b"[", b"\xff", b"[" * 100_000])
def test_what_is_no_trace_is_refused(content):
    with pytest.raises(ValueError):  # noqa: PT011 - the messages are json's
        parse(content, END, Origins().of, tid_of)


def test_names_are_escaped():
    found, _ = parsed(THREAD, event("B", 1, "\x1b[31m\u202e"), event("E", 2, ""))
    assert r"\x1b[31m\u202e:1" == found[77][0][2]


def test_numbers_beyond_reason_are_no_times_and_no_lines():
    found, _ = parsed(THREAD, event("B", 1000, "work", line=1 << 40), event("E", 2000, "work"))
    assert "work:0" == found[77][0][2]
    assert 0 == len(parsed(event("B", 1 << 60, "x"), event("E", -5, "x"))[0])
