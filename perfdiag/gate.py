"""When a group of threads is under pressure: a share of time alone is no illness.

A server at 20 % load spends most of its busy time computing, and is healthy. Findings that claim time speak
of groups of threads that are occupied, or held up by a queue that can be seen, by a CPU quota, or by
callbacks that block their event loop. The limits are set like those of rules,
`--set pressure.LIMIT=VALUE`; `--any` lifts the gate.
"""

from collections.abc import Mapping

from perfdiag.plugins import Limit
from perfdiag.units import Unit

NAME = "pressure"

LIMITS = (
    Limit(
        name="occupancy",
        default=0.5,
        unit=Unit.RATIO,
        why="from half on, what comes finds the threads at work more often than not",
    ),
    Limit(
        name="occupancy_held_up",
        default=0.25,
        unit=Unit.RATIO,
        why="of threads held up by a queue or a quota: on a busy host all queue for a CPU now and then",
    ),
    Limit(
        name="queued",
        default=0.2,
        unit=Unit.RATIO,
        why="of busy time, in the run queue or waiting for a turn or for room: a fifth is no chance meeting",
    ),
    Limit(
        name="episode",
        default=0.05,
        unit=Unit.SECONDS,
        why="a callback of an event loop that takes longer is felt by who waits for another one",
    ),
    Limit(
        name="stalled",
        default=0.1,
        unit=Unit.RATIO,
        why="of the time, in such callbacks: every tenth request comes while the loop is blocked",
    ),
    Limit(
        name="unaccepted",
        default=0.5,
        unit=Unit.RATIO,
        why="of the looks, with a connection that waits to be accepted: no burst lasts that long",
    ),
)
DEFAULTS: Mapping[str, float] = {limit.name: limit.default for limit in LIMITS}
