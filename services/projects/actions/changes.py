"""Each change of a project is a revision: kept with what was there before, and told."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.messaging.outbox import record
from services.projects.actions.awake import keep_awake
from services.projects.events import project_changed
from services.projects.models import Project, ProjectChange


def commit_change(
    session: Session,
    *,
    project: Project,
    actor_id: UUID | None,
    kind: str,
    before: Mapping[str, Any],
) -> None:
    """Make what was changed of a locked project its next revision; records what it is now.

    `before` is what was there, by name; nobody is the actor where its owner left Skiller.
    """
    project.revision += 1
    project.changed_at = clock.now()
    # That an owner left Skiller is no act of theirs.
    if actor_id is not None:
        keep_awake(session, project=project, actor_id=actor_id)
    session.flush()
    keep_change(session, project=project, actor_id=actor_id, kind=kind, before=before)
    record(session, project_changed(project))


def keep_change(
    session: Session,
    *,
    project: Project,
    actor_id: UUID | None,
    kind: str,
    before: Mapping[str, Any],
) -> None:
    """Keep what a project's present revision changed."""
    session.add(
        ProjectChange(
            project_id=project.id,
            revision=project.revision,
            actor_id=actor_id,
            kind=kind,
            before=dict(before),
            changed_at=project.changed_at,
        )
    )
    session.flush()
