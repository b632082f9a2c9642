"""Carrying out the end of a round: what may link a person to an answer is deleted for good.

The rules of a round go by the clock; this follows it, by a chore. Rows that one transaction wrote
have the same `xmin`, and stand beside each other: so counts and texts are written anew by one
transaction, in an order that chance gives, and the results are shown once `VACUUM` says that
nothing of what was deleted is left.
"""

from collections.abc import Sequence
from secrets import SystemRandom
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.messaging.outbox import record
from services.projects import access
from services.projects.events import outcome_due, round_changed
from services.projects.models import (
    NamedAnswer,
    OpinionText,
    OptionCount,
    Participants,
    Project,
    Round,
)
from services.projects.rules import OUTCOME_DUE

# What is deleted when a round ends, and what is written anew.
SWEPT = (Participants, OptionCount, OpinionText)


def seal_next(session: Session) -> bool:
    """Carry out the end of one round whose end has passed; records `opinion.closed`.

    Returns whether there was one.
    """
    due = select(Round).where(Round.sealed_at.is_(None), Round.closes_at <= clock.now())
    locked = due.order_by(Round.closes_at).limit(1).with_for_update(skip_locked=True)
    planned = session.scalar(locked)
    if planned is None:
        return False
    seal(session, planned=planned)
    planned.revision += 1
    planned.changed_at = clock.now()
    session.flush()
    record(session, round_changed(planned))
    return True


def seal(session: Session, *, planned: Round) -> None:
    """Carry out the end of a locked round."""
    planned.sealed_at = clock.now()
    if planned.is_anonymous:
        _delete_participants(session, planned.id)
        _write_anew(session, planned.id)
    else:
        planned.is_swept = True
    session.flush()


def drop_answers(session: Session, *, planned: Round) -> None:
    """Delete all that was answered to a locked round, which is withdrawn or not open yet."""
    for model in (*SWEPT, NamedAnswer):
        session.execute(delete(model).where(model.round_id == planned.id))
    if planned.withdrawn_at is not None:
        planned.sealed_at, planned.is_swept = clock.now(), not planned.is_anonymous
    session.flush()


def find_unswept(session: Session) -> Sequence[UUID]:
    """Rounds of which something may be left on the pages."""
    unswept = select(Round.id).where(Round.sealed_at.is_not(None), ~Round.is_swept)
    return session.scalars(unswept).all()


def sweep(connection: Any) -> bool:
    """Vacuum what rounds without names leave, outside of a transaction; whether nothing is left.

    Something is left while somebody still looks at an older state of the database.
    """
    tables = [model.__tablename__ for model in SWEPT]
    connection.execute(f"VACUUM {', '.join(tables)}")
    left = connection.execute(_LEFT, {"tables": tables}).fetchone()
    return bool(left[0] == 0)


def mark_swept(session: Session, round_ids: Sequence[UUID]) -> None:
    """Note that nothing is left of these, which were sealed before the pages were swept."""
    session.execute(update(Round).where(Round.id.in_(round_ids)).values(is_swept=True))


def ask_for_outcome(session: Session) -> bool:
    """Ask once for what came of a round, three days after its end; records `opinion.outcome_due`.

    Returns whether there was one.
    """
    due = (
        select(Round)
        .join(Project, Project.id == Round.project_id)
        .where(
            Project.owner_id.is_not(None),
            Round.withdrawn_at.is_(None),
            Round.outcome_due_at.is_(None),
            Round.concluded_at.is_(None),
            Round.closes_at <= clock.now() - OUTCOME_DUE,
            access.is_unhidden(Round.id),
        )
    )
    locked = due.order_by(Round.closes_at).limit(1).with_for_update(skip_locked=True, of=Round)
    planned = session.scalar(locked)
    if planned is None:
        return False
    planned.outcome_due_at = clock.now()
    session.flush()
    record(session, outcome_due(planned))
    return True


def _delete_participants(session: Session, round_id: UUID) -> None:
    session.execute(delete(Participants).where(Participants.round_id == round_id))


def _write_anew(session: Session, round_id: UUID) -> None:
    of_round = delete(OpinionText).where(OpinionText.round_id == round_id)
    texts = session.execute(of_round.returning(OpinionText.question, OpinionText.body)).all()
    counted = delete(OptionCount).where(OptionCount.round_id == round_id)
    its = OptionCount.question, OptionCount.option, OptionCount.count
    counts = session.execute(counted.returning(*its)).all()
    chance = SystemRandom()
    if texts:
        rows = [{"id": uuid4(), "round_id": round_id, **one._mapping} for one in texts]
        chance.shuffle(rows)
        session.execute(insert(OpinionText), rows)
    rows = [{"round_id": round_id, **one._mapping} for one in counts]
    chance.shuffle(rows)
    session.execute(insert(OptionCount), rows)


# After VACUUM, the dead rows that it had to leave: for whom looks at an older state, or on a page
# that somebody held. Of a table, and of what is kept beside it because it is long.
_LEFT = """
    SELECT coalesce(sum(pg_stat_get_dead_tuples(one.oid)), 0)
    FROM pg_class AS one
    WHERE one.oid = ANY (%(tables)s::regclass[]) OR one.oid IN (
        SELECT reltoastrelid FROM pg_class WHERE oid = ANY (%(tables)s::regclass[])
    )
"""
