"""Structured logs: one JSON line an event, ids and counts only.

Never a claim, a name, an address, a token or a whole body: values that may hold them are not passed here, and what an
exception says is cut to its type, because driver errors quote documents.
"""

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog

_QUIET = {
    "aiokafka": logging.ERROR,
    "faststream": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "pymongo": logging.WARNING,
    "motor": logging.WARNING,
    "uvicorn.access": logging.WARNING,
    "PIL": logging.WARNING,
}


class _Limit(logging.Filter):
    """At most one line a second of each message template: an outage makes aiokafka write about 970."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        key = f"{record.name}:{str(record.msg)[:60]}"
        if now - self._last.get(key, float("-inf")) < 1.0:
            return False
        if len(self._last) > 1000:
            self._last.clear()
        self._last[key] = now
        return True


def _without_quotes(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Foreign records: the template without its arguments, and exceptions by type."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["event"] = str(record.msg)[:200]
        event["logger"] = record.name
        if record.exc_info and record.exc_info[0] is not None:
            event["error"] = record.exc_info[0].__name__
        event.pop("exc_info", None)
    return event


def _error_by_type(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    error = event.get("error")
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        if where is not None:
            event["at"] = f"{where.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{where.tb_lineno}"
    return event


def configure(service: str, level: str = "INFO") -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _error_by_type,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(_Limit())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _without_quotes],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    ours = logging.StreamHandler(sys.stdout)
    ours.setFormatter(handler.formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    own = logging.getLogger("simpul")
    own.handlers = [ours]
    own.propagate = False
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)
    structlog.contextvars.bind_contextvars(service=service)


def get() -> Any:
    return structlog.stdlib.get_logger("simpul")
