"""`perfdiag doctor`: what perfdiag can see on this host, and how to see more."""

import click


@click.command("doctor")
@click.option("--procfs", default="/proc", hidden=True)
def command(procfs: str) -> None:
    """Say what perfdiag can and cannot see on this host, and what to do about it."""
    from perfdiag.errors import Missing, TargetError
    from perfdiag.host import Host
    from perfdiag.host.abilities import abilities
    from perfdiag.text import printable

    try:
        found = abilities(Host(procfs=procfs))
    except Missing as error:
        raise TargetError(
            "cannot say what this host allows",
            cause=f"no proc file system is mounted at {procfs} ({error})",
            fix="mount -t proc proc /proc",
        ) from error
    for ability in found:
        click.echo(f"{'yes' if ability.have else ' no'}  {ability.name}: {printable(ability.detail)}")
        if ability.fix:
            click.echo(f"       {ability.fix}")
