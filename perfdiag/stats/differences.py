"""How two series that were observed side by side differ: in level, and as a ratio, with intervals.

Both are sums over the same consecutive blocks of time, so what happens to the whole host in a block happens
to both and cancels. The intervals rest on the long-run variance of the residuals and t quantiles, as those of
shares do (see stats.shares). With fewer than eight blocks the interval is without end.
"""

import math

import numpy as np
from numpy.typing import NDArray

from perfdiag.model import Estimate
from perfdiag.stats.shares import FEW_BLOCKS, degrees, variance_of_sum
from perfdiag.stats.special import t_ppf
from perfdiag.units import Unit

Array = NDArray[np.float64]


def difference(base: Array, other: Array, seconds: float, *, confidence: float = 0.95) -> Estimate:
    """(sum(other) - sum(base)) / seconds; both [n_blocks], consecutive in time."""
    moved = np.asarray(other, dtype=float) - np.asarray(base, dtype=float)
    value = float(moved.sum()) / seconds
    half = _half(moved - moved.mean() if moved.size else moved, confidence) / seconds
    return _estimate(value, half, Unit.COUNT, moved.size, confidence)


def change(base: Array, other: Array, *, confidence: float = 0.95) -> Estimate | None:
    """sum(other) / sum(base) - 1; None when there is nothing to compare with."""
    before, after = np.asarray(base, dtype=float), np.asarray(other, dtype=float)
    total = float(before.sum())
    if total <= 0:
        return None
    ratio = float(after.sum()) / total
    half = _half(after - ratio * before, confidence) / total
    return _estimate(ratio - 1, half, Unit.RATIO, before.size, confidence)


def _half(residuals: Array, confidence: float) -> float:
    """Half the width of the interval of their sum."""
    n = residuals.size
    if n < FEW_BLOCKS:
        return math.inf
    variance = float(variance_of_sum(residuals[None, :], degrees(n))[0])
    return float(t_ppf((1 + confidence) / 2, degrees(n))) * math.sqrt(variance)


def _estimate(value: float, half: float, unit: Unit, n: int, confidence: float) -> Estimate:
    caveats = (f"few blocks of time ({n})",) if n < FEW_BLOCKS else ()
    return Estimate(
        value=value,
        low=value - half,
        high=value + half,
        unit=unit,
        n=n,
        confidence=confidence,
        caveats=caveats,
    )
