"""The past of identity in key order, as events, for listeners that are rebuilt."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.identity import AddressConfirmed, MemberEvent
from services.identity import events
from services.identity.models import Credentials, Member


def list_member_history(
    session: Session, after: MemberEvent | None, limit: int
) -> Sequence[MemberEvent]:
    """Every member as they are now."""
    statement = select(Member).order_by(Member.id).limit(limit)
    if after is not None:
        statement = statement.where(Member.id > after.member_id)
    return [events.as_they_are(member) for member in session.scalars(statement)]


def list_address_history(
    session: Session, after: AddressConfirmed | None, limit: int
) -> Sequence[AddressConfirmed]:
    """Every address at which mail is read; of who left there is none."""
    confirmed = select(Credentials).where(Credentials.is_confirmed())
    if after is not None:
        confirmed = confirmed.where(Credentials.member_id > after.member_id)
    rows = session.scalars(confirmed.order_by(Credentials.member_id).limit(limit))
    return [events.address_confirmed(known) for known in rows]
