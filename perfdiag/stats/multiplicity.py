"""Many comparisons at once: the Benjamini-Hochberg procedure (J. R. Stat. Soc. B 57, 1995)."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def benjamini_hochberg(p: Array) -> Array:
    """Adjusted p values [m] of `p` [m]: rejecting those <= q keeps the false discovery rate at q."""
    p = np.asarray(p, dtype=float)
    if p.size == 0:
        return p
    order = np.argsort(p, kind="stable")
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return adjusted
