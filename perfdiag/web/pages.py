"""What is served: /metrics, the probes, and a line that says so. Nothing that shows a stack or a command."""

import json
import resource
import time
from contextlib import suppress
from http import HTTPStatus

from prometheus_client import CollectorRegistry
from prometheus_client import exposition as text_format
from prometheus_client.openmetrics import exposition as openmetrics_format

import perfdiag
from perfdiag.daemon.ring_reader import RingReader
from perfdiag.errors import Broken, NoData
from perfdiag.model import Kind, Snapshot
from perfdiag.web.exposition import Families
from perfdiag.web.health import Health
from perfdiag.web.help_texts import HELP
from perfdiag.web.protocol import Request, Response, plain

_INDEX = "perfdiag {version}\n/metrics  /livez  /readyz\n"
_OPENMETRICS = "application/openmetrics-text"
_JSON = "application/json"
_TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Pages:
    """Answers requests from the newest tick of the ring. A page of metrics is made once a tick at most."""

    def __init__(self, reader: RingReader | None, health: Health) -> None:
        self._reader, self.health = reader, health
        self._cached: dict[bool, tuple[tuple[int, bool], Response]] = {}
        self.unreadable = 0  # tries in a row in which the ring could not be read

    def answer(self, request: Request) -> Response:
        match request.path:
            case "/metrics":
                return self._metrics(_OPENMETRICS in request.accept)
            case "/livez" | "/healthz" | "/-/healthy":
                reason = self.health.live(time.monotonic())
                return _probe("live", [reason] if reason else [])
            case "/readyz" | "/-/ready":
                now = time.monotonic()
                _, snapshot = self._read()
                return _probe("ready", self.health.ready(now, snapshot.at if snapshot else None))
            case "/":
                return plain(HTTPStatus.OK, _INDEX.format(version=perfdiag.__version__))
        return plain(HTTPStatus.NOT_FOUND)

    def _read(self) -> tuple[int, Snapshot | None]:
        try:
            if self._reader is None:
                return -1, None
            newest = self._reader.newest()
        except Broken:
            self.unreadable += 1
            return -1, None
        except NoData:
            return -1, None
        self.unreadable = 0
        return newest

    def _metrics(self, openmetrics: bool) -> Response:
        number, snapshot = self._read()
        now = time.monotonic()
        fresh = snapshot is not None and now - snapshot.at <= self.health.limit
        cached = self._cached.get(openmetrics)
        if cached and cached[0] == (number, fresh) and fresh:
            return cached[1]
        response = self._render(snapshot if fresh else None, now, openmetrics)
        self._cached[openmetrics] = ((number, fresh), response)
        return response

    def _render(self, snapshot: Snapshot | None, now: float, openmetrics: bool) -> Response:
        """An old snapshot is left out: nobody shall take the past for the present."""
        families = Families()
        families.add("perfdiag_build_info", Kind.GAUGE, HELP["build"], [("version", perfdiag.__version__)], 1)
        ready = snapshot is not None and not self.health.ready(now, snapshot.at)
        families.add("perfdiag_ready", Kind.GAUGE, HELP["ready"], (), float(ready))
        usage = resource.getrusage(resource.RUSAGE_SELF)
        cpu = usage.ru_utime + usage.ru_stime
        families.add("perfdiag_self_cpu_seconds", Kind.COUNTER, HELP["self.cpu"], [("process", "web")], cpu)
        if snapshot is not None and self._reader is not None:
            with suppress(Broken):  # counted when the next tick is read
                families.add_findings(self._reader.active())
            families.add_samples(snapshot.samples, HELP)
        registry = CollectorRegistry(auto_describe=False)
        registry.register(families)
        if openmetrics:
            body = openmetrics_format.generate_latest(registry)  # type: ignore[no-untyped-call]
            return Response(HTTPStatus.OK, openmetrics_format.CONTENT_TYPE_LATEST, body)
        return Response(HTTPStatus.OK, _TEXT_TYPE, text_format.generate_latest(registry))


def _probe(name: str, reasons: list[str]) -> Response:
    status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
    return Response(status, _JSON, (json.dumps({name: not reasons, "reasons": reasons}) + "\n").encode())
