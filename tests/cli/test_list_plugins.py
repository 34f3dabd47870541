"""What there is."""

from tests.cli.running import perfdiag


def test_the_list_names_every_plugin_and_every_limit():
    lines = perfdiag("list").out.splitlines()
    names = {line.split()[0] for line in lines if line.startswith("  ") and not line.startswith("   ")}
    assert {"cpu", "process", "breakdown", "gil", "cpu.gil", "sleep", "terminal", "json"} <= names
    assert any(line.strip().startswith("share_notice = 10 %: ") for line in lines)


def test_the_list_can_be_of_one_kind_and_an_unknown_one_is_refused():
    formats = perfdiag("list", "formats").out.splitlines()
    assert ["Formats", "brief", "collapsed"] == [line.split()[0] for line in formats[:3]]
    ended = perfdiag("list", "format")
    assert (2, True) == (ended.code, "'formats'" in ended.told["error"])
