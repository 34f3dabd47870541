import pytest

from perfdiag.attribution.makers import OPENERS, PROCESSES, STARTERS, made_in
from perfdiag.model import Frame, Origin, Stack
from tests.recordings_made import STDLIB


def stack(*frames):
    return Stack(
        id=0,
        frames=tuple(
            Frame(file=file, function=function, line=1, first_line=1, origin=origin)
            for file, function, origin in frames
        ),
    )


START = (f"{STDLIB}/threading.py", "Thread.start", Origin.STDLIB)
USER = ("/srv/shop.py", "handle", Origin.USER)


def test_time_below_the_start_of_a_thread_is_that_of_making_it():
    wait = (f"{STDLIB}/threading.py", "Event.wait", Origin.STDLIB)
    assert f"{STDLIB}/threading.py:Thread.start" == made_in(stack(wait, START, USER), STARTERS)


def test_the_outermost_maker_is_named():
    pool = (
        f"{STDLIB}/concurrent/futures/thread.py",
        "ThreadPoolExecutor._adjust_thread_count",
        Origin.STDLIB,
    )
    assert made_in(stack(START, pool, USER), STARTERS).endswith("_adjust_thread_count")


@pytest.mark.parametrize("function", ["create_connection", "socket.__init__"])
def test_a_socket_is_opened(function):
    assert made_in(stack((f"{STDLIB}/socket.py", function, Origin.STDLIB), USER), OPENERS)


def test_code_of_the_program_with_such_a_name_is_no_maker():
    assert None is made_in(stack(("/srv/threading.py", "start", Origin.USER), USER), STARTERS)
    assert None is made_in(stack(USER), STARTERS)


def test_a_forked_child_was_made_below_its_bootstrap_and_makes_nothing_itself():
    spawn = (f"{STDLIB}/multiprocessing/process.py", "BaseProcess.start", Origin.STDLIB)
    birth = (f"{STDLIB}/multiprocessing/process.py", "BaseProcess._bootstrap", Origin.STDLIB)
    assert None is made_in(stack(USER, birth, spawn, USER), STARTERS)
    assert made_in(stack(START, USER, birth, spawn, USER), STARTERS).endswith("Thread.start")


def test_a_server_forks_for_each_request_and_its_child_answers():
    socketserver = f"{STDLIB}/socketserver.py"
    forks = (socketserver, "ForkingMixIn.process_request", Origin.STDLIB)
    answers = (socketserver, "BaseServer.finish_request", Origin.STDLIB)
    assert made_in(stack(forks, USER), PROCESSES).endswith("ForkingMixIn.process_request")
    assert None is made_in(stack(USER, answers, forks, USER), PROCESSES)


def test_a_server_that_answers_by_itself_makes_nothing():
    itself = (f"{STDLIB}/socketserver.py", "BaseServer.process_request", Origin.STDLIB)
    assert None is made_in(stack(itself, USER), STARTERS)
