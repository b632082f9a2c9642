"""When members looked last, by the day: to who stays away for long, nothing is mailed any more."""

from threading import Lock
from uuid import UUID

from cachetools import LRUCache
from sqlalchemy import Date, Uuid, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from chassis import clock, members
from chassis.statements import Statement
from chassis.transactions import transaction
from services.notifications.models import MemberRef, Visit

MOST = 50_000


class Visits:
    """What a process has noted today: so a day costs a member one statement."""

    def __init__(self) -> None:
        self._noted: LRUCache[UUID, int] = LRUCache(MOST)
        self._guard = Lock()

    def note(self, member_id: UUID) -> None:
        """Somebody looks at what they are told."""
        today = clock.now().date()
        with self._guard:
            if self._noted.get(member_id) == today.toordinal():
                return
        try:
            with transaction() as session:
                _NOTED.rows(session, member_id=member_id, day=today)
        except SQLAlchemyError:
            return  # a database without room answers what is read, as ever
        with self._guard:
            self._noted[member_id] = today.toordinal()


def _noted() -> Statement:
    named = bindparam("member_id", type_=Uuid)
    known = select(MemberRef.id, bindparam("day", type_=Date)).where(
        MemberRef.id == named, MemberRef.state == members.ACTIVE
    )
    new = insert(Visit).from_select(["member_id", "day"], known)
    later = new.on_conflict_do_update(
        index_elements=["member_id"],
        set_={"day": new.excluded.day},
        where=Visit.day < new.excluded.day,
    )
    return Statement(later)


_NOTED = _noted()
