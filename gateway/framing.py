"""When a request is whole: where its head ends, and where its body.

What the bytes mean is gunicorn's parser's to say, which is strict (RFC 9112) and gets them
from memory; here is only found whether enough of them has come, so that no thread waits.
"""

import re
from typing import Any

from gunicorn.http import errors as refused
from gunicorn.http.body import ChunkedReader
from gunicorn.http.message import Request
from gunicorn.http.unreader import Unreader

from chassis.errors import ServiceError
from gateway.errors import (
    ExpectationFailed,
    HeadTooLarge,
    MalformedRequest,
    NotImplementedHere,
    TargetTooLong,
)

MOST_HEAD = 32 * 1024  # bytes of a request's line and headers
END = b"\r\n\r\n"
_SIZE = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(?:;[^\r\n]*)?")
_REFUSALS: tuple[tuple[type[Exception], type[ServiceError]], ...] = (
    (refused.LimitRequestLine, TargetTooLong),
    (refused.LimitRequestHeaders, HeadTooLarge),
    (refused.ExpectationFailed, ExpectationFailed),
    (refused.UnsupportedTransferCoding, NotImplementedHere),
)


class Memory(Unreader):
    """Where gunicorn's parser reads: what has come, and after it the end."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__()
        self.buf.write(data)

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Nothing follows what has come."""
        return b""


class Incoming:
    """A request of which the head is here, and the body perhaps not yet."""

    def __init__(self, request: Any, source: Memory) -> None:
        self.request = request
        self._source = source
        self._chunk = 0  # where the chunk begins whose size is not known yet
        reader = request.body.reader
        self.length: int | None = None if isinstance(reader, ChunkedReader) else reader.length

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for a word before it sends the body."""
        return bool(self.request._expected_100_continue)

    def is_whole(self, received: bytearray) -> bool:
        """Whether the body is here, in `received` or at its beginning."""
        if self.length is not None:
            return len(received) >= self.length
        return self._end_of_chunks(received) is not None

    def take_body(self, received: bytearray) -> bytes:
        """Cut the whole body from `received`; raises MalformedRequest."""
        end = self.length if self.length is not None else self._end_of_chunks(received)
        body = bytes(received[:end])
        del received[:end]
        if self.length is not None:
            return body
        self._source.unread(body)
        try:
            decoded: bytes = self.request.body.read()
        except (refused.ParseException, refused.NoMoreData) as error:
            raise MalformedRequest from error
        if self._source.take_buffered():
            raise MalformedRequest  # Two readings of where it ends are one too many.
        return decoded

    def _end_of_chunks(self, received: bytearray) -> int | None:
        """Where a chunked body ends, None while it does not.

        What cannot be understood ends here and now: the parser says what is wrong with it.
        """
        while True:
            line = received.find(b"\r\n", self._chunk)
            if line < 0:
                rest = len(received) - self._chunk
                odd = rest > MOST_HEAD or (rest > 0 and b"\n" in received[self._chunk :])
                return len(received) if odd else None
            size = _SIZE.fullmatch(received, self._chunk, line)
            if size is None:
                return len(received)
            length = int(size[1], 16)
            if length == 0:
                return _end_of_trailers(received, line)
            self._chunk = line + 2 + length + 2


def parse_head(
    settings: Any, received: bytearray, client: tuple[str, int], number: int
) -> Incoming | None:
    """Cut a head from `received`, the connection's `number`-th; None while it is not whole.

    Raises MalformedRequest, HeadTooLarge, TargetTooLong, ExpectationFailed or NotImplementedHere.
    """
    end = received.find(END)
    if end < 0 and len(received) <= MOST_HEAD and not _has_bare_lines(received):
        return None
    source = Memory(bytes(received if end < 0 else received[: end + len(END)]))
    try:
        request = Request(settings, source, client, number)
    except (refused.ParseException, refused.NoMoreData, StopIteration) as error:
        for kind, refusal in _REFUSALS:
            if isinstance(error, kind):
                raise refusal from error
        raise (HeadTooLarge if len(received) > MOST_HEAD else MalformedRequest) from error
    if end > MOST_HEAD:
        raise HeadTooLarge
    del received[: end + len(END)]
    return Incoming(request, source)


def _end_of_trailers(received: bytearray, last_chunk: int) -> int | None:
    end = received.find(END, last_chunk)
    if end >= 0:
        return end + len(END)
    trailers = received[last_chunk:]
    return len(received) if len(trailers) > MOST_HEAD or _has_bare_lines(trailers) else None


def _has_bare_lines(received: bytearray) -> bool:
    """A line that ends with LF alone never ends for the parser, which refuses it."""
    return received.count(b"\n") != received.count(b"\r\n")
