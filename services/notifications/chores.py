"""What notifications' worker does beside its events."""

from collections.abc import Callable
from typing import Any

from chassis.chores import Chore
from chassis.database import Database
from chassis.settings import ServiceSettings
from services.notifications.actions import broadcasts, keeping

SOON, HOUR = 0.5, 3_600.0


def _piecewise(act: Callable[[Any], bool]) -> Callable[[Database, ServiceSettings], bool]:
    """Run an act a piece at a time, each in a transaction of its own."""

    def run(database: Database, _: ServiceSettings) -> bool:
        with database.transaction() as session:
            return act(session)

    return run


CHORES = (
    Chore("go on telling", SOON, _piecewise(broadcasts.go_on)),
    Chore("forget old notices", HOUR, _piecewise(keeping.forget_old)),
    Chore("forget old acts", HOUR, _piecewise(keeping.forget_old_acts)),
    Chore("forget what was told to leavers", HOUR, _piecewise(keeping.forget_leavers)),
    Chore("forget the oldest of many notices", HOUR, _piecewise(keeping.forget_many)),
)
