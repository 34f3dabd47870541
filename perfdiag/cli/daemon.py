"""`perfdiag daemon`: watch a whole host, remember, and answer Prometheus."""

import re

import click

_INTERVAL = re.compile(r"(\d{1,5}(?:\.\d+)?)(ms|s)")


def _interval(_context: click.Context, _option: click.Parameter, text: str) -> float:
    """Seconds of '1s' or '500ms'."""
    match = _INTERVAL.fullmatch(text)
    if match is None:
        raise click.BadParameter(f"{text!r} is not a duration such as 1s or 500ms")
    seconds = float(match[1]) * (0.001 if match[2] == "ms" else 1.0)
    if not 0.1 <= seconds <= 60:
        raise click.BadParameter(f"{text} is not within 100ms..60s")
    return seconds


@click.command()
@click.option(
    "--listen", default="127.0.0.1:9709", show_default=True, metavar="ADDRESS:PORT",
    help="Where /metrics and the probes are served.",
)  # fmt: skip
@click.option(
    "--data-dir", default="/var/lib/perfdiag", show_default=True, metavar="DIR",
    help="Where the ring and the status file are kept; made with mode 0700.",
)  # fmt: skip
@click.option("--procfs", default="/proc", show_default=True, metavar="DIR", help="Root of the process tree.")
@click.option(
    "--interval", callback=_interval, default="1s", show_default=True, metavar="DURATION",
    help="Time between two ticks.",
)  # fmt: skip
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="Form of the log on standard error.",
)  # fmt: skip
@click.option(
    "--insecure-bind", is_flag=True, help="Allow an address that others can reach; there is no password."
)
def daemon(
    listen: str, data_dir: str, procfs: str, interval: float, log_format: str, insecure_bind: bool
) -> None:
    """Watch the whole host: record it once a second, judge it, serve Prometheus.

    SIGTERM and Ctrl-C end it cleanly with exit code 0; a second one ends it at once.
    """
    import logging
    import os
    import secrets

    from perfdiag.daemon.loop import run
    from perfdiag.daemon.settings import Settings, parse_listen
    from perfdiag.log import configure

    run_id = secrets.token_hex(8)
    configure(log_format, run_id)
    address, port = parse_listen(listen, insecure=insecure_bind)
    if insecure_bind:
        log = logging.getLogger("perfdiag.daemon")
        log.warning("--insecure-bind: whoever reaches %s can read it", listen)
    settings = Settings(
        address=address, port=port, data_dir=os.path.abspath(data_dir), procfs=procfs, interval=interval
    )
    run(settings, run_id)
