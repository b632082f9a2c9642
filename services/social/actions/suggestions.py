"""Suggestions that a member does not want."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from services.social.actions.pairs import hold_both
from services.social.models import Dismissal


def dismiss_suggestion(session: Session, *, actor: Claims, member_id: UUID) -> None:
    """Suggest a member to `actor` no more, whether they were suggested or not.

    Raises MemberNotFound.
    """
    hold_both(session, actor=actor, member_id=member_id)
    row = {"member_id": actor.id, "dismissed_id": member_id, "dismissed_at": clock.now()}
    session.execute(insert(Dismissal).values(row).on_conflict_do_nothing())
