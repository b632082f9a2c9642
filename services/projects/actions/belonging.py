"""Who builds a project: that somebody does, or does so no more."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.messaging.outbox import record
from services.projects import rules
from services.projects.errors import ProjectFull
from services.projects.events import belonging_changed
from services.projects.models import Belonging, Project


def join_project(session: Session, *, project: Project, member_id: UUID, role: str) -> None:
    """Let a member build a locked project; records `project.member_joined` where that is new.

    Raises ProjectFull.
    """
    known = _find(session, project.id, member_id)
    if known is not None and (known.is_in, known.role) == (True, role):
        return
    if role == rules.CONTRIBUTOR and not (known and known.is_in):
        _require_room(session, project.id)
    now = clock.now()
    if known is None:
        known = Belonging(project_id=project.id, member_id=member_id, is_in=False, revision=0)
    if not known.is_in:
        known.is_in, known.word, known.joined_at = True, "", now
        known.removed_by_id = None
    known.role = role
    known.revision += 1
    known.changed_at = now
    session.add(known)
    session.flush()
    record(session, belonging_changed(known))


def end_belonging(
    session: Session, *, belonging: Belonging, word: str = "", removed_by_id: UUID | None = None
) -> None:
    """Let a member build a locked project no more; records `project.member_left`.

    `removed_by_id` is the owner who wanted it so.
    """
    belonging.is_in, belonging.word = False, word
    belonging.removed_by_id = removed_by_id
    belonging.revision += 1
    belonging.changed_at = clock.now()
    session.flush()
    record(session, belonging_changed(belonging))


def _find(session: Session, project_id: UUID, member_id: UUID) -> Belonging | None:
    return session.get(Belonging, (project_id, member_id))


def _require_room(session: Session, project_id: UUID) -> None:
    inside = select(func.count()).where(Belonging.project_id == project_id, Belonging.is_in)
    if session.execute(inside).scalar_one() > rules.MOST_CONTRIBUTORS:
        raise ProjectFull
