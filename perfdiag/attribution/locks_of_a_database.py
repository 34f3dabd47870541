"""Waits for a lock inside a database, as the titles of its processes tell them, and who may hold it."""

from collections.abc import Iterator, Sequence

import numpy as np

from perfdiag.host.services import Activity, activity_of
from perfdiag.model import Estimate, Process
from perfdiag.peer_time import Block, PeerTime
from perfdiag.stats.shares import share

_MOSTLY = 0.5
_NAMED = 3  # of those that may hold it
_IDLE = "idle in transaction"


def share_in_wait(blocks: Sequence[Block]) -> Estimate | None:
    """Of the looks in which it was waited for, the share in which its title says that it waits for a lock;
    None where that is not what it mostly does."""
    told = [(block.looks, activity_of(block.title)) for block in blocks if block.title and block.looks]
    part = [looks if found and found.waits else 0.0 for looks, found in told]
    whole = [looks for looks, _ in told]
    if not whole or sum(part) < _MOSTLY * sum(whole):
        return None
    return share(np.array(part), np.array(whole))


def blockers(time: PeerTime, process: Process, blocks: Sequence[Block]) -> Iterator[str]:
    """Who else is in a transaction while a process waits for a lock, and does not wait itself: in words."""
    waits = sorted({block.snapshot for block in blocks if _waits(block.title)})
    others: dict[int, str] = {}
    for pid, titles in time.siblings.get(process.ppid, {}).items():
        seen = [found for n in waits if n < len(titles) and (found := activity_of(titles[n]))]
        opened = [one for one in seen if one.opened and not one.waits]
        if pid != process.pid and len(opened) >= max(1.0, _MOSTLY * len(waits)):
            others[pid] = _doing(opened[-1], titles)
    if not others:
        return
    if len(others) == 1:
        (pid, doing), *_ = others.items()
        yield f"pid {pid} {doing} and is the only other one in a transaction that does not wait"
        return
    named = "; ".join(f"pid {pid} {doing}" for pid, doing in sorted(others.items())[:_NAMED])
    more = f"; and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    yield f"one of those in a transaction that do not wait has the lock: {named}{more}"


def _waits(title: str) -> bool:
    found = activity_of(title)
    return found is not None and found.waits


def _doing(last: Activity, titles: Sequence[str]) -> str:
    if not last.doing.startswith(_IDLE):
        return f"runs {last.doing}"
    seen = [found for title in titles if (found := activity_of(title))]
    before = all(one.doing == last.doing for one in seen)
    return f"is {last.doing}{' since before the look' if before else ''}"
