"""The mean of a level over a window, folded value by value in constant space.

Each value stands for the seconds since the reading before it. Seconds that follow each other are alike (what
is busy stays busy), so the interval rests on an effective number of values: n (1 - r) / (1 + r), r being the
correlation of neighbours (Bayley and Hammersley, J. R. Stat. Soc. Suppl. 8, 1946, for a first-order process).
"""

from math import inf, sqrt
from typing import NamedTuple

from perfdiag.model import Estimate
from perfdiag.stats.special import t_ppf
from perfdiag.units import Unit

FEW_VALUES = 3  # fewer have no interval


class Mean(NamedTuple):
    """Weighted sums of the values so far; `resets` counts values that could not be had."""

    n: int = 0
    weight: float = 0.0
    weight_squared: float = 0.0
    total: float = 0.0
    square: float = 0.0
    pair_weight: float = 0.0
    pairs: float = 0.0
    last: float = 0.0
    last_weight: float = 0.0
    resets: int = 0

    def take(self, value: float | None, seconds: float) -> "Mean":
        """With one more value; None for one that a reset made impossible, which also parts its neighbours."""
        if value is None:
            return self._replace(resets=self.resets + 1, last_weight=0.0)
        shared = min(seconds, self.last_weight)
        return Mean(
            n=self.n + 1,
            weight=self.weight + seconds,
            weight_squared=self.weight_squared + seconds * seconds,
            total=self.total + seconds * value,
            square=self.square + seconds * value * value,
            pair_weight=self.pair_weight + shared,
            pairs=self.pairs + shared * value * self.last,
            last=value,
            last_weight=seconds,
            resets=self.resets,
        )

    def estimate(
        self,
        unit: Unit,
        window: tuple[float, float],
        *,
        least: float = 0.0,
        most: float = inf,
        confidence: float = 0.95,
    ) -> Estimate:
        """The mean and its interval, within what is possible (`least`..`most`). LookupError without a value.

        With fewer than three values the interval is all that is possible: it judges nothing.
        """
        if not self.weight:
            raise LookupError("no value")
        mean = self.total / self.weight
        caveats: tuple[str, ...] = ()
        if self.resets:
            caveats += (f"{self.resets} readings left out: a counter was reset",)
        half = inf
        if self.n >= FEW_VALUES:
            variance = max(0.0, self.square / self.weight - mean * mean)
            effective = self._effective(mean, variance)
            half = t_ppf((1 + confidence) / 2, effective - 1) * sqrt(variance / (effective - 1))
        else:
            caveats += (f"{self.n} readings are too few for an interval",)
        return Estimate(
            value=mean,
            low=max(least, mean - half),
            high=max(mean, min(most, mean + half)),
            unit=unit,
            n=self.n,
            confidence=confidence,
            window=window,
            caveats=caveats,
        )

    def _effective(self, mean: float, variance: float) -> float:
        """Independent values that say as much, at least two."""
        count = self.weight * self.weight / self.weight_squared
        if variance <= 1e-12 * mean * mean or not self.pair_weight:
            return max(2.0, count)
        likeness = (self.pairs / self.pair_weight - mean * mean) / variance
        likeness = min(0.99, max(0.0, likeness))  # values that alternate are not taken for more than they are
        return max(2.0, count * (1 - likeness) / (1 + likeness))
