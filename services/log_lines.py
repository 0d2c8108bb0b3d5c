"""How a line of the log is written: one for each record, as text or as JSON, with no secret."""

import json
import logging
from datetime import UTC, datetime

from services import request_id
from services.redaction import redact

Record = logging.LogRecord


class TextLines(logging.Formatter):
    """time LEVEL logger request=<id> message; a traceback follows on the same line.

    With `is_for_people` a traceback is on lines of its own.
    """

    def __init__(self, *, is_for_people: bool = False) -> None:
        super().__init__()
        self.is_for_people = is_for_people

    def format(self, record: Record) -> str:
        request = request_id.current()
        head = f"{_time(record)} {record.levelname} {record.name} request={request}"
        line = f"{head} {_one_line(_message(record))}"
        if trace := _trace(self, record):
            line += f"\n{trace}" if self.is_for_people else f" | {_one_line(trace)}"
        return line


class JsonLines(logging.Formatter):
    """The same as an object on each line."""

    def format(self, record: Record) -> str:
        said = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "request": request_id.current(),
            "message": _message(record),
        }
        if trace := _trace(self, record):
            said["exception"] = trace
        return json.dumps(said, ensure_ascii=False)


def _time(record: Record) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _message(record: Record) -> str:
    try:
        return redact(record.getMessage())
    except (TypeError, ValueError):  # a message whose arguments do not fit
        return redact(str(record.msg))


def _trace(formatter: logging.Formatter, record: Record) -> str:
    parts: list[str] = []
    if record.exc_info:
        parts.append(formatter.formatException(record.exc_info))
    if record.stack_info:
        parts.append(formatter.formatStack(record.stack_info))
    return redact("\n".join(parts))


def _one_line(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")
