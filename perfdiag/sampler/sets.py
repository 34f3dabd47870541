"""What is in a set of descriptors that a thread waits for at once: an epoll set, or those of a poll."""

import time
from collections.abc import Sequence

from perfdiag.errors import Missing
from perfdiag.host import Host
from perfdiag.host.descriptors import open_descriptors
from perfdiag.model import PAIR, SERVING, Object, ObjectType
from perfdiag.sampler.descriptors import Descriptors
from perfdiag.sampler.interning import Interned

_WATCHED = 64  # descriptors, in an epoll set or of the process, beyond which they are not looked at
_LISTED = 1 << 14  # descriptors of the process beyond which they are not listed, which takes 0.5 µs each
_FDINFO = 1 << 14  # bytes; a line for each of them, and of more than twice as many the last line is cut
_SEVERAL = 2  # connections: who waits for one client alone holds up nobody else
_SAMPLE = 4  # descriptors at either end of a set: the first were there before any connection
_AGAIN = 0.2  # seconds between two looks into one set
_LOOKS, _EVERY = 10, 1.0  # looks for connections that no thread waits for, and seconds between two
_SOCKETS = frozenset({ObjectType.TCP, ObjectType.UNIX})
_PIPES = frozenset({ObjectType.PIPE, ObjectType.CHILD})


class Sets:
    """Those of one process."""

    def __init__(self, host: Host, pid: int, descriptors: Descriptors, interned: Interned) -> None:
        self._host, self._pid = host, pid
        self._descriptors, self._interned = descriptors, interned
        self._serving: set[int] = set()  # epoll sets
        self._next: dict[int, float] = {}
        self._looks, self._next_look = 0, time.monotonic() + _EVERY

    def epoll(self, descriptor: int) -> int:
        """The id of an epoll set: of all that have several accepted connections it is `serving`."""
        if descriptor not in self._serving and time.monotonic() >= self._next.get(descriptor, 0.0):
            self._next[descriptor] = time.monotonic() + _AGAIN
            if self.serve(self._members(descriptor)):
                self._serving.add(descriptor)
        if descriptor in self._serving:
            return self.serving()
        return self._descriptors.object(descriptor) if descriptor >= 0 else -1

    def serving(self) -> int:
        """The id of what stands for the accepted connections of the process, where it has several."""
        return self._interned.intern(ObjectType.OTHER, f"{SERVING} of {self._pid}")

    def look(self, now: float) -> None:
        """See now and then, until it has, whether the process has several accepted connections: who always
        has something to do is hardly ever seen to wait for them."""
        if self._serving or self._looks >= _LOOKS or now < self._next_look:
            return
        self._looks, self._next_look = self._looks + 1, now + _EVERY
        try:
            if open_descriptors(self._host, self._pid) > _LISTED:
                return
            latest = sorted(map(int, self._host.list_proc(f"{self._pid}/fd")))[-_WATCHED:]
        except (Missing, ValueError):
            return  # it has ended
        if sum(map(_is_client, self._objects(set(latest)))) >= _SEVERAL:
            self._looks = _LOOKS
            self.serving()

    def serve(self, descriptors: Sequence[int]) -> bool:
        """Whether several of these are connections that the process has accepted."""
        if len(descriptors) < _SEVERAL:
            return False
        some = {*descriptors[:_SAMPLE], *descriptors[-_SAMPLE:]}
        return sum(map(_is_client, self._objects(some))) >= _SEVERAL

    def only_peer(self, descriptor: int) -> int:
        """The one peer that an epoll set has connections to; without connections, the one child or pipe. -1
        when there are several, or none."""
        watched = self._members(descriptor)
        items = self._objects(set(watched)) if len(watched) <= _WATCHED else []
        peers = {item.id for item in items if _is_peer(item)}
        peers = peers or {item.id for item in items if item.type in _PIPES}
        return peers.pop() if len(peers) == 1 else -1

    def _members(self, descriptor: int) -> list[int]:
        try:
            text = self._host.proc(f"{self._pid}/fdinfo/{descriptor}", _FDINFO)
        except Missing:
            return []
        lines = text[: text.rfind("\n") + 1].splitlines()
        return [int(line.split()[1]) for line in lines if line.startswith("tfd:")]

    def _objects(self, descriptors: set[int]) -> list[Object]:
        numbers = [self._descriptors.object(descriptor) for descriptor in descriptors]
        return [self._interned.list[number] for number in numbers if number >= 0]


def _is_client(item: Object) -> bool:
    return item.type in _SOCKETS and item.served and not item.name.startswith("listen ")


def _is_peer(item: Object) -> bool:
    """Whether it is something that the process asks: no listener, no client, and not its own other end."""
    return item.type in _SOCKETS and not item.served and item.name != PAIR
