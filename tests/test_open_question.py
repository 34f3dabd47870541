"""Which CPU time no line of Python explains, and how its answer is kept and told."""

from dataclasses import replace

import pytest

from perfdiag.engine import diagnose
from perfdiag.model import Origin, Snapshot
from perfdiag.open_question import Part, followed_up, question_of, samples
from perfdiag.options import Options
from tests.recordings_made import Shop, queue, run, wait

LIBZ, PYTHON, KERNEL = "/usr/lib/libz.so.1", "/usr/bin/python3.11", "[kernel.kallsyms]"


def recorded(shop: Shop, runtime: str = "CPython 3.11.7"):
    """Its recording, as of an interpreter whose stacks are read."""
    recording = shop.recording()
    recording.processes[0] = replace(recording.processes[0], runtime=runtime)
    return recording


def burning(**kind: bool):
    """One thread that computes all of the time, with the GIL or as `kind` says."""
    shop = Shop()
    shop.thread(42, *[run(1, shop.price, **kind) for _ in range(200)], main=True)
    return shop


def test_python_code_explains_itself() -> None:
    assert question_of(recorded(burning())) is None


def test_code_without_the_gil_is_asked_about() -> None:
    found = question_of(recorded(burning(gil=False)))
    assert found
    assert (Part.NATIVE, 1.0, {42}) == (found.part, pytest.approx(found.share), found.tids)


def test_the_kernel_is_asked_about() -> None:
    found = question_of(recorded(burning(gil=False, system=True)))
    assert found
    assert (Part.KERNEL, 1.0) == (found.part, pytest.approx(found.share))


def test_threads_without_python_frames_are_asked_about_and_no_other_thread() -> None:
    shop = Shop()
    shop.thread(42, *[run(1, shop.price), wait(3, "recvfrom", shop.load, shop.database)] * 50, main=True)
    shop.thread(43, *[run(1, gil=False) for _ in range(200)])
    found = question_of(recorded(shop))
    assert found
    assert (Part.THREADS, {43}) == (found.part, found.tids)
    assert found.share == pytest.approx(0.8, abs=0.02)


def test_a_program_that_computes_little_is_not_asked_about() -> None:
    shop = Shop()
    shop.thread(42, *[run(1, shop.price, gil=False), wait(9, "recvfrom", shop.load, shop.database)] * 20)
    assert question_of(recorded(shop)) is None


def test_time_in_a_queue_is_no_cpu_time() -> None:
    shop = Shop()
    shop.thread(42, *[run(1, shop.price, gil=False), queue(9, shop.price)] * 20)
    assert question_of(recorded(shop)) is None


def test_a_program_without_an_interpreter_is_perf_s_anyway() -> None:
    assert question_of(recorded(burning(gil=False), runtime="")) is None


def test_an_empty_recording_leaves_nothing_open() -> None:
    recording = recorded(burning())
    recording.ticks.rows.columns.update({name: type(column)("q") for name, column in _columns(recording)})
    assert question_of(recording) is None


def _columns(recording):
    return list(recording.ticks.rows.columns.items())


LOOKS = (
    ("deflate_slow", LIBZ, Origin.NATIVE, 60),
    ("_PyEval_EvalFrameDefault", PYTHON, Origin.NATIVE, 20),
    ("clear_page", KERNEL, Origin.KERNEL, 18),
    ("crc32", LIBZ, Origin.NATIVE, 2),
)


def answer_of(question) -> str:
    recording = recorded(burning(gil=False))
    last: Snapshot = recording.snapshots[-1]
    recording.snapshots[-1] = replace(last, samples=(*last.samples, *samples(question, LOOKS, 3.6)))
    (told,) = followed_up(recording)
    assert (told,) == diagnose(recording, Options()).followed_up
    assert "perf, for the last 3.6 s of the look" == told.measurement
    return told.answer


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Part.NATIVE, "97 % of it in deflate_slow (libz.so.1)"),  # 60 of 62; a function of 3 % is left out
        (Part.KERNEL, "100 % of it in clear_page ([kernel.kallsyms])"),
        (Part.THREADS, "60 % of it in deflate_slow (libz.so.1), 20 % in"),
    ],
)
def test_an_answer_names_the_functions_that_were_asked_for(part: Part, expected: str) -> None:
    question = question_of(recorded(burning(gil=False)))
    assert question
    assert answer_of(replace(question, part=part)).startswith(expected)


@pytest.mark.parametrize("looks", [(), (("deflate_slow", LIBZ, Origin.NATIVE, 0),)])
def test_an_answer_that_met_nothing_says_so(looks: tuple[tuple[str, str, Origin, int], ...]) -> None:
    question = question_of(recorded(burning(gil=False)))
    assert question
    recording = recorded(burning())
    last = recording.snapshots[-1]
    recording.snapshots[-1] = replace(last, samples=samples(question, looks, 3.6))
    assert ["it met none of them any more"] == [one.answer for one in followed_up(recording)]


def test_what_nobody_asked_has_no_answer() -> None:
    recording = recorded(burning())
    assert () == followed_up(recording)
    recording.snapshots.clear()
    assert () == followed_up(recording)
