"""Whether the collector lives (`live`) and whether what we serve is whole (`ready`)."""

from dataclasses import dataclass, field

MISSED_BEATS = 5


@dataclass(slots=True, kw_only=True)
class Health:
    """What the collector last said: `beat` is the monotonic time of its last tick, `troubles` why not all is
    well."""

    interval: float
    started: float
    beat: float | None = None
    troubles: list[str] = field(default_factory=list)

    @property
    def limit(self) -> float:
        """Seconds without a beat after which the collector counts as stuck."""
        return MISSED_BEATS * self.interval

    def live(self, now: float) -> str:
        """'' or why the collector does not live. Says nothing of the disk: a restart would not free it."""
        age = now - (self.started if self.beat is None else self.beat)
        if age <= self.limit + (0 if self.beat is not None else 2.0):  # the first tick may take its time
            return ""
        if self.beat is None:
            return f"the collector has not ticked in {age:.1f} s"
        return f"the last tick of the collector is {age:.1f} s old (limit {self.limit:g} s)"

    def ready(self, now: float, snapshot_at: float | None) -> list[str]:
        """Why not all is well; empty when it is. `snapshot_at` is the time of the newest tick in the ring."""
        reasons = [self.live(now)] if self.live(now) else []
        if self.beat is None or snapshot_at is None:
            reasons.append("no tick has been recorded yet")
        elif now - snapshot_at > self.limit:
            reasons.append(f"the newest tick in the ring is {now - snapshot_at:.1f} s old")
        return reasons + self.troubles
