"""The past of identity in key order, as events, for listeners that are rebuilt."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.identity import MemberEvent
from services.identity import events
from services.identity.models import Member


def list_member_history(
    session: Session, after: MemberEvent | None, limit: int
) -> Sequence[MemberEvent]:
    """Every member as they are now."""
    statement = select(Member).order_by(Member.id).limit(limit)
    if after is not None:
        statement = statement.where(Member.id > after.member_id)
    return [events.as_they_are(member) for member in session.scalars(statement)]
