"""What two members are to each other is changed while both are held."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import members
from chassis.claims import Claims
from services.social.access import hold_member
from services.social.models import MemberRef


def hold_both(session: Session, *, actor: Claims, member_id: UUID) -> None:
    """Lock both, so that neither leaves in the middle.

    In the order of ids, as the replica is written, so that nobody waits crosswise. Raises
    what `require_active` raises, or MemberNotFound.
    """
    if member_id < actor.id:
        is_there = hold_member(session, member_id)
        members.require_active(session, MemberRef, actor)
    else:
        members.require_active(session, MemberRef, actor)
        is_there = hold_member(session, member_id)
    if not is_there:
        raise members.MemberNotFound
