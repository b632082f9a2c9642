"""How long notices are kept: 90 days read, 400 unread, and the latest two thousand of a member."""

from typing import Any

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.orm import Session

from chassis import clock, members
from services.notifications import rules
from services.notifications.models import Address, MemberRef, Notice, NoticeActor

PAGE, MEMBERS = 5_000, 100


def forget_old(session: Session) -> bool:
    """Delete a page of what is too old; returns whether more may wait."""
    now = clock.now()
    is_old = (~Notice.is_unread & (Notice.happened_at < now - rules.KEPT_READ)) | (
        Notice.happened_at < now - rules.KEPT_UNREAD
    )
    old = select(Notice.id).where(Notice.happened_at < now - rules.KEPT_READ, is_old).limit(PAGE)
    gone = session.execute(delete(Notice).where(Notice.id.in_(old)).returning(Notice.id)).all()
    return len(gone) == PAGE


def forget_old_acts(session: Session) -> bool:
    """The same of who did what groups told."""
    key = tuple(NoticeActor.__table__.primary_key)
    acted = NoticeActor.done_at < clock.now() - rules.KEPT_UNREAD
    old = select(*key).where(acted).order_by(NoticeActor.done_at).limit(PAGE)
    gone = delete(NoticeActor).where(tuple_(*key).in_(old)).returning(NoticeActor.actor_id)
    return len(session.execute(gone).all()) == PAGE


def forget_many(session: Session) -> bool:
    """Delete what some members have beyond the latest; whether others may have too many."""
    many = select(Notice.member_id).group_by(Notice.member_id)
    found = session.scalars(many.having(func.count() > rules.MOST_KEPT).limit(MEMBERS)).all()
    for member_id in found:
        theirs = select(Notice.id).where(Notice.member_id == member_id)
        kept = theirs.order_by(Notice.happened_at.desc(), Notice.id.desc()).limit(rules.MOST_KEPT)
        beyond = Notice.member_id == member_id, Notice.id.not_in(kept)
        session.execute(delete(Notice).where(*beyond))
    return len(found) == MEMBERS


def forget_leavers(session: Session) -> bool:
    """Delete what was told to, or of, members while they left; whether there was any."""
    gone = 0
    models: tuple[Any, ...] = (Notice, NoticeActor, Address)
    for model in models:
        left = select(MemberRef.id).where(MemberRef.state == members.LEFT)
        theirs = select(model.member_id).where(model.member_id.in_(left)).limit(MEMBERS)
        erased = delete(model).where(model.member_id.in_(theirs)).returning(model.member_id)
        gone += len(session.execute(erased).all())
    return gone > 0
