"""Logging for the CLI and the daemon: text for people, one JSON object a line for machines.

Both carry the run id, so that the lines of one run can be found again. Untrusted text is escaped here, once
for all messages.
"""

import json
import logging
from datetime import UTC, datetime
from typing import IO

from perfdiag.text import printable

_TEXT = "{time} {level} {logger}: {message}"
_LIMIT = 2000  # characters of one message


class _Formatter(logging.Formatter):
    def __init__(self, style: str, run_id: str) -> None:
        super().__init__()
        self._json, self._run_id = style == "json", run_id

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "run": self._run_id,
            "message": printable(record.getMessage(), _LIMIT),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        if self._json:
            return json.dumps(line)
        return "\n".join([_TEXT.format(**line), *([line["traceback"]] if record.exc_info else [])])


def configure(style: str, run_id: str, stream: IO[str] | None = None, level: int = logging.INFO) -> None:
    """Send all of perfdiag's log to `stream` (stderr) as 'text' or 'json'; replaces what was configured."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Formatter(style, run_id))
    logger = logging.getLogger("perfdiag")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
    logger.propagate = False
