"""How a recording is judged: the options of the analysis, checked once.

Nothing here changes what was collected, so `report` may be given other options than `record` was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from perfdiag import gate
from perfdiag.errors import UsageError
from perfdiag.plugins import Limit, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`everything`: judge groups of threads without pressure too (`--any`). `settings`: (kind, limit, value).
    `only` and `skip`: kinds."""

    everything: bool = False
    settings: tuple[tuple[str, str, float], ...] = ()
    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()


def parse_setting(text: str) -> tuple[str, str, float]:
    """'cpu.gil.share_notice=0.2' -> ('cpu.gil', 'share_notice', 0.2)."""
    name, equals, value = text.partition("=")
    kind, _, limit = name.rpartition(".")
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not equals or not kind or not limit or number != number or abs(number) == float("inf"):
        raise UsageError(
            f"--set {text!r} is not RULE.LIMIT=VALUE",
            cause="the value must be a finite number",
            fix="for example --set cpu.gil.share_notice=0.2; `perfdiag list` shows the limits",
        )
    return kind, limit, number


def limits_of(rule: Rule, options: Options) -> dict[str, float]:
    """The limits that the rule is judged by: its defaults and what was set."""
    return _chosen(rule.kind, rule.limits, options)


def gate_limits(options: Options) -> dict[str, float]:
    """The limits of pressure: their defaults and what was set."""
    return _chosen(gate.NAME, gate.LIMITS, options)


def _chosen(name: str, limits: Iterable[Limit], options: Options) -> dict[str, float]:
    chosen = {limit.name: limit.default for limit in limits}
    return chosen | {limit: value for kind, limit, value in options.settings if kind == name}


def check(options: Options, rules: Iterable[Rule]) -> None:
    """UsageError for a kind or a limit that does not exist, or for limits that contradict each other."""
    rules = tuple(rules)
    known = {rule.kind: {limit.name for limit in rule.limits} for rule in rules}
    judged = options.only | options.skip
    for kind in sorted(judged | {kind for kind, _, _ in options.settings}):
        if kind not in known and (kind in judged or kind != gate.NAME):
            raise UsageError(
                f"there is no rule called {kind!r}",
                cause="the kinds are a closed list",
                fix=f"one of: {', '.join(sorted(known))}",
            )
    known[gate.NAME] = set(gate.DEFAULTS)
    for kind, limit, _ in options.settings:
        if limit not in known[kind]:
            raise UsageError(
                f"{kind} has no limit called {limit!r}",
                cause="each rule declares its limits",
                fix=f"one of: {', '.join(sorted(known[kind]))}",
            )
    for rule in rules:
        _check_order(rule.kind, limits_of(rule, options))


def _check_order(kind: str, limits: Mapping[str, float]) -> None:
    """A severity begins where the one before it has begun."""
    for prefix in [name.removesuffix("_notice") for name in limits if name.endswith("_notice")]:
        names = [f"{prefix}_{level}" for level in ("notice", "warning", "critical")]
        present = [(name, limits[name]) for name in names if name in limits]
        values = [value for _, value in present]
        if values[0] < 0 or any(low >= high for low, high in pairwise(values)):
            raise UsageError(
                f"the limits of {kind} contradict each other",
                cause=f"they must rise: {', '.join(f'{name} = {value:g}' for name, value in present)}",
                fix=f"set those that go together, each with its own --set {kind}.LIMIT=VALUE",
            )
