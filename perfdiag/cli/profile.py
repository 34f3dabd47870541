"""`perfdiag profile`: record a running program, diagnose, report."""

from typing import Any

import click

from perfdiag.cli.choosing import LookCommand
from perfdiag.cli.engines import engine_options
from perfdiag.cli.judging import judging_options, make_options
from perfdiag.cli.output import RECORDING, attempt, check_outputs, output_options, write_reports
from perfdiag.cli.target import Wanted, attach_to, check_enough, exit_code, gate_code, record, target_options
from perfdiag.errors import worst


@click.command("profile", cls=LookCommand)
@target_options
@engine_options
@judging_options
@output_options
def command(
    everything: bool,
    settings: tuple[str, ...],
    only: tuple[str, ...],
    skip: tuple[str, ...],
    output: tuple[str, ...],
    format_name: str,
    quiet: bool,
    color: str,
    **wanted: Any,
) -> int:
    """Look at a running program and say why it is slow.

    \b
    perfdiag profile -p 4711
    perfdiag profile -p 4711 -d 30 -o run.json -o run.perfdiag
    perfdiag profile -p 4711 -s              with all processes that it has started
    perfdiag profile --name gunicorn -f brief
    perfdiag profile -p 4711 --against-pid 4712   is the second worse?
    perfdiag profile -- python import.py 7   from its start to its end
    """
    check_outputs(output, format_name)
    options = make_options(everything, settings, only, skip)
    recording = record(attach_to(Wanted(**wanted)))
    check_enough(recording)
    from perfdiag.engine import diagnose
    from perfdiag.storage import save

    kept = [attempt(save, recording, path) for path in output if path.endswith(RECORDING)]
    report = diagnose(recording, options)
    written = write_reports(report, output, format_name, quiet=quiet, color=color)
    return worst(exit_code(report.meta, report.verdict), gate_code(report.contrast), *kept, written)
