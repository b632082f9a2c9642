"""How much one member may begin, offer and tell in a day, and one project.

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


def require_pace(
    session: Session, *, at: Any, which: Any, most: int, refusal: type[ServiceError]
) -> None:
    """Raise a refusal, with the seconds after which there is room, of what is a project's.

    `at` is the column of times, `which` says whose rows they are. The caller holds the project.
    """
    wait = _find_wait(session, at, which, most)
    if wait is not None:
        raise refusal(retry_after=wait)


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
    wait = _find_wait(session, at, mine, most)
    if wait is not None:
        _refuse(session, actor, refusal, wait)


def _find_wait(session: Session, at: Any, which: Any, most: int) -> int | None:
    """Seconds until fewer than the most lie within a day; None where that is so."""
    since = clock.now() - rules.DAY
    times = select(at).where(which, at > since).order_by(at.desc()).offset(most - 1).limit(1)
    oldest: datetime | None = session.scalar(times)
    return None if oldest is None else int((oldest - since).total_seconds()) + 1


def _refuse(session: Session, actor: Claims, refusal: type[ServiceError], wait: int) -> NoReturn:
    """Who may not write at all hears that first."""
    members.require_active(session, MemberRef, actor)
    raise refusal(retry_after=wait)
