"""What social tells: who listens to whom and to what, and who wants nothing of whom."""

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


@dataclass(frozen=True, kw_only=True)
class _KeywordFollowChanged(Event):
    source = "social"
    key = ("member_id", "slug")

    member_id: UUID
    slug: str
    revision: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class KeywordFollowed(_KeywordFollowChanged):
    """A member began to follow a keyword."""

    type = "keyword.followed"

    state: Literal["followed"] = "followed"


@dataclass(frozen=True, kw_only=True)
class KeywordUnfollowed(_KeywordFollowChanged):
    """A member stopped following a keyword; the pair's row stays, with its revision."""

    type = "keyword.unfollowed"

    state: Literal["none"] = "none"


@dataclass(frozen=True, kw_only=True)
class _BlockChanged(Event):
    source = "social"
    key = ("blocker_id", "blocked_id")

    blocker_id: UUID
    blocked_id: UUID
    revision: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class MemberBlocked(_BlockChanged):
    """A member wants nothing of another: neither sees anything of the other any more."""

    type = "member.blocked"

    state: Literal["blocked"] = "blocked"


@dataclass(frozen=True, kw_only=True)
class MemberUnblocked(_BlockChanged):
    """A member took a block back; the pair's row stays, with its revision."""

    type = "member.unblocked"

    state: Literal["none"] = "none"
