import os
import threading
from pathlib import Path

import pytest

from perfdiag.host import Host
from perfdiag.host.inspector import Inspector
from perfdiag.sampler.engines.thread_ids import ThreadIds
from tests.sampler.engines.targets import running


@pytest.fixture
def inspector():
    inspector = Inspector()
    yield inspector
    inspector.close()


def test_an_id_is_what_it_is_and_an_address_is_looked_up(inspector):
    ids, pid = ThreadIds(Host(), inspector), os.getpid()
    own = threading.get_native_id()
    assert (own, own) == (
        ids.tid(pid, str(own)),
        ids.tid(pid, f"{threading.get_ident():#X}".replace("X", "x")),
    )


def test_an_address_without_a_thread_has_no_id(inspector):
    assert 0 == ThreadIds(Host(), inspector).tid(os.getpid(), "0x10")


def test_of_a_process_that_has_ended_addresses_say_nothing(inspector):
    with running("/bin/echo", "ready") as pid:
        pass
    ids = ThreadIds(Host(), inspector)
    assert (7, 0) == (ids.tid(pid, "7"), ids.tid(pid, "0x7F00"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a PID namespace")
def test_an_id_within_a_pid_namespace_is_the_id_here(inspector):
    command = ("unshare", "--pid", "--fork", "--kill-child", "/bin/sh", "-c", "echo ready; sleep 60; :")
    with running(*command) as pid:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        (inside,) = map(int, children)
        assert inside == ThreadIds(Host(), inspector).tid(inside, "1")
