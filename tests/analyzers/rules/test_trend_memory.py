from perfdiag.analyzers.rules.trend_memory import SPEC
from tests.analyzers.rules.signals_made import said, share, verdicts


def grows(name, value, rate, cgroup=""):
    labels = (("cgroup", cgroup),) if cgroup else ()
    return share(name, value, labels=(*labels, ("rate", str(rate)), ("left", "3000")))


def test_a_host_that_has_none_left_within_the_hour():
    (found,) = said(SPEC, grows("memory.left", 1.0, 4 << 20))
    assert "The host has no memory left in 50 minutes: its use grows by 4 MiB/s." == found.summary


def test_in_the_report_of_a_process_that_takes_it_and_not_of_one_that_does_not():
    host = grows("memory.left", 1.0, 4 << 20)
    assert ["critical"] == verdicts(SPEC, host, grows("memory.growth", 1.0, 3 << 20))
    assert [] == verdicts(SPEC, host, grows("memory.growth", 0.1, 1 << 20))


def test_in_the_report_of_several_processes_of_which_one_takes_it():
    host, worker = grows("memory.left", 1.0, 4 << 20), grows("memory.growth", 1.0, 3 << 20)
    assert ["critical"] == verdicts(SPEC, host, grows("memory.growth", 0.0, 0), worker)


def test_the_limit_of_its_own_group_concerns_it_whoever_uses_it_up():
    group = grows("memory.left", 1.0, 4 << 20, "fs/cgroup/memory/shop")
    (found,) = said(SPEC, group, grows("memory.growth", 0.0, 0))
    assert found.summary.startswith(
        "The control group fs/cgroup/memory/shop has no memory left in 50 minutes"
    )


def test_a_trend_that_is_not_sure_or_far_away_is_no_finding():
    assert [] == verdicts(SPEC, share("memory.left", 1.0, 0.2, 1.0))
    assert [] == verdicts(SPEC, share("memory.left", 0.3))
