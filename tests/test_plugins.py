import sys
from dataclasses import replace
from types import ModuleType

import pytest

from perfdiag.diagnosis import Signal
from perfdiag.model import Estimate
from perfdiag.plugins import Format, Last, Rule, Signals, discover
from perfdiag.units import Unit
from tests.recordings_made import META


@pytest.fixture
def package(tmp_path, monkeypatch, request):
    """Makes a package of the files given: name -> source."""

    def make(**files):
        name = f"made_{request.node.name.partition('[')[0]}"
        for module, source in files.items():
            (tmp_path / f"{module}.py").write_text(source)
        found = ModuleType(name)
        found.__path__ = [str(tmp_path)]
        monkeypatch.setitem(sys.modules, name, found)
        return found

    yield make
    for name in [name for name in sys.modules if name.startswith("made_test")]:
        del sys.modules[name]


def spec(name):
    call = f"Format(name={name!r}, help='', suffixes=(), render=str)"
    return f"from perfdiag.plugins import Format\nSPEC = {call}\n"


def test_every_public_module_gives_its_spec_in_the_order_of_names(package):
    found = discover(package(zebra=spec("z"), ant=spec("a"), _private="broken ("), Format)
    assert ["a", "z"] == [one.name for one in found]


@pytest.mark.parametrize("source", ["", "SPEC = 1\n"])
def test_a_module_without_a_spec_is_named(package, source):
    with pytest.raises(TypeError, match=r"ant has no SPEC of type Format"):
        discover(package(ant=source), Format)


def test_a_spec_of_another_kind_is_refused(package):
    with pytest.raises(TypeError, match="no SPEC of type Rule"):
        discover(package(ant=spec("a")), Rule)


def test_two_plug_ins_of_one_name_are_refused(package):
    with pytest.raises(ValueError, match="two plug-ins are called a"):
        discover(package(ant=spec("a"), bee=spec("a")), Format)


def signal(name, value, **labels):
    estimate = Estimate(value=value, low=value, high=value, unit=Unit.RATIO, n=1)
    return Signal(name=name, subject="host", estimate=estimate, labels=tuple(labels.items()))


def test_signals_are_found_by_name_and_labels_in_the_order_they_were_made():
    one, two, three = signal("a", 0.1, disk="sda"), signal("a", 0.2, disk="sdb"), signal("b", 0.3)
    signals = Signals([one, two, three])
    assert [one, two] == signals.all("a")
    assert [two] == signals.all("a", disk="sdb")
    assert one is signals.first("a")
    assert None is signals.first("a", disk="sdc")
    assert [] == signals.all("c")
    assert ("b" in signals, "c" in signals) == (True, False)


def test_of_what_each_process_has_the_largest_is_that_of_who_has_most():
    least, most, other = signal("a", 0.1, kind="x"), signal("a", 0.3, kind="x"), signal("a", 0.9, kind="y")
    assert most is Signals([least, most, other]).largest("a", kind="x")
    assert least is Signals([least]).largest("a")
    assert None is Signals([least]).largest("b")


def test_a_rule_says_what_it_needs_and_does_not_have():
    rule = Rule(
        kind="x", resource="cpu", aspect="errors", help="", needs=("a", "b or c"), limits=(), explains=(),
        diagnose=lambda _signals, _limits: (),
    )  # fmt: skip
    assert ("a", "b or c") == rule.missing(Signals([]))
    assert ("a",) == rule.missing(Signals([signal("c", 0.0)]))
    assert () == rule.missing(Signals([signal("a", 0.0), signal("b", 0.0)]))


def test_the_value_of_a_signal_that_is_not_there_is_the_one_asked_for():
    signals = Signals([signal("a", 0.0)])
    assert 0.0 == signals.value("a", 7.0)
    assert 7.0 == signals.value("b", 7.0)


def test_the_pressure_gate_is_lifted_by_an_option_of_the_run():
    assert Last(META).pressed_only
    assert not Last(replace(META, options=(("rate", "100"), ("any", "1")))).pressed_only
    assert Last(replace(META, options=(("any", "false"),))).pressed_only
