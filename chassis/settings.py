"""Settings read once from the environment into a frozen dataclass.

Only this module reads `os.environ`. A field `database_url` is `SKILLER_DATABASE_URL`,
or the content of the file that `SKILLER_DATABASE_URL_FILE` names (for secrets).
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

PREFIX = "SKILLER_"
S = TypeVar("S")


class Secret(str):
    """A string that does not show itself in `repr`, and so not in logs or traces."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('…')" if self else "Secret('')"


NO_SECRET = Secret("")


class SettingsError(Exception):
    """All mistakes of a configuration together, one line each."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


@dataclass(frozen=True, kw_only=True)
class LogSettings:
    """How a process speaks to its operator."""

    log_format: str = "human"  # `human` for people, `json` for collectors
    log_level: str = "info"  # debug, info, warning or error
    otlp_url: str = ""  # http://host:4318 of an OpenTelemetry collector; empty: no traces are told
    trace_share: float = 1.0  # which share of the traces is told, from 0 to 1


@dataclass(frozen=True, kw_only=True)
class TokenSettings:
    """What a process needs to believe an access token."""

    public_keys: str = '{"keys": []}'  # JWK set of identity's public keys (RFC 7517)
    token_issuer: str = "skiller"  # `iss` expected and given
    token_audience: str = "skiller-api"  # `aud` expected and given


@dataclass(frozen=True, kw_only=True)
class ServiceSettings(LogSettings, TokenSettings):
    """What every service reads; a service adds its own fields in its `config.py`."""

    database_url: Secret  # postgresql://role:password@host/database of this service alone
    broker_url: Secret = NO_SECRET  # amqp://…; empty where events travel in-process
    broker_namespace: str = ""  # before every name on the broker; keeps test runs apart
    pool_size: int = 4  # database connections per process at the most
    metrics_address: str = "0.0.0.0"  # where the worker serves its metrics
    metrics_port: int = 0  # where the worker serves its metrics; 0 for nowhere
    heartbeat_file: str = ""  # what the worker touches each loop and `work --check` reads


def _parse_bool(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.strip().lower() not in words:
        raise ValueError("expected true or false")
    return words[text.strip().lower()]


PARSERS: dict[type, Callable[[str], Any]] = {
    str: str,
    Secret: lambda text: Secret(text.strip()),
    int: int,
    float: float,
    bool: _parse_bool,
    Path: Path,
}


def environment() -> dict[str, str]:
    """A copy of the process's environment, for composition roots that vary it."""
    return dict(os.environ)


def set_environment(values: Mapping[str, str]) -> None:
    """Vary this process's own environment, for a composition root that becomes one service."""
    os.environ.update(values)


def read(kind: type[S], environ: Mapping[str, str] | None = None) -> S:
    """Read `kind` from the environment.

    Raises SettingsError naming every missing or malformed variable at once.
    """
    source = os.environ if environ is None else environ
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    mistakes: list[str] = []
    for field in fields(kind):  # type: ignore[arg-type]
        try:
            text = _text_of(field, source)
            if text is not None:
                values[field.name] = PARSERS[hints[field.name]](text)
        except (ValueError, OSError) as error:
            mistakes.append(f"{variable_of(field)}: {error}")
    if mistakes:
        raise SettingsError(mistakes)
    return kind(**values)


def variable_of(field: Field[Any]) -> str:
    """The environment variable that a field is read from."""
    return PREFIX + field.name.upper()


def _text_of(field: Field[Any], source: Mapping[str, str]) -> str | None:
    name = variable_of(field)
    if name in source:
        return source[name]
    if name + "_FILE" in source:
        return Path(source[name + "_FILE"]).read_text(encoding="utf-8").strip()
    if field.default is MISSING and field.default_factory is MISSING:
        raise ValueError("is required and not set")
    return None
