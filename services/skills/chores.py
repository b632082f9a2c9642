"""What skills' worker does beside its events."""

from chassis import erasure
from chassis.chores import Chore
from chassis.database import Database
from chassis.settings import ServiceSettings
from contracts.discussion import PostEdited, PostPublished
from services.skills.actions import catalogue, growth, recounts
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


def _count_holders(database: Database, _: ServiceSettings) -> bool:
    with database.transaction() as session:
        return growth.count_holders(session)


CHORES = (
    Chore("count likes again", 1.0, _recount_liker),
    Chore("weigh posts again", 5.0, _reweigh_posts),
    Chore("read posts again", 5.0, _reread_posts),
    Chore("count holders", 60.0, _count_holders),
    erasure.late_failures(
        PostRef.id,
        where=PostRef.removed_at.is_not(None),
        types=[PostPublished.type, PostEdited.type],
    ),
)
