import pytest

from perfdiag.advice import advice_for, sections
from perfdiag.engine import rules


@pytest.mark.parametrize("kind", [rule.kind for rule in rules()])
def test_every_kind_says_why_it_matters_and_what_to_do(kind):
    found = advice_for(kind)
    assert found.why.strip()
    assert found.advice.strip()
    assert {"Why it matters", "What to do"} <= sections(kind).keys()


@pytest.mark.parametrize("kind", [rule.kind for rule in rules()])
def test_only_the_packs_in_use_add_their_advice(kind):
    general = advice_for(kind, ["no such framework"])
    assert advice_for(kind) == general
    for title, text in sections(kind).items():
        if title.startswith("With "):
            found = advice_for(kind, [title.removeprefix("With ")]).advice
            assert found == f"{general.advice}\n\n{text}"


@pytest.mark.parametrize("kind", ["no.such-kind", "../cpu.gil", ""])
def test_a_kind_without_a_file_is_not_found(kind):
    with pytest.raises(LookupError):
        sections(kind)
