"""Reading notices: one, all up to a moment, or those of what was opened."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from services.notifications.errors import NoticeNotFound
from services.notifications.models import MemberRef, Notice


def read_notice(session: Session, *, actor: Claims, notice_id: UUID) -> None:
    """Read one of one's notices; repeating changes nothing. Raises NoticeNotFound."""
    members.require_active(session, MemberRef, actor)
    if not _read(session, actor, Notice.id == notice_id):
        raise NoticeNotFound


def read_all(
    session: Session, *, actor: Claims, up_to: datetime | None, object_id: UUID | None
) -> None:
    """Read one's notices up to a moment, or those of something that was opened."""
    members.require_active(session, MemberRef, actor)
    which = Notice.happened_at <= up_to if object_id is None else Notice.object_id == object_id
    _read(session, actor, which & Notice.is_unread)


def _read(session: Session, actor: Claims, which: Any) -> bool:
    now = clock.now()
    # What comes later, a reminder for one, is not read by what is read today.
    mine = update(Notice).where(Notice.member_id == actor.id, Notice.happened_at <= now, which)
    read = mine.values(is_unread=False, read_at=now).returning(Notice.id)
    return bool(session.execute(read).all())
