"""One scale from 0 to 100 for all kinds of finding, so that unlike ones rank together.

Every rule maps what it measured through its own two limits: 25 at notice, 75 at warning, towards 100 beyond
(the idea of `mapExp100` of the rules of JDK Mission Control).
"""

from math import exp, inf, isnan, log

from perfdiag.diagnosis import Severity

_NOTICE, _TOP = 25.0, 100.0
_DECAY = log(3)  # 75 below the top at notice, 25 below it at warning


def score(value: float, notice: float, warning: float) -> float:
    """0..100: linear up to the notice limit, exponential towards 100 above it. Monotone in `value`; 0 for
    what is not a number. ValueError unless 0 <= notice < warning."""
    if not 0 <= notice < warning < inf:
        raise ValueError(f"the limits must be 0 <= notice < warning, not {notice:g} and {warning:g}")
    if isnan(value) or value <= 0:
        return 0.0
    if value < notice:
        return _NOTICE * value / notice
    return _TOP - (_TOP - _NOTICE) * exp(-_DECAY * (value - notice) / (warning - notice))


def severity(
    low_bound: float, notice: float, warning: float, critical: float | None = None
) -> Severity | None:
    """How bad it is at least: pass the lower bound of the interval. None below the notice limit."""
    if critical is not None and low_bound >= critical:
        return Severity.CRITICAL
    if low_bound >= warning:
        return Severity.WARNING
    return Severity.NOTICE if low_bound >= notice else None
