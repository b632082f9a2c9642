"""A community in which trust counts, and its nights."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis import clock
from chassis.settings import Secret
from chassis.testing.service import ServiceUnderTest
from services.skills import rules
from services.skills.chores import pass_night
from services.skills.config import Settings
from services.skills.models import Night

FULL = 100  # so many nights after trust began it counts in full


def begin_trust(
    service: ServiceUnderTest, founders: Sequence[UUID], at: datetime, *, nights: int = FULL
) -> None:
    """As if enough members had been active so many nights ago."""
    with service.session() as session:
        session.merge(
            Night(
                id=1,
                number=nights,
                trust_began_at=at,
                founder_ids=list(founders),
                levelling=rules.LEVELLING,
            )
        )


def night(service: ServiceUnderTest, at: datetime, *, founders: str = "") -> int:
    """One whole night as the worker passes it; in how many pieces."""
    settings = Settings(database_url=Secret("postgresql://unused"), founders=founders)
    pieces = 0
    with clock.at(at):
        while pass_night(service.database, settings):
            pieces += 1
    return pieces
