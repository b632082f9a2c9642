"""Reading invitations; none of these answers shows a token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.pages import Page, list_page
from services.identity import rules, tokens
from services.identity.errors import NOT_OPEN, InvitationNotFound
from services.identity.models import Invitation, Member


@dataclass(frozen=True)
class InvitationView:
    """An invitation as its sponsor sees it; `url` is known only when it was created."""

    id: UUID
    email: str | None
    note: str
    state: rules.InvitationState
    expires_at: datetime
    invitee: Member | None
    url: str | None = None


@dataclass(frozen=True)
class InvitationPreview:
    """An invitation as its holder sees it."""

    sponsor: Member | None
    note: str
    expires_at: datetime


def get_invitation(session: Session, *, invitation_id: UUID) -> InvitationView:
    """One invitation; raises InvitationNotFound."""
    row = session.execute(_with_invitee().where(Invitation.id == invitation_id)).first()
    if row is None:
        raise InvitationNotFound
    return _view(row.Invitation, row.Member)


def list_invitations(session: Session, *, sponsor_id: UUID, limit: int, cursor: str | None) -> Page:
    """What a member sent, the newest first."""
    page = list_page(
        session,
        _with_invitee().where(Invitation.sponsor_id == sponsor_id),
        sort_key=[Invitation.created_at, Invitation.id],
        limit=limit,
        cursor=cursor,
    )
    return page.map(_views)


def get_invitation_preview(session: Session, *, token: str) -> InvitationPreview:
    """What an open invitation's token shows; raises InvitationNotFound or those of NOT_OPEN."""
    statement = (
        select(Invitation, Member)
        .outerjoin(Member, Member.id == Invitation.sponsor_id)
        .where(Invitation.token_hash == tokens.digest(token))
    )
    row = session.execute(statement).first()
    if row is None:
        raise InvitationNotFound
    invitation, sponsor = row
    state = _state(invitation, sponsor_state=sponsor.state if sponsor else None)
    if state != "open":
        raise NOT_OPEN[state]
    return InvitationPreview(sponsor, invitation.note, invitation.expires_at)


def _with_invitee() -> Select[Any]:
    return select(Invitation, Member).outerjoin(Member, Member.id == Invitation.invitee_id)


def _views(rows: Sequence[Any]) -> list[InvitationView]:
    return [_view(row.Invitation, row.Member) for row in rows]


def _view(invitation: Invitation, invitee: Member | None) -> InvitationView:
    return InvitationView(
        id=invitation.id,
        email=invitation.email,
        note=invitation.note,
        state=_state(invitation),
        expires_at=invitation.expires_at,
        invitee=invitee,
    )


def _state(invitation: Invitation, sponsor_state: str | None = None) -> rules.InvitationState:
    return rules.invitation_state(
        used_at=invitation.used_at,
        revoked_at=invitation.revoked_at,
        expires_at=invitation.expires_at,
        now=clock.now(),
        sponsor_state=sponsor_state,
    )
