"""What two members are to each other is changed while both are held."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import members
from chassis.claims import Claims
from services.social.models import MemberRef


def hold_both(session: Session, *, actor: Claims, member_id: UUID) -> None:
    """Lock both, so that neither leaves in the middle.

    Raises what `require_active` raises, or MemberNotFound.
    """
    if not members.require_active_beside(session, MemberRef, actor, member_id):
        raise members.MemberNotFound
