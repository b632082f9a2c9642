"""Sealing a push for one browser (RFC 8291): the one module that knows pywebpush."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a browser receives, and the keys that it alone opens a push with."""

    endpoint: str
    p256dh: str
    auth: str


def seal(receiver: Receiver, body: bytes) -> bytes:
    """The body as nobody on the way reads it, in `aes128gcm`."""
    # Here, for it is not small: 14 MB of clients that nothing of ours uses.
    from pywebpush import WebPusher

    keys = {"p256dh": receiver.p256dh, "auth": receiver.auth}
    sealed: bytes = WebPusher({"endpoint": receiver.endpoint, "keys": keys}).encode(body)["body"]
    return sealed
