"""`perfdiag profile`: record a running program, diagnose, report."""

import click

from perfdiag.cli.engines import chosen, engine_options
from perfdiag.cli.judging import judging_options, make_options
from perfdiag.cli.output import RECORDING, attempt, check_outputs, output_options, write_reports
from perfdiag.cli.target import attach_to, check_enough, exit_code, record, target_options
from perfdiag.errors import worst


@click.command("profile")
@target_options
@engine_options
@judging_options
@output_options
def command(
    pid: str,
    duration: float,
    rate: float,
    user_code: tuple[str, ...],
    procfs: str,
    engine: str,
    blocking: bool,
    native: bool,
    everything: bool,
    settings: tuple[str, ...],
    only: tuple[str, ...],
    skip: tuple[str, ...],
    output: tuple[str, ...],
    format_name: str,
    quiet: bool,
    color: str,
) -> int:
    """Look at a running program and say why it is slow.

    \b
    perfdiag profile -p 4711
    perfdiag profile -p 4711 -d 30 -o run.json -o run.perfdiag
    perfdiag profile -p 4711 -f brief
    """
    check_outputs(output, format_name)
    options = make_options(everything, settings, only, skip)
    stacks = chosen(engine, blocking=blocking, native=native)
    recording = record(attach_to(pid, duration, rate, user_code, procfs, stacks), duration)
    check_enough(recording)
    from perfdiag.engine import diagnose
    from perfdiag.storage import save

    kept = [attempt(save, recording, path) for path in output if path.endswith(RECORDING)]
    report = diagnose(recording, options)
    written = write_reports(report, output, format_name, quiet=quiet, color=color)
    return worst(exit_code(report.meta, report.verdict), *kept, written)
