"""Whose code a file is: the user's, a library's, or the interpreter's own."""

import re
from collections.abc import Sequence
from fnmatch import fnmatch
from functools import lru_cache

from perfdiag.model import Origin

_LIBRARY = re.compile(r"/(?:site|dist)-packages/")
_STDLIB = re.compile(r"/lib(?:64)?/(?:python|pypy)\d\.\d+t?/|/python\d+\.zip/|^<frozen |^<asyncio>$")


class Origins:
    """User code is what is neither standard library nor installed; globs of the user come first."""

    def __init__(self, user_code: Sequence[str] = ()) -> None:
        self._globs = tuple(user_code)
        self.of = lru_cache(maxsize=4096)(self._of)

    def _of(self, file: str) -> Origin:
        if any(fnmatch(file, glob) for glob in self._globs):
            return Origin.USER
        if _LIBRARY.search(file):
            return Origin.LIBRARY
        return Origin.STDLIB if _STDLIB.search(file) else Origin.USER
