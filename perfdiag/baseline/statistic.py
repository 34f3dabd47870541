"""One number per session, metric and quantile, and how well the session itself knows it.

Times and sizes are compared as logarithms (differences are relative), shares as they are (differences are
points): a share that goes from 0.1 % to 0.2 % has not doubled anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from perfdiag.baseline.session import Metric, Spread
from perfdiag.stats.quantile import enough, interpolated, interval_ranks
from perfdiag.units import Unit

INTERVAL_WIDTH = 3.92  # a 95 % interval is so many standard errors wide


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """`value` on the scale of its unit; `variance` as seen within the session, None where it cannot be."""

    value: float
    variance: float | None


def to_scale(value: float, unit: Unit) -> float:
    return value if unit is Unit.RATIO else log(value)


def from_scale(value: float, unit: Unit) -> float:
    return value if unit is Unit.RATIO else exp(value)


def statistic(metric: Metric, q: float) -> Statistic | None:
    """Quantile `q` of one session: of its samples, or the median over processes of the quantile of each.
    None when there are too few samples for this quantile; the median can always be had."""
    if metric.histogram:
        return _over_samples(Spread(metric.histogram), q, metric.unit)
    if len(metric.processes) == 1:
        return _over_samples(sorted(metric.processes[0]), q, metric.unit)
    if q != 0.5 and not all(enough(len(samples), q) for samples in metric.processes):
        return None
    quantiles = sorted(interpolated(sorted(samples), q) for samples in metric.processes)
    return _over_samples(quantiles, 0.5, metric.unit)


def _over_samples(ordered: Sequence[float], q: float, unit: Unit) -> Statistic | None:
    n = len(ordered)
    if q != 0.5 and not enough(n, q):
        return None
    low, high = interval_ranks(n, q, 0.95)
    variance = None
    if low is not None and high is not None:
        width = to_scale(ordered[high], unit) - to_scale(ordered[low], unit)
        variance = (width / INTERVAL_WIDTH) ** 2
    return Statistic(value=to_scale(interpolated(ordered, q), unit), variance=variance)


def series(metrics: Sequence[Metric], q: float) -> tuple[Statistic, ...]:
    """The statistic of each session's `metric` that has enough samples for it, in order."""
    found = (statistic(metric, q) for metric in metrics)
    return tuple(each for each in found if each is not None)
