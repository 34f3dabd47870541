"""Whether something grows, and how fast: the slope of a series with its interval.

The slope is the median of the slopes of all pairs of points, its interval that of Kendall's statistic (Sen,
J. Am. Stat. Assoc. 63, 1968); a few points that are far off do not move it. Neighbours are alike, so the
interval is widened by the square root of (1 + r) / (1 - r), r being the correlation of what is left of
neighbours when the slope is taken away.
"""

from math import ceil, floor, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perfdiag.stats.special import normal_ppf

LEAST = 6  # points; with fewer the interval of 95 % is as wide as all slopes that were seen
_MOST = 128  # points that are kept: above it every second one goes
Array = NDArray[np.float64]

_LIKENESS = 0.9  # of neighbours, at most: the interval stays finite


class Slope(NamedTuple):
    """Growth per second, and its interval. `bent`: the slope of the second half as a part of that of the
    first; `fallen`: how much of what it rose it fell again."""

    value: float
    low: float
    high: float
    n: int
    bent: float
    fallen: float


class Series(NamedTuple):
    """Points (time, value), folded one by one in bounded space: of a long series every second, fourth, ...
    is kept."""

    points: tuple[tuple[float, float], ...] = ()
    stride: int = 1
    seen: int = 0

    def take(self, at: float, value: float) -> "Series":
        """With one more point; as it is when the point is not later than the last."""
        if self.points and at <= self.points[-1][0]:
            return self
        if self.seen % self.stride:
            return self._replace(seen=self.seen + 1)
        points, stride = (*self.points, (at, value)), self.stride
        if len(points) > _MOST:
            points, stride = points[::2], stride * 2
        return Series(points, stride, self.seen + 1)

    @property
    def rise(self) -> float:
        """From the first point to the last."""
        return self.points[-1][1] - self.points[0][1]

    def slope(self, confidence: float = 0.95) -> Slope:
        """LookupError with too few points to tell."""
        if len(self.points) < LEAST:
            raise LookupError(f"{len(self.points)} points, {LEAST} are needed")
        times, values = np.array(self.points).T
        slopes = _slopes(times, values)
        middle = float(np.median(slopes))
        n, half = len(times), (len(times) + 1) // 2
        likeness = _likeness(values - middle * times)
        spread = sqrt(n * (n - 1) * (2 * n + 5) / 18 * (1 + likeness) / (1 - likeness))
        reach = normal_ppf((1 + confidence) / 2) * spread / 2
        low, high = (len(slopes) - 1) / 2 - reach, (len(slopes) - 1) / 2 + reach
        first, second = (
            float(np.median(_slopes(times[part], values[part]))) for part in (slice(half), slice(-half, None))
        )
        steps = np.diff(values)
        rises, falls = float(steps[steps > 0].sum()), float(-steps[steps < 0].sum())
        return Slope(
            value=middle,
            low=float(slopes[max(0, floor(low))]),
            high=float(slopes[min(len(slopes) - 1, ceil(high))]),
            n=n,
            bent=second / first if first > 0 else float(second > 0),
            fallen=min(1.0, falls / rises) if rises > 0 else 1.0,
        )


def _slopes(times: Array, values: Array) -> Array:
    """Of all pairs, ascending."""
    first, second = np.triu_indices(len(times), 1)
    return np.sort((values[second] - values[first]) / (times[second] - times[first]))


def _likeness(rest: Array) -> float:
    """The correlation of neighbours."""
    centred = rest - rest.mean()
    square = float(centred @ centred)
    return min(_LIKENESS, max(0.0, float(centred[1:] @ centred[:-1]) / square)) if square > 0 else 0.0
