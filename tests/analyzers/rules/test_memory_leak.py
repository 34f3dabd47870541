from perfdiag.analyzers.rules.memory_leak import SPEC
from perfdiag.diagnosis import Severity
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts

LABELS = (("rate", "1.04858e+07"), ("left", "5400"), ("bent", "0.97"), ("sure", "0.8"))


def test_it_says_how_fast_and_how_long_it_will_last_and_where():
    (found,) = said(SPEC, share("memory.growth", 0.66, 0.6, 0.7, where=LOAD, labels=LABELS))
    assert (
        "Memory grows by 10.0 MiB/s and does not fall back, most of it in load (orders.py:88): none is left"
        " in 90 minutes." == found.summary
    )
    assert ("exhaustion", LOAD, None) == (found.model, found.where, found.claim)
    assert found.next.startswith("memray attach 42 ")


def test_the_lower_bound_of_the_growth_is_judged():
    assert [] == verdicts(SPEC, share("memory.growth", 0.5, 0.0, 1.0))
    assert ["notice"] == verdicts(SPEC, share("memory.growth", 0.5, 0.1, 1.0, labels=LABELS))
    assert ["warning"] == verdicts(SPEC, share("memory.growth", 0.5, 0.4, 0.6, labels=LABELS))
    assert ["critical"] == verdicts(SPEC, share("memory.growth", 1.0, labels=LABELS))


def test_what_grows_ever_more_slowly_is_undecided():
    slower = (*LABELS[:2], ("bent", "0.6"), ("sure", "0.5"))
    (found,) = said(SPEC, share("memory.growth", 1.0, labels=slower))
    assert Severity.INFO == found.severity
    assert "It grows ever more slowly: look for" in found.summary


def test_how_sure_it_is_comes_from_what_was_measured():
    (found,) = said(SPEC, share("memory.growth", 0.66, 0.6, 0.7, labels=LABELS))
    assert 0.8 == found.confidence


def test_what_would_last_for_days_is_no_finding():
    assert [] == verdicts(SPEC, share("memory.growth", 0.02))
