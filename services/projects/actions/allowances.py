"""How much one member may begin, offer and tell in a day.

Checked for requests only: imports go at their own pace.
"""

from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from chassis.errors import ServiceError
from services.projects import rules
from services.projects.errors import OffersTooFast, ProjectsTooFast, UpdatesTooFast
from services.projects.models import MemberRef, Offer, Project, ProjectUpdate


def require_room_for_project(session: Session, *, actor: Claims) -> None:
    """Raises ProjectsTooFast with the seconds after which there is room."""
    mine = Project.owner_id == actor.id
    _require(session, actor, mine, Project.created_at, rules.PROJECTS_A_DAY, ProjectsTooFast)


def require_room_for_offer(session: Session, *, actor: Claims) -> None:
    """Raises OffersTooFast likewise."""
    mine = Offer.member_id == actor.id
    _require(session, actor, mine, Offer.offered_at, rules.OFFERS_A_DAY, OffersTooFast)


def require_room_for_update(session: Session, *, actor: Claims) -> None:
    """Raises UpdatesTooFast likewise."""
    mine = ProjectUpdate.author_id == actor.id
    _require(session, actor, mine, ProjectUpdate.published_at, rules.UPDATES_A_DAY, UpdatesTooFast)


def _require(
    session: Session,
    actor: Claims,
    mine: Any,
    at: Any,
    most: int,
    refusal: type[ServiceError],
) -> None:
    # Of two requests of one member at once, the second counts the first. Another key than that of
    # whoever asks them: they hold a project by then, for which the actor may wait.
    session.execute(select(func.pg_advisory_xact_lock(~actor.id.int & (2**63 - 1))))
    since = clock.now() - rules.DAY
    times = select(at).where(mine, at > since).order_by(at.desc()).offset(most - 1).limit(1)
    oldest: datetime | None = session.scalar(times)
    if oldest is not None:
        _refuse(session, actor, refusal, int((oldest - since).total_seconds()) + 1)


def _refuse(session: Session, actor: Claims, refusal: type[ServiceError], wait: int) -> NoReturn:
    """Who may not write at all hears that first."""
    members.require_active(session, MemberRef, actor)
    raise refusal(retry_after=wait)
