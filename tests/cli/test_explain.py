"""Every kind of finding is explained, offline."""

import pytest
from click.testing import CliRunner

from perfdiag.cli.explain import command
from perfdiag.engine import rules
from tests.cli.running import perfdiag


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.kind)
def test_a_kind_is_explained_with_its_limits_and_what_to_do(rule):
    ended = CliRunner().invoke(command, [rule.kind])
    assert 0 == ended.exit_code
    assert ended.output.startswith(f"{rule.kind}   resource: {rule.resource}   aspect: {rule.aspect}\n")
    for limit in rule.limits:
        assert f"  {rule.kind}.{limit.name} = " in ended.output
        assert limit.why in ended.output
    assert "\nWhat to do" in ended.output


def test_a_kind_that_is_misspelt_gets_a_suggestion():
    ended = perfdiag("explain", "cpu.gli")
    assert (2, "did you mean 'cpu.gil'?") == (ended.code, ended.told["cause"])
    ended = perfdiag("explain", "\x1b[2Jqwertz")
    assert (2, "the kinds are a closed list") == (ended.code, ended.told["cause"])
