"""How often something happened, and how often of how many times, folded reading by reading."""

from math import sqrt
from typing import NamedTuple

from perfdiag.model import Estimate
from perfdiag.stats.rates import event_rate
from perfdiag.stats.special import normal_ppf
from perfdiag.units import Unit


class Events(NamedTuple):
    """Events in so many seconds of watching; `resets` counts stretches that could not be watched."""

    number: float = 0.0
    seconds: float = 0.0
    resets: int = 0

    def take(self, growth: float | None, seconds: float) -> "Events":
        if growth is None:
            return self._replace(resets=self.resets + 1)
        return Events(self.number + growth, self.seconds + seconds, self.resets)

    def estimate(self, window: tuple[float, float]) -> Estimate:
        """Events per second with the interval of a Poisson count; those that come in bursts vary more.
        LookupError when nothing was watched."""
        found, reason = event_rate(0.0, self.number, (window[0], window[0] + self.seconds))
        if found is None:
            raise LookupError(reason)
        return Estimate(
            value=found.value,
            low=found.low,
            high=found.high,
            unit=found.unit,
            n=found.n,
            confidence=found.confidence,
            window=window,
            caveats=_caveats(self.resets),
        )


class Proportion(NamedTuple):
    """`part` of `whole` things."""

    part: float = 0.0
    whole: float = 0.0
    resets: int = 0

    def take(self, part: float | None, whole: float | None) -> "Proportion":
        if part is None or whole is None:
            return self._replace(resets=self.resets + 1)
        return Proportion(self.part + part, self.whole + whole, self.resets)

    def estimate(self, window: tuple[float, float], confidence: float = 0.95) -> Estimate:
        """With the score interval of Wilson (J. Am. Stat. Assoc. 22, 1927). LookupError when there were none.

        `part` may be more than `whole` where the two are counted at different moments: that is all of them.
        """
        if self.whole <= 0:
            raise LookupError("nothing was counted")
        z2 = normal_ppf((1 + confidence) / 2) ** 2
        value = min(1.0, self.part / self.whole)
        middle = (value + z2 / (2 * self.whole)) / (1 + z2 / self.whole)
        half = sqrt(z2 * (value * (1 - value) / self.whole + z2 / (4 * self.whole**2))) / (
            1 + z2 / self.whole
        )
        return Estimate(
            value=value,
            low=min(value, max(0.0, middle - half)),
            high=max(value, min(1.0, middle + half)),
            unit=Unit.RATIO,
            n=round(self.whole),
            confidence=confidence,
            window=window,
            caveats=_caveats(self.resets),
        )


def _caveats(resets: int) -> tuple[str, ...]:
    return (f"{resets} readings left out: a counter was reset",) if resets else ()
