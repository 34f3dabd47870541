"""Numbers in the text files of the kernel, read strictly: what is not exactly a number is Broken.

`int()` takes '1_000', '+1', ' 1' and digits of every script; none of them is what a kernel writes, and a
number whose end was cut looks like a smaller one. So digits are ASCII, and a file must end with a line feed.
"""

import re
from collections.abc import Iterable

from perfdiag.errors import Broken
from perfdiag.text import printable

_SHOWN = 80  # characters of the text that a message quotes
_MOST = 1 << 64
_DECIMAL = re.compile(r"\d{1,18}(?:\.\d{1,9})?", re.ASCII)


def broken(file: str, what: str, text: str) -> Broken:
    """An error that names the file, what is wrong with it, and the text."""
    return Broken(f"{file}: {what}: {printable(text, _SHOWN)!r}")


def whole_lines(text: str, file: str) -> list[str]:
    """The lines of a text that was read to its end; Broken when it is empty or its last line is cut."""
    if not text.endswith("\n"):
        raise broken(file, "empty or cut", text[-_SHOWN:])
    return text[:-1].split("\n")


def natural(word: str, file: str) -> int:
    """0 .. 2^64-1."""
    if len(word) <= 20 and word.isascii() and word.isdigit() and (number := int(word)) < _MOST:
        return number
    raise broken(file, "not a number", word)


def integer(word: str, file: str) -> int:
    """A natural number, perhaps below zero."""
    return -natural(word[1:], file) if word[:1] == "-" else natural(word, file)


def naturals(words: Iterable[str], file: str) -> list[int]:
    return [natural(word, file) for word in words]


def hexadecimal(word: str, file: str) -> int:
    """0 .. 2^64-1 written in up to 16 hexadecimal digits, with or without '0x'."""
    digits = word.removeprefix("0x")
    if 0 < len(digits) <= 16 and all(digit in "0123456789abcdefABCDEF" for digit in digits):
        return int(digits, 16)
    raise broken(file, "not a hexadecimal number", word)


def decimal(word: str, file: str) -> float:
    """A number such as '12.34'."""
    if _DECIMAL.fullmatch(word):
        return float(word)
    raise broken(file, "not a number", word)
