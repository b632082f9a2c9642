"""Devices that are told at once: subscribing them, and switching them off."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from chassis.identifiers import new_id
from chassis.tables import CLOSED_SESSIONS
from services.notifications.actions import agendas
from services.notifications.errors import (
    EndpointRefused,
    PushKeysInvalid,
    PushOff,
    SubscriptionNotFound,
    SubscriptionsTooMany,
)
from services.notifications.models import MemberRef, PushSubscription, PushTry
from services.notifications.pushing.endpoints import are_keys, find_endpoint

MOST = 10
PAGE = 1_000
_PLACES = 12  # of advisory locks with two keys


def subscribe(
    session: Session,
    *,
    actor: Claims,
    endpoint: str,
    p256dh: str,
    auth: str,
    hosts: Sequence[str] | None,
) -> PushSubscription:
    """Let a browser be pushed to while the actor's session lasts.

    A browser that was known is the actor's from now on: whoever uses it now is told there. `hosts`
    is None where nothing is pushed. Raises PushOff, EndpointRefused, PushKeysInvalid or
    SubscriptionsTooMany.
    """
    members.require_active(session, MemberRef, actor)
    if hosts is None:
        raise PushOff
    found = find_endpoint(endpoint, hosts)
    if found is None:
        raise EndpointRefused
    if not are_keys(p256dh, auth):
        raise PushKeysInvalid
    _take_place(session, actor.id, found)
    kept = {"session_id": actor.session_id, "public_key": p256dh, "auth_secret": auth}
    new = insert(PushSubscription).values(
        id=new_id(), member_id=actor.id, endpoint=found, created_at=clock.now(), **kept
    )
    moved = new.on_conflict_do_update(
        index_elements=["endpoint"], set_={"member_id": actor.id, **kept}
    )
    row = session.scalars(
        moved.returning(PushSubscription), execution_options={"populate_existing": True}
    ).one()
    agendas.request_look(session, member_id=actor.id)
    return row


def _take_place(session: Session, member_id: UUID, endpoint: str) -> None:
    """Of another who had this browser, and among one's ten; raises SubscriptionsTooMany."""
    # One after the other, so that two at once are not one too many.
    session.execute(select(func.pg_advisory_xact_lock(_PLACES, func.hashtext(str(member_id)))))
    its = PushSubscription.endpoint == endpoint
    known = session.scalar(select(PushSubscription).where(its).with_for_update())
    if known is not None and known.member_id != member_id:
        forget(session, [known.id])
    others = (PushSubscription.member_id == member_id) & ~its
    count = session.scalar(select(func.count()).select_from(PushSubscription).where(others))
    if (count or 0) >= MOST:
        raise SubscriptionsTooMany


def unsubscribe(session: Session, *, actor: Claims, subscription_id: UUID) -> None:
    """Push to a device no more; one that is not there is not pushed to already.

    Raises SubscriptionNotFound of somebody else's.
    """
    members.require_active(session, MemberRef, actor)
    row = session.get(PushSubscription, subscription_id, with_for_update=True)
    if row is None:
        return
    if row.member_id != actor.id:
        raise SubscriptionNotFound
    forget(session, [row.id])


def forget(session: Session, subscription_ids: Collection[UUID]) -> None:
    """Delete subscriptions, and what waits for them."""
    if subscription_ids:
        session.execute(delete(PushTry).where(PushTry.subscription_id.in_(subscription_ids)))
        session.execute(delete(PushSubscription).where(PushSubscription.id.in_(subscription_ids)))


def forget_sessions(session: Session, session_ids: Collection[UUID]) -> None:
    """Delete the subscriptions of sessions that are over."""
    _forget_where(session, PushSubscription.session_id.in_(session_ids))


def forget_closed(session: Session) -> bool:
    """The same of those that were subscribed while their session was closed; whether of many."""
    closed = select(CLOSED_SESSIONS.c.session_id)
    return _forget_where(session, PushSubscription.session_id.in_(closed)) == PAGE


def _forget_where(session: Session, which: Any) -> int:
    found = select(PushSubscription.id).where(which).limit(PAGE)
    ids = session.scalars(found.with_for_update(skip_locked=True)).all()
    forget(session, ids)
    return len(ids)
