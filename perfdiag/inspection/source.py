"""Where the connection string of `--inspect-from` comes from, and what it is for.

A secret in an argument can be read by everybody (`ps`), so only the name of a file or of a variable is taken.
No message of this module holds anything of the string.
"""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from perfdiag.errors import UsageError
from perfdiag.text import printable

_ENVIRONMENT = "env:"
_LONGEST = 4096
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# a URL (also without its scheme), or a connection string of libpq
# (https://www.postgresql.org/docs/current/libpq-connect.html)
_STRING = re.compile(
    r"://|:[^/\s]*@|(?:^|\s)(?:host|hostaddr|port|user|password|dbname|service|passfile)\s*=", re.IGNORECASE
)
_REDIS = ("redis://", "rediss://", "unix://")
_POSTGRESQL = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True)
class Source:
    """`service` is 'postgresql' or 'redis'; `port` that of the server, 0 where the string has none."""

    service: str
    port: int
    secret: str = field(repr=False)


def source_of(option: str, environment: Mapping[str, str]) -> Source:
    """FILE or env:NAME -> what stands there. UsageError when it cannot be taken."""
    if _STRING.search(option):
        raise UsageError(
            "--inspect-from got a connection string",
            cause="arguments are seen by every user of this host",
            fix="write it into a file that only you can read (chmod 600) and give its path, or env:NAME",
        )
    if option.startswith(_ENVIRONMENT):
        name = option.removeprefix(_ENVIRONMENT)
        text, where = environment.get(name, ""), f"the variable {printable(name, 60)}"
    else:
        text, where = _read(option), printable(option)
    return _parsed(text, where)


def _read(path: str) -> str:
    fix = "give the path of a file, or env:NAME"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise _refused(printable(path), "it is not a regular file", fix)
            if status.st_mode & _OTHERS or status.st_uid not in (0, os.geteuid()):
                cause = "others than you may read or change it"
                raise _refused(printable(path), cause, "chmod 600, in a file of your own")
            return os.read(descriptor, _LONGEST).decode("utf-8", "surrogateescape")  # those are not printable
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        cause = os.strerror(error.errno or 0) if isinstance(error, OSError) else "it is not a path"
        raise _refused(printable(path), cause, fix) from None


def _parsed(text: str, where: str) -> Source:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    secret = lines[0] if len(lines) == 1 and lines[0].isprintable() else ""
    try:
        if secret.startswith(_REDIS):
            return Source("redis", urlsplit(secret).port or 6379, secret)
        if secret.startswith(_POSTGRESQL):
            return Source("postgresql", urlsplit(secret).port or 5432, secret)
    except ValueError:
        secret = ""
    if _STRING.search(secret) and "://" not in secret:
        port = re.search(r"(?:^|\s)port\s*=\s*'?(\d{1,5})\b", secret)
        return Source("postgresql", int(port[1]) if port else 5432, secret)
    raise _refused(
        where,
        "it does not hold one connection string",
        "one line: postgresql://..., host=... dbname=..., or redis://...",
    )


def _refused(where: str, cause: str, fix: str) -> UsageError:
    return UsageError(f"--inspect-from cannot take {where}", cause=cause, fix=fix)
