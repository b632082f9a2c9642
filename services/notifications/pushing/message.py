"""What a push says: a title and where it leads, no more; under one topic for each thing."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

import msgspec

from services.notifications.pushing.endpoints import text_of

TOPIC_BYTES = 24  # 32 letters, RFC 8030, 5.4
LONGEST_TITLE = 300
ALL = "/notices"
_SOMETHING = {"fr": "Du nouveau pour vous", "en": "Something new for you"}
_MANY = {"fr": "{count} nouvelles", "en": "{count} things are new"}


@dataclass(frozen=True, slots=True)
class Message:
    """A push: `topic` is that of an earlier one which it replaces, on its way or on a screen."""

    title: str
    url: str
    topic: str

    @property
    def body(self) -> bytes:
        return msgspec.json.encode({"title": self.title, "url": self.url, "tag": self.topic})


def about_one(text: str | None, url: str, *, topic: str, locale: str) -> Message:
    """Of one thing; `text` is None where its words leave Skiller in no message."""
    title = _SOMETHING[locale] if text is None else text
    if len(title) > LONGEST_TITLE:
        title = title[: LONGEST_TITLE - 1] + "…"
    return Message(title, url, topic)


def about_many(count: int, *, topic: str, locale: str) -> Message:
    """Of all that waited."""
    return Message(_MANY[locale].format(count=count), ALL, topic)


def topic_of(member_id: UUID, object_id: UUID | None) -> str:
    """The topic of a thing, or of what waited, for one member: nobody else's is the same."""
    about = member_id.bytes + (object_id.bytes if object_id else b"all")
    return text_of(hashlib.sha256(b"topic " + about).digest()[:TOPIC_BYTES])
