from perfdiag.analyzers.rules.fd_exhaustion import SPEC
from tests.analyzers.rules.signals_made import LOAD, said, share, verdicts


def growth(value, left):
    return share("fd.growth", value, labels=(("rate", "5"), ("left", str(left))))


def test_a_process_at_its_limit_is_told_with_the_code_that_opens():
    (found,) = said(SPEC, share("fd.used", 0.98, where=LOAD))
    assert "98 % of the descriptors are in use; opened in load (orders.py:88)." == found.summary
    assert ("", "level") == (found.pattern, found.model)
    assert ["critical"] == verdicts(SPEC, share("fd.used", 0.98))


def test_few_that_will_be_all_in_minutes():
    (found,) = said(SPEC, share("fd.used", 0.4, where=LOAD), growth(1.0, 120))
    assert (
        "40 % of the descriptors are in use, and the last is taken in 120 s; opened in load (orders.py:88)."
        == found.summary
    )
    assert ("growing", "exhaustion") == (found.pattern, found.model)


def test_a_process_at_its_limit_is_told_though_its_number_goes_up_and_down():
    assert ["critical"] == verdicts(SPEC, share("fd.used", 0.99), growth(0.0, 120))


def test_few_that_grow_slowly_are_left_to_the_trend():
    assert [] == verdicts(SPEC, share("fd.used", 0.4), growth(1.0, 3000))
    assert ("trend.fd",) == SPEC.explains


def test_a_server_with_many_connections_that_do_not_grow():
    assert [] == verdicts(SPEC, share("fd.used", 0.6), growth(0.0, 0))
