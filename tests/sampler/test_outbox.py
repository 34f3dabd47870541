import os
from dataclasses import replace

from perfdiag.host.clock import SystemClock
from perfdiag.model import ObjectType, Process
from perfdiag.sampler.cpython.code import RawFrame
from perfdiag.sampler.interning import Interned
from perfdiag.sampler.loop import Loop
from perfdiag.sampler.outbox import Outbox
from perfdiag.sampler.stacks import Stacks
from perfdiag.sampler.stream import Message, Splitter
from perfdiag.sampler.throttle import Throttle

PROCESS = Process(key="1@7", pid=1, ppid=0, started=7, comm="a", exe="", uid=0, cpus=1)


class Other:
    """The other end of the pipe."""

    def __init__(self):
        self.source, sink = os.pipe()
        self.box = Outbox(sink)
        self.splitter = Splitter()

    def messages(self):
        return list(self.splitter.feed(os.read(self.source, 1 << 16)))


def test_what_is_known_on_the_other_side_is_not_sent_again():
    loop = Loop(rate=100, clock=SystemClock(), throttle=Throttle(()))
    other, objects, stacks = Other(), Interned(), Stacks()
    objects.intern(ObjectType.FILE, "/a")
    stacks.intern((RawFrame("app.py", "f", 1, 1),))
    loop.tick(5)
    other.box.flush(loop, objects, stacks, {1: PROCESS})
    kinds = [Message.PROCESSES, Message.FRAMES, Message.STACKS, Message.OBJECTS, Message.TICKS]
    assert kinds == [kind for kind, _ in other.messages()]
    other.box.flush(loop, objects, stacks, {})
    assert [Message.TICKS] == [kind for kind, _ in other.messages()]
    objects.learn(0, service="redis")
    other.box.flush(loop, objects, stacks, {1: replace(PROCESS, comm="new")})
    assert [Message.PROCESSES, Message.OBJECTS, Message.TICKS] == [kind for kind, _ in other.messages()]
