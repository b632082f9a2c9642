"""Reading a request's body, up to what its route accepts.

It is read whole before a service sees any of it: a slow client then holds nothing of a
service, the request can be sent twice, and a service always gets a Content-Length, so
that the two cannot disagree about where a request ends.
"""

from collections.abc import Mapping
from typing import Any

from gateway.errors import BodyTooLarge, MalformedRequest


def read_body(environ: Mapping[str, Any], limit: int) -> bytes:
    """The body, of which chunked encoding is undone.

    Raises BodyTooLarge (before reading where the length is announced) or MalformedRequest.
    """
    announced = environ.get("CONTENT_LENGTH")
    if announced:
        if not (announced.isascii() and announced.isdigit()):
            raise MalformedRequest
        return _read_exactly(environ, int(announced), limit)
    if "HTTP_TRANSFER_ENCODING" in environ:
        return _read_to_end(environ, limit)
    return b""


def _read_exactly(environ: Mapping[str, Any], length: int, limit: int) -> bytes:
    if length > limit:
        raise BodyTooLarge
    body: bytes = _read(environ, length) if length else b""
    while len(body) < length:
        piece = _read(environ, length - len(body))
        if not piece:
            raise MalformedRequest("The body ended before its announced length.")
        body += piece
    return body


def _read_to_end(environ: Mapping[str, Any], limit: int) -> bytes:
    """Only called where the server marks the end of a body without a length."""
    if not environ.get("wsgi.input_terminated"):
        raise MalformedRequest("A length is required.")
    pieces: list[bytes] = []
    size = 0
    while piece := _read(environ, limit + 1 - size):
        size += len(piece)
        if size > limit:
            raise BodyTooLarge
        pieces.append(piece)
    return b"".join(pieces)


def _read(environ: Mapping[str, Any], size: int) -> bytes:
    try:
        piece: bytes = environ["wsgi.input"].read(size)
    except OSError as error:
        raise MalformedRequest("The body could not be read.") from error
    return piece
