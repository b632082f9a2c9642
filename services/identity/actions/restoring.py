"""What identity does after its database was restored from a backup: it is of the past."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import clock
from services.identity.actions.leaving import leave
from services.identity.actions.sessions import close_sessions
from services.identity.errors import MemberNotFound
from services.identity.models import Mail, Member, MemberSession

STALE = timedelta(hours=1)


def after_restore(session: Session) -> None:
    """Close all sessions, which may have been closed since; drop mails that waited long.

    Each was sent long ago, or its link is known to nobody. What is to be forgotten stays.
    """
    opened = select(MemberSession.member_id).where(MemberSession.closed_at.is_(None)).distinct()
    close_sessions(session, list(session.scalars(opened)))
    stale = Mail.state == "waiting", Mail.created_at < clock.now() - STALE
    session.execute(delete(Mail).where(*stale, Mail.kind != "forget"))


def list_left(session: Session) -> Mapping[UUID, bool]:
    """Who left, and whether what they wrote went too."""
    left = select(Member.id, Member.is_without_posts).where(Member.state == "left")
    return {row.id: row.is_without_posts for row in session.execute(left)}


def erase_again(session: Session, *, member_id: UUID, removes_posts: bool) -> bool:
    """Erase who left after the backup was made; False of whom it does not know, or knows as gone.

    Raises LastAdministrator.
    """
    try:
        leave(session, member_id=member_id, removes_posts=removes_posts, proven_hash=None)
    except MemberNotFound:
        return False
    return True
