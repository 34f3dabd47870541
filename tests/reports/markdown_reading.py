"""Reads Markdown as GitHub does (CommonMark with tables and links that nobody marked), by markdown-it-py."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PLAIN = {"text", "code_inline", "softbreak", "strong_open", "strong_close"}
_BLOCKS = re.compile(
    r"(heading|paragraph|inline|table|thead|tbody|tr|th|td|bullet_list|list_item)(_open|_close)?"
)
# What sites make links or pictures of in text that Markdown has left alone
_FOUND_LATER = re.compile(r"[@#$]|\w://|\bwww\.", re.IGNORECASE)


def _tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def inert(text: str) -> list[str]:
    """What of a document is more than headings, paragraphs, lists, tables, bold words and code."""
    found = []
    for token in _tokens(text):
        if not _BLOCKS.fullmatch(token.type):
            found.append(token.type)
        for inside in token.children or ():
            if inside.type not in _PLAIN:
                found.append(inside.type)
            elif inside.type == "text":
                found += _FOUND_LATER.findall(inside.content)
    return found


def tables(text: str) -> list[list[list[str]]]:
    """The rows of every table, the header first; a cell is its words."""
    found: list[list[list[str]]] = []
    for token, following in zip(tokens := _tokens(text), tokens[1:], strict=False):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in ("th_open", "td_open"):
            cell = "".join(inside.content for inside in following.children or ())
            found[-1][-1].append(cell)
    return found
