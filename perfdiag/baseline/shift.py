"""A shift that all metrics of a suite share: the machine is in another state, or the change is global.

Told once and never subtracted: from the numbers alone the two look the same.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np

from perfdiag.baseline.comparison import HISTORY, Compared
from perfdiag.stats.comparison import FEW_METRICS, NOISE_FLOOR
from perfdiag.units import Unit

FAR = 3.0  # standard deviations of the shifts between the baseline's own sessions


def common_shift(rows: Sequence[Compared]) -> float | None:
    """Median log difference of the medians of a suite, where it lies further out than the suite's shifts
    from one baseline session to another explain; else None."""
    judged = [
        row for row in rows if row.mode == HISTORY and row.quantile == 0.5 and row.unit is not Unit.RATIO
    ]
    sessions = {len(row.base) for row in judged}
    if len(judged) < FEW_METRICS or len(sessions) != 1:
        return None
    base = np.array([[each.value for each in row.base] for row in judged])
    shifts = np.median(base - base.mean(axis=1, keepdims=True), axis=0)
    spread = float(shifts.std(ddof=1))
    shift = float(np.median([row.difference.value for row in judged if row.difference]))
    error = max(spread, NOISE_FLOOR) * sqrt(1 / base.shape[1] + 1 / len(judged[0].new))
    return shift if abs(shift) > FAR * error else None
