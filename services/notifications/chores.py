"""What notifications' worker does beside its events."""

from chassis.chores import Chore
from chassis.database import Database
from chassis.settings import ServiceSettings
from services.notifications.actions import broadcasts, keeping

SOON, HOUR = 0.5, 3_600.0


def _go_on_telling(database: Database, _: ServiceSettings) -> bool:
    with database.transaction() as session:
        return broadcasts.go_on(session)


def _forget_old(database: Database, _: ServiceSettings) -> bool:
    with database.transaction() as session:
        return keeping.forget_old(session)


def _forget_many(database: Database, _: ServiceSettings) -> bool:
    with database.transaction() as session:
        return keeping.forget_many(session)


def _forget_old_acts(database: Database, _: ServiceSettings) -> bool:
    with database.transaction() as session:
        return keeping.forget_old_acts(session)


def _forget_leavers(database: Database, _: ServiceSettings) -> bool:
    with database.transaction() as session:
        return keeping.forget_leavers(session)


CHORES = (
    Chore("go on telling", SOON, _go_on_telling),
    Chore("forget old notices", HOUR, _forget_old),
    Chore("forget old acts", HOUR, _forget_old_acts),
    Chore("forget what was told to leavers", HOUR, _forget_leavers),
    Chore("forget the oldest of many notices", HOUR, _forget_many),
)
