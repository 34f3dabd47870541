"""`perfdiag schema`: the JSON Schema of an output, for tools that read it."""

from importlib import resources

import click


@click.command("schema")
@click.argument("name", type=click.Choice(["report"]))
def command(name: str) -> None:
    """Print the JSON Schema of perfdiag.report/1; within /1 it only grows."""
    file = resources.files("perfdiag.schemas").joinpath(f"{name}.schema.json")
    click.echo(file.read_text(encoding="utf-8"), nl=False)
