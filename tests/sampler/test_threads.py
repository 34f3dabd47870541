import os
import resource
import threading

import pytest

from perfdiag.sampler.threads import ThreadFiles, Threads
from tests.sampler.task_tree import PID, TaskTree


@pytest.fixture
def tree(tmp_path):
    return TaskTree(tmp_path)


@pytest.fixture
def folder(tree):
    descriptor = os.open(f"{tree.procfs}/{PID}/task", os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def thread(tree, folder):
    tree.thread(7, name="pool worker) 1")
    found = ThreadFiles(folder, 7)
    yield found
    found.close()


def test_a_thread_is_read_over_descriptors_that_stay_open(tree, thread):
    assert b"pool worker) 1" == thread.name
    assert b"0 0 1\n" == thread.schedstat()
    tree.set(7, cpu=5_000_000, delay=2_000, slices=3, syscall="202 0x7f 0x0 0x0 0x0 0x0 0x0 0x7ffd 0x7f00")
    assert b"5000000 2000 3\n" == thread.schedstat()
    assert thread.syscall().startswith(b"202 0x7f ")


def test_user_and_system_time_and_faults_are_found_behind_a_name_with_a_bracket(tree, thread):
    tree.set(7, cpu=1, utime=123, stime=45)
    thread.refresh_stat()
    assert (123, 45, 35) == (thread.utime, thread.stime, thread.faults)


def test_a_thread_that_has_ended_is_an_os_error(folder):
    with pytest.raises(FileNotFoundError):
        ThreadFiles(folder, 8)


def test_a_call_that_may_not_be_read_is_empty_and_the_rest_is_read(tree, folder, monkeypatch):
    tree.thread(7)
    real = os.open

    def denied(path, *args, **options):
        if str(path).endswith("/syscall"):
            raise PermissionError(13, "denied", path)
        return real(path, *args, **options)

    monkeypatch.setattr(os, "open", denied)
    found = ThreadFiles(folder, 7)
    assert [b"", b"", b"0 0 1\n"] == [found.syscall(), found.syscall(), found.schedstat()]
    found.close()


def test_a_thread_that_is_looked_at_once_keeps_one_descriptor_and_then_two(tree, folder):
    tree.thread(7)
    before = len(os.listdir("/proc/self/fd"))
    found = ThreadFiles(folder, 7)
    calls = []
    for _ in range(3):
        calls.append((found.syscall(), len(os.listdir("/proc/self/fd")) - before))
    assert [(b"running\n", 1), (b"running\n", 2), (b"running\n", 2)] == calls
    found.close()
    assert before == len(os.listdir("/proc/self/fd"))


def test_the_born_and_the_gone_are_found(tree):
    tree.thread(7)
    tree.thread(9)
    threads = Threads(tree.procfs, PID)
    born, gone = threads.refresh()
    assert ([7, 9], []) == ([one.tid for one in born], gone)
    tree.end(7)
    tree.thread(11)
    born, gone = threads.refresh()
    assert ([11], [7]) == ([one.tid for one in born], gone)
    assert [9, 11] == sorted(threads.by_tid)
    threads.close()
    assert {} == threads.by_tid


def test_a_process_that_has_ended_is_told_as_such(tree):
    tree.thread(7)
    threads = Threads(tree.procfs, PID)
    threads.refresh()
    tree.vanish()
    assert threads.changed()
    assert ([], [7]) == threads.refresh()
    with pytest.raises(FileNotFoundError):
        Threads(tree.procfs, PID)
    threads.close()


def test_threads_for_which_there_is_no_descriptor_are_counted(tree, monkeypatch):
    tree.thread(7)
    tree.thread(9)
    real = os.open

    def exhausted(path, *args, **options):
        if str(path).startswith("9/"):
            raise OSError(24, "Too many open files", path)
        return real(path, *args, **options)

    monkeypatch.setattr(os, "open", exhausted)
    threads = Threads(tree.procfs, PID)
    born, _ = threads.refresh()
    assert ([7], 1) == ([one.tid for one in born], threads.unopened)
    threads.close()


def test_threads_do_not_take_the_last_descriptors(tree):
    """What is opened for a moment goes on working: the listing, and the calls of those that are followed."""
    for tid in range(100, 200):
        tree.thread(tid)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open("/", os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + 100, hard))
    try:
        threads = Threads(tree.procfs, PID)
        born, _ = threads.refresh()
        assert 100 == len(born) + threads.unopened
        assert 0 < threads.unopened < 100
        calls = {one.syscall() for one in born for _ in range(3)}
        assert {b"running\n"} == calls
        assert ([], []) == threads.refresh()
        assert 100 == len(born) + threads.unopened
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        threads.close()


def test_without_a_descriptor_for_the_listing_nothing_is_known_to_have_ended(tree, monkeypatch):
    tree.thread(7)
    threads = Threads(tree.procfs, PID)
    threads.refresh()

    def exhausted(_):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(os, "listdir", exhausted)
    assert ([], []) == threads.refresh()
    assert [7] == list(threads.by_tid)
    threads.close()


def test_a_live_thread_is_seen_from_its_start_to_its_end():
    threads = Threads("/proc", os.getpid())
    threads.refresh()
    stop = threading.Event()
    worker = threading.Thread(target=stop.wait)
    worker.start()
    assert threads.changed()
    born, _ = threads.refresh()
    assert [worker.native_id] == [one.tid for one in born]
    assert not threads.changed()
    files = threads.by_tid[worker.native_id]
    assert 3 == len(files.schedstat().split())
    stop.set()
    worker.join()
    while not threads.changed():  # the kernel removes it after join() has returned
        pass
    with pytest.raises(ProcessLookupError):
        files.schedstat()
    assert worker.native_id in threads.refresh()[1]
    threads.close()
