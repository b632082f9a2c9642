"""Reminding people who were invited by mail and have not come, once."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chassis import clock
from services.identity import rules
from services.identity.actions.mails import queue_mails
from services.identity.models import Invitation, InvitationRequest, Member

BATCH = 500


def remind_invitees(session: Session) -> bool:
    """Queue the reminders that are due; returns whether more may be.

    Several workers may do so at once: each takes what no other has locked.
    """
    now = clock.now()
    due = (
        select(
            Invitation.id, func.coalesce(InvitationRequest.email, Invitation.email).label("email")
        )
        .join(Member, Member.id == Invitation.sponsor_id)
        .outerjoin(InvitationRequest, InvitationRequest.id == Invitation.request_id)
        .where(Invitation.is_mailed, Invitation.reminded_at.is_(None))
        .where(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .where(Invitation.created_at <= now - rules.REMINDER_AFTER, Invitation.expires_at > now)
        .where(Member.state == "active")
        .order_by(Invitation.created_at)
        .limit(BATCH)
        .with_for_update(of=Invitation, skip_locked=True)
    )
    found = session.execute(due).all()
    reminded = update(Invitation).where(Invitation.id.in_([row.id for row in found]))
    session.execute(reminded.values(reminded_at=now))
    mails = [(row.email, row.id) for row in found if row.email]
    queue_mails(session, mails, kind="invitation_reminder")
    return len(found) == BATCH
