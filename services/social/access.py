"""Whom a viewer may see: the one place that decides, for lists, reads and writes."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Uuid,
    bindparam,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from chassis import members
from chassis.members import MemberNotFound
from chassis.statements import ReadSession, Statement, viewer
from services.social.models import Block, MemberRef


def is_unblocked(member_id: Any) -> ColumnElement[bool]:
    """Neither of the member and the viewer blocks the other."""
    by_viewer, by_member = aliased(Block), aliased(Block)
    return ~(
        exists().where(
            by_viewer.blocker_id == viewer(),
            by_viewer.blocked_id == member_id,
            by_viewer.is_blocking,
        )
        | exists().where(
            by_member.blocker_id == member_id,
            by_member.blocked_id == viewer(),
            by_member.is_blocking,
        )
    )


def is_listed(member: type[MemberRef] = MemberRef) -> ColumnElement[bool]:
    """Members whom the viewer finds in lists."""
    return (member.state == members.ACTIVE) & is_unblocked(member.id)


def require_seen(session: ReadSession, *, viewer_id: UUID, member_id: UUID) -> None:
    """Raises MemberNotFound for somebody who is unknown here, has left, or is across a block."""
    if _SEEN.first(session, viewer_id=viewer_id, member_id=member_id) is None:
        raise MemberNotFound


def lock_pair(session: Session, one: UUID, other: UUID) -> None:
    """Let a follow and a block of the same two come one after the other."""
    key = (one.int ^ other.int) & (2**63 - 1)
    _PAIR.rows(session, key=key)


_PAIR = Statement(select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger))))
_NAMED = MemberRef.id == bindparam("member_id", type_=Uuid)
_SEEN = Statement(
    select(MemberRef.id).where(_NAMED, MemberRef.state != members.LEFT, is_unblocked(MemberRef.id))
)
