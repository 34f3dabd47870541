import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from perfdiag.host.commands import find_program, output_of, own_program, start_program, start_python


@pytest.fixture
def started():
    """start_python, and an end for whatever it started."""
    children = []

    def start(*args, **more):
        children.append(start_python(*args, **more))
        return children[-1]

    yield start
    for child in children:
        child.kill()


def answer(started, code, *arguments, **environment):
    """What the code writes to the descriptor that it inherits."""
    source, sink = os.pipe()
    try:
        child = started(f"import os, sys; out = {sink}; {code}", arguments, keep=(sink,))
        os.close(sink)
        assert 0 == child.wait(10), child.last_words()
        return os.read(source, 4096).decode()
    finally:
        os.close(source)


def test_the_package_is_found_and_arguments_and_descriptors_arrive(started):
    code = "import perfdiag; os.write(out, (perfdiag.__name__ + sys.argv[1]).encode())"
    assert "perfdiag; rm -rf /" == answer(started, code, "; rm -rf /")


def test_the_environment_is_empty_but_for_the_locale(started, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/srv/evil")
    monkeypatch.setenv("PGPASSWORD", "secret")
    monkeypatch.setenv("LANG", "C.UTF-8")
    found = set(answer(started, "os.write(out, ' '.join(os.environ).encode())").split())
    assert "LANG" in found
    assert found <= {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "OPENBLAS_NUM_THREADS"}


def test_only_the_descriptors_that_are_named_are_inherited(started):
    other, unused = os.pipe()
    os.set_inheritable(other, True)
    code = f"fds = set(os.listdir('/proc/self/fd')); os.write(out, str('{other}' in fds).encode())"
    assert "False" == answer(started, code)
    os.close(other)
    os.close(unused)


def test_a_child_is_in_a_session_of_its_own_so_that_ctrl_c_does_not_reach_it(started):
    child = started("import time; time.sleep(60)", [])
    assert (child.pid, True) == (os.getsid(child.pid), os.getsid(child.pid) != os.getsid(0))


def test_a_child_that_goes_on_is_waited_for_no_longer_than_asked_and_can_be_killed(started):
    child = started("import time; time.sleep(60)", [])
    assert None is child.wait(0.01)
    child.kill()
    assert -signal.SIGKILL == child.wait(1)
    child.kill()


def test_a_stopped_child_can_be_killed(started):
    child = started("import time; time.sleep(60)", [])
    os.kill(child.pid, signal.SIGSTOP)
    child.kill()
    assert -signal.SIGKILL == child.wait(1)


def test_the_last_words_are_the_last_line_of_its_errors(started):
    child = started("print('é' * 3000 + '\\nsorry', file=sys.stderr); sys.exit(3)", [])
    assert 3 == child.wait(10)
    assert "sorry" == child.last_words()


def test_reading_its_words_does_not_get_in_the_way_of_a_program_that_writes(started):
    child = started("import os; [os.write(2, b'word\\n') for _ in range(50_000)]", [])
    while child.wait(0) is None:
        child.words()
    assert 250_000 == os.fstat(child._errors.fileno()).st_size


def test_a_child_that_says_nothing_has_no_last_words(started):
    child = started("pass", [])
    assert 0 == child.wait(10)
    assert "" == child.last_words()


def test_a_program_is_run_by_its_path_and_its_output_is_returned():
    assert (b"a b\n", "") == output_of(["/bin/echo", "a b"], limit=100, timeout=10)


def test_a_program_that_fails_says_why():
    got, why = output_of(["/bin/cat", "/nowhere"], limit=100, timeout=10)
    assert (b"", True) == (got, "/nowhere" in why)
    assert "exit status 1" == output_of(["/bin/false"], limit=100, timeout=10)[1]
    assert "No such file" in output_of(["/nowhere"], limit=100, timeout=10)[1]


def test_a_program_that_prints_without_end_is_cut_and_killed():
    got, why = output_of(["/usr/bin/yes"], limit=1000, timeout=10)
    assert (b"y\n" * 500, "it is longer than 1000 bytes") == (got, why)


def test_a_program_that_goes_on_is_killed_when_its_time_is_over():
    started = time.monotonic()
    assert (b"", "it took longer than 0.3 s") == output_of(["/bin/sleep", "60"], limit=100, timeout=0.3)
    assert time.monotonic() - started < 5


def test_a_program_that_cannot_be_started_leaves_nothing_over(monkeypatch):
    def refused(*_, **__):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("perfdiag.host.commands.start_program", refused)
    before = os.listdir("/proc/self/fd")
    with pytest.raises(BlockingIOError):
        output_of(["/bin/true"], limit=10, timeout=1.0)
    assert before == os.listdir("/proc/self/fd")


def test_what_a_program_says_is_kept_whichever_stream_it_is_said_on():
    child = start_program(["/bin/sh", "-c", "echo counted; echo failed >&2"])
    assert 0 == child.wait(10)
    assert ("counted\nfailed", "failed") == (child.words(), child.last_words())


def test_what_a_program_has_started_is_killed_with_it():
    child = start_program(["/bin/sh", "-c", "sleep 60 & echo $!; wait"])
    while not child.words():
        time.sleep(0.01)
    below = int(child.words())
    child.kill()
    end = time.monotonic() + 5
    while Path(f"/proc/{below}").exists() and Path(f"/proc/{below}/stat").read_text().split()[2] != "Z":
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_program_ends_when_the_process_that_started_it_is_killed():
    code = "from perfdiag.host.commands import start_program; import time;"
    code += "print(start_program(['/bin/sleep', '60']).pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        started = int(process.stdout.readline())
        time.sleep(0.3)  # until it has become /bin/sleep
        process.kill()
    end = time.monotonic() + 5
    while Path(f"/proc/{started}").exists():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_programs_are_looked_for_where_only_the_system_puts_them(monkeypatch, tmp_path):
    (tmp_path / "sh").write_text("")
    (tmp_path / "sh").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (True, "") == (find_program("sh") in ("/usr/bin/sh", "/bin/sh"), find_program("no-such-program"))


def test_a_program_of_our_own_environment_is_found_there_alone(monkeypatch, tmp_path):
    (tmp_path / "pytest").write_text("")
    (tmp_path / "pytest").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (True, "") == (
        own_program("pytest").startswith(os.path.realpath(sys.prefix)),
        own_program("nosuch"),
    )


def test_a_package_without_a_program_has_no_path():
    assert "" == own_program("click")
