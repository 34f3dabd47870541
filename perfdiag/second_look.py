"""Answers, in the second part of a look, what the first part has left open (see open_question).

Once, when two fifths of the time are over, the rows so far are summed up; that takes milliseconds. perf then
runs for the rest, without stacks, if it is there and may look. A look that was given another engine, that is
short, or that may cost next to nothing is left as it is.
"""

from perfdiag.host import Host
from perfdiag.meta import Plan
from perfdiag.model import Fault, Role, Sample
from perfdiag.open_question import Question, question_of, samples
from perfdiag.recording import Recording
from perfdiag.sampler.engines import perf
from perfdiag.sampler.engines.choice import Engine
from perfdiag.sampler.engines.leaves import Leaves

_WHEN = 0.4  # of the look
_LEAST = 2.0  # seconds that are left then
_DEAR = 0.05  # of a core; a smaller budget has no room for perf
_PROCESSES = 64  # that perf looks at
_MOST = 30  # functions that are kept


class SecondLook:
    """`permitted`: the memory of the targets may be read."""

    def __init__(self, host: Host, plan: Plan, *, permitted: bool) -> None:
        self._host = host
        rest = (1 - _WHEN) * plan.duration
        self._open = (
            permitted and plan.stacks.engine is Engine.AUTO and rest >= _LEAST and plan.budget >= _DEAR
        )
        self._seconds = rest
        self._question: Question | None = None
        self._running: Leaves | None = None

    @property
    def cpu(self) -> float:
        """Seconds that it has used."""
        return self._running.cpu if self._running else 0.0

    def consider(self, recording: Recording, done: float) -> None:
        """Call it often; `done` is the part of the look that is over."""
        if self._running is not None:
            self._running.aside.watch()
        if not self._open or done < _WHEN:
            return
        self._open = False
        path = perf.program()
        self._question = question_of(recording) if path else None
        if self._question is None:
            return
        chosen = [one.pid for one in recording.processes if one.gone is None and one.role is not Role.PEER]
        try:
            self._running = Leaves(path, chosen[:_PROCESSES], self._host)
        except OSError:
            self._question = None

    def stop(self) -> None:
        if self._running is not None:
            self._running.stop()

    def answer(self) -> tuple[tuple[Sample, ...], tuple[Fault, ...]]:
        """What it has found, for the recording, and what went wrong; call it after `stop`."""
        if self._running is None or self._question is None:
            return (), ()
        if self._running.aside.why:
            return (), (self._running.aside.fault(),)
        seen = self._running.seen(self._question.tids).most_common(_MOST)
        looks = [(leaf.function, leaf.file, leaf.origin, number) for leaf, number in seen]
        return samples(self._question, looks, self._seconds), ()

    def close(self) -> None:
        if self._running is not None:
            self._running.close()
