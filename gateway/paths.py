"""The request target: taken as it came, matched as the services will read it.

What is forwarded is the raw target, byte by byte; what is matched is its decoded path,
which is what a service routes by. A path that the two could read differently
(dot segments, doubled or encoded slashes, control characters) matches nothing.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from gateway.errors import MalformedRequest

# Printable ASCII, neither a space nor the `#` that some servers cut at.
_TARGET = re.compile(r"/[!-\"$-~]*")
_ABSOLUTE = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_HOST = re.compile(r"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
_REFUSED = re.compile(r"[\x00-\x1f\x7f\\]")


def target_of(environ: Mapping[str, Any]) -> str:
    """Path and query as the client wrote them; raises MalformedRequest."""
    raw: str | None = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw is None:
        path = quote(environ.get("PATH_INFO", "").encode("latin-1"))
        raw = f"{path}?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else path
    if absolute := _ABSOLUTE.match(raw):  # RFC 9112 3.2.2
        raw = raw[absolute.end() :]
        raw = raw if raw.startswith("/") else f"/{raw}"
    if not _TARGET.fullmatch(raw):
        raise MalformedRequest
    return raw


def require_host(environ: Mapping[str, Any]) -> None:
    """Raises MalformedRequest where HTTP/1.1 comes without a host, or with none (RFC 9112 3.2)."""
    host = environ.get("HTTP_HOST")
    if host is None and environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return
    if host is None or not _HOST.fullmatch(host):
        raise MalformedRequest


def segments_of(target: str) -> tuple[str, ...] | None:
    """The decoded path cut at its slashes, or None where it may not reach a service."""
    path = target.partition("?")[0]
    if "%" in path:
        try:
            path = unquote_to_bytes(path).decode("utf-8")
        except UnicodeDecodeError:
            return None
    segments = tuple(path.split("/")[1:])
    if _REFUSED.search(path) or not {"", ".", ".."}.isdisjoint(segments):
        return None
    return segments


def page_of(target: str) -> tuple[str, ...] | None:
    """The same of a page, whose address people write: a slash at its end is nothing."""
    path = target.partition("?")[0]
    return ("",) if path == "/" else segments_of(path.removesuffix("/"))
