import os
import signal
import time

import pytest

from perfdiag.errors import UsageError
from perfdiag.host.command import Command
from tests.cli.running import until


def ended(command):
    """The exit status, once there is one."""
    until(lambda: command.pid and os.waitid(os.P_PID, command.pid, os.WEXITED | os.WNOWAIT), 5.0)
    return command.status()


def test_a_command_waits_until_it_may_begin_and_its_status_is_told(tmp_path):
    mark = tmp_path / "mark"
    command = Command(["sh", "-c", f"echo > {mark}; exit 7"])
    time.sleep(0.05)
    assert (None, False) == (command_status(command), mark.exists())
    assert [True, False] == [command.begin(), command.begin()]
    assert (7, True) == (ended(command), mark.exists())


def command_status(command):
    """Whether it has ended, without closing its gate."""
    return os.waitid(os.P_PID, command.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)


def test_a_command_that_is_never_looked_at_never_runs(tmp_path):
    mark = tmp_path / "mark"
    command = Command(["touch", str(mark)])
    command.status()
    assert 127 == ended(command)
    assert not mark.exists()


def test_one_that_was_ended_before_it_could_begin_has_a_status_too():
    command = Command(["sh", "-c", "exit 7"])
    os.kill(command.pid, signal.SIGKILL)
    os.waitid(os.P_PID, command.pid, os.WEXITED | os.WNOWAIT)
    assert command.begin()
    assert -signal.SIGKILL == command.status()


def test_a_signal_that_ended_it_is_a_negative_status():
    command = Command(["sh", "-c", "kill -TERM $$"])
    command.begin()
    assert -signal.SIGTERM == ended(command)


def test_what_runs_on_has_no_status():
    command = Command(["sleep", "60"])
    command.begin()
    assert None is command.status()
    os.kill(command.pid, signal.SIGKILL)
    assert -signal.SIGKILL == ended(command)


def test_its_signals_are_those_of_a_program_that_a_shell_starts():
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        command = Command(
            ["sh", "-c", "grep -Eq 'SigIgn:.*[13579bdf][0-9a-f]{3}$' /proc/self/status && exit 1; exit 0"]
        )
    finally:
        signal.signal(signal.SIGPIPE, before)
    command.begin()
    assert 0 == ended(command)


def test_a_command_that_cannot_be_is_told(tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("words")
    causes = {"no-such-command-here": "there is no such command", str(plain): "it may not be executed"}
    for name, cause in causes.items():
        with pytest.raises(UsageError) as caught:
            Command([name])
        assert (f"{name} cannot be started", cause) == (caught.value.what, caught.value.cause)


def test_a_file_that_is_no_program_is_told_once_it_was_tried(tmp_path):
    plain = tmp_path / "plain"
    plain.write_bytes(b"\x7fELF but not really")
    plain.chmod(0o755)
    command = Command([str(plain)])
    command.begin()
    with pytest.raises(UsageError) as caught:
        ended(command)
    assert "Exec format error" == caught.value.cause
