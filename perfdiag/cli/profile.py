"""`perfdiag profile`: record a running program, diagnose, report."""

import click

from perfdiag.cli.judging import judging_options, make_options
from perfdiag.cli.output import RECORDING, check_outputs, output_options, write_reports
from perfdiag.cli.target import attach_to, exit_code, record, target_options


@click.command("profile")
@target_options
@judging_options
@output_options
def command(
    pid: str,
    duration: float,
    rate: float,
    user_code: tuple[str, ...],
    procfs: str,
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
    recording = record(attach_to(pid, duration, rate, user_code, procfs), duration)
    for path in output:
        if path.endswith(RECORDING):
            from perfdiag.storage import save

            save(recording, path)
    from perfdiag.engine import diagnose

    report = diagnose(recording, options)
    write_reports(report, output, format_name, quiet=quiet, color=color)
    return exit_code(report.meta, report.verdict)
