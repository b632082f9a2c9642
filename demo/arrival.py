"""Waiting until every event has reached its listeners."""

import time
from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from chassis import reconciling
from chassis.messaging import failures, outbox
from chassis.reconciling import Total
from chassis.service import Service
from demo.machine import Machine
from services.discussion.models import Like, Post
from services.projects import models as projects
from services.skills.models import THANKS, LikeRef, PostRef
from services.social.models import MemberRef
from standalone.services import SERVICES

POLL = 0.2


class NotArrived(Exception):
    """The events stopped moving: no worker runs, or something failed."""


def wait_for_events(
    machine: Machine,
    *,
    patience: float = 60.0,
    poll: float = POLL,
    tell: Callable[[int], None] = lambda _: None,
) -> None:
    """Until skills knows every post and like of discussion; raises NotArrived.

    Gives up when nothing has moved for `patience` seconds. `tell` hears how much is missing.
    """
    before, moved = (-1, -1), time.monotonic()
    while (missing := _missing(machine)) != (0, 0):
        tell(sum(missing))
        if missing != before:
            before, moved = missing, time.monotonic()
        if time.monotonic() - moved > patience:
            waiting, unknown = missing
            raise NotArrived(
                f"{waiting} events wait and {unknown} posts and likes have not arrived:"
                " does a worker run? See dead-letters list."
            )
        time.sleep(poll)


def wait_for_agreement(machine: Machine, *, patience: float = 60.0, poll: float = 1.0) -> None:
    """Until all that services share is the same on both sides; raises NotArrived.

    Counted everywhere, so only for when nobody writes: a queue of a broker is seen by no other way.
    """
    before, moved = [""], time.monotonic()
    while differing := reconciling.compare(_totals(machine))[1]:
        if differing != before:
            before, moved = differing, time.monotonic()
        if time.monotonic() - moved > patience:
            raise NotArrived(" ".join(differing))
        time.sleep(poll)


def wait_for_members(
    machine: Machine,
    member_ids: Collection[UUID],
    *,
    service: str = "social",
    patience: float = 60.0,
) -> None:
    """Until a service knows all of them; raises NotArrived after `patience` seconds."""
    refs: Any = {"social": MemberRef, "projects": projects.MemberRef}[service]
    # As one array: of single values a statement takes no more than 65,535.
    named = refs.id == any_(cast(list(member_ids), ARRAY(Uuid)))
    told = select(func.count()).where(named, refs.revision > 0)
    deadline = time.monotonic() + patience
    while machine.do(service, lambda session: session.scalar(told)) != len(member_ids):
        if time.monotonic() > deadline:
            raise NotArrived("Members have not arrived: does a worker run? See dead-letters list.")
        time.sleep(POLL)


def _totals(machine: Machine) -> list[Total]:
    def count(service: Service) -> list[Total]:
        its = service.name, service.all_shares
        return machine.do(service.name, lambda session: reconciling.count(session, *its))

    return [total for service in SERVICES for total in count(service)]


def _missing(machine: Machine) -> tuple[int, int]:
    waiting = sum(machine.do(service, _waiting) for service in machine.services)
    told = machine.do("discussion", lambda session: _revisions(session, Like, Post))
    known = machine.do("skills", _known)
    return waiting, told - known


def _known(session: Session) -> int:
    """What skills keeps of discussion; what it keeps of thanks is projects'."""
    posts = select(func.coalesce(func.sum(PostRef.revision), 0)).where(PostRef.call_id.is_(None))
    likes = select(func.coalesce(func.sum(LikeRef.revision), 0))
    likes = likes.where(LikeRef.post_id.not_in(THANKS))
    return sum(int(session.execute(one).scalar_one()) for one in (posts, likes))


def _waiting(session: Session) -> int:
    return outbox.backlog(session) + failures.QUEUE.count_by_state(session)["waiting"]


def _revisions(session: Session, *models: type[Like | Post]) -> int:
    sums = (func.coalesce(func.sum(model.revision), 0) for model in models)
    return sum(session.execute(select(total)).scalar_one() for total in sums)
