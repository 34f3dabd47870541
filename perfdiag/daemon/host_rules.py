"""The host rules over the last minute: what is wrong with the machine now.

A fold cannot forget: every five seconds the window is folded anew. It holds one snapshot in five: counters
lose nothing by it, and to fold all sixty would be half of what the daemon may cost.
"""

import logging
from collections import deque
from collections.abc import Sequence

from perfdiag.daemon.ring_tables import Episode
from perfdiag.diagnosis import Draft
from perfdiag.model import Meta, Snapshot
from perfdiag.plugins import Analyzer, Rule, Signals, Step
from perfdiag.timetable import TimeTable

PREFIX = "host."
WINDOW = 60.0  # seconds
EVERY = 5.0
_JITTER = 0.5  # a tick that comes a little early still stands on the grid
_GAP = 5.0  # seconds without a snapshot (a stopped daemon, a suspended machine) that end a window

_log = logging.getLogger(__name__)


class HostRules:
    """Feed `add` every snapshot, and `evaluate` when it says so."""

    def __init__(self, meta: Meta, analyzer: Analyzer, rules: Sequence[Rule]) -> None:
        self._meta, self._analyzer = meta, analyzer
        self._rules = tuple(rule for rule in rules if rule.kind.startswith(PREFIX))
        self._window: deque[Snapshot] = deque()
        self._last = 0.0
        self._gap = max(_GAP, 3 / meta.rate)
        self._broken: set[str] = set()
        self.not_evaluated: tuple[str, ...] = tuple(rule.kind for rule in self._rules)

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(rule.kind for rule in self._rules)

    def add(self, snapshot: Snapshot) -> bool:
        """Take a snapshot; True when the window has moved on and is worth an evaluation."""
        gap, self._last = snapshot.at - self._last, snapshot.at
        window = self._window
        if gap > self._gap:
            window.clear()
        if window and snapshot.at - window[-1].at < EVERY - _JITTER:
            return False
        window.append(snapshot)
        while snapshot.at - window[0].at > WINDOW + _JITTER:
            window.popleft()
        return len(window) > 1

    def evaluate(self) -> tuple[Episode, ...]:
        """The findings that the window shows."""
        start = self._window[0].at
        table = TimeTable(start=start)
        state = self._analyzer.start(self._meta)
        for snapshot in self._window:
            step = Step(
                snapshot=snapshot, slices=(), processes=(), threads=(), objects=(), stacks=(), table=table
            )
            state = self._analyzer.step(state, step)
        signals = Signals(self._analyzer.signals(state, self._last))
        found: list[Episode] = []
        skipped: list[str] = []
        for rule in self._rules:
            drafts = self._diagnose(rule, signals)
            if drafts is None:
                skipped.append(rule.kind)
            else:
                found += (_episode(draft) for draft in drafts)
        self.not_evaluated = tuple(skipped)
        return tuple(found)

    def _diagnose(self, rule: Rule, signals: Signals) -> list[Draft] | None:
        """What the rule says; None when it cannot judge."""
        if rule.missing(signals):
            return None
        try:
            return list(rule.diagnose(signals, {limit.name: limit.default for limit in rule.limits}))
        except (ArithmeticError, LookupError, ValueError) as error:
            if rule.kind not in self._broken:
                self._broken.add(rule.kind)
                _log.error("rule %s failed: %s: %s", rule.kind, type(error).__name__, error)
            return None


def _episode(draft: Draft) -> Episode:
    return Episode(draft.kind, draft.subject, int(draft.severity), float(draft.score), draft.summary)
