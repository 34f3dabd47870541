from dataclasses import replace

import pytest

from perfdiag import gate
from perfdiag.errors import Exit, UsageError
from perfdiag.judge import share_limits
from perfdiag.options import Options, check, gate_limits, limits_of, parse_setting
from perfdiag.plugins import Limit, Rule
from perfdiag.units import Unit

RULE = Rule(
    kind="cpu.gil", resource="gil", aspect="saturation", help="", needs=(), explains=(),
    limits=(Limit(name="share_notice", default=0.1, unit=Unit.RATIO, why="because"),),
    diagnose=lambda signals, limits: (),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cpu.gil.share_notice=0.2", ("cpu.gil", "share_notice", 0.2)),
        ("sleep.share_notice=1e-3", ("sleep", "share_notice", 0.001)),
    ],
)
def test_a_setting_names_a_kind_a_limit_and_a_value(text, expected):
    assert expected == parse_setting(text)


@pytest.mark.parametrize(
    "text",
    ["", "=", "cpu.gil.x", "cpu=1", "x.=1", ".x=1", "a.b=", "a.b=much", "a.b=nan", "a.b=inf", "a.b=-inf"],
)
def test_what_is_no_setting_is_refused_with_an_example(text):
    with pytest.raises(UsageError) as caught:
        parse_setting(text)
    assert Exit.USAGE == caught.value.exit
    assert "cpu.gil.share_notice=0.2" in caught.value.fix


def test_a_setting_replaces_the_default_of_its_own_rule_alone():
    assert {"share_notice": 0.1} == limits_of(RULE, Options())
    assert {"share_notice": 0.4} == limits_of(RULE, Options(settings=(("cpu.gil", "share_notice", 0.4),)))
    assert {"share_notice": 0.1} == limits_of(RULE, Options(settings=(("sleep", "share_notice", 0.4),)))


def test_the_last_of_two_settings_wins():
    twice = (("cpu.gil", "share_notice", 0.4), ("cpu.gil", "share_notice", 0.3))
    assert {"share_notice": 0.3} == limits_of(RULE, Options(settings=twice))


@pytest.mark.parametrize(
    "options",
    [
        Options(only=frozenset({"cpu.gill"})),
        Options(skip=frozenset({"cpu.gill"})),
        Options(settings=(("cpu.gill", "share_notice", 0.1),)),
    ],
)
def test_a_kind_that_does_not_exist_is_refused_with_those_that_do(options):
    with pytest.raises(UsageError, match=r"cpu\.gill") as caught:
        check(options, [RULE])
    assert "one of: cpu.gil" == caught.value.fix


def test_a_limit_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(UsageError, match="share_notce") as caught:
        check(Options(settings=(("cpu.gil", "share_notce", 0.1),)), [RULE])
    assert "one of: share_notice" == caught.value.fix


def test_the_limits_of_pressure_are_set_like_those_of_a_rule():
    options = Options(settings=(("pressure", "occupancy", 0.4),))
    check(options, [RULE])
    assert gate.DEFAULTS | {"occupancy": 0.4} == gate_limits(options)
    with pytest.raises(UsageError, match="ocupancy"):
        check(Options(settings=(("pressure", "ocupancy", 0.4),)), [RULE])


@pytest.mark.parametrize("options", [{"only": frozenset({"pressure"})}, {"skip": frozenset({"pressure"})}])
def test_pressure_is_no_kind_of_finding(options):
    with pytest.raises(UsageError, match="pressure"):
        check(Options(**options), [RULE])


def test_options_that_name_what_exists_are_taken():
    check(Options(only=frozenset({"cpu.gil"}), settings=(("cpu.gil", "share_notice", 0.1),)), [RULE])


@pytest.mark.parametrize("limits", [{"share_notice": 0.5}, {"share_notice": -0.1}, {"share_critical": 0.2}])
def test_limits_that_contradict_each_other_are_refused(limits):
    rule = replace(RULE, limits=share_limits(0.1, 0.3, 0.7, "an example"))
    settings = tuple(("cpu.gil", name, value) for name, value in limits.items())
    with pytest.raises(UsageError, match="contradict") as caught:
        check(Options(settings=settings), [rule])
    assert Exit.USAGE == caught.value.exit
    check(Options(settings=(("cpu.gil", "share_notice", 0.2),)), [rule])
