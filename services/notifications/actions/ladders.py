"""Ladders: what is done for a question that nobody answers, a step at a time (ADR 0031).

Hours run by the community's clock alone, never while it is quiet. Each step is one transaction,
which holds its ladder: another worker passes it over, and one that dies has taken none of it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    String,
    Uuid,
    bindparam,
    cast,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from chassis import clock, context, members
from chassis.claims import Claims
from chassis.replicas import insert_all
from chassis.statements import Statement
from contracts.discussion import PostPublished
from services.notifications import conditions, rules
from services.notifications.actions import asking, broadcasts
from services.notifications.actions.telling import Told, tell
from services.notifications.calendar import Quiet, after_running_hours, quiet_ends
from services.notifications.errors import LadderNotFound
from services.notifications.models import (
    Ask,
    Broadcast,
    KeywordFollowRef,
    Ladder,
    LadderStep,
    MemberRef,
    ObjectRef,
    UnderstoodRef,
)

QUIET = Quiet()
LATER = timedelta(hours=1)  # what others have not told, or tell again, has come by then
BUSY = timedelta(minutes=1)  # others who ask, or tell of, the same members are done by then
REBUILT = timedelta(days=1)  # all that is told once more has begun to come by then
NEAR = timedelta(minutes=5)  # of what is put off again and again
_COLUMNS = ("question_id", "asker_id", "asked_at", "state", "step", "wakes_at")


def begin_ladders(session: Session, questions: Sequence[PostPublished]) -> None:
    """Let questions wait that are news and for all; tells who asked, in a week, what helps.

    A past that is told again, and what was asked elsewhere, asks nobody.
    """
    now, is_past = clock.now(), context.is_of_the_past()
    new = sorted(
        (
            one
            for one in questions
            if one.audience != "followers-only"
            and rules.is_news(one.published_at, now, is_past=is_past)
        ),
        key=lambda one: one.post_id,
    )
    if not new:
        return
    _BEGIN.rows(
        session,
        question_id=[one.post_id for one in new],
        asker_id=[one.author_id for one in new],
        asked_at=[one.published_at for one in new],
        state=[rules.RUNNING] * len(new),
        step=[0] * len(new),
        wakes_at=[one.published_at for one in new],
    )
    tell(session, map(_advised, new))


def climb(session: Session, *, zone: tzinfo) -> bool:
    """Take the next step that is due, of one ladder; returns whether there was one to look at."""
    now = clock.now()
    waiting = select(Ladder).where(Ladder.state == rules.RUNNING, Ladder.wakes_at <= now)
    first = waiting.order_by(Ladder.wakes_at, Ladder.question_id).limit(1)
    one = session.scalar(first.with_for_update(skip_locked=True))
    if one is None:
        return False
    # A worker that was away wakes up at any hour.
    due_at = max(_due_at(one, zone), quiet_ends(now, zone, QUIET))
    if due_at > now:
        one.wakes_at = due_at
    else:
        _look(session, one, zone)
    session.flush()
    return True


def stop_ladder(session: Session, *, actor: Claims, question_id: Any) -> None:
    """Ask nobody more, and let those who were asked see it no more; again is as once.

    Raises LadderNotFound for all but who asked.
    """
    members.require_active(session, MemberRef, actor)
    mine = (Ladder.question_id == question_id) & (Ladder.asker_id == actor.id)
    stopped = update(Ladder).where(mine).values(state=rules.STOPPED).returning(Ladder.question_id)
    if session.execute(stopped).first() is None:
        raise LadderNotFound


def forget_ladders(session: Session, asker_ids: Collection[UUID]) -> None:
    """Erase ladders of members who left, and their steps; asks count for whom they were made."""
    gone = delete(Ladder).where(Ladder.asker_id.in_(asker_ids)).returning(Ladder.question_id)
    steps = LadderStep.question_id.in_(session.scalars(gone).all())
    session.execute(delete(LadderStep).where(steps))


def hold_ladders(session: Session, *, until: timedelta = LATER) -> None:
    """Take no step, nor go on with the last, for a while: what others tell comes once more.

    Waits for nobody: of what is held itself, the next that is told again comes to it.
    """
    soon = clock.now() + until
    telling = select(Broadcast.object_id).where(
        ~Broadcast.is_done, Broadcast.kind == rules.UNANSWERED
    )
    # Each by an index of the few that it may be.
    for some in (Ladder.state == rules.RUNNING, Ladder.question_id.in_(telling)):
        early = select(Ladder.question_id).where(some, Ladder.wakes_at < soon - NEAR)
        held = Ladder.question_id.in_(early.with_for_update(skip_locked=True))
        session.execute(update(Ladder).where(held).values(wakes_at=soon))


def note_past(session: Session) -> None:
    """Hold ladders while a past is told: until an hour after the last that is heard of it."""
    if context.is_of_the_past():
        hold_ladders(session)


def _look(session: Session, one: Ladder, zone: tzinfo) -> None:
    """Take a step whose time has come, if it is still needed."""
    asked = _ASKED.first(session, question_id=one.question_id)
    if asked is None or asked.asker_state is None:
        one.wakes_at = clock.now() + LATER
    elif not asked.is_open or asked.asker_state == members.LEFT:
        one.state = rules.GONE
    elif asked.is_answered or asked.asker_state != members.ACTIVE:
        _wait(one, zone, otherwise=rules.ANSWERED if asked.is_answered else rules.GONE)
    else:
        _take(session, one, asked, zone)


def _wait(one: Ladder, zone: tzinfo, *, otherwise: str) -> None:
    """Look again, for a week: answers are taken back, and who was suspended is reinstated."""
    if clock.now() < _due_at(one, zone) + rules.LOOKED_AGAIN_FOR:
        one.wakes_at = clock.now() + LATER
    else:
        one.state = otherwise


def _take(session: Session, one: Ladder, asked: Any, zone: tzinfo) -> None:
    now, count = clock.now(), None
    if most := rules.STEPS[one.step].most:
        skills = (asked.skills or asked.keywords).split()
        count = asking.ask_holders(session, ladder=one, skills=skills, step=one.step + 1, most=most)
    else:
        count = _tell_followers(session, one, asked.keywords.split(), now)
    if count is None:
        one.wakes_at = now + BUSY
        return
    one.step, one.stepped_at = one.step + 1, now
    taken = {"question_id": one.question_id, "step": one.step}
    session.add(LadderStep(**taken, taken_at=now, asked_count=count))
    if one.step == len(rules.STEPS):
        one.state = rules.DONE
    else:
        one.wakes_at = _due_at(one, zone)


def _tell_followers(session: Session, one: Ladder, keywords: list[str], now: datetime) -> int:
    broadcasts.hold_keywords(session, keywords)
    broadcasts.begin(
        session,
        kind=rules.UNANSWERED,
        object_id=one.question_id,
        source_id=one.question_id,
        actor_id=one.asker_id,
        happened_at=now,
    )
    its = {"question_id": one.question_id, "asker_id": one.asker_id}
    row = _FOLLOWING.first(session, keywords=keywords, at=now, **its)
    count: int = row.count
    return count


def _due_at(one: Ladder, zone: tzinfo) -> datetime:
    """When the next step is: its hours run from when the last was taken."""
    hours = rules.STEPS[one.step].hours
    return after_running_hours(one.stepped_at or one.asked_at, hours, zone, QUIET)


def _advised(one: PostPublished) -> Told:
    """Seen on its day, if nobody has answered by then."""
    return Told(
        member_id=one.author_id,
        kind=rules.ADVICE,
        object_id=one.post_id,
        happened_at=one.published_at + rules.ADVISED_AFTER,
    )


def _begin() -> Any:
    return insert_all(Ladder, _COLUMNS).on_conflict_do_nothing(index_elements=["question_id"])


def _asked() -> Any:
    one, asker = aliased(ObjectRef), aliased(MemberRef)
    return (
        select(
            (one.is_there & (one.audience != "followers-only")).label("is_open"),
            one.keywords,
            UnderstoodRef.skills,
            asker.state.label("asker_state"),
            conditions.is_answered(one).label("is_answered"),
        )
        .outerjoin(UnderstoodRef, UnderstoodRef.question_id == one.id)
        .outerjoin(asker, asker.id == one.author_id)
        .where(one.id == bindparam("question_id", type_=Uuid))
    )


def _following() -> Any:
    """How many follow one of the keywords and are shown it: for that, and for nothing stronger."""
    member, ask = aliased(MemberRef), aliased(Ask)
    question_id, asker_id = bindparam("question_id", type_=Uuid), bindparam("asker_id", type_=Uuid)
    slugs = cast(bindparam("keywords"), ARRAY(String))
    return (
        select(func.count(KeywordFollowRef.member_id.distinct()).label("count"))
        .join(member, member.id == KeywordFollowRef.member_id)
        .where(KeywordFollowRef.slug == func.any(slugs))
        .where(KeywordFollowRef.is_following)
        .where(KeywordFollowRef.changed_at <= bindparam("at", type_=DateTime(timezone=True)))
        .where(
            member.state == members.ACTIVE, member.id != asker_id, conditions.is_reached(member.id)
        )
        .where(~conditions.knows_better(member.id, question_id))
        .where(~conditions.any_row(ask.question_id == question_id, ask.member_id == member.id))
    )


_BEGIN, _ASKED, _FOLLOWING = Statement(_begin()), Statement(_asked()), Statement(_following())
