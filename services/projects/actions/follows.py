"""Following projects."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from chassis.messaging.outbox import record
from chassis.toggles import set_state
from services.projects import access
from services.projects.events import follow_changed
from services.projects.models import Belonging, MemberRef, ProjectFollow


def follow_project(session: Session, *, actor: Claims, project_id: UUID) -> None:
    """Hear of a project; records `project.followed` when that is new. Raises ProjectNotFound."""
    access.lock_project(session, actor=actor, project_id=project_id, is_open=False)
    _set_following(session, actor.id, project_id, is_following=True)


def unfollow_project(session: Session, *, actor: Claims, project_id: UUID) -> None:
    """Hear of it no more; records `project.unfollowed` when the actor did follow.

    Of a project that exists for the actor no more, too.
    """
    members.require_active(session, MemberRef, actor)
    _set_following(session, actor.id, project_id, is_following=False)


def end_follows(session: Session, *, project_id: UUID) -> None:
    """End the follows of those who do not build a locked project; records what ends."""
    inside = Belonging.__table__
    builds = (
        inside.select()
        .where(inside.c.project_id == ProjectFollow.project_id)
        .where(inside.c.member_id == ProjectFollow.member_id, inside.c.is_in)
        .exists()
    )
    _end(session, ProjectFollow.project_id == project_id, ~builds)


def end_follows_of(session: Session, member_ids: Collection[UUID]) -> None:
    """End all follows of members who left; records what ends."""
    _end(session, ProjectFollow.member_id.in_(member_ids))


def _end(session: Session, *which: Any) -> None:
    ended = (
        update(ProjectFollow)
        .where(ProjectFollow.is_following, *which)
        .values(is_following=False, revision=ProjectFollow.revision + 1, changed_at=clock.now())
        .returning(ProjectFollow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    rows = sorted(session.scalars(ended), key=lambda row: (row.project_id, row.member_id))
    record(session, *(follow_changed(row) for row in rows))


def _set_following(
    session: Session, member_id: UUID, project_id: UUID, *, is_following: bool
) -> None:
    pair = {"project_id": project_id, "member_id": member_id}
    state, stamp = {"is_following": is_following}, {"changed_at": clock.now()}
    revision = set_state(session, ProjectFollow, key=pair, state=state, stamp=stamp)
    if revision is not None:
        follow = ProjectFollow(**pair, **state, **stamp, revision=revision)
        record(session, follow_changed(follow))
