"""Which projects a viewer may reach, and as what: the one place that decides, for lists and writes.

An `invited` project exists for its people and those who have an invitation that waits; for all
others it does not. Across a block with its owner a project is nowhere, but for its own people.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Uuid, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from chassis import blocks, clock, members
from chassis.auth import require_recent_password
from chassis.claims import Claims
from chassis.statements import ReadSession, Statement, viewer
from services.projects import rules
from services.projects.errors import (
    ContributorsOnly,
    ModeratorsOnly,
    OwnerOnly,
    OwnProject,
    ProjectAsleep,
    ProjectNotFound,
    ProjectOver,
)
from services.projects.models import (
    Belonging,
    BlockRef,
    HelpInvitation,
    MemberRef,
    ModerationAct,
    Project,
    Report,
)


def now() -> ColumnElement[datetime]:
    """The present, in a statement that is built once: the parameter `now`, by Skiller's clock."""
    return bindparam("now", type_=DateTime(timezone=True))


def is_unblocked(member_id: Any) -> ColumnElement[bool]:
    """Neither of the member and the viewer blocks the other."""
    return blocks.is_unblocked(BlockRef, member_id)


def is_unblocked_by(one_id: Any, other_id: Any) -> ColumnElement[bool]:
    """Neither of two members blocks the other, whoever reads."""
    by_one, by_other = aliased(BlockRef), aliased(BlockRef)
    return ~(
        exists().where(
            by_one.blocker_id == one_id, by_one.blocked_id == other_id, by_one.is_blocking
        )
        | exists().where(
            by_other.blocker_id == other_id, by_other.blocked_id == one_id, by_other.is_blocking
        )
    )


def is_listed(member: type[MemberRef] = MemberRef) -> ColumnElement[bool]:
    """Members whom the viewer finds in lists of people."""
    return (member.state == members.ACTIVE) & is_unblocked(member.id)


def is_shown(attribution: Any) -> ColumnElement[bool]:
    """Skills of others that the viewer may know of."""
    is_shown: ColumnElement[bool] = attribution.is_held & ~attribution.is_hidden
    return is_shown


def belongs(project_id: Any, member_id: Any) -> ColumnElement[bool]:
    """Whether a member builds a project."""
    one = aliased(Belonging)
    return exists().where(one.project_id == project_id, one.member_id == member_id, one.is_in)


def is_waiting(invitation: Any = HelpInvitation) -> ColumnElement[bool]:
    """Whether an invitation can still be answered."""
    is_open: ColumnElement[bool] = (invitation.state == "pending") | (invitation.state == "later")
    is_waiting: ColumnElement[bool] = is_open & (invitation.expires_at > now())
    return is_waiting


def is_visible(project: Any = Project) -> ColumnElement[bool]:
    """Projects that exist for the viewer."""
    invitation = aliased(HelpInvitation)
    is_invited = exists().where(
        invitation.project_id == project.id,
        invitation.member_id == viewer(),
        is_waiting(invitation),
    )
    # An owner who left is nobody across a block.
    owner_id = func.coalesce(project.owner_id, viewer())
    is_shown: ColumnElement[bool] = (project.visibility == rules.MEMBERS) | is_invited
    return belongs(project.id, viewer()) | (is_unblocked(owner_id) & is_shown)


def is_unhidden(object_id: Any) -> ColumnElement[bool]:
    """What of a project moderators have not hidden; hidden it is nowhere, for anybody."""
    act = aliased(ModerationAct)
    return ~exists().where(
        act.object_id == object_id, act.kind == rules.HIDE, act.undone_at.is_(None)
    )


def _is_told_of(project_id: Any, *, is_open: bool) -> ColumnElement[bool]:
    """Whether somebody who builds a project told moderators of something in it."""
    report = aliased(Report)
    told = exists().where(report.project_id == project_id, report.is_from_inside)
    return told.where(report.answered_at.is_(None)) if is_open else told


def require_overseen(session: ReadSession, *, project_id: UUID) -> None:
    """For moderators: one that all members see, or of which its people told; ProjectNotFound."""
    if _OVERSEEN.first(session, project_id=project_id) is None:
        raise ProjectNotFound


def lock_as_moderator(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    beside: UUID | None = None,
    is_undoing: bool = False,
) -> Project:
    """A project on which a moderator acts, as it stays; one of the invited while a report waits.

    Blocks hide nothing from moderators. `beside` as in `lock_project`. Raises what
    `require_active` raises, ModeratorsOnly, PasswordNeeded, ProjectNotFound, or OwnProject.
    """
    if beside is None:
        members.require_active(session, MemberRef, actor)
    else:
        members.require_active_beside(session, MemberRef, actor, beside)
    if actor.role not in rules.MODERATORS:
        raise ModeratorsOnly
    require_recent_password(actor)
    named = select(Project).where(Project.id == project_id).with_for_update(key_share=True)
    project = session.scalar(named.execution_options(populate_existing=True))
    known = _OVERSEEN if is_undoing else _ACTED_ON
    if project is None or known.first(session, project_id=project_id) is None:
        raise ProjectNotFound
    if _ROLE.first(session, viewer_id=actor.id, project_id=project_id).role is not None:
        raise OwnProject
    return project


def require_visible(session: ReadSession, *, viewer_id: UUID, project_id: UUID) -> None:
    """Raises ProjectNotFound."""
    _role(session, viewer_id, project_id)


def require_contributor(session: ReadSession, *, viewer_id: UUID, project_id: UUID) -> None:
    """For what a project shows its own people; raises ProjectNotFound or ContributorsOnly."""
    if _role(session, viewer_id, project_id) is None:
        raise ContributorsOnly


def lock_project(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    is_open: bool = True,
    beside: UUID | None = None,
) -> tuple[Project, str | None]:
    """A project on which the actor acts, as it stays, and their role in it.

    After the actor's own lock, which is taken here, and that of a member `beside` them, who does
    not leave meanwhile. Raises what `require_active` raises, ProjectNotFound, or ProjectOver unless
    a closed one will do.
    """
    if beside is None:
        members.require_active(session, MemberRef, actor)
    else:
        members.require_active_beside(session, MemberRef, actor, beside)
    named = {"viewer_id": actor.id, "project_id": project_id, "now": clock.now()}
    if _LOCKED.first(session, **named) is None:
        raise ProjectNotFound
    project = session.get_one(Project, project_id, populate_existing=True)
    if is_open and project.stage == rules.CLOSED:
        raise ProjectOver
    # Its own reading, under the lock: who waited for it may have been removed meanwhile.
    return project, _ROLE.first(session, viewer_id=actor.id, project_id=project_id).role


def lock_as_contributor(
    session: Session,
    *,
    actor: Claims,
    project_id: UUID,
    is_open: bool = True,
    beside: UUID | None = None,
) -> Project:
    """The same for what its people do; raises ContributorsOnly besides."""
    project, role = lock_project(
        session, actor=actor, project_id=project_id, is_open=is_open, beside=beside
    )
    if role is None:
        raise ContributorsOnly
    return project


def lock_as_owner(
    session: Session, *, actor: Claims, project_id: UUID, is_open: bool = True
) -> Project:
    """The same for what its owner does; raises OwnerOnly besides."""
    project, role = lock_project(session, actor=actor, project_id=project_id, is_open=is_open)
    if role != rules.OWNER:
        raise OwnerOnly
    return project


def is_closed_by_moderators(session: Session, *, project_id: UUID) -> bool:
    """Whether moderators closed a project, and have not taken that back."""
    closed = ModerationAct.object_id == project_id, ModerationAct.kind == rules.CLOSE
    standing = select(ModerationAct.id).where(*closed, ModerationAct.undone_at.is_(None))
    return session.scalar(standing) is not None


def require_awake(project: Project) -> None:
    """Raises ProjectAsleep."""
    if project.sleeps_at <= clock.now():
        raise ProjectAsleep


def role_of(project_id: Any, member_id: Any) -> Any:
    """As what a member builds a project: a scalar, null for who does not."""
    one = aliased(Belonging)
    role = select(one.role).where(one.project_id == project_id, one.member_id == member_id)
    return role.where(one.is_in).scalar_subquery()


def _role(session: ReadSession, viewer_id: UUID, project_id: UUID) -> str | None:
    row = _VISIBLE.first(session, viewer_id=viewer_id, project_id=project_id, now=clock.now())
    if row is None:
        raise ProjectNotFound
    role: str | None = row.role
    return role


_NAMED = Project.id == bindparam("project_id", type_=Uuid)
_VISIBLE = Statement(
    select(Project.id, role_of(Project.id, viewer()).label("role")).where(_NAMED, is_visible())
)
_ROLE = Statement(select(role_of(bindparam("project_id", type_=Uuid), viewer()).label("role")))
_OF_ALL = Project.visibility == rules.MEMBERS
_OVERSEEN = Statement(
    select(Project.id).where(_NAMED, _OF_ALL | _is_told_of(Project.id, is_open=False))
)
_ACTED_ON = Statement(
    select(Project.id).where(_NAMED, _OF_ALL | _is_told_of(Project.id, is_open=True))
)
_LOCKED = Statement(select(Project.id).where(_NAMED, is_visible()).with_for_update(key_share=True))
