"""Sessions with known noise, made by seed."""

import numpy as np

from perfdiag.baseline.session import Better, Metric, Session, metric
from perfdiag.units import Unit

MACHINE = (("cpu", "EPYC"), ("kernel", "6.1"))


def timing(name: str, center: float, rng: np.random.Generator, *, rounds: int = 25) -> Metric:
    samples = center * np.exp(rng.normal(0, 0.01, rounds))
    return metric(name, Unit.SECONDS, Better.LOWER, [[value] for value in samples])


def session(
    number: int, *, metrics: int = 10, noise: float = 0.003, slower: dict[str, float] | None = None
) -> Session:
    """Session `number` of one machine: metrics b0, b1 ... of 1 ms, with `noise` between sessions."""
    rng = np.random.default_rng(number)
    shifts = np.exp(rng.normal(0, noise, metrics))
    return Session(
        session_id=f"s{number}",
        source="pytest-benchmark",
        started="2026-01-02T03:04:05Z",
        fingerprint=MACHINE,
        commit="abc",
        build="",
        order=number,
        metrics=tuple(
            timing(f"b{index}", 1e-3 * shift * (slower or {}).get(f"b{index}", 1.0), rng)
            for index, shift in enumerate(shifts)
        ),
    )


def sessions(numbers: range, **options: object) -> tuple[Session, ...]:
    return tuple(session(number, **options) for number in numbers)  # type: ignore[arg-type]
