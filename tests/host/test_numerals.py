import pytest

from perfdiag.errors import Broken
from perfdiag.host.numerals import decimal, hexadecimal, integer, natural, whole_lines


def test_numbers_of_the_kernel_are_read():
    assert 2**64 - 1 == natural("18446744073709551615", "f")
    assert -1 == integer("-1", "f")
    assert 0x1F90 == hexadecimal("1F90", "f")
    assert 0xC8 == hexadecimal("0xc8", "f")
    assert 12.34 == decimal("12.34", "f")


@pytest.mark.parametrize(
    "word", ["", " 1", "+1", "1_000", "٣", "1.0", "18446744073709551616", "9" * 5000, "-1"]
)
def test_what_int_would_take_or_choke_on_is_broken(word):
    with pytest.raises(Broken):
        natural(word, "f")


@pytest.mark.parametrize("word", ["", "0x", "0x0x1", "g", "-1", "1" * 17, "1_0"])
def test_hexadecimal_is_strict_too(word):
    with pytest.raises(Broken):
        hexadecimal(word, "f")


@pytest.mark.parametrize("word", ["", "nan", "inf", "1e5", "1.", ".5", "-1.0", "٣.1"])
def test_decimal_is_strict_too(word):
    with pytest.raises(Broken):
        decimal(word, "f")


def test_an_error_names_file_and_text_and_escapes_it():
    with pytest.raises(Broken, match=r"/proc/1/io: not a number: '\\\\x1b\[31m'"):
        natural("\x1b[31m", "/proc/1/io")


def test_a_text_without_its_last_line_feed_was_cut():
    assert ["a", "b"] == whole_lines("a\nb\n", "f")
    for text in ("", "a\nb"):
        with pytest.raises(Broken, match="empty or cut"):
            whole_lines(text, "f")
