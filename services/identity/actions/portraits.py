"""Showing oneself: a portrait at a path of its own, and none again."""

import secrets

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.claims import Claims
from chassis.messaging.outbox import record
from services.identity import events, rules
from services.identity.access import require_active
from services.identity.actions import limits
from services.identity.models import Portrait


def allow_change(session: Session, *, actor: Claims) -> None:
    """Use up a try, before a picture is looked at, which costs time and memory.

    Raises MemberNotFound, MemberSuspended or TooManyTries.
    """
    require_active(session, actor)
    limits.take_try(session, allowance=rules.PORTRAITS, who=[actor.id])


def change_portrait(session: Session, *, actor: Claims, image: bytes) -> None:
    """Show the actor by a new picture; the path of the one before ends.

    Records `member.updated`; raises MemberNotFound or MemberSuspended.
    """
    member = require_active(session, actor, is_locked=True)
    # Whoever was told the path sees the picture and nobody else, so it cannot be guessed.
    key = f"{secrets.token_urlsafe(32)}.webp"
    fresh = {"key": key, "image": image}
    row = insert(Portrait).values(member_id=member.id, **fresh)
    session.execute(row.on_conflict_do_update(index_elements=["member_id"], set_=fresh))
    member.portrait_url = rules.portrait_url(key)
    member.revision += 1
    record(session, events.updated(member))


def remove_portrait(session: Session, *, actor: Claims) -> None:
    """Show the actor without a picture; records `member.updated` where there was one.

    Raises MemberNotFound or MemberSuspended.
    """
    member = require_active(session, actor, is_locked=True)
    if member.portrait_url is None:
        return
    session.execute(delete(Portrait).where(Portrait.member_id == member.id))
    member.portrait_url = None
    member.revision += 1
    record(session, events.updated(member))
