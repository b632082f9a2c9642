"""News of projects: of one, and of all that one follows or builds."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, func, literal, select
from sqlalchemy.orm import aliased

from chassis import clock
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, Read, ReadSession, viewer
from services.projects import access
from services.projects.errors import UpdateNotFound
from services.projects.models import (
    MemberRef,
    Project,
    ProjectFollow,
    ProjectUpdate,
    UpdateLike,
)
from services.projects.queries.views import PERSON, ProjectRefView, UpdateView, person_of


def get_update(
    session: ReadSession, *, viewer_id: UUID, project_id: UUID, update_id: UUID
) -> UpdateView:
    """One update; raises ProjectNotFound or UpdateNotFound."""
    access.require_visible(session, viewer_id=viewer_id, project_id=project_id)
    found = _UPDATE.find(session, viewer_id=viewer_id, project_id=project_id, update_id=update_id)
    if found is None:
        raise UpdateNotFound
    return found


def list_updates(
    session: ReadSession, *, viewer_id: UUID, project_id: UUID, limit: int, cursor: str | None
) -> Page[UpdateView]:
    """The news of a project, the latest first; raises ProjectNotFound."""
    access.require_visible(session, viewer_id=viewer_id, project_id=project_id)
    return _UPDATES.page(
        session, viewer_id=viewer_id, project_id=project_id, limit=limit, cursor=cursor
    )


def list_feed(
    session: ReadSession, *, viewer_id: UUID, limit: int, cursor: str | None
) -> Page[UpdateView]:
    """The news of the projects that the viewer follows or builds, the latest first."""
    return _FEED.page(session, viewer_id=viewer_id, now=clock.now(), limit=limit, cursor=cursor)


def _update_of(row: Any) -> UpdateView:
    return UpdateView(
        row.id,
        ProjectRefView(row.project_id, row.project_title, row.project_pitch, row.project_stage),
        person_of(row),
        *(row.title, row.body, row.body_html, row.excerpt, row.lang),
        *(row.like_count, row.liked_by_me, row.published_at, row.edited_at),
    )


def _shown(*, is_card: bool = False) -> AnySelect:
    like = aliased(UpdateLike)
    liked = select(like.is_liked).where(
        like.update_id == ProjectUpdate.id, like.member_id == viewer()
    )
    nothing: ColumnElement[str] = literal("")
    return (
        select(
            *(getattr(ProjectUpdate, name) for name in _COPIED),
            (nothing if is_card else ProjectUpdate.body).label("body"),
            (nothing if is_card else ProjectUpdate.body_html).label("body_html"),
            func.coalesce(liked.scalar_subquery(), False).label("liked_by_me"),
            Project.title.label("project_title"),
            Project.pitch.label("project_pitch"),
            Project.stage.label("project_stage"),
            *PERSON,
        )
        .join(Project, Project.id == ProjectUpdate.project_id)
        .join(MemberRef, MemberRef.id == ProjectUpdate.author_id)
        .where(
            ProjectUpdate.removed_at.is_(None),
            access.is_unhidden(ProjectUpdate.id),
            access.is_unblocked(ProjectUpdate.author_id),
        )
    )


def _updates(cut: Cut) -> AnySelect:
    statement = _shown().where(ProjectUpdate.project_id == _PROJECT_ID)
    return cut(statement, ProjectUpdate.published_at, ProjectUpdate.id)


def _feed(cut: Cut) -> AnySelect:
    follow = aliased(ProjectFollow)
    is_followed = (
        select(follow.project_id)
        .where(follow.project_id == Project.id, follow.member_id == viewer(), follow.is_following)
        .exists()
    )
    is_mine = is_followed | access.belongs(Project.id, viewer())
    statement = _shown(is_card=True).where(is_mine, access.is_visible())
    return cut(statement, ProjectUpdate.published_at, ProjectUpdate.id)


_COPIED = (
    *("id", "project_id", "title", "excerpt", "lang", "like_count", "published_at", "edited_at"),
)
_LATEST: dict[str, type] = {"published_at": datetime, "id": UUID}
_PROJECT_ID = bindparam("project_id", type_=Uuid)
_UPDATE = Read(
    _shown().where(
        ProjectUpdate.id == bindparam("update_id", type_=Uuid),
        ProjectUpdate.project_id == _PROJECT_ID,
    ),
    _update_of,
)
_UPDATES = ListRead(_updates, _update_of, key=_LATEST)
_FEED = ListRead(_feed, _update_of, key=_LATEST)
