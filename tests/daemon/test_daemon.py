"""The daemon as a whole: two real processes, a real port, real signals."""

import json
import os
import re
import resource
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from perfdiag.daemon.ring_reader import RingReader
from tests.daemon.conftest import DEADLINE, Daemon, until

Launch = Callable[..., Daemon]


def test_a_daemon_that_runs_is_alive_and_ready(daemon: Daemon) -> None:
    assert (200, {"live": True, "reasons": []}) == (
        daemon.get("/livez")[0],
        json.loads(daemon.get("/livez")[1]),
    )
    assert until(daemon.ready)


def test_the_probes_have_the_names_that_others_use(daemon: Daemon) -> None:
    assert {200} == {daemon.get(path)[0] for path in ("/healthz", "/-/healthy", "/-/ready", "/")}
    assert 404 == daemon.get("/metrics/../etc/passwd")[0]


def test_a_page_under_another_name_gets_nothing(daemon: Daemon) -> None:
    assert 421 == daemon.get("/metrics", Host="rebound.example:9709")[0]


def test_it_says_what_it_costs(daemon: Daemon) -> None:
    body = daemon.get("/metrics")[1]
    for name in (
        'perfdiag_self_cpu_seconds_total{process="collector"}',
        'perfdiag_self_cpu_seconds_total{process="web"}',
        'perfdiag_self_resident_memory_bytes{process="collector"}',
        "perfdiag_ticks_total",
        "perfdiag_ticks_missed_total",
        "perfdiag_tick_lag_seconds",
        "perfdiag_ring_size_bytes",
        'perfdiag_rules{state="evaluated"}',
        'perfdiag_last_run{end="none"}',
    ):
        assert f"\n{name} " in body, name


def test_it_shows_the_host_and_its_process_groups(daemon: Daemon) -> None:
    body = daemon.get("/metrics")[1]
    assert 'perfdiag_group_cpu_seconds_total{group="other",mode="user"}' in body
    assert re.search(r"\nperfdiag_cpu_\w+_total\{", body)
    assert re.search(r"\nperfdiag_memory_\w+\{?", body)


def test_promtool_finds_no_fault_in_the_page(daemon: Daemon, promtool: str) -> None:
    body = daemon.get("/metrics")[1]
    done = subprocess.run(
        [promtool, "check", "metrics"], input=body, capture_output=True, text=True, check=False
    )
    assert (0, "") == (done.returncode, done.stderr)


def test_openmetrics_is_spoken_when_it_is_asked_for(daemon: Daemon) -> None:
    assert daemon.get("/metrics", Accept="application/openmetrics-text;version=1.0.0")[1].endswith("# EOF\n")


def test_the_collector_has_no_network_socket(daemon: Daemon) -> None:
    inodes = {
        line.split()[9]
        for table in ("tcp", "tcp6", "udp", "udp6")
        for line in Path(f"/proc/{daemon.pid}/net/{table}").read_text().splitlines()[1:]
    }

    def sockets(pid: int) -> set[str]:
        links = [os.readlink(entry.path) for entry in os.scandir(f"/proc/{pid}/fd")]
        return {link[8:-1] for link in links if link.startswith("socket:[")} & inodes

    assert set() == sockets(daemon.pid)
    assert 1 <= len(sockets(daemon.web_pid()))


def test_the_web_process_has_no_right_and_little_memory(daemon: Daemon) -> None:
    status = dict(
        line.split(":\t", 1)
        for line in Path(f"/proc/{daemon.web_pid()}/status").read_text().splitlines()
        if ":\t" in line
    )
    assert {"0000000000000000"} == {status[f"Cap{name}"] for name in ("Inh", "Prm", "Eff", "Amb")}
    assert "1" == status["NoNewPrivs"].strip()
    assert "1" == status["Threads"].strip()
    assert os.geteuid() != 0 or status["Uid"].split() == ["65534"] * 4
    assert not any(name in Path(f"/proc/{daemon.web_pid()}/maps").read_text() for name in ("numpy", "scipy"))


def test_its_files_are_for_nobody_else(daemon: Daemon) -> None:
    assert 0o700 == stat.S_IMODE(daemon.data_dir.stat().st_mode)
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in daemon.data_dir.iterdir()}


def test_every_line_of_the_log_carries_the_run(daemon: Daemon) -> None:
    runs = {json.loads(line)["run"] for line in daemon.log().splitlines()}
    assert {json.loads((daemon.data_dir / "status.json").read_text())["run"]} == runs


def test_the_ring_holds_what_the_page_shows(daemon: Daemon) -> None:
    with closing(RingReader(str(daemon.data_dir / "ring.db"))) as reader:
        names = {sample.name for sample in reader.newest()[1].samples}
    assert {"ticks", "group.cpu", "self.cpu"} <= names


def test_a_hostile_process_name_cannot_break_a_scrape(launch: Launch, tmp_path: Path, hostile: int) -> None:
    daemon = launch(tmp_path)
    name = r'group="\\x1b[1m\"\\x0a\\})\\xc3"'
    assert until(lambda: name in daemon.get("/metrics")[1])
    assert all(32 <= ord(char) < 127 or char == "\n" for char in daemon.get("/metrics")[1])
    daemon.kill()


def test_a_port_that_is_taken_is_said_before_anything_is_written(launch: Launch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        daemon = launch(tmp_path, listen=f"127.0.0.1:{port}")
    assert 2 == daemon.process.returncode
    assert f"cannot listen on 127.0.0.1:{port}" in daemon.log()
    assert "Address already in use" in daemon.log()
    assert "Traceback" not in daemon.log()
    assert not daemon.data_dir.exists()


def test_a_second_daemon_on_the_directory_is_told_the_pid_of_the_first(
    launch: Launch, daemon: Daemon
) -> None:
    second = launch(daemon.data_dir.parent)
    assert 2 == second.process.returncode
    assert f"another perfdiag daemon, pid {daemon.pid}, writes to it" in second.log()
    assert "Traceback" not in second.log()
    assert daemon.ready()


def test_a_data_directory_that_cannot_be_made_is_a_clear_error(launch: Launch, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in its place")
    daemon = launch(tmp_path)
    assert 2 == daemon.process.returncode
    assert "as data directory" in daemon.log()
    assert "Traceback" not in daemon.log()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_both_processes_within_two_seconds(
    launch: Launch, tmp_path: Path, number: signal.Signals
) -> None:
    daemon = launch(tmp_path)
    web = daemon.web_pid()
    start = time.monotonic()
    daemon.process.send_signal(number)
    assert 0 == daemon.process.wait(DEADLINE)
    assert time.monotonic() - start < 2.0
    assert not Path(f"/proc/{web}").exists()
    status = json.loads((daemon.data_dir / "status.json").read_text())
    assert ("clean", number.name) == (status["state"], status["detail"])
    assert not (daemon.data_dir / "ring.db-wal").exists()  # flushed into the file


def test_a_killed_collector_takes_the_web_process_with_it_and_the_next_run_says_so(
    launch: Launch, tmp_path: Path
) -> None:
    daemon = launch(tmp_path)
    web = daemon.web_pid()
    daemon.kill()
    assert until(lambda: not Path(f"/proc/{web}").exists() or _is_zombie(web))
    again = launch(tmp_path)
    assert 'perfdiag_last_run{end="killed"} 1.0' in again.get("/metrics")[1]
    assert "ended as: killed" in again.log()
    again.kill()


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_killed_web_process_is_started_again_on_the_same_port(launch: Launch, tmp_path: Path) -> None:
    daemon = launch(tmp_path)
    first = daemon.web_pid()
    os.kill(first, signal.SIGKILL)
    assert until(lambda: daemon.web_pid() not in (0, first) and daemon.ready())
    assert "perfdiag_web_restarts_total 1.0" in daemon.get("/metrics")[1]
    daemon.kill()


def test_a_stopped_collector_is_neither_alive_nor_ready(launch: Launch, tmp_path: Path) -> None:
    daemon = launch(tmp_path, interval="100ms")
    daemon.process.send_signal(signal.SIGSTOP)
    assert until(lambda: daemon.get("/livez")[0] == 503)
    assert any("the last tick of the collector is" in reason for reason in daemon.reasons())
    body = daemon.get("/metrics")[1]
    assert "perfdiag_ready 0.0" in body
    assert "perfdiag_group_" not in body  # the past is not shown as the present
    daemon.process.send_signal(signal.SIGCONT)
    assert until(daemon.ready)
    assert "ticks were missed" in daemon.log()
    daemon.kill()


def test_a_full_disk_makes_it_unready_until_there_is_space_again(launch: Launch, tmp_path: Path) -> None:
    daemon = launch(tmp_path, interval="100ms")
    soft, hard = resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (4096, hard))
    assert until(lambda: daemon.get("/readyz")[0] == 503)
    assert any("the ring cannot be written" in reason for reason in daemon.reasons())
    assert 200 == daemon.get("/livez")[0]
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (soft, hard))
    assert until(daemon.ready)
    with closing(RingReader(str(daemon.data_dir / "ring.db"))) as reader:
        at = [snapshot.at for snapshot in reader.between(0, 1e12)]
    gaps = [later - earlier for earlier, later in pairwise(at)]
    assert max(gaps) < 1.0  # what was collected meanwhile is there
    daemon.kill()


def test_systemd_hears_that_it_is_ready_alive_and_stopping(
    launch: Launch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(DEADLINE)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        daemon = launch(tmp_path)
        heard = [manager.recv(100), manager.recv(100)]
        daemon.process.send_signal(signal.SIGTERM)
        while heard[-1] != b"STOPPING=1":
            heard.append(manager.recv(100))
    assert [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"] == list(dict.fromkeys(heard))
    assert 0 == daemon.process.wait(DEADLINE)


def test_a_second_signal_ends_it_at_once(launch: Launch, tmp_path: Path) -> None:
    daemon = launch(tmp_path)
    web = daemon.web_pid()
    os.kill(web, signal.SIGSTOP)  # the clean end waits a second for it
    daemon.process.send_signal(signal.SIGTERM)
    assert until(lambda: "the daemon ends after" in daemon.log())
    daemon.process.send_signal(signal.SIGTERM)
    assert 143 == daemon.process.wait(DEADLINE)
    assert until(lambda: _is_zombie(web))


def test_a_stopped_web_process_does_not_hold_up_the_collector(launch: Launch, tmp_path: Path) -> None:
    daemon = launch(tmp_path, interval="100ms")
    os.kill(daemon.web_pid(), signal.SIGSTOP)
    with closing(RingReader(str(daemon.data_dir / "ring.db"))) as reader:
        before = reader.newest()[0]
        assert until(lambda: reader.newest()[0] > before + 10)
        late = [
            s.value for snapshot in reader.between(0, 1e12) for s in snapshot.samples if s.name == "tick.lag"
        ]
    assert max(late[-10:]) < 1.0
    daemon.process.send_signal(signal.SIGTERM)
    assert 0 == daemon.process.wait(DEADLINE)


def test_a_procfs_without_processes_is_a_clear_error(launch: Launch, tmp_path: Path) -> None:
    daemon = launch(tmp_path, "--procfs", str(tmp_path))
    assert 2 == daemon.process.returncode
    assert "no process can be seen" in daemon.log()


def test_a_procfs_that_goes_away_makes_it_unready_and_leaves_it_alive(launch: Launch, tmp_path: Path) -> None:
    (tmp_path / "proc" / "1").mkdir(parents=True)
    (tmp_path / "proc" / "1" / "stat").write_bytes(Path("/proc/self/stat").read_bytes())
    daemon = launch(tmp_path, "--procfs", str(tmp_path / "proc"), interval="100ms")
    (tmp_path / "proc").rename(tmp_path / "gone")
    assert until(lambda: daemon.get("/readyz")[0] == 503)
    assert ["no process can be seen"] == daemon.reasons()
    assert 200 == daemon.get("/livez")[0]
    (tmp_path / "gone").rename(tmp_path / "proc")
    assert until(daemon.ready)
    daemon.kill()
