"""Inviting people, taking invitations back, and opening the door with one."""

from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.auth import require_recent_password
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.mailing.addresses import lowered
from services.identity import rules, tokens
from services.identity.access import require_active, require_host
from services.identity.actions import limits
from services.identity.actions.locks import hold_states, lock_invitation
from services.identity.actions.mails import queue_mail
from services.identity.errors import NOT_OPEN, InvitationNotFound, PlacesTaken
from services.identity.models import Invitation, InvitationRequest, Member


def invite(session: Session, *, actor: Claims, email: str | None, note: str) -> tuple[UUID, str]:
    """Offer a place; returns the invitation's id and its token, of which only a hash is kept.

    With an address the link is mailed too; whether somebody has that address is looked up
    when the mail is made, so that nothing here tells it. Raises MemberNotFound,
    MemberSuspended, InvitingTooEarly, InvitingStopped, PlacesTaken or TooManyTries.
    """
    sponsor = take_place(session, actor=actor)
    invitation_id, token = _add(
        session,
        sponsor_id=sponsor.id,
        role="member",
        email=lowered(email) if email else None,
        is_mailed=email is not None,
        note=note,
    )
    if email:
        is_staff = sponsor.role in rules.STAFF
        allowance = rules.STAFF_INVITATION_MAILS if is_staff else rules.INVITATION_MAILS
        limits.take_try(session, allowance=allowance, who=[sponsor.id])
        queue_mail(session, kind="invitation", email=email, subject_id=invitation_id)
    return invitation_id, token


def invite_requester(
    session: Session, *, sponsor: Member, request: InvitationRequest, note: str
) -> UUID:
    """Offer the place that somebody asked for; the link goes to their confirmed address alone."""
    invitation_id, _ = _add(
        session,
        sponsor_id=sponsor.id,
        role="member",
        is_mailed=True,
        note=note,
        request_id=request.id,
    )
    queue_mail(session, kind="invitation", email=request.email, subject_id=invitation_id)
    return invitation_id


def take_place(session: Session, *, actor: Claims) -> Member:
    """The member who offers a place, locked, so that twins cannot both offer the last one.

    Raises what `require_host` raises, PlacesTaken or TooManyTries.
    """
    sponsor = require_host(session, actor, is_locked=True)
    taken = session.execute(
        select(func.count())
        .select_from(Invitation)
        .where(Invitation.sponsor_id == sponsor.id, Invitation.takes_place(clock.now()))
    ).scalar_one()
    if rules.places_left(role=sponsor.role, taken=taken) == 0:
        raise PlacesTaken
    is_staff = sponsor.role in rules.STAFF
    # Each leaves a row for ever, also one that is taken back at once.
    allowance = rules.STAFF_INVITATIONS if is_staff else rules.INVITATIONS
    limits.take_try(session, allowance=allowance, who=[sponsor.id])
    return sponsor


def revoke_invitation(session: Session, *, actor: Claims | None, invitation_id: UUID) -> None:
    """Take back an open invitation: one's own; administrators and the operator (None) any.

    Raises MemberNotFound, MemberSuspended, InvitationNotFound or the errors of NOT_OPEN.
    """
    member = require_active(session, actor) if actor else None
    invitation = lock_invitation(session, invitation_id=invitation_id)
    if invitation is None:
        raise InvitationNotFound
    if member and actor and invitation.sponsor_id != member.id:
        if member.role != "administrator":
            raise InvitationNotFound
        require_recent_password(actor)
    _require_open(invitation, sponsor_state=None)
    invitation.revoked_at = clock.now()


def lock_open_invitation(session: Session, *, token: str) -> Invitation:
    """The invitation of a token, open and locked until the transaction ends.

    Its sponsor cannot be suspended meanwhile: whoever prunes a branch must find everybody in
    it. Raises InvitationNotFound or the errors of NOT_OPEN.
    """
    opened = select(Invitation.id, Invitation.sponsor_id).where(
        Invitation.opened_by(tokens.digest(token))
    )
    found = session.execute(opened).first()
    if found is None:
        raise InvitationNotFound
    states = hold_states(session, [found.sponsor_id] if found.sponsor_id else [])
    invitation = lock_invitation(session, invitation_id=found.id)
    if invitation is None:
        raise InvitationNotFound
    _require_open(invitation, sponsor_state=states.get(found.sponsor_id))
    return invitation


def invite_administrator(session: Session) -> str:
    """Offer a place that makes an administrator; returns its token."""
    return _add(session, sponsor_id=None, role="administrator")[1]


def invite_first_administrator(session: Session) -> str | None:
    """While nobody has joined: an administrator's token in the place of earlier such ones.

    Returns None once somebody has joined, or where another process makes one just now.
    """
    now = clock.now()
    # Revoked before anybody is looked for: a person who joins by an earlier link at this moment
    # holds its lock, and we find them when they are done.
    session.execute(
        update(Invitation)
        .where(Invitation.is_first_start)
        .where(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    if session.scalar(select(exists().select_from(Member))):
        return None
    token = tokens.new_secret()
    row = insert(Invitation).values(
        **_columns(token, sponsor_id=None, role="administrator", is_first_start=True)
    )
    added = session.execute(row.on_conflict_do_nothing().returning(Invitation.id)).first()
    return token if added else None


def _add(session: Session, **columns: Any) -> tuple[UUID, str]:
    token = tokens.new_secret()
    invitation = Invitation(**_columns(token, **columns))
    session.add(invitation)
    session.flush()
    return invitation.id, token


def _columns(
    token: str,
    *,
    sponsor_id: UUID | None,
    role: str,
    email: str | None = None,
    is_mailed: bool = False,
    note: str = "",
    request_id: UUID | None = None,
    is_first_start: bool = False,
) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": new_id(),
        "token_hash": tokens.digest(token),
        "sponsor_id": sponsor_id,
        "role": role,
        "is_first_start": is_first_start,
        "email": email,
        "is_mailed": is_mailed,
        "note": note,
        "request_id": request_id,
        "created_at": now,
        "expires_at": now + rules.INVITATION_LIFE,
    }


def _require_open(invitation: Invitation, *, sponsor_state: str | None) -> None:
    state = rules.invitation_state(
        used_at=invitation.used_at,
        revoked_at=invitation.revoked_at,
        expires_at=invitation.expires_at,
        now=clock.now(),
        sponsor_state=sponsor_state,
    )
    if state != "open":
        raise NOT_OPEN[state]
