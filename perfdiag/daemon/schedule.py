"""When to tick: a fixed grid on the monotonic clock, without bursts to catch up."""


class Schedule:
    """Ticks at start + k * interval (nanoseconds). A tick that comes late is made once; those that passed in
    the meantime are counted in `missed` and never made."""

    def __init__(self, start_ns: int, interval_ns: int) -> None:
        self._next, self._interval = start_ns, interval_ns
        self.made = self.missed = 0
        self.lag = 0.0  # seconds by which the last tick was late

    def wait(self, now_ns: int) -> float:
        """Seconds until the next tick is due; 0.0 when it is."""
        return max(0, self._next - now_ns) / 1e9

    def begin(self, now_ns: int) -> int:
        """Take the tick that is due; returns how many were missed before it."""
        late = max(0, now_ns - self._next)
        missed = late // self._interval
        self.made += 1
        self.missed += missed
        self.lag = late / 1e9
        self._next += (missed + 1) * self._interval
        return missed
