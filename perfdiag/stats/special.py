"""Special functions in pure Python: what the statistics need without the 1.4 s that scipy takes to import.

digamma and trigamma by recurrence and asymptotic series (Abramowitz & Stegun 6.3.18, 6.4.12); Student's t
by the continued fraction of the incomplete beta function (DLMF 8.17.22, modified Lentz). Relative errors
against scipy stay below 1e-10 (tests/stats/test_special.py).
"""

from functools import lru_cache
from math import erfc, exp, inf, lgamma, log, log1p, sqrt

_SERIES_FROM = 10.0  # the asymptotic series are exact to 1e-15 from here on
_TINY = 1e-300


def digamma(x: float) -> float:
    """d/dx ln gamma(x) for x > 0."""
    if x <= 0:
        raise ValueError(f"digamma needs x > 0, got {x}")
    shift = 0.0
    while x < _SERIES_FROM:
        shift -= 1 / x
        x += 1
    y = 1 / (x * x)
    series = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y * (1 / 132 - y * 691 / 32760)))))
    return shift + log(x) - 0.5 / x - series


def trigamma(x: float) -> float:
    """Second derivative of ln gamma(x) for x > 0."""
    if x <= 0:
        raise ValueError(f"trigamma needs x > 0, got {x}")
    shift = 0.0
    while x < _SERIES_FROM:
        shift += 1 / (x * x)
        x += 1
    y = 1 / (x * x)
    series = y * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y * (1 / 30 - y * (5 / 66 - y * 691 / 2730)))))
    return shift + 1 / x + y / 2 + series / x


def inverse_trigamma(y: float) -> float:
    """The x > 0 with trigamma(x) = y > 0, by bisection on log x (trigamma falls strictly)."""
    if y <= 0:
        raise ValueError(f"inverse_trigamma needs y > 0, got {y}")
    low, high = 0.0, 1.0  # of x; trigamma(x) > 1/x and > 1/x^2
    while trigamma(high) > y:
        low, high = high, high * 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if trigamma(middle) > y:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Continued fraction of the incomplete beta function; converges fast for x < (a + 1) / (a + b + 2)."""
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or _TINY)
    result = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / (1 + term * d or _TINY)
            c = 1 + term / c or _TINY
            result *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return result


def _log_inverse_beta_half(a: float) -> float:
    """ln gamma(a + 1/2) - ln gamma(a) - ln gamma(1/2), without the cancellation for large a."""
    if a < 100:
        return lgamma(a + 0.5) - lgamma(a) - lgamma(0.5)
    y = 1 / (a * a)
    return 0.5 * log(a) - (1 / 8 - y * (1 / 192 - y * (1 / 640 - y * 17 / 14336))) / a - lgamma(0.5)


def t_sf(t: float, df: float) -> float:
    """P(T > t) of Student's t with `df` > 0 degrees of freedom (may be infinite: the normal law).

    For t > 0 it is half of I_x(df/2, 1/2) at x = df / (df + t^2).
    """
    if t < 0:
        return 1 - t_sf(-t, df)
    ratio = t * t / df
    if df > 1e15:
        return 0.5 * erfc(t / sqrt(2))
    if ratio in (0.0, inf):
        return 0.5 if ratio == 0 else 0.0
    log_x, log_1mx = -log1p(ratio), -log1p(1 / ratio)
    a = df / 2
    front = exp(_log_inverse_beta_half(a) + a * log_x + 0.5 * log_1mx)
    if exp(log_x) < (a + 1) / (a + 2.5):
        return 0.5 * front * _beta_fraction(a, 0.5, exp(log_x)) / a
    return 0.5 - front * _beta_fraction(0.5, a, exp(log_1mx))


def t_cdf(t: float, df: float) -> float:
    """P(T <= t)."""
    return t_sf(-t, df)


@lru_cache(maxsize=1024)
def t_ppf(p: float, df: float) -> float:
    """The t with P(T <= t) = p; 0 and 1 give minus and plus infinity."""
    if not 0 <= p <= 1:
        raise ValueError(f"t_ppf needs 0 <= p <= 1, got {p}")
    if p in (0.0, 1.0):
        return -inf if p == 0 else inf
    if p < 0.5:
        return -_t_isf(p, df)
    return _t_isf(1 - p, df)


def _t_isf(tail: float, df: float) -> float:
    """The t >= 0 with t_sf(t) = tail <= 0.5: false position on log t_sf (Illinois variant)."""
    near, far = 0.0, 1.0
    while t_sf(far, df) > tail:
        near, far = far, far * 2
    at_near, at_far = log(t_sf(near, df) / tail), log(t_sf(far, df) / tail)
    for _ in range(100):
        if abs(at_far) < 1e-14 or at_near == at_far:
            break
        t = far - at_far * (far - near) / (at_far - at_near)
        at_t = log(t_sf(t, df) / tail)
        if at_t * at_far < 0:
            near, at_near = far, at_far
        else:
            at_near /= 2
        far, at_far = t, at_t
    return far


def normal_ppf(p: float) -> float:
    """Quantile of the standard normal law."""
    return t_ppf(p, inf)
