"""Everything that identity keeps of one member, for that member."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.mailing.addresses import keys_of
from contracts.services import SERVICES
from services.identity.models import (
    FirstStep,
    Invitation,
    InvitationRequest,
    Member,
    MemberSession,
    ModerationAct,
)
from services.identity.queries.members import get_own


def get_export(session: Session, *, member_id: UUID) -> dict[str, Any]:
    """Identity's part of an export, and where the others hand out theirs.

    Raises MemberNotFound.
    """
    own = get_own(session, member_id=member_id)
    mine = {
        "invitations": _all(session, Invitation, Invitation.sponsor_id == member_id),
        "sessions": _all(session, MemberSession, MemberSession.member_id == member_id),
        "requests": _all(
            session, InvitationRequest, InvitationRequest.email_key.in_(keys_of(own.email))
        ),
        "moderation": _all(session, ModerationAct, ModerationAct.member_id == member_id),
    }
    return {
        "member": own,
        "organisation": session.get_one(Member, member_id).organisation,
        "first_steps": session.get(FirstStep, member_id),
        **mine,
        "others": [f"/api/v1/members/me/export/{name}" for name in SERVICES if name != "identity"],
    }


def _all(session: Session, model: Any, condition: Any) -> list[Any]:
    return list(session.scalars(select(model).where(condition).order_by(model.id)))
