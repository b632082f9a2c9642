"""How members choose to be told: by their preferences, and by the link of a mail."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.claims import Claims
from services.notifications import preferences
from services.notifications.actions import agendas
from services.notifications.errors import UnsubscriptionInvalid, VersionMissing, VersionOutdated
from services.notifications.models import MemberRef, Preference
from services.notifications.preferences import Preferences


def choose(
    session: Session, *, actor: Claims, chosen: Preferences, version: int | None, zone: str
) -> None:
    """Set one's preferences, of the version that was looked at.

    Raises VersionMissing or VersionOutdated.
    """
    members.require_active(session, MemberRef, actor)
    if version is None:
        raise VersionMissing
    row = _lock(session, actor.id, zone)
    if row.version != version:
        raise VersionOutdated
    row.choices, row.undone = preferences.write(chosen), {}
    _changed(session, row)


def unsubscribe(session: Session, *, member_id: UUID, scope: str, zone: str) -> None:
    """Mail somebody nothing of a scope any more; again changes nothing.

    What was chosen is kept for who takes it back. Raises UnsubscriptionInvalid of who is not here.
    """
    row = _lock_reader(session, member_id, zone)
    chosen = preferences.read(row.choices, zone)
    if preferences.is_off(chosen, scope):
        return
    less, was = preferences.without(chosen, scope)
    row.choices, row.undone = preferences.write(less), {**row.undone, scope: was}
    _changed(session, row)


def subscribe_again(session: Session, *, member_id: UUID, scope: str, zone: str) -> None:
    """Take an unsubscribing back, whatever was chosen before it. Raises UnsubscriptionInvalid."""
    row = _lock_reader(session, member_id, zone)
    chosen = preferences.read(row.choices, zone)
    if scope not in row.undone or not preferences.is_off(chosen, scope):
        return
    undone = dict(row.undone)
    again = preferences.with_again(chosen, scope, undone.pop(scope))
    row.choices, row.undone = preferences.write(again), undone
    _changed(session, row)


def _lock_reader(session: Session, member_id: UUID, zone: str) -> Preference:
    # Held, so that nobody leaves in the middle and keeps a row.
    known = select(MemberRef.state).where(MemberRef.id == member_id)
    state = session.scalar(known.with_for_update(read=True))
    if state in (None, members.LEFT):
        raise UnsubscriptionInvalid
    return _lock(session, member_id, zone)


def _lock(session: Session, member_id: UUID, zone: str) -> Preference:
    """A member's row, locked; of who never chose one with what holds for them, of version 0."""
    first: dict[str, Any] = {
        "member_id": member_id,
        "version": 0,
        "choices": preferences.write(Preferences(time_zone=zone)),
        "undone": {},
        "changed_at": clock.now(),
    }
    session.execute(insert(Preference).values(first).on_conflict_do_nothing())
    return session.get_one(Preference, member_id, with_for_update=True, populate_existing=True)


def _changed(session: Session, row: Preference) -> None:
    row.version += 1
    row.changed_at = clock.now()
    session.flush()
    agendas.request_look(session, member_id=row.member_id)
