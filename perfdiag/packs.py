"""The packages whose users need advice of their own: data, and the pack that a file belongs to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Packages that share their advice: `name` is that of its files, `title` what a reader calls it. One that
    is `everywhere` is loaded by programs that hardly use it: it counts where it is on the stack."""

    name: str
    title: str
    packages: tuple[str, ...]
    everywhere: bool = False


PACKS: tuple[Pack, ...] = tuple(
    Pack(name=name, title=title, packages=tuple(packages.split()))
    for name, title, packages in (
        ("django", "Django", "django"),
        ("flask", "Flask", "flask"),
        ("fastapi", "FastAPI", "fastapi starlette"),
        ("sqlalchemy", "SQLAlchemy", "sqlalchemy"),
        ("celery", "Celery", "celery kombu billiard"),
        ("torch", "PyTorch", "torch"),
        ("pandas", "pandas", "pandas"),
        ("numpy", "NumPy", "numpy"),
        ("psycopg_pool", "psycopg_pool", "psycopg_pool"),
        ("psycopg", "psycopg", "psycopg psycopg2 psycopg_binary psycopg_c psycopg2_binary"),
        ("asyncpg", "asyncpg", "asyncpg"),
        ("redis", "redis", "redis"),
        ("sqlite3", "sqlite3", "sqlite3"),
        ("httpx", "httpx", "httpx httpcore"),
        ("aiohttp", "aiohttp", "aiohttp"),
        ("requests", "requests", "requests"),
        ("urllib3", "urllib3", "urllib3"),
        ("gunicorn", "gunicorn", "gunicorn"),
        ("uvicorn", "uvicorn", "uvicorn uvloop"),
    )
) + tuple(
    Pack(name=name, title=name, packages=(name,), everywhere=True)
    for name in ("multiprocessing", "logging", "asyncio")
)

_BY_PACKAGE = {package: pack for pack in PACKS for package in pack.packages}
# an installed package; of the standard library a C extension (sqlite3 has no other code), a module or package
_PATH = re.compile(
    r"/(?:site|dist)-packages/_?(\w+)"
    r"|/lib(?:64)?/python\d\.\d+t?/lib-dynload/_(sqlite3)\."
    r"|/lib(?:64)?/python\d\.\d+t?/(?!(?:site|dist)-packages/|lib-dynload/)(\w+)"
)


@lru_cache(maxsize=4096)
def pack_of(path: str) -> Pack | None:
    """The pack that a source file or a shared object belongs to."""
    found = _PATH.search(path)
    return _BY_PACKAGE.get(next(filter(None, found.groups()), "")) if found else None


def loaded(paths: Iterable[str]) -> tuple[str, ...]:
    """Names of the packs whose files are among the paths, but for those that are everywhere."""
    found = {pack.name for path in paths if (pack := pack_of(path)) and not pack.everywhere}
    return tuple(sorted(found))
