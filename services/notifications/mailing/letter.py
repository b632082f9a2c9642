"""What one mail tells, before it is put into words."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.notifications.planning import Kind


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is told: what happened, why one is told, and where it stands.

    `text` and `reason` are None of what is for some alone: the mail holds a link to it.
    """

    class_: str
    text: str | None
    reason: str | None
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail to a member; `object_id` is what all of it is about, where that is one thing.

    `scope` is what its unsubscribing link takes away.
    """

    mail_id: UUID
    member_id: UUID
    kind: Kind
    email: str
    locale: str
    object_id: UUID | None
    items: Sequence[Item]
    scope: str
    unsubscribing: str  # the token
