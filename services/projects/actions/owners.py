"""Who owns a project changes; it always has an owner while it is open."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from services.projects import rules
from services.projects.actions.belonging import join_project
from services.projects.actions.changes import commit_change
from services.projects.models import Project


def change_owner(
    session: Session,
    *,
    project: Project,
    member_id: UUID,
    actor_id: UUID | None,
    stays: bool = True,
) -> None:
    """Let a contributor own a locked project; its owner contributes from then on, if they stay.

    Records `project.updated` and `project.member_joined` of whose role is another.
    """
    before = {"owner_id": str(project.owner_id)}
    former_id, project.owner_id = project.owner_id, member_id
    project.owner_acted_at = clock.now()
    if stays and former_id is not None:
        join_project(session, project=project, member_id=former_id, role=rules.CONTRIBUTOR)
    join_project(session, project=project, member_id=member_id, role=rules.OWNER)
    commit_change(session, project=project, actor_id=actor_id, kind="owner", before=before)
