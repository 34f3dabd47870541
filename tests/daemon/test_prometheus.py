"""A real Prometheus scrapes a real daemon."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.daemon.conftest import Daemon, until

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def prometheus(daemon: Daemon, tmp_path: Path) -> Iterator[int]:
    """The port of a Prometheus whose only target is the daemon."""
    binary = shutil.which("prometheus")
    if binary is None:
        pytest.skip("prometheus is not installed (Debian: apt install prometheus)")
    text = (ROOT / "packaging" / "prometheus.yml").read_text()
    text = text.replace("127.0.0.1:9709", f"127.0.0.1:{daemon.port}").replace(
        "scrape_interval: 15s", "scrape_interval: 1s"
    )
    (tmp_path / "prometheus.yml").write_text(text)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [binary, f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/tsdb",
             f"--web.listen-address=127.0.0.1:{port}"],
            stdout=log, stderr=log, cwd=tmp_path,
        )  # fmt: skip
    yield port
    process.kill()
    process.wait(10)


def query(port: int, expression: str) -> list[float]:
    client = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        client.request("GET", f"/api/v1/query?query={quote(expression)}")
        reply = json.loads(client.getresponse().read())
    except (OSError, ValueError):
        return []
    finally:
        client.close()
    return [float(series["value"][1]) for series in reply.get("data", {}).get("result", [])]


def test_prometheus_scrapes_the_daemon(prometheus: int) -> None:
    assert until(lambda: query(prometheus, 'up{job="perfdiag"}') == [1.0])
    assert until(lambda: any(value > 0 for value in query(prometheus, "rate(perfdiag_ticks_total[10s])")))
    assert [1.0] == query(prometheus, "perfdiag_ready")
    assert query(prometheus, "perfdiag_group_resident_memory_bytes") != []


def test_the_example_configuration_is_valid(promtool: str) -> None:
    command = [promtool, "check", "config", str(ROOT / "packaging" / "prometheus.yml")]
    assert 0 == subprocess.run(command, capture_output=True, check=False).returncode
