"""Failures as RFC 9457 problem+json: the one place where errors become HTTP answers."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app
from werkzeug.exceptions import HTTPException

from chassis import context
from chassis.errors import FieldErrors, ServiceError
from chassis.logs import get_logger

CONTENT_TYPE = "application/problem+json"
CODES = {
    400: "malformed_request",
    401: "unauthenticated",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "media_type_unsupported",
    422: "invalid",
}

MOST_ERRORS = 20  # fields that one problem tells of
log = get_logger("web")


def problem(
    status: int, code: str, detail: str, *, title: str, errors: FieldErrors | None = None
) -> Response:
    """The answer that tells what is wrong, with the id to ask the operator about."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "correlation_id": context.correlation_id.get(),
    }
    if errors:
        body["errors"] = errors
    # A field's name may hold what UTF-8 cannot: lone surrogates.
    text = current_app.json.dumps(body).encode("utf-8", "replace")
    return current_app.response_class(text, status, content_type=CONTENT_TYPE)


def register(app: Flask) -> None:
    """Let an application answer every failure as a problem."""
    app.register_error_handler(ServiceError, on_service_error)
    app.register_error_handler(HTTPException, on_http_exception)
    app.register_error_handler(Exception, on_unexpected)


def on_service_error(error: ServiceError) -> Response:
    response = problem(
        error.status, error.code, error.message, title=_title(error.status), errors=error.errors
    )
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    retry_after = 5 if error.status == 503 else error.retry_after
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def on_http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    data: Mapping[str, Any] = getattr(error, "data", None) or {}
    errors = flatten(data.get("messages") or {})
    detail = "Some fields are not valid." if status == 422 else (error.description or "")
    response = problem(
        status, CODES.get(status, "http_error"), detail, title=error.name, errors=errors
    )
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def on_unexpected(error: Exception) -> Response:
    log.error("unexpected failure", exc_info=error)
    return on_service_error(ServiceError())


def flatten(messages: Mapping[str, Any]) -> dict[str, list[str]]:
    """webargs' messages by location and field, as `field` or `field.0.part` → sentences.

    At most MOST_ERRORS fields: a body may have any number of unknown ones.
    """
    flat: dict[str, list[str]] = {}

    def walk(path: str, value: Any) -> None:
        if len(flat) >= MOST_ERRORS:
            return
        if isinstance(value, Mapping):
            for key, inner in value.items():
                part = "" if key == "_schema" else str(key)
                walk(".".join(filter(None, (path, part))), inner)
        else:
            texts = value if isinstance(value, list) else [value]
            flat.setdefault(path or "body", []).extend(str(text) for text in texts)

    for by_field in messages.values():
        walk("", by_field)
    return flat


def _title(status: int) -> str:

    return HTTPStatus(status).phrase
