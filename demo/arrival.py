"""Waiting until every event has reached its listeners."""

import time
from collections.abc import Mapping

from sqlalchemy import func, select

from chassis.database import Database
from chassis.messaging import failures, outbox
from services.discussion.models import Like, Post
from services.skills.models import LikeRef, PostRef

POLL = 0.2


class NotArrived(Exception):
    """The events stopped moving: no worker runs, or something failed."""


def wait_for_events(databases: Mapping[str, Database], *, patience: float = 60.0) -> None:
    """Until skills knows every post and like of discussion; raises NotArrived.

    Gives up when nothing has moved for `patience` seconds.
    """
    before, moved = (-1, -1), time.monotonic()
    while (missing := _missing(databases)) != (0, 0):
        if missing != before:
            before, moved = missing, time.monotonic()
        if time.monotonic() - moved > patience:
            waiting, unknown = missing
            raise NotArrived(
                f"{waiting} events wait and {unknown} posts and likes have not arrived:"
                " does a worker run? See dead-letters list."
            )
        time.sleep(POLL)


def _missing(databases: Mapping[str, Database]) -> tuple[int, int]:
    waiting = 0
    for database in databases.values():
        with database.transaction() as session:
            waiting += outbox.backlog(session) + failures.QUEUE.count_by_state(session)["waiting"]
    with databases["discussion"].transaction() as session:
        told = sum(
            session.execute(select(func.coalesce(func.sum(revision), 0))).scalar_one()
            for revision in (Like.revision, Post.revision)
        )
    with databases["skills"].transaction() as session:
        known = sum(
            session.execute(select(func.coalesce(func.sum(revision), 0))).scalar_one()
            for revision in (LikeRef.revision, PostRef.revision)
        )
    return waiting, told - known
