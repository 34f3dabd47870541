"""The command line: one file per verb, imported only when the verb is run.

The one place that prints, and the one place with exit codes. `perfdiag --help` imports click and nothing else
that is not in the standard library.
"""

import importlib
import sys
from typing import Any

import click

import perfdiag
from perfdiag.cli import streams
from perfdiag.cli.streams import tell
from perfdiag.errors import Exit, PerfdiagError, UsageError

# verb -> (module, one line for --help): what --help shows must not import what the verb needs
VERBS = {
    "profile": ("perfdiag.cli.profile:command", "Say why a running program is slow."),
    "record": ("perfdiag.cli.record:command", "Record a running program into a file."),
    "report": ("perfdiag.cli.report:command", "Diagnose a recording."),
    "triage": ("perfdiag.cli.triage:command", "Say what is saturated on this host, and by whom."),
    "daemon": ("perfdiag.cli.daemon:daemon", "Watch the whole host and serve metrics."),
    "baseline": ("perfdiag.cli.baseline:baseline", "Save, compare and check baselines."),
    "explain": ("perfdiag.cli.explain:command", "Explain a kind of finding."),
    "list": ("perfdiag.cli.list_plugins:command", "List collectors, analyzers, rules and formats."),
    "doctor": ("perfdiag.cli.doctor:command", "Say what perfdiag can and cannot see on this host."),
    "selftest": ("perfdiag.cli.selftest:command", "Say how often perfdiag is right on this host."),
    "schema": ("perfdiag.cli.schema:command", "Print the JSON Schema of an output."),
}


class Verbs(click.Group):
    """A group whose commands are imported when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name][0].partition(":")
        found: click.Command = getattr(importlib.import_module(module), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in VERBS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            close = _closest(args[0])
            hint = f" Did you mean {close!r}?" if close else ""
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


def _closest(word: str) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, VERBS, 1)), "")


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(perfdiag.__version__, prog_name="perfdiag")
@click.option("--debug", is_flag=True, help="Show tracebacks of internal errors.")
def command(debug: bool) -> None:
    """Attach to a running program, without touching it, and say why it is slow.

    \b
    perfdiag profile -p 4711               ten seconds, then the ranked causes
    perfdiag profile -p 4711 -o run.json   the same, and the whole report as JSON
    perfdiag explain cpu.gil               what a finding means and what to do
    """


def main(arguments: list[str] | None = None) -> None:
    """Run a command line and exit by the contract of `errors.Exit`."""
    words = sys.argv[1:] if arguments is None else arguments
    streams.ready()
    try:
        sys.exit(_run(words))
    finally:
        streams.finished()


def _run(words: list[str]) -> int:
    """The exit code; what went wrong has been told."""
    try:
        result: Any = command.main(args=words, prog_name="perfdiag", standalone_mode=False)
        sys.stdout.flush()
    except PerfdiagError as error:
        return tell(error)
    except click.exceptions.Exit as finished:
        return finished.exit_code
    except (click.Abort, KeyboardInterrupt):
        tell(PerfdiagError("interrupted", cause="there was nothing to report yet"))
        return Exit.INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return Exit.USAGE
    except click.ClickException as error:
        return tell(_explained(error))
    except (BrokenPipeError, SystemExit):
        # the reader of our output went away (`| head`), of which click makes an exit with 1: nothing is wrong
        return Exit.OK
    except Exception as error:
        if "--debug" in words:
            raise
        if isinstance(error, OSError) and error.errno in streams.LOST:
            return tell(streams.lost(error))
        cause = f"{type(error).__name__}: {error}"
        fix = "run again as `perfdiag --debug ...` and report what it says"
        return tell(PerfdiagError("perfdiag has failed", cause=cause, fix=fix))
    return int(result) if isinstance(result, int) else Exit.OK


def _explained(error: click.ClickException) -> PerfdiagError:
    """What click says about the command line, in the form of our own errors."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "perfdiag"
    return UsageError(error.format_message().removesuffix("."), fix=f"`{path} --help` shows what is possible")
