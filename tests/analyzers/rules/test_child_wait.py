import pytest

from perfdiag.analyzers.rules.child_wait import SPEC
from perfdiag.model import Object, ObjectType, Place, TimeClass
from tests.analyzers.rules.signals_made import CHILD, LOAD, said, share, verdicts

TABLE = [
    # value, low, high: what is said
    ((0.09, 0.08, 0.1), []),
    ((0.12, 0.08, 0.16), ["inconclusive"]),
    ((0.12, 0.1, 0.14), ["notice"]),
    ((0.31, 0.29, 0.33), ["notice"]),
    ((0.35, 0.3, 0.4), ["warning"]),
    ((0.8, 0.7, 0.9), ["critical"]),
]


@pytest.mark.parametrize(("known", "expected"), TABLE)
def test_the_lower_bound_of_the_share_is_judged(known, expected):
    assert expected == verdicts(SPEC, share("time.child", *known))


def test_nothing_is_said_without_the_signal():
    assert [] == said(SPEC)


def test_another_limit_gives_another_verdict():
    signal = share("time.child", 0.2)
    assert ["notice"] == verdicts(SPEC, signal, share_notice=0.2, share_warning=0.9, share_critical=0.95)
    assert [] == verdicts(SPEC, signal, share_notice=0.2 + 0.001, share_warning=0.9, share_critical=0.95)


def test_each_child_is_told_apart_and_claims_its_own_time():
    one, two = share("time.child", 0.4, where=LOAD, object=CHILD), share("time.child", 0.2)
    named, nameless = said(SPEC, one, two)
    assert "load (orders.py:88) waits for git (pid 99) for 40 % of the busy time." == named.summary
    assert frozenset({"git (pid 99)"}) == named.claim.objects
    assert frozenset({TimeClass.CHILD}) == named.claim.times
    assert (
        "code that could not be seen waits for a child process for 20 % of the busy time." == nameless.summary
    )
    assert frozenset() == nameless.claim.objects


def test_a_loader_is_the_place_and_the_loop_that_waits_for_it_the_victim():
    loader = Place(file="torch/utils/data/dataloader.py", function="_next_data", line=1505)
    pipe = Object(id=4, type=ObjectType.PIPE, name="pipe 2260601")
    (draft,) = said(SPEC, share("time.child", 0.9, where=loader, other=LOAD, object=pipe))
    assert (loader, (LOAD,)) == (draft.where, draft.victims)
    assert (
        "_next_data (dataloader.py:1505) waits for worker processes for 90 % of the busy time."
        == draft.summary
    )
