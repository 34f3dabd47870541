"""Names that are made to deceive whoever reads them, by a seed: the corpus for every writer."""

import random

_PIECES = (
    # what a terminal obeys: colour, title, clipboard, links, C1, line feeds, back space, bell
    "\x1b[31m", "\x1b]0;owned\x07", "\x1b]52;c;cm0=\x07", "\x1b]8;;http://x\x1b\\", "\x9b31m", "\r", "\n",
    "\b\b", "\0", "\x7f", "\t", "\x0b\x0c",
    # what cannot be seen, or turns round what can; broken UTF-8
    "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\u2029", "\x85", "\udcff", "\udc80\udcfe", "\ud800",
    # what a page obeys
    "<script>alert(1)</script>", "</script>", "<img src=x onerror=alert(1)>", "<!--", "]]>", "&lt;b&gt;",
    "&#60;", "<b", "javascript:alert(1)", "data:text/html,x", "\"'><svg/onload=x>",
    # Markdown, and what sites find in it
    "[x](javascript:0)", "![x](http://x/y.png)", "`", "```", "``x", "~~~", "|", "\\|", "\\", "* ", "- ",
    "1. ", "# ", "> ", "===", "---", "***", "__x__", "[x]: http://x", "<http://x>", "http://x.y/z",
    "www.x.y", "a@b.c", "@all", "#1", "$x$", "$$", "![", "](", "~x~", "    x", "[^1]", ":---:",
    # what a spreadsheet, a shell, a format or a CI job obeys
    "=cmd()", "+1", "-1", "@SUM(1)", "$(id)", "`id`", ";id", "%s%n", "{0}", "{{", "}}", "::error::x",
    "##vso[x]", "##[group]", "::set-output name=x::y", "%0a",
    # what ends a field, a string or a path of a format
    '"', "'", ",", ";", ":", " ", "  ", "../../etc/x", "/", "\\u0000", "\\x1b", "\\n", '","x":"', "}]",
    "group;root 1",
    # what is merely not English
    "é", "日本", "👩‍💻", "e\u0301", "ﷺ", "İ", "ß", "x",
)  # fmt: skip
_LONGEST = 5_000


def names(count: int, seed: int) -> list[str]:
    """`count` names of one to eight pieces; one in fifty is very long."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        name = "".join(chance.choices(_PIECES, k=chance.randint(1, 8)))
        if not chance.randrange(50):
            name = name * (_LONGEST // len(name) + 1)
        found.append(name)
    return found
