"""`perfdiag list`: every plug-in, with the limits of the rules and their defaults."""

import click

WHICH = ["all", "collectors", "analyzers", "rules", "formats"]


@click.command("list")
@click.argument("which", type=click.Choice(WHICH), default="all")
def command(which: str) -> None:
    """List collectors, analyzers, rules with their limits, and formats."""
    import perfdiag.collectors
    import perfdiag.reports
    from perfdiag import gate
    from perfdiag.engine import analyzers, rules
    from perfdiag.plugins import Collector, Format, discover
    from perfdiag.units import human

    lines: list[str] = []
    if which in ("all", "collectors"):
        lines += ["Collectors (once a second)"]
        lines += [
            f"  {one.name:16} {one.scope:8} {_first(one.help)}"
            for one in discover(perfdiag.collectors, Collector)
        ]
    if which in ("all", "analyzers"):
        lines += ["Analyzers"] + [f"  {one.name:16} {_first(one.help)}" for one in analyzers()]
    if which in ("all", "rules"):
        lines += ["Rules (limits: default, set with --set RULE.LIMIT=VALUE)"]
        judged = [(rule.kind, rule.help, rule.limits) for rule in rules()]
        for name, help_text, limits in [*judged, (gate.NAME, gate.__doc__ or "", gate.LIMITS)]:
            lines.append(f"  {name:16} {_first(help_text)}")
            lines += [
                f"  {'':16}   {limit.name} = {human(limit.default, limit.unit)}: {limit.why}"
                for limit in limits
            ]
    if which in ("all", "formats"):
        lines += ["Formats"] + [
            f"  {one.name:16} {' '.join(one.suffixes):22} {_first(one.help)}"
            for one in discover(perfdiag.reports, Format)
        ]
    click.echo("\n".join(lines))


def _first(text: str) -> str:
    return " ".join(text.strip().partition("\n\n")[0].split())
