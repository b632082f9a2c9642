"""Reading what moderators did, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from chassis.pages import Page, list_page
from services.identity.access import is_moderator
from services.identity.models import Member, ModerationAct


@dataclass(frozen=True)
class ActView:
    """One act; `actor` is None for the operator, and for whom it is about."""

    id: UUID
    act: str
    actor: Member | None
    member: Member
    reason: str
    role: str | None
    affected_count: int
    at: datetime


def list_acts(
    session: Session,
    *,
    viewer_id: UUID,
    member_id: UUID | None,
    limit: int,
    cursor: str | None,
) -> Page[Any]:
    """Acts, the latest first: moderators see all, or those on one member; others their own."""
    is_staff = is_moderator(session, viewer_id)
    actor, about = aliased(Member), aliased(Member)
    statement = (
        select(ModerationAct, actor, about)
        .outerjoin(actor, actor.id == ModerationAct.actor_id)
        .join(about, about.id == ModerationAct.member_id)
    )
    if not is_staff:
        statement = statement.where(ModerationAct.member_id == viewer_id)
    if member_id is not None:
        statement = statement.where(ModerationAct.member_id == member_id)
    page = list_page(
        session,
        statement,
        sort_key=[ModerationAct.acted_at, ModerationAct.id],
        limit=limit,
        cursor=cursor,
    )
    return page.map(lambda rows: [_view(row, is_staff) for row in rows])


def _view(row: Any, is_staff: bool) -> ActView:
    act: ModerationAct = row[0]
    return ActView(
        id=act.id,
        act=act.act,
        actor=row[1] if is_staff else None,
        member=row[2],
        reason=act.reason,
        role=act.role,
        affected_count=len(act.affected_ids),
        at=act.acted_at,
    )
