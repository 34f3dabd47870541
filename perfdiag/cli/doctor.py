"""`perfdiag doctor`: what perfdiag can see on this host, and how to see more."""

import click


@click.command("doctor")
@click.option("--procfs", default="/proc", hidden=True)
def command(procfs: str) -> None:
    """Say what perfdiag can and cannot see on this host, and what to do about it."""
    from perfdiag.host import Host
    from perfdiag.host.abilities import abilities
    from perfdiag.text import printable

    for ability in abilities(Host(procfs=procfs)):
        click.echo(f"{'yes' if ability.have else ' no'}  {ability.name}: {printable(ability.detail)}")
        if ability.fix:
            click.echo(f"       {ability.fix}")
