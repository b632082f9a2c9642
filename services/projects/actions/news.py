"""News of projects, and liking them."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.languages import guess_language
from chassis.markdown.text import Text, excerpt_of
from chassis.messaging.outbox import record
from chassis.toggles import set_state
from services.projects import access
from services.projects.actions.awake import keep_awake
from services.projects.errors import NotTheAuthor, OwnerOnly, OwnUpdate, UpdateNotFound
from services.projects.events import update_changed
from services.projects.models import ProjectUpdate, UpdateLike


def publish_update(
    session: Session, *, actor: Claims, project_id: UUID, title: str, text: Text
) -> UUID:
    """Tell news of a project; records `project.update_published`.

    Raises ProjectNotFound, ContributorsOnly or ProjectOver.
    """
    project = access.lock_as_contributor(session, actor=actor, project_id=project_id)
    update = ProjectUpdate(
        id=new_id(),
        project_id=project_id,
        author_id=actor.id,
        title=title,
        **_shown(title, text),
        revision=1,
        published_at=clock.now(),
    )
    session.add(update)
    keep_awake(session, project=project, actor_id=actor.id)
    session.flush()
    record(session, update_changed(update))
    return update.id


def edit_update(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    update_id: UUID,
    text: Text | None,
    changes: Mapping[str, Any],
) -> None:
    """Change one's own news; records `project.update_published` where anything is new.

    Raises ProjectNotFound, ContributorsOnly, ProjectOver, UpdateNotFound or NotTheAuthor.
    """
    project = access.lock_as_contributor(session, actor=actor, project_id=project_id)
    update = _get(session, project_id, update_id)
    if update.author_id != actor.id:
        raise NotTheAuthor
    title = changes.get("title", update.title)
    before = update.title, update.body
    if text is not None:
        for name, value in _shown(title, text).items():
            setattr(update, name, value)
    update.title = title
    if (update.title, update.body) == before:
        return
    update.revision, update.edited_at = update.revision + 1, clock.now()
    keep_awake(session, project=project, actor_id=actor.id)
    session.flush()
    record(session, update_changed(update))


def remove_update(session: Session, *, actor: Claims, project_id: UUID, update_id: UUID) -> None:
    """Take news away: one's own, or as the owner of the project; records `project.update_removed`.

    Raises ProjectNotFound, ContributorsOnly, ProjectOver, UpdateNotFound or OwnerOnly.
    """
    project = access.lock_as_contributor(session, actor=actor, project_id=project_id)
    update = _get(session, project_id, update_id)
    if actor.id not in (update.author_id, project.owner_id):
        raise OwnerOnly
    _remove(session, update)


def remove_updates_of(session: Session, author_ids: Collection[UUID]) -> None:
    """Take away what members who left and took it along wrote; records each."""
    if not author_ids:
        return
    theirs = select(ProjectUpdate).where(
        ProjectUpdate.author_id.in_(author_ids), ProjectUpdate.removed_at.is_(None)
    )
    for update in session.scalars(theirs.order_by(ProjectUpdate.id).with_for_update()):
        _remove(session, update)


def set_like(
    session: Session, *, actor: Claims, project_id: UUID, update_id: UUID, is_liked: bool
) -> None:
    """Like news of a project, or take that back; it proves no skill, and nothing is told.

    Raises ProjectNotFound, UpdateNotFound or OwnUpdate.
    """
    access.lock_project(session, actor=actor, project_id=project_id, is_open=False)
    update = _get(session, project_id, update_id)
    if update.author_id == actor.id:
        raise OwnUpdate
    set_state(
        session,
        UpdateLike,
        key={"update_id": update_id, "member_id": actor.id},
        state={"is_liked": is_liked},
        stamp={"liked_at": clock.now()},
    )
    given = select(func.count()).where(UpdateLike.update_id == update_id, UpdateLike.is_liked)
    update.like_count = session.execute(given).scalar_one()


def _remove(session: Session, update: ProjectUpdate) -> None:
    update.title = update.body = update.body_html = update.excerpt = ""
    update.revision, update.removed_at = update.revision + 1, clock.now()
    session.flush()
    record(session, update_changed(update))


def _get(session: Session, project_id: UUID, update_id: UUID) -> ProjectUpdate:
    """An update of a locked project; raises UpdateNotFound."""
    named = select(ProjectUpdate).where(
        ProjectUpdate.id == update_id,
        ProjectUpdate.project_id == project_id,
        ProjectUpdate.removed_at.is_(None),
        access.is_unhidden(ProjectUpdate.id),
    )
    found = session.scalar(named.with_for_update())
    if found is None:
        raise UpdateNotFound
    return found


def _shown(title: str, text: Text) -> dict[str, Any]:
    return {
        "body": text.markdown,
        "body_html": text.html,
        "excerpt": excerpt_of(text.plain),
        "lang": guess_language(f"{title}\n{text.plain}"),
    }
