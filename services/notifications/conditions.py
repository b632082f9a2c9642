"""Conditions that hold whatever is told: who is seen by whom, and which question still waits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    DateTime,
    Exists,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from chassis import members
from chassis.statements import viewer
from services.notifications import rules
from services.notifications.models import BlockRef, Ladder, MemberRef, ObjectRef

NO_ROWS: ColumnElement[int] = literal_column("0")


def _across() -> CTE:
    """Those whom the viewer blocks, and who block them, in one array."""
    mine = select(BlockRef.blocked_id).where(BlockRef.blocker_id == viewer(), BlockRef.is_blocking)
    theirs = select(BlockRef.blocker_id).where(
        BlockRef.blocked_id == viewer(), BlockRef.is_blocking
    )
    return select(func.array(union_all(mine, theirs).scalar_subquery()).label("ids")).cte("across")


_ACROSS = _across()


def now() -> ColumnElement[datetime]:
    """The present, in a statement that is built once: the parameter `now`, by Skiller's clock.

    Hidden from the planner, as the viewer is: it would plan for each moment anew.
    """
    return select(bindparam("now", type_=DateTime(timezone=True))).scalar_subquery()


def is_unblocked(member_id: Any) -> ColumnElement[bool]:
    """Neither of the member and the viewer blocks the other; those across are looked up once."""
    across = cast(select(_ACROSS.c.ids).scalar_subquery(), ARRAY(Uuid))
    is_unblocked: ColumnElement[bool] = member_id != func.all(across)
    return is_unblocked


def is_seen(member: Any) -> ColumnElement[bool]:
    """Members of whose acts the viewer is told: active, and not across a block."""
    is_seen: ColumnElement[bool] = (member.state == members.ACTIVE) & is_unblocked(member.id)
    return is_seen


def is_answered(question: Any) -> ColumnElement[bool]:
    """Questions that another than who asked has answered, and is not suspended."""
    answer, member = aliased(ObjectRef), aliased(MemberRef)
    return any_row(
        answer.parent_id == question.id,
        answer.type == "answer",
        answer.is_there,
        answer.author_id != question.author_id,
        member.id == answer.author_id,
        member.state != members.SUSPENDED,
    )


def waits_for_answer(question: Any) -> ColumnElement[bool]:
    """A question that nobody answered, and for which its asker lets others be asked."""
    ladder = aliased(Ladder)
    is_stopped = any_row(ladder.question_id == question.id, ladder.state == rules.STOPPED)
    waits: ColumnElement[bool] = ~is_answered(question) & ~is_stopped
    return waits


def any_row(*conditions: Any) -> Exists:
    """Whether there is a row; looked up for the notice at hand.

    The offset keeps the planner from reading a whole table into memory in its place, which is
    faster for few rows and slower by the size of the community.
    """
    return select(literal_column("1")).where(*conditions).offset(NO_ROWS).exists()


def is_one_of(column: Any, names: Sequence[str]) -> ColumnElement[bool]:
    """By name, where a list would be another statement for each number of them."""
    return or_(*(column == name for name in names))
