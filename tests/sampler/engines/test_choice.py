import pytest

from perfdiag.errors import UsageError
from perfdiag.sampler.engines import choice
from perfdiag.sampler.engines.choice import Choice, Engine, choose


@pytest.fixture
def installed(monkeypatch):
    """What is installed, as the choice sees it: ("py-spy", "perf")."""

    def set_to(*names):
        monkeypatch.setattr(choice.pyspy, "program", lambda: "/bin/py-spy" if "py-spy" in names else "")
        monkeypatch.setattr(choice.perf, "program", lambda: "/usr/bin/perf" if "perf" in names else "")

    return set_to


def test_by_itself_nothing_need_be_installed(installed):
    installed()
    assert Choice() == choose("auto")
    assert Engine.NONE is choose("none").engine


def test_native_frames_are_for_py_spy_and_stop_the_target(installed):
    installed("py-spy")
    expected = Choice(engine=Engine.PY_SPY, blocking=True, native=True)
    assert (expected, expected) == (choose("auto", native=True), choose("py-spy", native=True))


@pytest.mark.parametrize("name", [engine.value for engine in Engine])
def test_the_sampler_reads_stacks_itself_unless_another_engine_is_to(installed, name):
    installed("py-spy", "perf")
    assert (name in ("auto", "non-stop")) == choose(name).reads


@pytest.mark.parametrize(
    ("arguments", "what", "fix"),
    [
        (("perf", {"native": True}), "--native does not go with --engine perf", "--engine py-spy"),
        (("auto", {"blocking": True}), "--blocking does not go with --engine auto", "--engine py-spy"),
        (("py-spy", {}), "py-spy is not installed in the environment of perfdiag", "perfdiag[py-spy]"),
        (
            ("auto", {"native": True}),
            "py-spy is not installed in the environment of perfdiag",
            "perfdiag[py-spy]",
        ),
        (("perf", {}), "perf is not installed", "linux-perf"),
    ],
)
def test_what_contradicts_itself_or_is_not_there_is_refused(installed, arguments, what, fix):
    installed()
    with pytest.raises(UsageError, match=what.replace("[", r"\[")) as caught:
        choose(arguments[0], **arguments[1])
    assert fix in caught.value.fix


def test_py_spy_looks_at_one_process(installed):
    installed("py-spy")
    with pytest.raises(UsageError, match="cannot look at 2 processes"):
        choose("py-spy", processes=2)
