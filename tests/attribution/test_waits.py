import pytest

from perfdiag.attribution.waits import in_event_loop, is_bootstrap, waits_for, work_frames
from perfdiag.model import Frame, Origin, TimeClass


def frame(file, function, origin=Origin.STDLIB):
    return Frame(file=file, function=function, line=1, first_line=1, origin=origin)


CONDITION = frame("/usr/lib/python3.11/threading.py", "Condition.wait")
GET = frame("/usr/lib/python3.11/queue.py", "Queue.get")
PUT = frame("/usr/lib/python3.11/queue.py", "Queue.put")
JOIN = frame("/usr/lib/python3.11/threading.py", "Thread.join")
RUN = frame("/usr/lib/python3.11/threading.py", "Thread.run")
USER = frame("/srv/queue.py", "get", Origin.USER)


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ((CONDITION, USER), TimeClass.IDLE),
        ((CONDITION, GET, USER), TimeClass.IDLE),
        ((CONDITION, PUT, USER), TimeClass.IDLE),
        ((JOIN, USER), TimeClass.IDLE),
        ((frame("/x/subprocess.py", "Popen._wait"), USER), TimeClass.CHILD),
        ((frame("/x/concurrent/futures/thread.py", "_worker"),), TimeClass.IDLE),
        ((frame("/x/mine/thread.py", "_worker"),), None),
        ((USER, GET), None),
        ((), None),
    ],
)
def test_the_outermost_library_frame_below_the_users_line_says_what_is_waited_for(frames, expected):
    assert expected == waits_for(frames)


def test_frames_that_start_a_thread_are_not_work():
    assert is_bootstrap(RUN)
    assert not is_bootstrap(frame("/srv/threading.py", "run", Origin.USER))
    assert (CONDITION, USER) == tuple(work_frames((CONDITION, USER, RUN, RUN)))
    assert () == tuple(work_frames((RUN,)))


def test_a_callback_runs_below_the_handle_of_its_loop():
    assert in_event_loop((USER, frame("/x/asyncio/events.py", "Handle._run")))
    assert not in_event_loop((USER, frame("/x/asyncio/base_events.py", "BaseEventLoop._run_once")))
