"""What is private of events (`Event.private`): told to listeners, and to nobody who looks on.

Logs and stored errors say of such an event only what kind of error there was, and where. The
message of one that is dead is kept without what is private: trying it again is refused, and the
event has to be told anew.
"""

import json
import traceback
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from chassis.chores import Chore
from chassis.database import Database
from chassis.messaging.envelope import Undecodable
from chassis.tables import FAILED_EVENTS
from contracts import EVENTS, ContractError

PRIVATE = {name: kind for name, kind in EVENTS.items() if kind.private}
LEFT_OUT = b'{"masked":true,"why":"Nobody can read it, and it may hold what is private."}'
MASK_SECONDS = 10.0
PAGE = 100
# Their words repeat no value.
_DISCREET = (ContractError, Undecodable)
_MASKED = '"masked":true'


def mask(body: bytes) -> bytes:
    """A message without what its type says is private; one of another type as it is."""
    if not any(name.encode() in body for name in PRIVATE):
        return body
    try:
        envelope = json.loads(body)
        kind = EVENTS[envelope["type"]]
    except (ValueError, RecursionError, TypeError, LookupError):
        return LEFT_OUT
    if not kind.private:
        return body
    data = envelope.get("data")
    known = data if isinstance(data, dict) else {}
    shown = {field.name: known.get(field.name) for field in fields(kind)}
    shown |= dict.fromkeys(kind.private)
    masked = {**envelope, "data": shown, "masked": True}
    return json.dumps(masked, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def name_error(error: BaseException, event_type: str | None) -> str:
    """An error as logs say it."""
    is_told = event_type not in PRIVATE or isinstance(error, _DISCREET)
    return repr(error) if is_told else type(error).__name__


def explain_error(error: BaseException, event_type: str | None) -> str:
    """An error and where it came from, as it is stored."""
    if event_type not in PRIVATE:
        return "".join(traceback.format_exception(error))
    return "\n".join(_explain_discreetly(error))


def _explain_discreetly(error: BaseException) -> Iterator[str]:
    """Where each error of a chain came from, and its name: its words may repeat a value."""
    before = error.__cause__ or error.__context__
    if before is not None:
        yield from _explain_discreetly(before)
    yield from (line.rstrip() for line in traceback.format_tb(error.__traceback__))
    yield str(error) if isinstance(error, _DISCREET) else type(error).__name__


def _mask_dead(database: Database, _: Any) -> bool:
    table = FAILED_EVENTS
    whole = select(table.c.id, table.c.body).where(table.c.state == "dead", _is_whole())
    with database.transaction() as session:
        rows = session.execute(whole.limit(PAGE).with_for_update(skip_locked=True)).all()
        for row in rows:
            masked = mask(row.body)
            kept = LEFT_OUT if masked == row.body else masked
            session.execute(update(table).where(table.c.id == row.id).values(body=kept))
    return len(rows) == PAGE


def _is_whole() -> ColumnElement[bool]:
    """What may hold something private, and is not masked yet."""
    body = func.encode(FAILED_EVENTS.c.body, "escape")
    return or_(
        and_(FAILED_EVENTS.c.type.in_(PRIVATE), func.strpos(body, _MASKED) == 0),
        and_(
            FAILED_EVENTS.c.type.is_(None), or_(*(func.strpos(body, name) > 0 for name in PRIVATE))
        ),
    )


mask_dead = Chore("mask dead events", MASK_SECONDS, _mask_dead)
