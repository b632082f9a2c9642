"""What social tells: who listens to whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.event import Event


@dataclass(frozen=True, kw_only=True)
class _FollowChanged(Event):
    source = "social"
    key = ("follower_id", "followed_id")

    follower_id: UUID
    followed_id: UUID
    revision: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class MemberFollowed(_FollowChanged):
    """A member began to follow another."""

    type = "member.followed"

    state: Literal["followed"] = "followed"


@dataclass(frozen=True, kw_only=True)
class MemberUnfollowed(_FollowChanged):
    """A member stopped following another; the pair's row stays, with its revision."""

    type = "member.unfollowed"

    state: Literal["none"] = "none"
