"""What the processes at the other end of the target's waits do while it waits for them.

`peer.does` (a share of the looks in which the target waited for it), one for each sentence about an object
that is waited on, in their order, with the labels `text`, `pid`, `name`, `does`, `hop` (1: what the target
itself waits for), `looks`, and `locked` ('1': it waits for a lock of its database). No other signal speaks of
peers.
"""

from dataclasses import replace

from perfdiag.attribution.chain import LOCKED, Chains
from perfdiag.diagnosis import Signal
from perfdiag.plugins import Analyzer, Last


def signals(state: Last, now: float) -> tuple[Signal, ...]:
    step = state.step
    if step is None or not step.peers.waits:
        return ()
    chains = Chains(step.peers, step.objects, step.stacks)
    window = (step.table.start, now)
    return tuple(
        Signal(
            name="peer.does",
            subject=state.subject,
            estimate=replace(link.estimate, window=window),
            labels=(
                ("text", link.text),
                ("pid", str(link.pid)),
                ("name", link.name),
                ("does", link.does),
                ("hop", str(link.hop)),
                ("looks", str(link.looks)),
                ("locked", "1" if link.does == LOCKED else ""),
            ),
            object=step.objects[item],
        )
        for item in chains.objects()
        for link in chains.of(item)
    )


SPEC = Analyzer(name="peers", help=__doc__ or "", start=Last, step=Last.take, signals=signals)
