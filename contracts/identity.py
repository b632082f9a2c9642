"""What identity tells: who belongs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.event import Event

State = Literal["active", "suspended", "left"]
Role = Literal["member", "moderator", "administrator"]


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Event):
    """Somebody joined by an invitation; never carries the address or the bio."""

    type = "member.joined"
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
