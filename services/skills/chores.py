"""What skills' worker does beside its events."""

from itertools import pairwise

from chassis import erasure
from chassis.chores import Chore
from chassis.database import Database
from chassis.settings import ServiceSettings
from contracts.discussion import PostEdited, PostPublished
from services.skills.actions import (
    alarms,
    catalogue,
    growth,
    nights,
    organisations,
    readers,
    recounts,
    rounds,
)
from services.skills.config import Settings
from services.skills.models import PostRef


def _reread_posts(database: Database, _: ServiceSettings) -> bool:
    with database.transaction() as session:
        return catalogue.reread_posts(session)


def _reweigh_posts(database: Database, _: ServiceSettings) -> bool:
    with database.transaction() as session:
        return recounts.reweigh_posts(session)


def _recount_liker(database: Database, _: ServiceSettings) -> bool:
    with database.transaction() as session:
        return recounts.recount_liker(session)


def _count_organisation(database: Database, _: ServiceSettings) -> bool:
    with database.transaction() as session:
        return organisations.count_organisation(session)


def _count_holders(database: Database, _: ServiceSettings) -> bool:
    with database.transaction() as session:
        return growth.count_holders(session)


ROUNDS = {
    nights.POSTS: rounds.settle_posts,
    nights.LEVELS: rounds.tell_levels,
    nights.ALARMS: alarms.raise_alarms,
}
NEXT = dict(pairwise(nights.STAGES))


def pass_night(database: Database, settings: Settings) -> bool:
    """A piece of the night, if it is night."""
    with database.transaction() as session:
        night = nights.hold_night(session)
        if night is None:
            return False
        stage = night.stage
        if stage in ROUNDS:
            if not ROUNDS[stage](session, night=night):
                night.go_on(NEXT[stage])
            return True
        if stage == nights.FLOW:
            found = nights.measure(session, night=night, founder_ids=settings.founder_ids)
        else:
            found = readers.weigh(session)
    for page in found.pages():
        with database.transaction() as session:
            found.write(session, page)
    with database.transaction() as session:
        if (night := nights.hold_night(session)) and night.stage == stage:
            if stage == nights.FLOW:
                rounds.find_posts(session)
            night.go_on(NEXT[stage])
    return True


CHORES = (
    Chore("night", 60.0, pass_night),
    Chore("count likes again", 1.0, _recount_liker),
    Chore("weigh posts again", 5.0, _reweigh_posts),
    Chore("read posts again", 5.0, _reread_posts),
    Chore("count holders", 60.0, _count_holders),
    Chore("count organisations", 60.0, _count_organisation),
    erasure.late_failures(
        PostRef.id,
        where=PostRef.removed_at.is_not(None),
        types=[PostPublished.type, PostEdited.type],
    ),
)
