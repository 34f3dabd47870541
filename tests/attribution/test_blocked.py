import pytest

from perfdiag.attribution.blocked import class_of
from perfdiag.model import Frame, Object, ObjectType, Origin, TimeClass
from perfdiag.ticks import OUTSIDE, UNREADABLE
from tests.recordings_made import NUMBERS, STDLIB

USER = Frame(file="/srv/shop.py", function="work", line=5, first_line=1, origin=Origin.USER)
ROOT = Frame(file="/srv/shop.py", function="main", line=9, first_line=8, origin=Origin.USER)


def library(file, function, origin=Origin.STDLIB):
    return Frame(file=f"{STDLIB}/{file}", function=function, line=1, first_line=1, origin=origin)


def item(kind, name="x", **more):
    return Object(id=0, type=kind, name=name, **more)


def seen(call, thing=None, frames=(USER,), main=False, young=False):
    number = NUMBERS[call] if isinstance(call, str) else call
    return class_of(number, thing, frames, main=main, young=young)


@pytest.mark.parametrize("kind", [ObjectType.TCP, ObjectType.UDP, ObjectType.UNIX])
def test_a_receive_is_network_on_a_connection_made_and_idle_on_one_accepted(kind):
    assert TimeClass.NETWORK == seen("recvfrom", item(kind))
    assert TimeClass.IDLE == seen("recvfrom", item(kind, served=True))
    assert TimeClass.IDLE == seen("poll", item(kind, "listen 0.0.0.0:80"))


def test_a_poll_for_one_connection_is_a_wait_for_its_peer():
    assert TimeClass.NETWORK == seen("poll", item(ObjectType.TCP))
    assert TimeClass.IDLE == seen("poll", None)
    assert TimeClass.IDLE == seen("epoll_wait", item(ObjectType.OTHER))


@pytest.mark.parametrize("call", ["sendto", "sendmsg", "write", "writev", "sendfile"])
@pytest.mark.parametrize("served", [False, True])
def test_a_blocked_send_waits_for_the_peer_to_drain(call, served):
    assert TimeClass.SEND == seen(call, item(ObjectType.TCP, served=served))
    assert TimeClass.SEND == seen(call, item(ObjectType.UNIX, "/run/x.sock", served=served))


def test_a_poll_for_room_to_send_waits_for_the_peer_to_drain():
    assert TimeClass.SEND == seen("poll", item(ObjectType.TCP, served=True, sending=True))
    assert TimeClass.NETWORK == seen("poll", item(ObjectType.TCP))


@pytest.mark.parametrize("kind", [ObjectType.TCP, ObjectType.UNIX])
def test_connecting_waits_for_the_peer_to_accept(kind):
    assert TimeClass.CONNECT == seen("connect", item(kind))


@pytest.mark.parametrize("call", ["poll", "select"])
def test_a_poll_until_a_socket_is_connected_is_connecting(call):
    assert TimeClass.CONNECT == seen(call, item(ObjectType.TCP, connecting=True))


@pytest.mark.parametrize("call", ["recvfrom", "poll", "sendto", "connect"])
def test_whatever_is_done_with_a_resolver_looks_up_a_name(call):
    assert TimeClass.DNS == seen(call, item(ObjectType.UDP, "10.0.0.2:53", service="dns"))
    assert TimeClass.DNS == seen(call, item(ObjectType.TCP, "10.0.0.2:53", service="dns"))
    assert TimeClass.DNS == seen(call, item(ObjectType.UNIX, "/run/systemd/resolve/io.systemd.Resolve"))


def test_a_resolver_that_waits_for_questions_is_idle():
    assert TimeClass.IDLE == seen("recvfrom", item(ObjectType.UDP, "0.0.0.0:53", served=True, service="dns"))


def test_a_wait_inside_getaddrinfo_is_for_a_name_whatever_the_resolver_is():
    frames = (library("socket.py", "getaddrinfo"), library("socket.py", "create_connection"), USER)
    assert TimeClass.DNS == seen("poll", item(ObjectType.UDP, "127.0.0.1:5353"), frames)
    assert TimeClass.DNS == seen("futex", item(ObjectType.FUTEX), frames)


def test_a_pool_that_connects_waits_for_the_peer_and_not_for_a_turn():
    pool = library("site-packages/sqlalchemy/pool/impl.py", "QueuePool._do_get", Origin.LIBRARY)
    assert TimeClass.CONNECT == seen("connect", item(ObjectType.TCP), (pool, USER))
    assert TimeClass.POOL == seen(
        "futex", item(ObjectType.FUTEX), (library("threading.py", "Condition.wait"), pool, USER)
    )


def test_a_pipe_that_is_read_is_idle_and_one_that_is_full_is_a_queue():
    assert TimeClass.IDLE == seen("read", item(ObjectType.PIPE))
    assert TimeClass.QUEUE == seen("write", item(ObjectType.PIPE))
    assert TimeClass.QUEUE == seen("poll", item(ObjectType.PIPE, sending=True))
    assert TimeClass.QUEUE == seen("write", item(ObjectType.CHILD, "gzip"))
    assert TimeClass.QUEUE == seen("sendto", item(ObjectType.UNIX, "socket pair"))


def test_a_terminal_that_does_not_take_more_is_not_known():
    assert TimeClass.UNKNOWN == seen("write", item(ObjectType.DEVICE, "/dev/pts/1"))


def test_a_select_for_nothing_is_a_sleep():
    assert TimeClass.SLEEP == seen("select", frames=(USER, ROOT))
    assert TimeClass.IDLE == seen("select", frames=(USER,))
    selector = (library("selectors.py", "SelectSelector.select"), library("socketserver.py", "serve_forever"))
    assert TimeClass.IDLE == seen("select", frames=(*selector, USER, ROOT))


@pytest.mark.parametrize(
    ("call", "thing", "leaf", "expected"),
    [
        ("futex", item(ObjectType.FUTEX), library("queue.py", "Queue.get"), TimeClass.LOCK),
        ("futex", item(ObjectType.FUTEX), library("concurrent/futures/_base.py", "result"), TimeClass.LOCK),
        ("recvfrom", item(ObjectType.TCP, served=True), USER, TimeClass.NETWORK),
        ("nanosleep", None, USER, TimeClass.SLEEP),
    ],
)
def test_in_a_callback_of_an_event_loop_no_wait_is_one_for_work(call, thing, leaf, expected):
    frames = (leaf, USER, library("asyncio/events.py", "Handle._run"))
    assert expected == seen(call, thing, frames)


def test_a_pipe_of_a_child_is_a_wait_for_the_child():
    assert TimeClass.CHILD == seen("read", item(ObjectType.CHILD))
    communicate = (
        library("selectors.py", "PollSelector.select"),
        library("subprocess.py", "Popen.communicate"),
    )
    assert TimeClass.CHILD == seen("poll", item(ObjectType.PIPE), (*communicate, USER))


def test_a_sleep_in_the_loop_at_the_root_of_a_thread_is_its_timer():
    assert TimeClass.IDLE == seen("nanosleep", frames=(USER,))
    assert TimeClass.SLEEP == seen("nanosleep", frames=(USER, ROOT))
    assert TimeClass.IDLE == seen("nanosleep", frames=(USER, ROOT), main=True)
    assert TimeClass.SLEEP == seen("nanosleep", frames=(USER, USER, ROOT), main=True)


def test_a_sleep_below_the_worker_of_a_pool_is_in_some_work():
    assert TimeClass.SLEEP == seen(
        "nanosleep", frames=(USER, library("concurrent/futures/thread.py", "_worker"))
    )


def test_the_frames_that_start_a_thread_are_nobodys_work():
    assert TimeClass.IDLE == seen("nanosleep", frames=(USER, library("threading.py", "Thread.run")))


def test_a_sleep_in_a_callback_blocks_the_event_loop():
    callback = (USER, library("asyncio/events.py", "Handle._run"), ROOT)
    assert TimeClass.SLEEP == seen("nanosleep", frames=callback, main=True)


def test_a_native_helper_between_two_pieces_of_work_is_idle():
    assert TimeClass.IDLE == seen("futex", item(ObjectType.FUTEX), ())
    assert TimeClass.IDLE == seen("nanosleep", frames=())


def test_a_native_thread_behind_a_mutex_waits_for_a_lock():
    assert TimeClass.LOCK == seen("futex", item(ObjectType.FUTEX, "mutex 0x7f00"), ())


def test_a_file_that_is_sent_to_a_socket_is_read_from_the_disk():
    assert TimeClass.DISK == seen("sendfile", item(ObjectType.FILE, "/srv/film.mp4"), ())


def test_a_wait_outside_of_a_call_is_a_page_fault():
    assert TimeClass.FAULT == seen(OUTSIDE)
    assert TimeClass.FAULT == seen(OUTSIDE, frames=())


@pytest.mark.parametrize("call", ["write", "pwrite64", "writev", "fallocate"])
def test_a_file_is_written(call):
    assert TimeClass.WRITE == seen(call, item(ObjectType.FILE))


@pytest.mark.parametrize("call", ["read", "pread64", "getdents64", "openat", "newfstatat"])
def test_a_file_is_read_and_so_are_names(call):
    assert TimeClass.DISK == seen(call, item(ObjectType.FILE))


def test_a_wait_that_may_not_be_read_is_not_known():
    assert TimeClass.UNKNOWN == seen(UNREADABLE)
    assert TimeClass.IDLE == seen(UNREADABLE, frames=())


def test_a_call_that_is_not_in_the_table_is_not_known():
    assert TimeClass.UNKNOWN == seen(9999)


@pytest.mark.parametrize(
    "library_frames",
    [
        (library("concurrent/futures/process.py", "_process_worker"),),
        (library("multiprocessing/pool.py", "mapstar"), library("multiprocessing/pool.py", "worker")),
    ],
)
def test_a_sleep_in_the_job_of_a_worker_process_delays_it(library_frames):
    forked_by = (library("multiprocessing/process.py", "BaseProcess._bootstrap"), ROOT)
    assert TimeClass.SLEEP == seen("clock_nanosleep", None, (USER, *library_frames, *forked_by), main=True)
    assert TimeClass.IDLE == seen("clock_nanosleep", None, (USER, *forked_by), main=True)


def test_a_sleep_for_a_database_that_is_locked_is_a_wait_for_a_lock():
    assert TimeClass.LOCK == seen("clock_nanosleep", item(ObjectType.FILE), (USER,))
    assert TimeClass.LOCK == seen("nanosleep", item(ObjectType.FILE), (USER, ROOT), main=True)
