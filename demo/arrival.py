"""Waiting until every event has reached its listeners."""

import time
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.messaging import failures, outbox
from demo.machine import Machine
from services.discussion.models import Like, Post
from services.skills.models import LikeRef, PostRef
from services.social.models import MemberRef

POLL = 0.2


class NotArrived(Exception):
    """The events stopped moving: no worker runs, or something failed."""


def wait_for_events(machine: Machine, *, patience: float = 60.0) -> None:
    """Until skills knows every post and like of discussion; raises NotArrived.

    Gives up when nothing has moved for `patience` seconds.
    """
    before, moved = (-1, -1), time.monotonic()
    while (missing := _missing(machine)) != (0, 0):
        if missing != before:
            before, moved = missing, time.monotonic()
        if time.monotonic() - moved > patience:
            waiting, unknown = missing
            raise NotArrived(
                f"{waiting} events wait and {unknown} posts and likes have not arrived:"
                " does a worker run? See dead-letters list."
            )
        time.sleep(POLL)


def wait_for_members(
    machine: Machine, member_ids: Collection[UUID], *, patience: float = 60.0
) -> None:
    """Until social knows all of them; raises NotArrived after `patience` seconds."""
    told = select(func.count()).where(MemberRef.id.in_(member_ids), MemberRef.revision > 0)
    deadline = time.monotonic() + patience
    while machine.do("social", lambda session: session.scalar(told)) != len(member_ids):
        if time.monotonic() > deadline:
            raise NotArrived("Members have not arrived: does a worker run? See dead-letters list.")
        time.sleep(POLL)


def _missing(machine: Machine) -> tuple[int, int]:
    waiting = sum(machine.do(service, _waiting) for service in machine.services)
    told = machine.do("discussion", lambda session: _revisions(session, Like, Post))
    known = machine.do("skills", lambda session: _revisions(session, LikeRef, PostRef))
    return waiting, told - known


def _waiting(session: Session) -> int:
    return outbox.backlog(session) + failures.QUEUE.count_by_state(session)["waiting"]


def _revisions(session: Session, *models: type[Like | Post | LikeRef | PostRef]) -> int:
    sums = (func.coalesce(func.sum(model.revision), 0) for model in models)
    return sum(session.execute(select(total)).scalar_one() for total in sums)
