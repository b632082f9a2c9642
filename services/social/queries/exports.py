"""What social keeps of a member, for their export."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from chassis.statements import Read, ReadSession
from services.social.models import Block, Dismissal, Follow, KeywordFollow, MemberRef
from services.social.queries.lists import PERSON, PersonView


@dataclass(frozen=True)
class Export:
    """What social keeps of a member."""

    members: Sequence[dict[str, Any]]
    keywords: Sequence[dict[str, Any]]
    blocked: Sequence[dict[str, Any]]
    dismissed_ids: Sequence[UUID]
    follower_ids: Sequence[UUID]

    @property
    def follower_count(self) -> int:
        return len(self.follower_ids)


def get_export(session: ReadSession, *, member_id: UUID) -> Export:
    """What there is of a member, the oldest first; empty for an unknown one."""
    return Export(
        members=_FOLLOWED.list(session, member_id=member_id),
        keywords=_KEYWORDS.list(session, member_id=member_id),
        blocked=_BLOCKED.list(session, member_id=member_id),
        dismissed_ids=_DISMISSED_IDS.list(session, member_id=member_id),
        follower_ids=_FOLLOWER_IDS.list(session, member_id=member_id),
    )


_mine = bindparam("member_id", type_=Uuid)
_FOLLOWED = Read(
    select(*PERSON, Follow.changed_at)
    .join(Follow, Follow.followed_id == MemberRef.id)
    .where(Follow.follower_id == _mine, Follow.is_following)
    .order_by(Follow.changed_at, MemberRef.id),
    lambda row: {"member": PersonView.of(row), "followed_at": row.changed_at},
)
_KEYWORDS = Read(
    select(KeywordFollow.slug, KeywordFollow.changed_at)
    .where(KeywordFollow.member_id == _mine, KeywordFollow.is_following)
    .order_by(KeywordFollow.changed_at, KeywordFollow.slug),
    lambda row: {"slug": row.slug, "followed_at": row.changed_at},
)
_FOLLOWER_IDS: Read[UUID] = Read(
    select(Follow.follower_id)
    .where(Follow.followed_id == _mine, Follow.is_following)
    .order_by(Follow.changed_at, Follow.follower_id),
    lambda row: row.follower_id,
)
_DISMISSED_IDS: Read[UUID] = Read(
    select(Dismissal.dismissed_id)
    .where(Dismissal.member_id == _mine)
    .order_by(Dismissal.dismissed_at, Dismissal.dismissed_id),
    lambda row: row.dismissed_id,
)
_BLOCKED = Read(
    select(*PERSON, Block.changed_at)
    .join(Block, Block.blocked_id == MemberRef.id)
    .where(Block.blocker_id == _mine, Block.is_blocking)
    .order_by(Block.changed_at, MemberRef.id),
    lambda row: {"member": PersonView.of(row), "blocked_at": row.changed_at},
)
