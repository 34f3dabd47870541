"""Two sets of sessions compared: the moderated t statistic on one number per session.

The unit of replication is the session: noise sits between runs, days and builds, and no resampling within a
run can see it. Variances of many metrics are moderated towards a common prior (empirical Bayes, Smyth 2004,
"Linear models and empirical Bayes methods"), which makes five sessions usable. Differences and variances are
on the scale of the session statistic, the logarithm for times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, inf, log, sqrt

import numpy as np
from numpy.typing import NDArray

from perfdiag.stats.special import digamma, inverse_trigamma, t_ppf, t_sf, trigamma

NOISE_FLOOR = 0.002  # standard deviation that no session statistic is believed to beat
FEW_METRICS = 8  # below this the prior is not fitted
FEW_METRICS_DF = 4.0
MOST_PRIOR_DF = 100.0
MOST_AUTOCORRELATION = 0.8
POWER_QUANTILE = 0.84  # normal quantile of 80 % power against one bound
BOTH_BOUNDS_QUANTILE = 1.28  # of 90 % against each of two bounds, which is 80 % against both

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What the metrics of one unit say together about the variance between sessions."""

    df: float
    variance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """new - base of one metric: `variance` is that of one session, `df` its degrees of freedom."""

    value: float
    variance: float
    df: float
    base_sessions: int
    new_sessions: int

    @property
    def error(self) -> float:
        return sqrt(self.variance * (1 / self.base_sessions + 1 / self.new_sessions))

    def p_above(self, bound: float = 0.0) -> float:
        """One-sided p value against a true difference <= `bound`."""
        return t_sf((self.value - bound) / self.error, self.df)

    def p_below(self, bound: float = 0.0) -> float:
        """One-sided p value against a true difference >= `bound`."""
        return t_sf((bound - self.value) / self.error, self.df)

    def interval(self, confidence: float) -> tuple[float, float]:
        half = t_ppf((1 + confidence) / 2, self.df) * self.error
        return self.value - half, self.value + half

    @property
    def detectable(self) -> float:
        """The smallest true difference that would be found with 80 % power (one-sided 5 %)."""
        return (t_ppf(0.95, self.df) + POWER_QUANTILE) * self.error


def fit_prior(variances: Array, df: Array) -> Prior:
    """Prior of sample variances [m] with `df` [m] degrees of freedom, by moments of log variance.

    A prior from fewer than 8 metrics is their median with 4 degrees of freedom; a single metric has nothing
    to borrow from.
    """
    if variances.size < FEW_METRICS:
        return Prior(df=FEW_METRICS_DF if variances.size > 1 else 0.0, variance=float(np.median(variances)))
    # what hardly varies at all (rounded values, shares of zero) would pull the mean logarithm to nowhere
    floor = (NOISE_FLOOR / 10) ** 2
    logs = np.array(
        [
            log(max(variance, floor)) - digamma(d / 2) + log(d / 2)
            for variance, d in zip(variances, df, strict=True)
        ]
    )
    excess = float(np.var(logs, ddof=1)) - float(np.mean([trigamma(d / 2) for d in df]))
    if excess <= 0:
        return Prior(df=inf, variance=exp(float(np.mean(logs))))
    prior_df = 2 * inverse_trigamma(excess)
    return Prior(df=prior_df, variance=exp(float(np.mean(logs)) + digamma(prior_df / 2) - log(prior_df / 2)))


def autocorrelation(series: Sequence[Array]) -> float:
    """Mean lag-1 correlation of the baseline series, within 0..0.8: consecutive sessions share drift."""
    found = []
    for values in series:
        centred = values - values.mean()
        total = float(centred @ centred)
        if values.size >= 3 and total > 0:
            found.append(float(centred[1:] @ centred[:-1]) / total)
    return float(np.clip(np.mean(found), 0.0, MOST_AUTOCORRELATION)) if found else 0.0


def compare(base: Sequence[Array], new: Sequence[Array], within: Array) -> tuple[Difference, ...]:
    """One difference per metric of the same unit.

    base, new: session statistics of each metric, in order, at least two and one sessions long; within [m]:
    variance of one new session as seen from inside it, 0 where unknown (the new session may be the noisier).
    """
    if not base:
        return ()
    df = np.array([values.size - 1.0 for values in base])
    variances = np.array([float(np.var(values, ddof=1)) for values in base])
    prior = fit_prior(variances, df)
    correlation = autocorrelation(base)
    inflation = (1 + correlation) / (1 - correlation)
    differences = []
    for old, now, variance, d, w in zip(base, new, variances, df, within, strict=True):
        if prior.df == inf:
            posterior = prior.variance
        else:
            posterior = (prior.df * prior.variance + d * variance) / (prior.df + d)
        differences.append(
            Difference(
                value=float(now.mean() - old.mean()),
                variance=max(posterior, float(w), NOISE_FLOOR**2) * inflation,
                df=d + min(prior.df, MOST_PRIOR_DF),
                base_sessions=old.size,
                new_sessions=now.size,
            )
        )
    return tuple(differences)


def sessions_needed(difference: Difference, margin: float) -> tuple[int, int]:
    """(new sessions in all, baseline sessions) with which a true difference of 0 would be shown to lie
    within +-`margin` with 80 % power; the baseline grows only where new sessions alone cannot do it."""
    factor = (t_ppf(0.95, difference.df) + BOTH_BOUNDS_QUANTILE) * sqrt(difference.variance)
    wanted = (margin / factor) ** 2  # 1/n + 1/K may be this large
    base = difference.base_sessions
    if wanted > 1 / base:
        return max(1, ceil(1 / (wanted - 1 / base) - 1e-9)), base
    base = ceil(2 / wanted)
    return base, base
