"""Whom a round of opinions asks: in the audience when it opened, and still.

Contributors are part of the followers, followers of the members. Being here can be taken back and
begun anew: then it counts from anew.
"""

from typing import Any

from sqlalchemy import ColumnElement, Uuid, bindparam, exists, func, literal, select, union
from sqlalchemy.orm import aliased

from chassis import members
from services.projects import access, rules
from services.projects.models import Belonging, MemberRef, Project, ProjectFollow, Round


def is_asked(one: Any, member_id: Any) -> ColumnElement[bool]:
    """Whether a member is in the audience of a round, a row of `Round`."""
    inside, follow, member = aliased(Belonging), aliased(ProjectFollow), aliased(MemberRef)
    contributes = exists().where(
        inside.project_id == one.project_id,
        inside.member_id == member_id,
        inside.is_in,
        inside.joined_at <= one.opens_at,
    )
    follows = exists().where(
        follow.project_id == one.project_id,
        follow.member_id == member_id,
        follow.is_following,
        follow.changed_at <= one.opens_at,
    )
    is_settled = exists().where(
        member.id == member_id, member.joined_at <= one.opens_at - literal(rules.SETTLED)
    )
    is_within = (
        contributes
        | ((one.audience != rules.CONTRIBUTORS) & follows)
        | ((one.audience == rules.MEMBERS) & is_settled)
    )
    is_asked: ColumnElement[bool] = is_within & (~one.is_anonymous | ~_asks(one, member_id))
    return is_asked


def _asks(one: Any, member_id: Any) -> ColumnElement[bool]:
    """Whether a member asks in this round: who wrote it, and who owns the project."""
    project = aliased(Project)
    owns = exists().where(project.id == one.project_id, project.owner_id == member_id)
    asks: ColumnElement[bool] = (one.author_id == member_id) | owns
    return asks


def asked_of(audience: str) -> Any:
    """So many of those whom a round asks as are needed for nobody to be known.

    By `round_id` and its `project_id`.
    """
    return _ASKED_OF_ALL if audience == rules.MEMBERS else _ASKED_OF_NEAR


def _asked(*, is_near: bool) -> Any:
    asked = (
        select(MemberRef.id)
        .select_from(MemberRef)
        .join(Round, Round.id == bindparam("round_id", type_=Uuid))
        .join(Project, Project.id == Round.project_id)
        .where(
            MemberRef.state == members.ACTIVE,
            is_asked(Round, MemberRef.id),
            access.is_unblocked_by(MemberRef.id, func.coalesce(Project.owner_id, MemberRef.id)),
        )
        .limit(rules.LEAST_ANONYMOUS)
    )
    if is_near:
        near = _near(bindparam("project_id", type_=Uuid)).subquery("near")
        asked = asked.join(near, near.c.member_id == MemberRef.id)
    return asked


def _near(project_id: Any) -> Any:
    """Contributors and followers: few, of whom each is looked at, where members are many."""
    return union(
        select(Belonging.member_id).where(Belonging.project_id == project_id, Belonging.is_in),
        select(ProjectFollow.member_id).where(
            ProjectFollow.project_id == project_id, ProjectFollow.is_following
        ),
    )


_ASKED_OF_ALL, _ASKED_OF_NEAR = _asked(is_near=False), _asked(is_near=True)
