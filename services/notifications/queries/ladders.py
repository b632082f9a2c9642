"""How far a question has come, for who asked it: how many, never who."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from chassis import clock
from chassis.statements import Read, ReadSession, viewer
from services.notifications import conditions, rules
from services.notifications.errors import LadderNotFound
from services.notifications.models import Ladder, LadderStep, ObjectRef


class StepView(msgspec.Struct, frozen=True):
    """A step that was taken."""

    step: int
    taken_at: datetime
    asked_count: int


class NextStepView(msgspec.Struct, frozen=True):
    """The step to come, unless somebody answers; `most` is None where all followers are told."""

    step: int
    at: datetime
    most: int | None


class LadderView(msgspec.Struct, frozen=True):
    """A question's ladder, as it stands."""

    question_id: UUID
    state: str
    asked_at: datetime
    steps: Sequence[StepView]
    next: NextStepView | None


def get_ladder(session: ReadSession, *, viewer_id: UUID, question_id: UUID) -> LadderView:
    """The ladder of one's own question; raises LadderNotFound."""
    found = _LADDER.find(session, viewer_id=viewer_id, question_id=question_id)
    if found is None:
        raise LadderNotFound
    return found


def _ladder() -> Any:
    one, taken = aliased(ObjectRef), aliased(LadderStep)
    step = func.jsonb_build_array(taken.step, taken.taken_at, taken.asked_count)
    steps = select(func.jsonb_agg(aggregate_order_by(step, taken.step)))
    steps = steps.where(taken.question_id == Ladder.question_id)
    return (
        select(
            *(Ladder.question_id, Ladder.state, Ladder.asked_at, Ladder.step, Ladder.wakes_at),
            one.is_there,
            conditions.is_answered(one).label("is_answered"),
            steps.scalar_subquery().label("steps"),
        )
        .outerjoin(one, one.id == Ladder.question_id)
        .where(Ladder.question_id == bindparam("question_id", type_=Uuid))
        .where(Ladder.asker_id == viewer())
    )


def _view_of(row: Any) -> LadderView:
    """What ends a ladder is seen at once, though the worker looks at its next step."""
    state = row.state
    if state == rules.RUNNING and row.is_there is False:
        state = rules.GONE
    elif state == rules.RUNNING and row.is_answered:
        state = rules.ANSWERED
    taken = [
        StepView(step, datetime.fromisoformat(taken_at), count)
        for step, taken_at, count in row.steps or ()
    ]
    return LadderView(row.question_id, state, row.asked_at, taken, _next_of(row, state))


def _next_of(row: Any, state: str) -> NextStepView | None:
    """None before a worker has looked when it is."""
    if state != rules.RUNNING or row.wakes_at <= clock.now():
        return None
    return NextStepView(row.step + 1, row.wakes_at, rules.STEPS[row.step].most or None)


_LADDER = Read(_ladder(), _view_of)
