"""Quantiles with distribution-free intervals from order statistics.

The number of samples below the true quantile q is binomial(n, q), whatever the law of the samples, so two
order statistics enclose it with a known probability (David & Nagaraja, "Order Statistics", 7.1). The samples
are taken as independent: within one process they rarely are, and then the interval is too narrow.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, floor, inf, isclose, lgamma, log, sqrt

import numpy as np
from numpy.typing import NDArray

from perfdiag.model import Estimate
from perfdiag.stats.special import t_ppf
from perfdiag.units import Unit

QUANTILES = (0.5, 0.95, 0.99, 0.999)
_EXACT_UP_TO = 20_000  # samples; the normal law gives the same ranks but one or two from here on
ENOUGH_ABOVE = 10  # samples expected above a quantile before it is reported

Array = NDArray[np.float64]


def enough(n: int, q: float) -> bool:
    """Whether `n` samples are enough to report quantile `q`: p99 needs 1,000, p99.9 needs 10,000."""
    expected = n * (1 - q)
    return expected >= ENOUGH_ABOVE or isclose(expected, ENOUGH_ABOVE)


def quantile(samples: Array, q: float, *, unit: Unit, confidence: float = 0.95) -> Estimate:
    """Quantile `q` of `samples` [n]. With too few samples for it the upper bound is infinite and a caveat
    says how many are needed; without samples so is the lower one."""
    ordered = np.sort(np.asarray(samples, dtype=float))
    n = ordered.size
    if n == 0:
        return Estimate(
            value=0.0, low=-inf, high=inf, unit=unit, n=0, confidence=confidence, caveats=("no samples",)
        )
    below, above = interval_ranks(n, q, confidence)
    low = -inf if below is None else float(ordered[below])
    high = inf if above is None else float(ordered[above])
    caveats: tuple[str, ...] = ()
    if not enough(n, q):
        high, caveats = inf, (f"p{100 * q:g} needs {ceil(ENOUGH_ABOVE / (1 - q) - 1e-9)} samples, has {n}",)
    value = interpolated(ordered, q)
    return Estimate(
        value=value, low=low, high=high, unit=unit, n=n, confidence=confidence, caveats=caveats
    )  # fmt: skip


def interpolated(ordered: Sequence[float] | Array, q: float) -> float:
    """Quantile `q` of ascending values, linear between neighbours (Hyndman & Fan type 7, numpy's default,
    at a hundredth of the price of a call)."""
    position = q * (len(ordered) - 1)
    below = int(position)
    low = float(ordered[below])
    return low + (position - below) * (float(ordered[min(below + 1, len(ordered) - 1)]) - low)


@lru_cache(maxsize=4096)
def interval_ranks(n: int, q: float, confidence: float) -> tuple[int | None, int | None]:
    """Zero-based ranks of the order statistics that enclose quantile `q` with at least `confidence`, half
    of the error on each side; None where no order statistic is far enough out."""
    tail = (1 - confidence) / 2
    if n > _EXACT_UP_TO:
        middle, half = n * q, t_ppf(1 - tail, inf) * sqrt(n * q * (1 - q))
        return _inside(floor(middle - half - 0.5), ceil(middle + half + 0.5), n)
    k = np.arange(n + 1)
    log_pmf = (
        lgamma(n + 1) - _log_factorials(n) - _log_factorials(n)[::-1] + k * log(q) + (n - k) * log(1 - q)
    )
    cdf = np.cumsum(np.exp(log_pmf))  # P(at most k samples lie below the quantile)
    low = int(np.searchsorted(cdf, tail, side="right")) - 1
    high = int(np.searchsorted(cdf, 1 - tail, side="left"))
    return _inside(low, high, n)


def _inside(low: int, high: int, n: int) -> tuple[int | None, int | None]:
    return (low if low >= 0 else None), (high if high < n else None)


def _log_factorials(n: int) -> Array:
    """log 0! .. log n!"""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
