"""What members are called, with the words and the key by which they are found and sorted."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.identity import names, rules
from services.identity.errors import NameTaken
from services.identity.models import Member

BATCH = 1000


def rename(session: Session, *, member: Member, name: str) -> None:
    """Call a member so; raises NameTaken where a reader would take them for somebody of staff.

    Members may be namesakes of each other, and so may staff.
    """
    is_new = name != member.name and member.role not in rules.STAFF
    if is_new and names.skeleton(name) in _staff_skeletons(session):
        raise NameTaken(errors={"name": [NameTaken.detail]})
    member.call(name)


def refresh_names(session: Session) -> bool:
    """Make words and keys for whom an earlier release named; returns whether more are left."""
    unkeyed = select(Member).where(Member.is_unkeyed()).limit(BATCH)
    found = session.scalars(unkeyed.with_for_update(skip_locked=True)).all()
    for member in found:
        member.call(None if member.state == "left" else member.name)
    return len(found) == BATCH


def _staff_skeletons(session: Session) -> set[str]:
    staff = select(Member.name).where(Member.is_staff(), Member.is_listed())
    return {names.skeleton(name) for name in session.scalars(staff)}
