"""Who may act: identity asks its own members, where others ask their replicas."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.auth import SessionOver, require_recent_password
from chassis.claims import Claims
from chassis.mailing.addresses import host_of
from services.identity import rules
from services.identity.errors import (
    InvitingStopped,
    InvitingTooEarly,
    MemberNotFound,
    MemberSuspended,
    ModeratorsOnly,
)
from services.identity.models import (
    Credentials,
    Member,
    MemberSession,
    ModerationAct,
    Organisation,
    OrganisationDomain,
)


def require_active(session: Session, actor: Claims, *, is_locked: bool = False) -> Member:
    """The member who acts, as they are now.

    Every writing action of a member begins with this: a token lives up to ten minutes
    longer than the right to write. `is_locked` keeps the row as it is until the end. Raises
    MemberNotFound, MemberSuspended, or SessionOver where the session was closed.
    """
    member = get_active(session, actor.id, is_locked=is_locked)
    closed = select(MemberSession.closed_at).where(MemberSession.id == actor.session_id)
    if session.scalar(closed) is not None:
        raise SessionOver
    return member


def get_active(session: Session, member_id: UUID, *, is_locked: bool = False) -> Member:
    """The same for a member who is proved otherwise than by an access token."""
    statement = select(Member).where(Member.id == member_id)
    if is_locked:
        # Not the key: others may refer to the member meanwhile.
        statement = statement.with_for_update(key_share=True)
    member = session.scalar(statement.execution_options(populate_existing=True))
    if member is None or member.state == "left":
        raise MemberNotFound
    if member.state != "active":
        raise MemberSuspended(_why_suspended(session, member))
    return member


def require_host(session: Session, actor: Claims, *, is_locked: bool = False) -> Member:
    """The same for somebody who may invite; raises InvitingTooEarly or InvitingStopped too."""
    member = require_active(session, actor, is_locked=is_locked)
    reason = member.inviting_stopped_reason
    hindrance = rules.inviting_hindrance(
        role=member.role,
        joined_at=member.joined_at,
        stopped_reason=reason,
        now=clock.now(),
    )
    if hindrance == "stopped":
        raise InvitingStopped(f"{InvitingStopped.detail} The reason: {reason}")
    if hindrance == "too_early":
        raise InvitingTooEarly
    return member


def is_moderator(session: Session, member_id: UUID) -> bool:
    """Whether a viewer sees what moderators see: the row decides, and a suspended one does not."""
    statement = select(Member.role).where(Member.id == member_id, Member.state == "active")
    return session.scalar(statement) in rules.STAFF


def require_moderator(session: Session, actor: Claims, *, is_locked: bool = False) -> Member:
    """The same for a moderator or an administrator who gave their password lately.

    Raises ModeratorsOnly and PasswordNeeded too.
    """
    member = require_active(session, actor, is_locked=is_locked)
    if member.role not in rules.STAFF:
        raise ModeratorsOnly
    require_recent_password(actor)
    return member


def require_reading_moderator(session: Session, viewer: Claims) -> None:
    """The same for one who only reads; raises ModeratorsOnly."""
    if not is_moderator(session, viewer.id):
        raise ModeratorsOnly


def find_organisation_of(session: Session, known: Credentials) -> Organisation | None:
    """The open organisation at one of whose domains a confirmed address is."""
    if known.confirmed_at is None:
        return None
    statement = (
        select(Organisation)
        .join(OrganisationDomain, OrganisationDomain.slug == Organisation.slug)
        .where(OrganisationDomain.domain == host_of(known.email), Organisation.closed_at.is_(None))
    )
    return session.scalar(statement)


def _why_suspended(session: Session, member: Member) -> str:
    act = member.suspended_by_id and session.get(ModerationAct, member.suspended_by_id)
    if not act or not act.reason:
        return MemberSuspended.detail
    if act.member_id != member.id:
        # What is said of another is not theirs to read.
        return f"{MemberSuspended.detail} So is the whole branch in which you were invited."
    return f"{MemberSuspended.detail} The reason: {act.reason}"
