"""`perfdiag report`: diagnose a recording; the same findings that `profile` gave on the same samples."""

import click

from perfdiag.cli.judging import judging_options, make_options
from perfdiag.cli.output import RECORDING, check_outputs, output_options, write_reports
from perfdiag.cli.target import gate_code
from perfdiag.errors import Exit, UsageError, worst


@click.command("report")
@click.argument("file", metavar="FILE")
@judging_options
@output_options
def command(
    file: str,
    everything: bool,
    settings: tuple[str, ...],
    only: tuple[str, ...],
    skip: tuple[str, ...],
    output: tuple[str, ...],
    format_name: str,
    quiet: bool,
    color: str,
) -> int:
    """Diagnose a recording made by `perfdiag record` or `perfdiag profile -o run.perfdiag`."""
    for path in output:
        if path.endswith(RECORDING):
            raise UsageError(
                f"{path!r} would be a recording",
                cause="a report is made from a recording, not the other way",
                fix="copy the file, or choose the suffix of a report: .json, .txt, .md",
            )
    check_outputs(output, format_name)
    options = make_options(everything, settings, only, skip)
    from perfdiag.engine import diagnose
    from perfdiag.storage import load

    report = diagnose(load(file), options)
    written = write_reports(report, output, format_name, quiet=quiet, color=color)
    verdict = Exit.INCONCLUSIVE if report.verdict == "inconclusive" else Exit.OK
    return worst(verdict, gate_code(report.contrast), written)
