import pytest

from perfdiag.model import TimeClass
from perfdiag.patterns.retry_storm import SPEC
from tests.patterns.cases_made import case, part, signals, stack

CONNECTS = stack(("socket.py", "create_connection"), ("http/client.py", "HTTPConnection.connect"))
RETRIES = stack(("urllib3/util/retry.py", "Retry.sleep"))


def sleeping(turns, *, on=None, failed=0.0, seen=()):
    one = case(part(9.0, turns, time=TimeClass.SLEEP, on=on), kind="sleep", item=None, stacks=tuple(seen))
    found = SPEC.recognise(one, signals(tcp_failed=failed))
    return found and round(found.evidence.value)


def test_a_pause_after_each_connect_that_fails():
    assert 20 == sleeping(200, failed=20.0, seen=[CONNECTS])


def test_connects_of_somebody_else_that_fail_are_not_its_own():
    assert sleeping(200, failed=40.0, seen=[stack()]) is None
    assert sleeping(200, failed=0.0, seen=[CONNECTS]) is None


def test_as_many_failures_as_pauses_are_its_own_though_no_connect_was_seen():
    assert 20 == sleeping(200, failed=22.0, seen=[stack()])


def test_the_pauses_of_a_library_that_retries():
    assert 5 == sleeping(50, on=RETRIES)
    assert sleeping(5, on=RETRIES) is None


@pytest.mark.parametrize(
    ("on", "failed", "expected"), [(CONNECTS, 50.0, 50), (None, 50.0, None), (CONNECTS, 0.0, None)]
)
def test_time_that_goes_into_connects_that_fail(on, failed, expected):
    one = case(part(9.0, 0, time=TimeClass.PYTHON, on=on), kind="cpu.hot-code", item=None)
    found = SPEC.recognise(one, signals(tcp_failed=failed))
    assert expected == (found and round(found.evidence.value))


def test_who_waits_for_answers_between_has_connected():
    one = case(
        part(9.0, 200, time=TimeClass.SLEEP), kind="sleep", item=None, stacks=(CONNECTS,), own_turns=400.0
    )
    assert SPEC.recognise(one, signals(tcp_failed=20.0)) is None
