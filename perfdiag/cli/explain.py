"""`perfdiag explain KIND`: what a finding means, how it is judged, and what to do."""

import click

from perfdiag.errors import UsageError


@click.command("explain")
@click.argument("kind")
def command(kind: str) -> None:
    """Explain a kind of finding: meaning, limits, why it matters, what to do. Works offline."""
    from perfdiag.advice import sections
    from perfdiag.engine import rules
    from perfdiag.units import human

    known = {rule.kind: rule for rule in rules()}
    if kind not in known:
        from difflib import get_close_matches

        close = get_close_matches(kind, known, 1)
        raise UsageError(
            f"there is no finding called {kind!r}",
            cause=f"did you mean {close[0]!r}?" if close else "the kinds are a closed list",
            fix=f"one of: {', '.join(sorted(known))}",
        )
    rule = known[kind]
    lines = [f"{rule.kind}   resource: {rule.resource}   aspect: {rule.aspect}", "", rule.help.strip(), ""]
    lines.append("Limits (change with --set):")
    for limit in rule.limits:
        lines.append(f"  {rule.kind}.{limit.name} = {human(limit.default, limit.unit)}")
        lines.append(f"      {limit.why}")
    if rule.explains:
        lines.append(f"Explains: {', '.join(rule.explains)}")
    if rule.needs:
        lines.append(f"Needs: {', '.join(rule.needs)}")
    for title, text in sections(kind).items():
        lines += ["", title, "", text]
    click.echo("\n".join(lines))
