"""`perfdiag record`: record a running program into a file, to be diagnosed later or elsewhere."""

import click

from perfdiag.cli.output import RECORDING
from perfdiag.cli.target import attach_to, exit_code, record, target_options
from perfdiag.errors import UsageError


@click.command("record")
@target_options
@click.option("-o", "--output", required=True, metavar="FILE", help="Recording to write (.perfdiag).")
def command(
    pid: str, duration: float, rate: float, user_code: tuple[str, ...], procfs: str, output: str
) -> int:
    """Record a running program; `perfdiag report FILE` says why it was slow.

    \b
    perfdiag record -p 4711 -d 10s -o run.perfdiag
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
    collection = attach_to(pid, duration, rate, user_code, procfs)
    writer = Writer(output, collection.recording.meta)
    recording = record(collection, duration, writer.commit)
    writer.close(recording)
    low, high = recording.window
    click.echo(f"wrote {output}: {recording.meta.cost.made} looks in {high - low:.1f} s", err=True)
    return exit_code(recording.meta, "")
