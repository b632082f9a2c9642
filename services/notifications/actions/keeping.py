"""How long notices are kept: 90 days read, 400 unread, and the latest two thousand of a member."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from chassis import clock
from services.notifications import rules
from services.notifications.models import Notice, NoticeActor

PAGE = 5_000


def forget_old(session: Session) -> bool:
    """Delete a page of what is too old; returns whether more may wait."""
    now = clock.now()
    is_old = (~Notice.is_unread & (Notice.happened_at < now - rules.KEPT_READ)) | (
        Notice.happened_at < now - rules.KEPT_UNREAD
    )
    old = select(Notice.id).where(Notice.happened_at < now - rules.KEPT_READ, is_old).limit(PAGE)
    gone = session.execute(delete(Notice).where(Notice.id.in_(old)).returning(Notice.id)).all()
    acted = NoticeActor.done_at < now - rules.KEPT_UNREAD
    session.execute(delete(NoticeActor).where(acted))
    return len(gone) == PAGE


def forget_many(session: Session) -> bool:
    """Delete what a member has beyond the latest; returns whether another may have too many."""
    many = select(Notice.member_id).group_by(Notice.member_id)
    member_id = session.scalar(many.having(func.count() > rules.MOST_KEPT).limit(1))
    if member_id is None:
        return False
    theirs = select(Notice.id).where(Notice.member_id == member_id)
    kept = theirs.order_by(Notice.happened_at.desc(), Notice.id.desc()).limit(rules.MOST_KEPT)
    beyond = Notice.member_id == member_id, Notice.id.not_in(kept)
    session.execute(delete(Notice).where(*beyond))
    return True
