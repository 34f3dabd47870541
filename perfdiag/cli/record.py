"""`perfdiag record`: record a running program into a file, to be diagnosed later or elsewhere."""

from typing import Any

import click

from perfdiag.cli.choosing import LookCommand
from perfdiag.cli.engines import engine_options
from perfdiag.cli.output import RECORDING, attempt
from perfdiag.cli.target import Wanted, attach_to, check_enough, exit_code, record, target_options
from perfdiag.errors import Exit, UsageError, worst
from perfdiag.text import printable


@click.command("record", cls=LookCommand)
@target_options
@engine_options
@click.option("-o", "--output", required=True, metavar="FILE", help="Recording to write (.perfdiag).")
def command(output: str, **wanted: Any) -> int:
    """Record a running program; `perfdiag report FILE` says why it was slow.

    \b
    perfdiag record -p 4711 -d 10s -o run.perfdiag
    perfdiag record -s -o run.perfdiag -- make -j4
    """
    from perfdiag.host.files import check_writable
    from perfdiag.storage import Writer

    if not output.endswith(RECORDING):
        raise UsageError(
            f"{output!r} does not end in {RECORDING}",
            cause="only a recording can be written here",
            fix=f"use -o run{RECORDING}; for a report use `perfdiag profile`",
        )
    check_writable(output)
    collection = attach_to(Wanted(**wanted))
    writer = Writer(output, collection.recording.meta)
    # what cannot be written while it runs is told at once, and tried again at its end
    recording = record(collection, lambda grown: attempt(writer.commit, grown))
    closed = attempt(writer.close, recording)
    check_enough(recording)
    if closed is Exit.OK:
        low, high = recording.window
        looks = f"{recording.meta.cost.made} looks in {high - low:.1f} s"
        click.echo(f"wrote {printable(output)}: {looks}", err=True)
    return worst(exit_code(recording.meta, ""), closed)
