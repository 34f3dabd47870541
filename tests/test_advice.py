from pathlib import Path

import pytest

import perfdiag.analyzers.rules
from perfdiag.advice import advice_for, pack_texts, sections
from perfdiag.engine import rules
from perfdiag.packs import PACKS

KINDS = [rule.kind for rule in rules()]
FOLDER = Path(perfdiag.analyzers.rules.__path__[0]) / "advice"
FILES = sorted(FOLDER.glob("*/*"))
TITLES = {pack.name: pack.title for pack in PACKS}
LINES = 8  # of a text for a pack


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_why_it_matters_and_what_to_do(kind):
    found = advice_for(kind)
    assert found.why.strip()
    assert found.advice.strip()
    assert {"Why it matters", "What to do"} <= sections(kind).keys()


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_text_for_a_pack_is_short_and_belongs_to_a_kind_and_a_pack(file):
    kind, pack = file.parent.name, file.stem
    assert kind in KINDS
    assert f"# {kind} with {TITLES[pack]}" == file.read_text("utf-8").splitlines()[0]
    text = pack_texts(kind)[pack]
    assert 1 <= len(text.splitlines()) <= LINES
    assert text == sections(kind)[f"With {TITLES[pack]}"]


@pytest.mark.parametrize("pack", TITLES)
def test_every_pack_has_advice_for_some_kind(pack):
    assert [kind for kind in KINDS if pack in pack_texts(kind)]


@pytest.mark.parametrize("kind", ["no.such-kind", "../cpu.gil", ""])
def test_a_kind_without_a_file_is_not_found(kind):
    with pytest.raises(LookupError):
        sections(kind)
