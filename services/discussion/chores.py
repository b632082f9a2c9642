"""What discussion's worker does beside its events."""

from chassis.chores import Chore
from chassis.database import Database
from chassis.settings import ServiceSettings
from services.discussion.actions import rendering

MINUTE = 60.0


def refresh_rendering(database: Database, settings: ServiceSettings) -> bool:
    """Render what an earlier release wrote."""
    with database.transaction() as session:
        return rendering.refresh_rendering(session)


CHORES = (Chore("refresh rendering", MINUTE, refresh_rendering),)
