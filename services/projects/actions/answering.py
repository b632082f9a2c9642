"""Answering a round of opinions, with one's name or without."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from secrets import SystemRandom
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    Integer,
    SmallInteger,
    Uuid,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.messaging.outbox import record
from services.projects import access, audiences, opinions, rules
from services.projects.actions.rounds import lock_round
from services.projects.errors import (
    AlreadyAnswered,
    AnswerInvalid,
    NotInAudience,
    OwnRound,
    RoundNotOpen,
    RoundOver,
    RoundWithdrawn,
)
from services.projects.events import opinion_given, round_changed
from services.projects.models import (
    NamedAnswer,
    OpinionText,
    OptionCount,
    Participants,
    Participation,
    Project,
    Round,
)


def give_answer(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    round_id: UUID,
    answers: Sequence[Mapping[str, Any]],
) -> None:
    """Answer a round that is open; with names it may be changed until the end.

    Records `opinion.given` where names are shown; without, nothing of an answer is told or can be
    found again. The end is checked under the lock of the round. Raises ProjectNotFound,
    RoundNotFound, RoundWithdrawn, RoundNotOpen, RoundOver, OwnRound, NotInAudience,
    AlreadyAnswered or AnswerInvalid.
    """
    project, _ = access.lock_project(session, actor=actor, project_id=project_id, is_open=False)
    planned = lock_round(session, project_id=project_id, round_id=round_id)
    _require_open(planned)
    _require_asked(session, actor, project, planned)
    given, wrong = opinions.read_given(opinions.questions_of(planned.questions), answers)
    if wrong:
        raise AnswerInvalid(errors=wrong)
    if planned.is_anonymous:
        _give_unnamed(session, actor, planned, given)
    else:
        _give_named(session, actor, planned, given)


def drop_answers_of(
    session: Session, member_ids: Collection[UUID], *, takers: Collection[UUID]
) -> None:
    """Forget that members who left take part in open rounds; what was answered has no name.

    Of `takers`, who took along what they wrote, what they answered with their name goes; records
    `opinion.closed` or `opinion.concluded` of rounds whose count was told.
    """
    if not member_ids:
        return
    theirs = select(NamedAnswer.round_id).where(NamedAnswer.member_id.in_(takers))
    open_to = select(Participants.round_id).where(Participants.member_ids.overlap(member_ids))
    concerned = select(Round).where(Round.id.in_(theirs) | Round.id.in_(open_to))
    # All of them first, in one order: whoever answers meanwhile waits, and reads what is left.
    locked = concerned.order_by(Round.id).with_for_update()
    for planned in session.scalars(locked.execution_options(populate_existing=True)).all():
        _forget_leavers(session, planned, member_ids, takers)


def _forget_leavers(
    session: Session, planned: Round, member_ids: Collection[UUID], takers: Collection[UUID]
) -> None:
    participants = session.get(Participants, planned.id, populate_existing=True)
    if participants is not None:
        kept = [one for one in participants.member_ids if one not in member_ids]
        participants.member_ids = kept
    gone = 0
    for member_id in sorted(takers):
        given = _forget(session, planned, member_id)
        _count(session, planned.id, opinions.differences(given, []))
        gone += bool(given)
    planned.answer_count -= gone
    if gone and planned.sealed_at is not None:
        planned.revision, planned.changed_at = planned.revision + 1, clock.now()
        session.flush()
        record(session, round_changed(planned))
    session.flush()


def _require_open(planned: Round) -> None:
    state = planned.state_at(clock.now())
    if state == rules.WITHDRAWN:
        raise RoundWithdrawn
    if state == rules.PLANNED:
        raise RoundNotOpen
    if state == rules.CLOSED:
        raise RoundOver


def _require_asked(session: Session, actor: Claims, project: Project, planned: Round) -> None:
    if planned.is_anonymous and actor.id in (planned.author_id, project.owner_id):
        raise OwnRound
    if session.execute(_IS_ASKED, {"round_id": planned.id, "member_id": actor.id}).first() is None:
        raise NotInAudience


def _give_unnamed(
    session: Session, actor: Claims, planned: Round, given: Sequence[opinions.Given]
) -> None:
    """Counts and texts alone: that somebody answered stands elsewhere, and not what."""
    participants = session.get_one(Participants, planned.id, populate_existing=True)
    if actor.id in participants.member_ids:
        raise AlreadyAnswered
    participants.member_ids = sorted([*participants.member_ids, actor.id])
    planned.answer_count += 1
    session.flush()
    _count(session, planned.id, opinions.differences([], given))
    texts = [
        {"id": uuid4(), "round_id": planned.id, "question": one.question, "body": one.text}
        for one in given
        if one.text
    ]
    if texts:
        SystemRandom().shuffle(texts)
        session.execute(insert(OpinionText), texts)


def _give_named(
    session: Session, actor: Claims, planned: Round, given: Sequence[opinions.Given]
) -> None:
    known = session.get(Participation, (planned.id, actor.id))
    ids = _ids_of(session, planned, actor.id)
    before = _forget(session, planned, actor.id)
    rows = [
        {
            # What moderators hide stays hidden, however often it is said again.
            "id": ids.get(one.question) or uuid4(),
            "round_id": planned.id,
            "member_id": actor.id,
            "question": one.question,
            "choices": list(one.choices),
            "text": one.text,
        }
        for one in given
    ]
    session.execute(insert(NamedAnswer), rows)
    if before == given:
        return
    if not before:
        planned.answer_count += 1
    if known is None:
        known = Participation(round_id=planned.id, member_id=actor.id, revision=0)
        session.add(known)
    known.revision, known.answered_at = known.revision + 1, clock.now()
    session.flush()
    _count(session, planned.id, opinions.differences(before, given))
    record(session, opinion_given(planned, known))


def _ids_of(session: Session, planned: Round, member_id: UUID) -> dict[int, UUID]:
    theirs = NamedAnswer.round_id == planned.id, NamedAnswer.member_id == member_id
    rows = session.execute(select(NamedAnswer.question, NamedAnswer.id).where(*theirs))
    return {row.question: row.id for row in rows}


def _forget(session: Session, planned: Round, member_id: UUID) -> list[opinions.Given]:
    """Delete what a member answered with their name, and say what it was."""
    theirs = NamedAnswer.round_id == planned.id, NamedAnswer.member_id == member_id
    its = NamedAnswer.question, NamedAnswer.choices, NamedAnswer.text
    rows = session.execute(delete(NamedAnswer).where(*theirs).returning(*its)).all()
    return [
        opinions.Given(row.question, tuple(row.choices), row.text)
        for row in sorted(rows, key=lambda row: row.question)
    ]


def _count(session: Session, round_id: UUID, change: Counter[tuple[int, int]]) -> None:
    if not change:
        return
    counters = list(change.items())
    session.execute(
        _COUNTED,
        {
            "of_round": round_id,
            "questions": [question for (question, _), _ in counters],
            "options": [option for (_, option), _ in counters],
            "differences": [by for _, by in counters],
        },
    )


def _counted() -> Any:
    numbers, differences = ARRAY(SmallInteger), ARRAY(Integer)
    change = func.unnest(
        bindparam("questions", type_=numbers),
        bindparam("options", type_=numbers),
        bindparam("differences", type_=differences),
    ).table_valued(
        column("question", SmallInteger),
        column("option", SmallInteger),
        column("difference", Integer),
    )
    change = change.render_derived(name="change")
    return (
        update(OptionCount)
        .where(
            OptionCount.round_id == bindparam("of_round", type_=Uuid),
            OptionCount.question == change.c.question,
            OptionCount.option == change.c.option,
        )
        .values(count=OptionCount.count + change.c.difference)
        .execution_options(synchronize_session=False)
    )


_COUNTED = _counted()
_IS_ASKED = select(Round.id).where(
    Round.id == bindparam("round_id", type_=Uuid),
    audiences.is_asked(Round, bindparam("member_id", type_=Uuid)),
)
