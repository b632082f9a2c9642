"""What skills' worker does beside its events."""

from chassis import erasure
from chassis.chores import Chore
from chassis.database import Database
from chassis.settings import ServiceSettings
from contracts.discussion import PostEdited, PostPublished
from services.skills.actions import catalogue
from services.skills.models import PostRef


def _reread_posts(database: Database, _: ServiceSettings) -> bool:
    with database.transaction() as session:
        return catalogue.reread_posts(session)


CHORES = (
    Chore("read posts again", 5.0, _reread_posts),
    erasure.late_failures(
        PostRef.id,
        where=PostRef.removed_at.is_not(None),
        types=[PostPublished.type, PostEdited.type],
    ),
)
