"""Leaving a project, while one stays a member of Skiller."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.claims import Claims
from services.projects import access, rules
from services.projects.actions import invitations
from services.projects.actions.belonging import end_belonging
from services.projects.errors import (
    ContributorNotFound,
    ContributorsOnly,
    OwnerMustStay,
    OwnerOnly,
)
from services.projects.models import Belonging


def leave_project(
    session: Session, *, actor: Claims, project_id: UUID, member_id: UUID, word: str
) -> None:
    """Leave a project, or, as its owner, remove a contributor, with a word to them.

    Records `project.member_left`. What they were asked in it waits no more: who comes back later is
    not offered it again. Raises ProjectNotFound, ContributorsOnly, OwnerOnly, ContributorNotFound
    or OwnerMustStay.
    """
    project, role = access.lock_project(session, actor=actor, project_id=project_id, is_open=False)
    if role is None:
        raise ContributorsOnly
    if member_id != actor.id and role != rules.OWNER:
        raise OwnerOnly
    known = session.get(Belonging, (project.id, member_id))
    if known is None or not known.is_in:
        raise ContributorNotFound
    if known.role == rules.OWNER:
        raise OwnerMustStay
    if member_id == actor.id:
        end_belonging(session, belonging=known)
    else:
        end_belonging(session, belonging=known, word=word, removed_by_id=actor.id)
    invitations.withdraw_all(session, project_id=project_id, member_id=member_id)
