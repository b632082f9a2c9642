"""What projects' worker does beside its events."""

from chassis.chores import Chore
from chassis.database import Database
from chassis.settings import ServiceSettings
from services.projects.actions import awake, sealing

SOON, MINUTE = 2.0, 60.0


def seal_rounds(database: Database, settings: ServiceSettings) -> bool:
    """Carry out the end of rounds; results without names wait for it."""
    with database.transaction() as session:
        return sealing.seal_next(session)


def sweep_rounds(database: Database, settings: ServiceSettings) -> bool:
    """Let nothing be left of what was deleted; tried again while somebody looks at the past."""
    with database.transaction() as session:
        unswept = sealing.find_unswept(session)
    if not unswept:
        return False
    with database.reading() as connection:
        is_swept = sealing.sweep(connection)
    if is_swept:
        with database.transaction() as session:
            sealing.mark_swept(session, unswept)
    return False


def ask_for_outcomes(database: Database, settings: ServiceSettings) -> bool:
    """Ask for what came of rounds, once of each."""
    with database.transaction() as session:
        return sealing.ask_for_outcome(session)


def tell_sleep(database: Database, settings: ServiceSettings) -> bool:
    """Tell that projects are idle or asleep, each once."""
    with database.transaction() as session:
        return awake.tell_sleep(session)


CHORES = (
    Chore("seal rounds", SOON, seal_rounds),
    Chore("sweep rounds", SOON, sweep_rounds),
    Chore("ask for outcomes", MINUTE, ask_for_outcomes),
    Chore("tell sleep", MINUTE, tell_sleep),
)
