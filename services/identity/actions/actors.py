"""Who may act: identity asks its own members, where others ask their replicas."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.identity.errors import MemberNotFound, MemberSuspended
from services.identity.models import Member


def admit(session: Session, member_id: UUID, *, lock: bool = False) -> Member:
    """The member who acts, as they are now; raises MemberNotFound or MemberSuspended.

    Every writing action of a member begins with this: a token lives up to ten minutes
    longer than the right to write. `lock` is for what changes the member's own row, so
    that each change has a revision of its own.
    """
    statement = select(Member).where(Member.id == member_id)
    if lock:
        statement = statement.with_for_update(key_share=True)
    member = session.scalar(statement)
    if member is None:
        raise MemberNotFound
    if member.state != "active":
        raise MemberSuspended
    return member
