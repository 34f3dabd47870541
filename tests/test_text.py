import json

import pytest

from perfdiag.text import (
    collapsed_frame,
    json_document,
    markdown,
    markdown_code,
    markdown_prose,
    printable,
    printable_lines,
    without_commands,
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"worker\x1b[31m", r"worker\x1b[31m"),
        (b"caf\xc3\xa9 \xff\xfe", r"café \xff\xfe"),
        ("a\nb\r\t\x00\x7f\x9b", r"a\x0ab\x0d\x09\x00\x7f\x9b"),
        ("\u202egnp.exe\u2066\u200f\u061c", r"\u202egnp.exe\u2066\u200f\u061c"),
        ("\ufeff\u2028\udcff\ud800", r"\ufeff\u2028\xff\ud800"),
    ],
)
def test_what_cannot_be_seen_is_spelt(raw: bytes | str, shown: str) -> None:
    assert shown == printable(raw)
    assert shown == printable(printable(raw))


def test_all_byte_values_give_one_visible_line() -> None:
    assert printable(bytes(range(256)), 2000).isprintable()


def test_a_long_text_is_cut_and_says_so() -> None:
    assert "xx…" == printable("xxxx", 3)


def test_several_lines_keep_their_line_feeds_and_nothing_else() -> None:
    assert "a\\x1b\nb\\x0d\n" == printable_lines("a\x1b\nb\r\n")


def test_a_frame_of_a_collapsed_stack_holds_no_separator() -> None:
    assert r"f:g\x0ah" == collapsed_frame("f;g\nh")


def test_no_line_of_a_text_is_a_command_of_a_ci_system() -> None:
    text = "::error::x\n  ::set-output a\na ::b\n##vso[task]\n##[error]\n## Title"
    shown = "\\x3a:error::x\n  \\x3a:set-output a\na ::b\n\\x23#vso[task]\n\\x23#[error]\n## Title"
    assert shown == without_commands(text)


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("<b>[x](y)`|", r"\<b\>\[x\](y)\`\|"),
        ("- a", r"\- a"),
        (" 12) a", r" 12\) a"),
        ("===", r"\==="),
        ("https://a.b www.a.b", "https`://`a.b www`.`a.b"),
        ("@me #12 $x$ a@b.c", "`@`me `#`12 `$`x`$` a`@`b.c"),
    ],
)
def test_nothing_of_a_name_is_markup(text: str, inert: str) -> None:
    assert inert == markdown(text)


def test_code_ends_neither_its_span_nor_the_cell_of_a_table() -> None:
    assert "`a'b¦c`" == markdown_code("a`b|c ")
    assert "" == markdown_code(" ")


def test_only_code_is_markup_in_prose() -> None:
    assert r"use `a_b` \<x\>" == markdown_prose("use `a_b`\n<x>")
    assert r"a\` b" == markdown_prose("a` b")
    assert "`@` `a`" == markdown_prose("@`a`")


def test_a_json_document_ends_no_script_and_is_no_command() -> None:
    text = json_document({"a": "</script>##vso[x]\x9b"})
    assert text.isascii()
    assert [] == [mark for mark in ("<", "##") if mark in text]
    assert {"a": "</script>##vso[x]\x9b"} == json.loads(text)
