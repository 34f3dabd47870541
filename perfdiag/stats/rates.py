"""Rates from counters: they exist only between two readings, and not across a reset.

A counter that went back was reset (the process, the device or the host started anew), wrapped, or belongs to
something else now. How much was counted in between is unknown, so there is no rate, and never a negative one.
"""

from math import isfinite, sqrt

from perfdiag.model import Estimate
from perfdiag.stats.special import normal_ppf
from perfdiag.units import Unit


def delta(before: float, after: float) -> tuple[float | None, str]:
    """What a counter grew by, or None and why not."""
    if not (isfinite(before) and isfinite(after)):
        return None, "the counter is not a finite number"
    if after < before:
        return None, f"the counter went back from {before:.15g} to {after:.15g}: it was reset"
    return after - before, ""


def rate(before: float, after: float, seconds: float) -> tuple[float | None, str]:
    """Growth per second between two readings `seconds` apart, or None and why not."""
    grown, reason = delta(before, after)
    if grown is None:
        return None, reason
    if not seconds > 0:
        return None, f"no time passed between the readings ({seconds:.15g} s)"
    return grown / seconds, ""


def event_rate(
    before: float,
    after: float,
    window: tuple[float, float],
    *,
    unit: Unit = Unit.PER_SECOND,
    confidence: float = 0.95,
) -> tuple[Estimate | None, str]:
    """The rate of a counter of single events over `window`, or None and why not.

    The interval is that of a Poisson count (score interval); events that come in bursts vary more.
    """
    per_second, reason = rate(before, after, window[1] - window[0])
    if per_second is None:
        return None, reason
    events, seconds = after - before, window[1] - window[0]
    z2 = normal_ppf((1 + confidence) / 2) ** 2
    half = sqrt(z2 * (events + z2 / 4))
    estimate = Estimate(
        value=per_second,
        low=max(0.0, (events + z2 / 2 - half) / seconds),
        high=(events + z2 / 2 + half) / seconds,
        unit=unit,
        n=round(events),
        confidence=confidence,
        window=window,
    )
    return estimate, ""
