"""Escaping of untrusted strings: process names, paths and frame names are hostile.

`printable` is applied once, where a string enters the records (a name read from /proc, a frame of the
target); what a format needs on top (Markdown, Prometheus, HTML) is its own function here. Nothing else in
perfdiag may build output from untrusted text.
"""

import json
import re

# C0, DEL, C1, bidirectional controls, zero-width and line separators, lone surrogates
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8, kept by surrogateescape
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def printable(raw: bytes | str, limit: int = 512) -> str:
    """One line of visible text: controls, bidi marks and broken UTF-8 become \\xNN or \\uNNNN."""
    text = raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw
    text = _CONTROL.sub(_escape, text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def printable_lines(text: str, limit: int = 1 << 16) -> str:
    """Text of several lines (advice): each made printable, line feeds kept."""
    return "\n".join(printable(line, limit) for line in text.split("\n"))


# What a CI job takes for a command when it is printed: GitHub at the start of a line, others anywhere
_CI_COMMAND = re.compile(r"^( *):(?=:)|#(?=#\w*\[)", re.MULTILINE)


def without_commands(text: str) -> str:
    """A finished text of which no line is a command to a CI system that shows it."""
    return _CI_COMMAND.sub(lambda found: r"\x23" if found[0] == "#" else f"{found[1]}\\x3a", text)


def collapsed_frame(text: str) -> str:
    """A frame for the collapsed format, where ';' separates frames and the last space the count."""
    return printable(text).replace(";", ":")


# Markup anywhere, and what would begin a list, a heading or a rule
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~&!]|^ *[-+=]|^ *\d+(?=[.)])")
# What sites make links, mentions and formulas of when Markdown is done: in a code span they leave it alone
_FOUND_LATER = re.compile(r"[@#$]+|://+|(?<=www)\.", re.IGNORECASE)


def markdown(text: str) -> str:
    """Text for a Markdown document, also in a table: nothing of it is markup, a link, a mention, the number
    of an issue or a formula."""
    return _FOUND_LATER.sub(r"`\g<0>`", _MARKUP.sub(_escape_markup, printable(text, 4096)))


def _escape_markup(match: re.Match[str]) -> str:
    mark = match.group().lstrip(" ")
    spaces = " " * (len(match.group()) - len(mark))
    return f"{spaces}{mark}\\" if mark.isdigit() else f"{spaces}\\{mark}"


def markdown_code(text: str) -> str:
    """A code span for a Markdown document, also in a table, whose cells are cut before code is looked for:
    a backtick in it becomes an apostrophe, and a bar a broken bar."""
    inert = printable(text).replace("`", "'").replace("|", "¦").strip()
    return f"`{inert}`" if inert else ""


def markdown_prose(text: str) -> str:
    """One paragraph of which only what stands between backticks is markup: code."""
    line = " ".join(printable_lines(text).split())
    parts = line.split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner
        return markdown(line)
    spans = (markdown_code(part) if number % 2 else markdown(part) for number, part in enumerate(parts))
    return re.sub(r"`(?=`)", "` ", "".join(spans))  # two code spans side by side are none


def json_document(content: object) -> str:
    """A JSON document in ASCII that may stand inside a page and be printed by a CI job. `<` and `#` stand in
    strings only: escaped, no string can end a <script> that holds it, nor be a command (##vso[...])."""
    text = json.dumps(content, indent=1, allow_nan=False)
    return text.replace("<", "\\u003c").replace("##", "#\\u0023") + "\n"
