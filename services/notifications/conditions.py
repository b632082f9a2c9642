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
    String,
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
from services.notifications.models import BlockRef, FollowRef, Ladder, MemberRef, Notice, ObjectRef

NO_ROWS: ColumnElement[int] = literal_column("0")


def _across(member_id: Any) -> CTE:
    """Those whom somebody blocks, and who block them, in one array."""
    mine = select(BlockRef.blocked_id).where(BlockRef.blocker_id == member_id, BlockRef.is_blocking)
    theirs = select(BlockRef.blocker_id).where(
        BlockRef.blocked_id == member_id, BlockRef.is_blocking
    )
    return select(func.array(union_all(mine, theirs).scalar_subquery()).label("ids")).cte("across")


_ACROSS, _ACROSS_ASKER = _across(viewer()), _across(bindparam("asker_id", type_=Uuid))


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


def is_skill_asked_for(skill: Any) -> ColumnElement[bool]:
    """Skills of members for whose sake they may be asked."""
    asked_for: ColumnElement[bool] = (
        skill.is_there
        & (skill.level >= literal_column(str(rules.LEAST_LEVEL)))
        & (skill.audience != "hidden")
    )
    return asked_for


def follows(follower_id: Any, followed_id: Any, since: Any = None) -> ColumnElement[bool]:
    """Whether somebody follows somebody, and did so at a moment."""
    follow = aliased(FollowRef)
    follows = any_row(
        follow.follower_id == follower_id, follow.followed_id == followed_id, follow.is_following
    )
    return follows if since is None else follows.where(follow.changed_at <= since)


def names(post: Any, member_id: Any) -> ColumnElement[bool]:
    """Whether a post names somebody."""
    names: ColumnElement[bool] = func.strpos(post.named, cast(member_id, String)) > 0
    return names


def is_reached(member_id: Any) -> ColumnElement[bool]:
    """Members across no block from who asks (`asker_id`)."""
    ids = cast(select(_ACROSS_ASKER.c.ids).scalar_subquery(), ARRAY(Uuid))
    is_reached: ColumnElement[bool] = member_id != func.all(ids)
    return is_reached


def knows_better(member_id: Any, question_id: Any) -> ColumnElement[bool]:
    """Members who see a question by something stronger than an ask, as it is shown to them.

    A request of somebody whom they see, their name in it, or that they follow who asked.
    """
    told, post, by = aliased(Notice), aliased(ObjectRef), aliased(MemberRef)
    block = aliased(BlockRef)
    is_across = any_row(
        or_(
            (block.blocker_id == told.member_id) & (block.blocked_id == told.actor_id),
            (block.blocked_id == told.member_id) & (block.blocker_id == told.actor_id),
        ),
        block.is_blocking,
    )
    is_requested = (told.kind == rules.REQUEST) & any_row(
        by.id == told.actor_id, by.state == members.ACTIVE
    )
    is_named = (told.kind == rules.NAMED) & any_row(
        post.id == told.object_id, names(post, told.member_id)
    )
    is_followed = (told.kind == rules.QUESTION) & follows(
        told.member_id, told.actor_id, since=told.happened_at
    )
    return any_row(
        told.member_id == member_id,
        told.object_id == question_id,
        (is_requested & ~is_across) | is_named | is_followed,
    )


def any_row(*conditions: Any) -> Exists:
    """Whether there is a row; looked up for the notice at hand.

    The offset keeps the planner from reading a whole table into memory in its place, which is
    faster for few rows and slower by the size of the community.
    """
    return select(literal_column("1")).where(*conditions).offset(NO_ROWS).exists()


def is_one_of(column: Any, names: Sequence[str]) -> ColumnElement[bool]:
    """By name, where a list would be another statement for each number of them."""
    return or_(*(column == name for name in names))
