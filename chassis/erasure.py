"""Erasing what the mechanism keeps of who, or what, is gone: failed events and kept answers.

Rows of its own are each service's affair; `chassis.members.keep_members` calls `forget` for
those who left. What fails only afterwards is found by the chore of `late_failures`.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, delete, exists, func, literal, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis.chores import Chore
from chassis.database import Database
from chassis.tables import FAILED_EVENTS, IDEMPOTENCY_KEYS
from contracts import EVENTS
from contracts.identity import MemberEvent

# What tells of people by name, or what is private. Other events carry their ids, which may stay.
NAMING = tuple(
    name for name, kind in EVENTS.items() if issubclass(kind, MemberEvent) or kind.private
)
LATE_SECONDS = 3600.0

Condition = ColumnElement[bool]

# Compared in the escaped form of bytes, for not every body is a text.
_BODY = func.lower(func.encode(FAILED_EVENTS.c.body, "escape"))
# Whom or what a message is about, where its envelope says so.
_SUBJECT = func.substring(_BODY, '"subject": ?"([^"\\\\]+)"')


def forget(session: Session, *, actor_id: UUID, texts: Sequence[str] = ()) -> None:
    """Erase failed events that name a person, and answers kept for them or naming them.

    `texts` are further strings that tell who it is, such as an address. A failed event
    about somebody else stays, although it may carry this person's id.
    """
    written = [form for text in texts for form in _forms(text)]
    holding = [_holds(_BODY, _escaped(form)) for form in written]
    about = _is_about(literal(str(actor_id)))
    session.execute(delete(FAILED_EVENTS).where(_is_of(NAMING), or_(about, *holding)))
    answer = func.lower(IDEMPOTENCY_KEYS.c.answer)
    naming = [_holds(answer, func.lower(text)) for text in (str(actor_id), *written)]
    own = IDEMPOTENCY_KEYS.c.member_id == actor_id
    session.execute(delete(IDEMPOTENCY_KEYS).where(or_(own, *naming)))


def forget_subjects(session: Session, *, types: Collection[str], ids: Collection[UUID]) -> None:
    """Erase failed events of these types, or of none, about rows of which no word may be left."""
    if ids:
        about = _SUBJECT.in_([str(one) for one in ids])
        session.execute(delete(FAILED_EVENTS).where(_is_of(types), about))


def late_failures(
    ids: InstrumentedAttribute[UUID], *, where: Condition, types: Collection[str] = ()
) -> Chore:
    """The chore that erases what failed after the row that it is about was gone.

    `where` tells which rows are gone; without `types`, what names people is erased.
    """
    one = cast(ids, Text)
    about = one == _SUBJECT if types else _is_about(one)
    doomed = and_(_is_of(types or NAMING), exists().where(where, about))

    def run(database: Database, _: Any) -> bool:
        with database.transaction() as session:
            session.execute(delete(FAILED_EVENTS).where(doomed))
        return False

    return Chore(f"erasure by {ids.class_.__tablename__}", every=LATE_SECONDS, run=run)


def _is_of(types: Collection[str]) -> Condition:
    """Its type is one of these, or nobody can read what it is."""
    return or_(FAILED_EVENTS.c.type.in_(types), FAILED_EVENTS.c.type.is_(None))


def _is_about(one: ColumnElement[str]) -> Condition:
    """Its subject is this id; where it does not say its subject, it holds the id."""
    return or_(one == _SUBJECT, and_(_SUBJECT.is_(None), _holds(_BODY, one)))


def _holds(text: ColumnElement[str], part: Any) -> Condition:
    return func.strpos(text, part) > 0


def _escaped(text: str) -> ColumnElement[str]:
    return func.lower(func.encode(func.convert_to(text, "UTF8"), "escape"))


def _forms(text: str) -> set[str]:
    """A text as it stands in JSON."""
    return {json.dumps(text, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False)}
