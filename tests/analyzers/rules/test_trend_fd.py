from perfdiag.analyzers.rules.trend_fd import SPEC
from tests.analyzers.rules.signals_made import said, share, verdicts


def test_descriptors_that_run_out_within_the_hour():
    labels = (("rate", "5"), ("left", "3000"))
    (found,) = said(SPEC, share("fd.growth", 1.0, labels=labels))
    assert "Descriptors run out in 50 minutes: their number grows by 5/s." == found.summary
    assert "exhaustion" == found.model


def test_a_trend_that_is_not_sure_or_far_away_is_no_finding():
    assert [] == verdicts(SPEC, share("fd.growth", 1.0, 0.2, 1.0))
    assert [] == verdicts(SPEC, share("fd.growth", 0.3))
