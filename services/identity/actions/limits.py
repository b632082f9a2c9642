"""Allowances for what may not be tried without end: rows, so that they survive a restart."""

import hashlib
import math
from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from services.identity.errors import TooManyTries
from services.identity.models import Limit
from services.identity.rules import Allowance


def take_try(session: Session, *, allowance: Allowance, who: Sequence[object]) -> None:
    """Use up one try of somebody; raises TooManyTries, and then uses up nothing."""
    if not take_if_left(session, allowance=allowance, who=who):
        full_at = session.execute(
            select(Limit.full_at).where(Limit.key == _key(allowance, who))
        ).scalar_one()
        wait = full_at + allowance.interval - allowance.period - clock.now()
        raise TooManyTries(retry_after=max(1, math.ceil(wait.total_seconds())))


def take_if_left(session: Session, *, allowance: Allowance, who: Sequence[object]) -> bool:
    """Use up one try where one is left; returns whether it was.

    One statement, so that twins cannot both take the last: the generic cell rate algorithm
    (ITU-T I.371), in which `full_at` runs ahead of the present by what was used up.
    """
    now = clock.now()
    row = insert(Limit).values(key=_key(allowance, who), full_at=now + allowance.interval)
    used = func.greatest(Limit.full_at, now) + allowance.interval
    statement = row.on_conflict_do_update(
        index_elements=["key"], set_={"full_at": used}, where=used <= now + allowance.period
    )
    return session.execute(statement.returning(Limit.key)).first() is not None


def give_back(session: Session, *, allowance: Allowance, who: Sequence[object]) -> None:
    """Undo one `take_try`: the try was no failure."""
    session.execute(
        update(Limit)
        .where(Limit.key == _key(allowance, who))
        .values(full_at=Limit.full_at - allowance.interval)
    )


def forget_tries(session: Session, *, allowance: Allowance, who: Sequence[object]) -> None:
    """Give somebody the whole allowance back."""
    session.execute(delete(Limit).where(Limit.key == _key(allowance, who)))


def _key(allowance: Allowance, who: Sequence[object]) -> bytes:
    """A hash: the table names nobody."""
    return hashlib.sha256("\x1f".join([allowance.name, *map(str, who)]).encode()).digest()
