"""`perfdiag schema`: the JSON Schema of an output, for tools that read it."""

import click


@click.command("schema")
@click.argument("name", default="report")
def command(name: str) -> None:
    """Print the JSON Schema of perfdiag.report/1 (report) or perfdiag.triage/1 (triage); both only grow."""
    from perfdiag import schemas
    from perfdiag.errors import UsageError

    if name not in schemas.names():
        raise UsageError(f"there is no schema {name!r}", fix=f"one of: {', '.join(schemas.names())}")
    click.echo(schemas.text(name), nl=False)
