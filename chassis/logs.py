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


def tells_debug(log: Any) -> bool:
    """Whether lines for debugging are written: asked once where there would be one per event."""
    return bool(log.bind().is_enabled_for(LEVELS["debug"]))


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
    renderer: Any = structlog.processors.JSONRenderer()
    if settings.log_format == "human":
        # In a file nobody sees the columns, and they would cost a tenth of a small request.
        terminal = sys.stderr.isatty()
        renderer = structlog.dev.ConsoleRenderer(colors=True) if terminal else render_plainly
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


def render_plainly(_: Any, __: str, line: MutableMapping[str, Any]) -> str:
    """`time [level] event name=value …`, and below it the failure, if there is one."""
    failure = line.pop("exception", None)
    words = [f"{line.pop('timestamp')} [{line.pop('level')}] {_word(line.pop('event'))}"]
    words += [f"{name}={_word(value)}" for name, value in line.items()]
    text = " ".join(words)
    return f"{text}\n{failure}" if failure else text


def _word(value: Any) -> str:
    """As it is, or in quotation marks where it could be taken for more than one line."""
    text = value if isinstance(value, str) else repr(value)
    return text if text.isprintable() else repr(text)


def _with_context(process: str) -> Any:
    def add(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line["process"] = process
        if correlation := context.correlation_id.get():
            line["correlation_id"] = correlation
        return line

    return add
