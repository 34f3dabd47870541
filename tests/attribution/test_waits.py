import pytest

from perfdiag.attribution.waits import (
    callback_frames,
    enters_block,
    in_job,
    in_process_pool,
    is_bootstrap,
    outermost_user,
    waits_for,
    work_frames,
)
from perfdiag.model import Frame, Origin, TimeClass


def frame(file, function, origin=Origin.STDLIB):
    return Frame(file=file, function=function, line=1, first_line=1, origin=origin)


CONDITION = frame("/usr/lib/python3.11/threading.py", "Condition.wait")
GET = frame("/usr/lib/python3.11/queue.py", "Queue.get")
PUT = frame("/usr/lib/python3.11/queue.py", "Queue.put")
JOIN = frame("/usr/lib/python3.11/threading.py", "Thread.join")
SEMAPHORE = frame("/usr/lib/python3.11/threading.py", "Semaphore.acquire")
CONNECTIONS = frame("/x/site-packages/urllib3/connectionpool.py", "_get_conn", Origin.LIBRARY)
LIBRARY = frame("/x/site-packages/requests/api.py", "get", Origin.LIBRARY)
WORKER = frame("/x/concurrent/futures/thread.py", "_worker")
RUN_ONCE = frame("/x/asyncio/base_events.py", "BaseEventLoop._run_once")
RUN = frame("/usr/lib/python3.11/threading.py", "Thread.run")
USER = frame("/srv/queue.py", "get", Origin.USER)


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ((CONDITION, USER), TimeClass.IDLE),
        ((CONDITION, GET, USER), TimeClass.IDLE),
        ((CONDITION, PUT, USER), TimeClass.QUEUE),
        ((CONDITION, SEMAPHORE, USER), TimeClass.POOL),
        ((frame("/usr/lib/python3.8/threading.py", "acquire"), USER), TimeClass.POOL),
        ((CONDITION, frame("/usr/lib/python3.11/threading.py", "Thread.start"), USER), TimeClass.UNKNOWN),
        ((frame("/usr/lib/python3.11/threading.py", "_RLock.acquire"), USER), TimeClass.LOCK),
        ((CONDITION, GET, CONNECTIONS, USER), TimeClass.POOL),
        ((frame("/usr/lib/python3.11/socket.py", "getaddrinfo"), CONNECTIONS, USER), TimeClass.DNS),
        ((CONNECTIONS,), TimeClass.POOL),
        ((CONDITION, frame("/x/concurrent/futures/_base.py", "Future.result"), USER), TimeClass.IDLE),
        ((LIBRARY, frame("/x/concurrent/futures/thread.py", "_WorkItem.run"), WORKER), None),
        ((LIBRARY, frame("/x/asyncio/events.py", "Handle._run"), RUN_ONCE), None),
        ((JOIN, USER), TimeClass.IDLE),
        ((frame("/x/subprocess.py", "Popen._wait"), USER), TimeClass.CHILD),
        ((WORKER,), TimeClass.IDLE),
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
    handle = frame("/x/asyncio/events.py", "Handle._run")
    assert (LIBRARY, USER) == callback_frames((LIBRARY, USER, handle, RUN_ONCE))
    assert () == callback_frames((USER, RUN_ONCE))


def test_a_callback_of_a_loop_in_c_stands_on_what_started_the_loop():
    runner = frame("/x/asyncio/runners.py", "Runner.run")
    main = frame("/srv/app.py", "<module>", Origin.USER)
    assert (LIBRARY, USER) == callback_frames((LIBRARY, USER, runner, main))
    assert () == callback_frames((runner, main))  # it waits
    starting = frame("/x/asyncio/base_events.py", "BaseEventLoop.run_until_complete")
    assert () == callback_frames((starting, runner, main))


def test_a_loop_that_runs_inside_a_callback_waits_in_its_own_selector():
    handle = frame("/x/asyncio/events.py", "Handle._run")
    assert () == callback_frames((frame("/x/selectors.py", "select"), RUN_ONCE, USER, handle, RUN_ONCE))


ENTER = frame("/srv/pool.py", "Pool.__enter__", Origin.USER)


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ((CONDITION, ENTER, USER), True),
        ((CONDITION, USER, frame("/usr/lib/python3.11/contextlib.py", "__enter__"), USER), True),
        ((SEMAPHORE, USER), False),
        ((frame("/usr/lib/python3.11/threading.py", "Condition.__enter__"), USER), False),
    ],
)
def test_the_head_of_a_with_block_of_the_programs_own_kind(frames, expected):
    assert expected is enters_block(frames)


def test_the_outermost_user_code_is_what_a_pool_was_given_to_do():
    job = frame("/srv/jobs.py", "render", Origin.USER)
    assert "/srv/jobs.py:render" == outermost_user((USER, job, WORKER))
    assert "" == outermost_user((WORKER,))


def test_a_worker_process_of_an_executor_does_jobs():
    worker = frame("/usr/lib/python3.11/concurrent/futures/process.py", "_process_worker")
    assert (True, True) == (in_process_pool((USER, worker)), in_job((USER, worker)))
    assert (False, False) == (in_process_pool((USER, RUN)), in_job((USER, RUN)))
