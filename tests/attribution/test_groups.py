from perfdiag.attribution.groups import group_of, user_frame
from perfdiag.model import Frame, Origin, Stack, Thread


def frame(file, function="work", origin=Origin.USER):
    return Frame(file=file, function=function, line=1, first_line=1, origin=origin)


def thread(name="w-1", main=False):
    return Thread(process=0, tid=7, name=name, main=main)


def grouped(*frames, **fields):
    return group_of(Stack(id=0, frames=frames), thread(**fields))


RUN = frame("/usr/lib/python3.11/threading.py", "Thread.run", Origin.STDLIB)
WORKER = frame("/usr/lib/python3.11/concurrent/futures/thread.py", "_worker", Origin.STDLIB)
USER = frame("/srv/shop/views.py", "serve")
LIBRARY = frame("/x/site-packages/pool.py", "Pool.acquire", Origin.LIBRARY)


def test_threads_with_the_same_root_function_are_a_group():
    assert "serve (views.py)" == grouped(LIBRARY, USER, RUN)
    assert "ThreadPoolExecutor workers" == grouped(USER, WORKER, RUN)


def test_the_main_thread_is_a_group_of_its_own():
    assert "main thread" == grouped(USER, main=True)


def test_a_thread_without_python_is_grouped_by_its_name():
    assert "grpc-poll (native)" == group_of(None, thread(name="grpc-poll"))
    assert "grpc-poll (native)" == grouped(RUN, name="grpc-poll")


def test_the_first_user_code_from_the_leaf_stands_for_a_stack():
    assert USER == user_frame((LIBRARY, USER, frame("/srv/main.py"), RUN))


def test_without_user_code_the_outermost_library_does_and_else_the_leaf():
    assert LIBRARY == user_frame((WORKER, LIBRARY, RUN))
    assert WORKER == user_frame((WORKER, RUN))
    assert None is user_frame(())
