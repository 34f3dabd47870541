import os
import signal

import pytest

from perfdiag.host.commands import start_python


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


def test_a_child_that_says_nothing_has_no_last_words(started):
    child = started("pass", [])
    assert 0 == child.wait(10)
    assert "" == child.last_words()
