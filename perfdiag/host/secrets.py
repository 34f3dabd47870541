"""Command lines and paths without the secrets that people put into them."""

import re
from collections.abc import Sequence

from perfdiag.text import printable

HIDDEN = "***"
SHOWN = 256

# What a secret is called in options, variables, headers, query strings and connection strings
_NAME = (
    r"pass(?:w(?:or)?d|phrase|code)?|pwd|secret|token|api[-_]?key|(?:access|private|secret|account)[-_]?key"
    r"|auth(?:orization)?|bearer|credential|cookie|signature|dsn"
)
# NAME=value, NAME: value, "NAME": "value"; hidden up to the end of the argument, which may hold anything
_PAIR = re.compile(rf"(?i)((?:{_NAME})[\w-]*[\"']?\s*[=:]\s*).+", re.DOTALL)
_IN_PATH = re.compile(rf"(?i)((?:{_NAME})[\w-]*[=:])[^/]+")  # a part of a path ends its value
_OPTION = re.compile(rf"(?i)-[\w.-]*(?:{_NAME})[\w-]*")  # its value is the next argument
_SHORT = re.compile(r"(-p)([^-\s].*)", re.DOTALL)  # mysql -pSECRET
_SHORT_OPTIONS = {"-p", "-a", "-w"}  # sshpass -p, redis-cli -a, ldapsearch -w
_USER = {"-u", "-U", "--user", "--proxy-user"}  # curl -u NAME:SECRET
_SHAPE = re.compile(
    r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|pk_live_|sk_live_|AKIA|ASIA|AIza|hvs\.|eyJ)[\w.+/=-]{8,}"
)


def scrub(arguments: Sequence[str], limit: int = SHOWN) -> str:
    """The command line on one printable line of at most `limit` characters, secrets replaced by '***'."""
    shown: list[str] = []
    hide_next = user_next = False
    for argument in arguments:
        if hide_next and not argument.startswith("--"):
            shown.append(HIDDEN)
            hide_next = user_next = False
            continue
        shown.append(_user(argument) if user_next else _argument(argument))
        hide_next = argument in _SHORT_OPTIONS or _OPTION.fullmatch(argument) is not None
        user_next = argument in _USER
    return printable(" ".join(shown), limit)


def scrub_path(path: bytes | str) -> str:
    """A path, printable, the secrets in its parts replaced by '***'."""
    return _SHAPE.sub(HIDDEN, _IN_PATH.sub(rf"\g<1>{HIDDEN}", printable(path)))


def _user(argument: str) -> str:
    name, colon, _ = argument.partition(":")
    return f"{name}:{HIDDEN}" if colon else argument


def _argument(argument: str) -> str:
    if match := _SHORT.fullmatch(argument):
        return match[1] + HIDDEN
    argument = _PAIR.sub(rf"\g<1>{HIDDEN}", argument)
    argument = _url(argument)
    return _SHAPE.sub(HIDDEN, argument)


def _url(argument: str) -> str:
    """Everything between '://' and the last '@' goes: a secret may hold any character."""
    start = argument.find("://")
    at = argument.rfind("@")
    if start < 0 or at < start:
        return argument
    return f"{argument[: start + 3]}{HIDDEN}{argument[at:]}"
