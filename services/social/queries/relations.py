"""What the viewer and other members are to each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from chassis import members
from chassis.members import MemberNotFound
from chassis.pages import AnyColumn, AnySelect
from chassis.statements import Read, ReadSession, viewer
from services.social.models import Block, Follow, MemberRef


@dataclass(frozen=True, slots=True)
class RelationView:
    """How the viewer stands to a member; `is_blocked` is by the viewer."""

    member_id: UUID
    is_following: bool
    follows_me: bool
    is_blocked: bool

    @classmethod
    def of(cls, row: Any) -> "RelationView":
        return cls(row.id, row.is_following, row.follows_me, row.is_blocked)


@dataclass(frozen=True, slots=True)
class CountedRelationView(RelationView):
    """The same, with how many active members follow the member, and are followed by them."""

    follower_count: int
    following_count: int

    @classmethod
    def of(cls, row: Any) -> "CountedRelationView":
        return cls(
            row.id,
            row.is_following,
            row.follows_me,
            row.is_blocked,
            row.follower_count,
            row.following_count,
        )


def get_relation(session: ReadSession, *, viewer_id: UUID, member_id: UUID) -> CountedRelationView:
    """Raises MemberNotFound for who is unknown, has left, or blocks the viewer."""
    found = _ONE.find(session, viewer_id=viewer_id, member_id=member_id)
    if found is None:
        raise MemberNotFound
    return found


def list_relations(
    session: ReadSession, *, viewer_id: UUID, member_ids: Sequence[UUID]
) -> list[RelationView]:
    """The relations to those of these members whom `get_relation` would find, in their order."""
    found = _SEVERAL.list(session, viewer_id=viewer_id, member_ids=list(member_ids))
    by_id = {view.member_id: view for view in found}
    return [by_id[one] for one in dict.fromkeys(member_ids) if one in by_id]


def _relation(*more: ColumnElement[Any]) -> AnySelect:
    me, them = viewer(), MemberRef.id
    return (
        select(
            MemberRef.id,
            _is_following(me, them).label("is_following"),
            _is_following(them, me).label("follows_me"),
            _is_blocking(me, them).label("is_blocked"),
            *more,
        )
        .where(MemberRef.state != members.LEFT)
        .where(~_is_blocking(them, me))
    )


def _is_following(follower_id: Any, followed_id: Any) -> ColumnElement[bool]:
    pair = aliased(Follow)
    is_theirs = (pair.follower_id == follower_id) & (pair.followed_id == followed_id)
    return exists().where(is_theirs, pair.is_following)


def _is_blocking(blocker_id: Any, blocked_id: Any) -> ColumnElement[bool]:
    pair = aliased(Block)
    is_theirs = (pair.blocker_id == blocker_id) & (pair.blocked_id == blocked_id)
    return exists().where(is_theirs, pair.is_blocking)


def _count(shown: AnyColumn, theirs: AnyColumn) -> ColumnElement[int]:
    other = aliased(MemberRef)
    counted = select(func.count()).select_from(Follow).join(other, other.id == shown)
    counted = counted.where(theirs == MemberRef.id, Follow.is_following)
    return counted.where(other.state == members.ACTIVE).scalar_subquery()


_ONE = Read(
    _relation(
        _count(Follow.follower_id, Follow.followed_id).label("follower_count"),
        _count(Follow.followed_id, Follow.follower_id).label("following_count"),
    ).where(MemberRef.id == bindparam("member_id", type_=Uuid)),
    CountedRelationView.of,
)
_SEVERAL = Read(
    _relation().where(MemberRef.id == any_(bindparam("member_ids", type_=ARRAY(Uuid)))),
    RelationView.of,
)
