"""What discussion's worker does beside its events."""

from chassis.chores import Chore
from chassis.database import Database
from chassis.settings import ServiceSettings
from services.discussion.actions import rendering


def refresh_rendering(database: Database, settings: ServiceSettings) -> bool:
    """Render and count what an earlier release wrote: during an upgrade it goes on writing."""
    with database.transaction() as session:
        return rendering.refresh_rendering(session)


CHORES = (Chore("refresh rendering", 5.0, refresh_rendering),)
