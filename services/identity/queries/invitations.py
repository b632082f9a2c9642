"""Reading invitations; none of these answers shows a token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.pages import AnySelect, Page, list_page
from services.identity import rules, tokens
from services.identity.errors import NOT_OPEN, InvitationNotFound
from services.identity.models import FirstStep, Invitation, InvitationRequest, Member, SkillEntryRef


@dataclass(frozen=True)
class FirstStepsView:
    """Good news of an invitee who lets their sponsor know: `skill` is slug and labels."""

    post_at: datetime | None
    skill: Mapping[str, Any] | None
    skill_at: datetime | None


@dataclass(frozen=True)
class InvitationView:
    """An invitation as its sponsor sees it; `url` is known only when it was created.

    `name` is the requester's, where it was made for a request; `first_steps` is None
    unless the invitee agreed, `is_place_back` tells that the place can be offered again.
    """

    id: UUID
    email: str | None
    name: str | None
    note: str
    state: rules.InvitationState
    expires_at: datetime
    invitee: Member | None
    is_place_back: bool
    first_steps: FirstStepsView | None
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
    return _view(row)


def list_invitations(
    session: Session, *, sponsor_id: UUID, limit: int, cursor: str | None
) -> Page[Any]:
    """What a member sent, the newest first."""
    page = list_page(
        session,
        _with_invitee().where(Invitation.sponsor_id == sponsor_id),
        sort_key=[Invitation.created_at, Invitation.id],
        limit=limit,
        cursor=cursor,
    )
    return page.map(_views)


def list_without_sponsor(session: Session) -> Sequence[Invitation]:
    """Open invitations that no member made, the newest first: the operator's."""
    statement = select(Invitation).where(
        Invitation.sponsor_id.is_(None),
        Invitation.used_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > clock.now(),
    )
    return session.scalars(statement.order_by(Invitation.created_at.desc())).all()


def get_invitation_preview(session: Session, *, token: str) -> InvitationPreview:
    """What an open invitation's token shows; raises InvitationNotFound or those of NOT_OPEN."""
    statement = (
        select(Invitation, Member)
        .outerjoin(Member, Member.id == Invitation.sponsor_id)
        .where(Invitation.opened_by(tokens.digest(token)))
    )
    row = session.execute(statement).first()
    if row is None:
        raise InvitationNotFound
    invitation, sponsor = row
    state = _state(invitation, sponsor_state=sponsor.state if sponsor else None)
    if state != "open":
        raise NOT_OPEN[state]
    return InvitationPreview(sponsor, invitation.note, invitation.expires_at)


def _with_invitee() -> AnySelect:
    return (
        select(
            *(Invitation, Member, FirstStep, SkillEntryRef),
            InvitationRequest.name.label("requester"),
        )
        .outerjoin(Member, Member.id == Invitation.invitee_id)
        .outerjoin(FirstStep, FirstStep.member_id == Member.id)
        .outerjoin(SkillEntryRef, SkillEntryRef.slug == FirstStep.skill_slug)
        .outerjoin(InvitationRequest, InvitationRequest.id == Invitation.request_id)
    )


def _views(rows: Sequence[Any]) -> list[InvitationView]:
    return [_view(row) for row in rows]


def _view(row: Any) -> InvitationView:
    invitation: Invitation = row.Invitation
    return InvitationView(
        id=invitation.id,
        email=invitation.email,
        name=row.requester,
        note=invitation.note,
        state=_state(invitation),
        expires_at=invitation.expires_at,
        invitee=row.Member,
        is_place_back=invitation.place_returned_at is not None,
        first_steps=_steps(row.Member, row.FirstStep, row.SkillEntryRef),
    )


def _steps(
    invitee: Member | None, steps: FirstStep | None, entry: SkillEntryRef | None
) -> FirstStepsView | None:
    """The first skill as it is called by now."""
    if invitee is None or not invitee.is_sharing_first_steps:
        return None
    if steps is None:
        return FirstStepsView(None, None, None)
    labels = {"en": steps.skill_label_en, "fr": steps.skill_label_fr}
    if entry is not None:
        labels = {"en": entry.label_en, "fr": entry.label_fr}
    skill = {"slug": steps.skill_slug, "labels": labels} if steps.skill_slug else None
    return FirstStepsView(steps.post_at, skill, steps.skill_at)


def _state(invitation: Invitation, sponsor_state: str | None = None) -> rules.InvitationState:
    return rules.invitation_state(
        used_at=invitation.used_at,
        revoked_at=invitation.revoked_at,
        expires_at=invitation.expires_at,
        now=clock.now(),
        sponsor_state=sponsor_state,
    )
