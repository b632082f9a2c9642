"""How long notices are kept: 90 days read, 400 unread, and the latest two thousand of a member."""

from typing import Any

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from chassis import clock, members
from services.notifications import rules
from services.notifications.models import (
    Address,
    Agenda,
    Ask,
    Digest,
    Ladder,
    LadderStep,
    Mail,
    Mailbox,
    MailReturn,
    MailTry,
    MemberRef,
    Notice,
    NoticeActor,
    Preference,
    Push,
    PushSubscription,
    PushTry,
    SparedSkill,
    Visit,
)

PAGE, MEMBERS = 5_000, 100
_THEIRS: tuple[Any, ...] = (
    *(Notice.member_id, NoticeActor.member_id, Address.member_id, Preference.member_id),
    *(Agenda.member_id, Mail.member_id, Digest.member_id, Mailbox.member_id, Visit.member_id),
    *(Ask.member_id, SparedSkill.member_id, Ladder.asker_id),
    *(MailReturn.member_id, PushTry.member_id, PushSubscription.member_id, Push.member_id),
)


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


def forget_old_ladders(session: Session) -> bool:
    """The same of questions that waited, who was asked, and who was spared.

    Of questions whose asker left, who was asked is kept as long as it counts.
    """
    now = clock.now()
    session.execute(delete(SparedSkill).where(SparedSkill.until_at < now))
    of_ask = select(Ladder.question_id).where(Ladder.question_id == Ask.question_id)
    session.execute(delete(Ask).where(Ask.asked_at < now - rules.LOAD_OF, ~of_ask.exists()))
    of_step = select(Ladder.question_id).where(Ladder.question_id == LadderStep.question_id)
    session.execute(delete(LadderStep).where(~of_step.exists()))
    old = select(Ladder.question_id).where(Ladder.asked_at < now - rules.KEPT_UNREAD).limit(PAGE)
    gone = session.scalars(
        delete(Ladder).where(Ladder.question_id.in_(old)).returning(Ladder.question_id)
    ).all()
    for model in (LadderStep, Ask):
        session.execute(delete(model).where(model.question_id.in_(gone)))
    return len(gone) == PAGE


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


def forget_old_mails(session: Session) -> bool:
    """Keep of mails of a month ago what became of them, of nobody; of old tries nothing."""
    before = clock.now() - rules.MAILS_KEPT
    old = select(Mail.id).where(Mail.planned_at < before, Mail.member_id.is_not(None)).limit(PAGE)
    less = update(Mail).where(Mail.id.in_(old))
    less = less.values(member_id=None, object_id=None, notice_ids=[], kind="")
    found = session.scalars(less.returning(Mail.id)).all()
    is_more = len(found) == PAGE
    for key, is_old in (
        (MailTry.id, (MailTry.created_at < before) & (MailTry.state == "dead")),
        (MailReturn.mail_id, MailReturn.returned_at < before),
        (Digest.mail_id, Digest.day < before.date()),
        (Mail.id, Mail.planned_at < clock.now() - rules.KEPT_UNREAD),
    ):
        some = select(key).where(is_old).limit(PAGE)
        gone = session.scalars(delete(key.class_).where(key.in_(some)).returning(key)).all()
        is_more |= len(gone) == PAGE
    return is_more


def forget_leavers(session: Session) -> bool:
    """Delete what was told to, or of, members while they left; whether there was any."""
    gone = 0
    for theirs in _THEIRS:
        left = select(MemberRef.id).where(MemberRef.state == members.LEFT)
        some = select(theirs).where(theirs.in_(left)).limit(MEMBERS)
        erased = delete(theirs.class_).where(theirs.in_(some)).returning(theirs)
        gone += len(session.execute(erased).all())
    return gone > 0
