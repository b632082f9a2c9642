"""What ends with a project, and a project that ends because nobody owns it."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from services.projects import rules
from services.projects.actions import calls, invitations, offers
from services.projects.actions.changes import commit_change
from services.projects.models import Project


def end_what_waits(session: Session, *, project_id: UUID) -> None:
    """Withdraw the open calls, offers and invitations of a locked project; records each."""
    calls.withdraw_all(session, project_id=project_id)
    offers.withdraw_all(session, project_id=project_id)
    invitations.withdraw_all(session, project_id=project_id)


def close_ownerless(session: Session, *, project: Project) -> None:
    """Close a locked project whose owner left and that nobody takes over; nothing was learned."""
    project.owner_id = None
    close_project(session, project=project)


def close_project(session: Session, *, project: Project) -> None:
    """Close a locked project without its owner; records `project.closed`, and what ends."""
    before = {"stage": project.stage}
    project.stage, project.closed_at = rules.CLOSED, clock.now()
    end_what_waits(session, project_id=project.id)
    commit_change(session, project=project, actor_id=None, kind="closed", before=before)
