"""Shares of time, with intervals that account for autocorrelation.

A share is a ratio of sums over consecutive blocks of time. What a thread does in one second says much
about the next, so n blocks are worth fewer than n independent readings.

The variance of the ratio is its long-run variance, from the lowest cosine frequencies of the residuals
part - share * whole (equal-weighted cosine estimator, 0.4 n^(2/3) frequencies, t quantiles: Lazarus, Lewis,
Stock & Watson 2018, "HAR Inference: Recommendations for Practice"). It gives the effective sample size
share * (1 - share) / variance, and that a Wilson interval, which stays inside 0..1 (Korn & Graubard 1998).

Measured: this part of the 95 % intervals held the truth, on autoregressive series with lag-1 correlation
0 / 0.3 / 0.5 / 0.7 (4,000 runs each): 20 blocks 0.95 / 0.94 / 0.93 / 0.89, 40 blocks 0.94 / 0.93 / 0.93 /
0.91. The percentile block bootstrap held 0.86 / 0.82 / 0.77 / 0.67 and 0.90 / 0.87 / 0.84 / 0.77 on such
series. Shares that are on in some blocks and off in others need 40 blocks; at 20 they hold 0.93 to 0.77.
"""

import math

import numpy as np
from numpy.typing import NDArray

from perfdiag.model import Estimate
from perfdiag.stats.special import t_ppf
from perfdiag.units import Unit

FEW_BLOCKS = 8

Array = NDArray[np.float64]


def share(part: Array, whole: Array, *, confidence: float = 0.95) -> Estimate:
    """sum(part) / sum(whole) with its interval; both [n_blocks], consecutive in time, same unit."""
    return shares(np.asarray(part, dtype=float)[None, :], whole, confidence=confidence)[0]


def shares(parts: Array, whole: Array, *, confidence: float = 0.95) -> tuple[Estimate, ...]:
    """The share of each row of `parts` [k, n_blocks] in `whole` [n_blocks]."""
    parts, whole = np.asarray(parts, dtype=float), np.asarray(whole, dtype=float)
    n = whole.size
    total = float(whole.sum())
    if total <= 0 or n == 0:
        nothing = Estimate(
            value=0.0, low=0.0, high=1.0, unit=Unit.RATIO, n=0, confidence=confidence,
            caveats=("no time was observed",),
        )  # fmt: skip
        return (nothing,) * len(parts)
    values = np.clip(parts.sum(axis=1) / total, 0.0, 1.0)
    frequencies = degrees(n)
    if frequencies == 0:
        low, high = np.zeros_like(values), np.ones_like(values)
    else:
        variances = variance_of_sum(parts - values[:, None] * whole, frequencies) / total**2
        if n < FEW_BLOCKS:  # too few to learn their spread: count them as n readings of yes or no
            variances = np.maximum(variances, values * (1 - values) / n)
        low, high = _wilson(values, variances, t_ppf((1 + confidence) / 2, frequencies))
        _never_and_always(values, low, high, n, confidence)
    caveats = (f"few blocks of time ({n})",) if n < FEW_BLOCKS else ()
    return tuple(
        Estimate(
            value=float(value), low=float(a), high=float(b), unit=Unit.RATIO, n=n, confidence=confidence,
            caveats=caveats,
        )
        for value, a, b in zip(values, low, high, strict=True)
    )  # fmt: skip


def resample_sums(blocks: Array, *, seed: int, resamples: int) -> Array:
    """Row sums of `blocks` [k, n_blocks] as other windows might have given them: [resamples, k].

    Circular block bootstrap with blocks of 1.5 n^(1/3); all rows are drawn together, so what adds up still
    does. One block fewer than would fill n is drawn and the sums scaled up, which undoes the factor
    1 - length / n by which the bootstrap variance of a short series is too small.
    """
    blocks = np.asarray(blocks, dtype=float)
    n = blocks.shape[1]
    if n == 0:
        return np.zeros((resamples, len(blocks)))
    length = min(n, math.ceil(1.5 * n ** (1 / 3)))
    drawn = max(1, n // length - 1)
    wrapped = np.concatenate([np.zeros((len(blocks), 1)), blocks, blocks[:, : length - 1]], axis=1)
    cumulated = np.cumsum(wrapped, axis=1)
    windows = cumulated[:, length:] - cumulated[:, :-length]
    starts = np.random.default_rng(seed).integers(0, n, size=(resamples, drawn))
    flat = starts + n * np.arange(resamples)[:, None]
    times_drawn = np.bincount(flat.ravel(), minlength=resamples * n).reshape(resamples, n)
    sums: Array = times_drawn @ windows.T * (n / (drawn * length))
    return sums


def degrees(n: int) -> int:
    """How many cosine frequencies estimate the long-run variance: also the degrees of freedom."""
    if n >= FEW_BLOCKS:
        return max(3, int(0.4 * n ** (2 / 3)))
    return min(n - 1, 1 + n // 4)


def variance_of_sum(residuals: Array, frequencies: int) -> Array:
    """Variance of the sum of each row [k, n] that accounts for autocorrelation: [k]."""
    n = residuals.shape[1]
    angles = np.pi * np.outer(np.arange(n) + 0.5, np.arange(1, frequencies + 1)) / n
    coefficients = residuals @ (np.cos(angles) * math.sqrt(2 / n))
    variances: Array = n * np.mean(coefficients**2, axis=1)
    return variances


def _wilson(values: Array, variances: Array, quantile: float) -> tuple[Array, Array]:
    """Score interval at the effective sample size values * (1 - values) / variances."""
    spread = values * (1 - values)
    inverse = np.divide(variances, spread, out=np.zeros_like(values), where=spread > 0)
    z2 = quantile**2 * inverse
    middle = (values + z2 / 2) / (1 + z2)
    half = np.sqrt(z2 * (spread + z2 / 4)) / (1 + z2)
    return np.clip(middle - half, 0.0, values), np.clip(middle + half, values, 1.0)


def _never_and_always(values: Array, low: Array, high: Array, n: int, confidence: float) -> None:
    """Widens, in place, what was seen in no block or filled all: exact binomial bounds for n readings."""
    bound = ((1 - confidence) / 2) ** (1 / n)
    high[values <= 0] = 1 - bound
    low[values >= 1] = bound
