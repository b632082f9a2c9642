"""What moderators do in projects: hide something, close one, give one another owner."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.messaging.outbox import record
from services.projects import access, rules
from services.projects.actions import invitations
from services.projects.actions.ending import close_project
from services.projects.actions.objects import get_object
from services.projects.actions.owners import change_owner
from services.projects.errors import (
    ActFinal,
    ActNotFound,
    ContributorNotFound,
    OwnerPresent,
    ProjectOver,
)
from services.projects.events import moderated
from services.projects.models import Belonging, MemberRef, ModerationAct, Project


def hide_object(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    object_type: str,
    object_id: UUID,
    reason: str,
) -> UUID:
    """Let something of a project be nowhere, for anybody; its row stays. The act's id.

    Records `project.moderated`. What is hidden already, is found no more. Raises what
    `lock_as_moderator` and `get_object` raise.
    """
    access.lock_as_moderator(session, actor=actor, project_id=project_id)
    named: dict[str, Any] = {"object_type": object_type, "object_id": object_id}
    found = get_object(session, project_id=project_id, **named)
    act = _act(project_id, actor, rules.HIDE, reason, member_id=found.author_id, **named)
    return _keep(session, act)


def close_by_moderators(session: Session, *, actor: Claims, project_id: UUID, reason: str) -> UUID:
    """Close a project, whose owner cannot open it again while the act stands. The act's id.

    Also of one that its owner closed. Records `project.moderated`, and `project.closed` of an
    open one. Raises what `lock_as_moderator` raises, or ProjectOver.
    """
    project = access.lock_as_moderator(session, actor=actor, project_id=project_id)
    if access.is_closed_by_moderators(session, project_id=project_id):
        raise ProjectOver
    if project.stage != rules.CLOSED:
        close_project(session, project=project)
    act = _act(project_id, actor, rules.CLOSE, reason, member_id=project.owner_id)
    return _keep(session, act)


def replace_owner(
    session: Session, *, actor: Claims, project_id: UUID, member_id: UUID, reason: str
) -> UUID:
    """Let a contributor own a project whose owner is suspended, or did nothing in it for 90 days.

    The owner contributes from then on. Records `project.moderated`, and what `change_owner`
    records. Returns the act's id. Raises what `lock_as_moderator` raises, ProjectOver, OwnerPresent
    or ContributorNotFound.
    """
    project = access.lock_as_moderator(
        session, actor=actor, project_id=project_id, beside=member_id
    )
    if project.stage == rules.CLOSED:
        raise ProjectOver
    _require_absent(session, project)
    known = session.get(Belonging, (project_id, member_id), populate_existing=True)
    is_here = known is not None and known.is_in and member_id != project.owner_id
    if not is_here or session.get_one(MemberRef, member_id).state != members.ACTIVE:
        raise ContributorNotFound
    former_id = project.owner_id
    invitations.withdraw_all(session, project_id=project_id, role=rules.OWNER)
    change_owner(session, project=project, member_id=member_id, actor_id=None)
    act = _act(project_id, actor, rules.REPLACE_OWNER, reason, member_id=former_id)
    return _keep(session, act)


def undo_act(
    session: Session, *, actor: Claims, project_id: UUID, act_id: UUID, reason: str
) -> None:
    """Take back that something is hidden, or that a project may not be opened again.

    Records `project.moderated`; repeating changes nothing. Raises what `lock_as_moderator` raises,
    ActNotFound or ActFinal.
    """
    access.lock_as_moderator(session, actor=actor, project_id=project_id, is_undoing=True)
    act = session.get(ModerationAct, act_id, populate_existing=True)
    if act is None or act.project_id != project_id:
        raise ActNotFound
    if act.kind == rules.REPLACE_OWNER:
        raise ActFinal
    if act.undone_at is not None:
        return
    act.undone_by_id, act.undo_reason = actor.id, reason
    act.undone_at = act.changed_at = clock.now()
    act.revision += 1
    session.flush()
    record(session, moderated(act))


def _require_absent(session: Session, project: Project) -> None:
    state = session.scalar(select(MemberRef.state).where(MemberRef.id == project.owner_id))
    is_silent = project.owner_acted_at <= clock.now() - rules.OWNER_SILENT
    if state == members.ACTIVE and not is_silent:
        raise OwnerPresent


def _act(
    project_id: UUID,
    actor: Claims,
    kind: str,
    reason: str,
    *,
    member_id: UUID | None,
    object_type: str = rules.PROJECT,
    object_id: UUID | None = None,
) -> ModerationAct:
    now = clock.now()
    return ModerationAct(
        id=new_id(),
        project_id=project_id,
        kind=kind,
        object_type=object_type,
        object_id=object_id or project_id,
        member_id=member_id,
        moderator_id=actor.id,
        reason=reason,
        revision=1,
        acted_at=now,
        changed_at=now,
    )


def _keep(session: Session, act: ModerationAct) -> UUID:
    session.add(act)
    session.flush()
    record(session, moderated(act))
    return act.id
