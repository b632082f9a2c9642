"""What identity tells: who belongs, and who asks to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.event import Event

State = Literal["active", "suspended", "left"]
Role = Literal["member", "moderator", "administrator"]


@dataclass(frozen=True, kw_only=True)
class MemberEvent(Event):
    """A member as they are now, whatever changed; never carries the address or the bio.

    `asks_per_week`: how often a week others may ask them for help, 0 to 10. `organisation`: the
    slug of the one in which they agreed to be seen. An earlier release told neither.
    """

    source = "identity"
    key = ("member_id",)

    member_id: UUID
    revision: int
    name: str
    headline: str
    company: str
    location: str
    portrait_url: str | None
    locale: Literal["fr", "en"]
    role: Role
    state: State
    is_proposable: bool
    sponsor_id: UUID | None
    joined_at: datetime
    asks_per_week: int = 3
    organisation: str | None = None


@dataclass(frozen=True, kw_only=True)
class MemberJoined(MemberEvent):
    """Somebody joined by an invitation."""

    type = "member.joined"


@dataclass(frozen=True, kw_only=True)
class MemberUpdated(MemberEvent):
    """A member changed how they are shown, or got another role."""

    type = "member.updated"


@dataclass(frozen=True, kw_only=True)
class MemberSuspended(MemberEvent):
    """A moderator ended a member's right to write, until they are reinstated."""

    type = "member.suspended"


@dataclass(frozen=True, kw_only=True)
class MemberReinstated(MemberEvent):
    """A moderator gave a suspended member their rights back."""

    type = "member.reinstated"


@dataclass(frozen=True, kw_only=True)
class MemberLeft(MemberEvent):
    """A member left for good: what named them is gone, here and wherever it was told.

    `removes_posts` says whether they took what they wrote with them.
    """

    type = "member.left"

    removes_posts: bool


@dataclass(frozen=True, kw_only=True)
class SessionClosed(Event):
    """A session ended before its time: what its access token may still write is refused."""

    type = "session.closed"
    source = "identity"
    key = ("session_id",)

    session_id: UUID
    revision: int
    member_id: UUID
    closed_at: datetime


@dataclass(frozen=True, kw_only=True)
class AddressConfirmed(Event):
    """A member reads mail at this address; `none`, with an empty one, of somebody who left.

    The one event that carries an address, and for one listener: whoever writes to members.
    """

    type = "address.confirmed"
    source = "identity"
    key = ("member_id",)
    private = ("email",)

    member_id: UUID
    email: str
    revision: int
    state: Literal["confirmed", "none"]
    changed_at: datetime


# All that a replica of the members hears.
MEMBER_EVENTS = (MemberJoined, MemberUpdated, MemberSuspended, MemberReinstated, MemberLeft)


@dataclass(frozen=True, kw_only=True)
class InvitationRequested(Event):
    """A stranger with a confirmed address asks for an invitation; `keywords` are slugs."""

    type = "invitation.requested"
    source = "identity"
    key = ("request_id",)

    request_id: UUID
    revision: int
    keywords: tuple[str, ...]
