from dataclasses import replace

from perfdiag.model import STOPPED
from perfdiag.reports._colours import colourise
from perfdiag.reports.terminal import WIDTH, render
from tests.examples import CALM, FULL, INCONCLUSIVE, PEER_WAIT, REPORTS


def test_the_verdict_stands_in_the_first_line() -> None:
    assert (
        "WARNING: net.peer-wait in orders.py:88 load, gain 36 % [30 %, 41 %], 1 of 6 findings"
        == render(FULL).split("\n")[0]
    )
    assert (
        "HEALTHY: nothing of severity notice or above in gunicorn (pid 4711)" == render(CALM).split("\n")[0]
    )
    assert render(INCONCLUSIVE).startswith("INCONCLUSIVE: ")


def test_a_process_that_is_stopped_is_not_called_healthy() -> None:
    stopped = replace(CALM, meta=replace(CALM.meta, blind=(STOPPED,)))
    assert render(stopped).startswith("STOPPED: nothing of severity notice or above in gunicorn")


def test_a_command_that_ended_has_its_status() -> None:
    ended = replace(FULL, meta=replace(FULL.meta, ended="target exited", exit_status=-9))
    assert "(target exited, exit status -9)" in render(ended)


def test_no_line_is_wider_than_the_terminal() -> None:
    for name, report in REPORTS.items():
        text = render(report).replace(r"\x23#", "##")  # the escape of a CI command comes on top
        assert [] == [line for line in text.split("\n") if len(line) > WIDTH], name


def test_at_most_five_findings_are_told_and_the_others_named() -> None:
    text = render(FULL)
    assert "\n5. host.memory" in text
    assert "\n6. " not in text
    assert "and 1 more: host.network NOTICE" in text


def test_only_the_first_paragraph_of_advice_is_told() -> None:
    assert "Fetch the rows in one query" in render(FULL)
    assert "Django" not in render(FULL)


def test_a_long_path_keeps_its_end() -> None:
    place = replace(PEER_WAIT.where, file="/long" * 40 + "/orders.py")
    text = render(replace(FULL, findings=(replace(PEER_WAIT, where=place),)))
    assert "/orders.py:88 load" in text.split("\n")[0]


def test_asyncio_tasks_are_counted_as_such() -> None:
    tasks = replace(FULL.groups[0], name="task load (orders.py)", threads=8)
    assert "\n  task load (orders.py): 8 tasks, occupied" in render(replace(FULL, groups=(tasks,)))


def test_a_run_that_ended_early_says_so() -> None:
    ended = replace(FULL, meta=replace(FULL.meta, ended="target exited"))
    assert "(target exited)" in render(ended)


def test_colour_adds_nothing_but_escapes_and_only_around_our_words() -> None:
    for report in REPORTS.values():
        text = render(report)
        coloured = colourise(text)
        assert text == "".join(part.split("m", 1)[-1] for part in ("m" + coloured).split("\x1b["))
    assert colourise(render(FULL)).startswith("\x1b[1;33mWARNING\x1b[0m: ")


def test_words_of_the_target_are_not_coloured() -> None:
    named = replace(CALM, brief=("the process is called WARNING: CRITICAL",))
    assert "the process is called WARNING: CRITICAL" in colourise(render(named))


def test_the_hottest_functions_are_shown_and_none_without_cpu_time() -> None:
    lines = render(FULL).splitlines()
    at = lines.index("Hot functions, of the CPU time")
    assert ["self", "total", "function", "group"] == lines[at + 1].split()
    assert ["40", "%", "[20", "%,", "40", "%]", "40", "%", "orders.py:40", "tax", "worker"] == lines[
        at + 2
    ].split()
    assert "orders.py:3 c" in lines[at + 6]
    assert "" == lines[at + 7]
    assert "Hot functions" not in render(replace(FULL, functions=()))
