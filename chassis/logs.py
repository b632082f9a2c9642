"""Structured logs: JSON for collectors, aligned text for people; each with its correlation id."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from chassis import context
from chassis.settings import LogSettings, SettingsError

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def get_logger(name: str) -> Any:
    """A logger whose lines say which part speaks."""
    # Not `.bind`: the logger must stay lazy, for it is made before `configure` is called.
    return structlog.get_logger(part=name)


def configure(settings: LogSettings, *, process: str) -> None:
    """Send this process's lines, and those of the libraries it uses, to standard error."""
    if settings.log_level not in LEVELS or settings.log_format not in ("json", "human"):
        raise SettingsError(["SKILLER_LOG_LEVEL/SKILLER_LOG_FORMAT: unknown value"])
    level = LEVELS[settings.log_level]
    shared: list[Any] = [
        _with_context(process),
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.INFO), force=True)
    for chatty in ("pika", "urllib3", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # pika reports each failed attempt as an error; our own loops say it once, with the delay.
    logging.getLogger("pika").setLevel(logging.CRITICAL)


def _with_context(process: str) -> Any:
    def add(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line["process"] = process
        if correlation := context.correlation_id.get():
            line["correlation_id"] = correlation
        return line

    return add
