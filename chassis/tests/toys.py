"""Toy services for the delivery suite: `writer` tells of notes, `reader` and `auditor` listen.

A note's text says how its handlers misbehave: "fail SERVICE", "fail batch SERVICE",
"kill SERVICE" or "hold FOLDER".
"""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from chassis import tables
from chassis.database import new_metadata
from chassis.messaging.handlers import Handlers
from chassis.replicas import upsert_newer
from chassis.testing.waiting import eventually
from contracts import Event

WRITER = "writer"
LISTENERS = ("reader", "auditor")
SERVICES = (WRITER, *LISTENERS)


@dataclass(frozen=True, kw_only=True)
class NoteChanged(Event):
    """What the listeners hear."""

    type = "note.changed"
    source = WRITER
    key = ("note_id",)

    note_id: UUID
    revision: int
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class NoteForgotten(Event):
    """What nobody hears."""

    type = "note.forgotten"
    source = WRITER
    key = ("note_id",)

    note_id: UUID


EVENTS: dict[str, type[Event]] = {kind.type: kind for kind in (NoteChanged, NoteForgotten)}
SUBSCRIPTIONS = {NoteChanged.type: list(LISTENERS)}


class Base(DeclarativeBase):
    metadata = new_metadata()


class Note(Base):
    """Kept by `@on`; the newest revision wins."""

    __tablename__ = "notes"
    note_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    text: Mapped[str]


class Digest(Base):
    """Kept by `@on_batch`; the newest revision wins."""

    __tablename__ = "digests"
    note_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    text: Mapped[str]


class Tally(Base):
    """Kept by `@on(once=True)`: how many events were applied, which is not idempotent."""

    __tablename__ = "tallies"
    note_id: Mapped[UUID] = mapped_column(primary_key=True)
    count: Mapped[int]


class Hearing(Base):
    """Kept by `@on`: what was heard, each time and in order."""

    __tablename__ = "hearings"
    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[UUID]
    revision: Mapped[int]


tables.attach(Base.metadata)

# Texts whose misbehaviour is mended: what a release with a fix would do.
mended: set[str] = set()


def handlers_of(service: str) -> Handlers:
    """The reactions of a listener, of each kind; the writer has none."""
    handlers = Handlers()
    if service == WRITER:
        return handlers

    @handlers.on(NoteChanged, once=True)
    def when_note_changed_count_it(event: NoteChanged, session: Session) -> None:
        row = insert(Tally).values(note_id=event.note_id, count=1)
        more = {"count": Tally.count + 1}
        session.execute(row.on_conflict_do_update(index_elements=["note_id"], set_=more))

    @handlers.on(NoteChanged)
    def when_note_changed_keep_it(event: NoteChanged, session: Session) -> None:
        upsert_newer(session, Note, [_row(event)])
        session.execute(insert(Hearing).values(note_id=event.note_id, revision=event.revision))
        _misbehave(event.text, service)

    @handlers.on_batch(NoteChanged)
    def when_notes_changed_digest_them(events: Sequence[NoteChanged], session: Session) -> None:
        upsert_newer(session, Digest, [_row(event) for event in events])
        for event in events:
            _misbehave(event.text, f"batch {service}")

    return handlers


def _row(event: NoteChanged) -> dict[str, object]:
    return {"note_id": event.note_id, "revision": event.revision, "text": event.text}


def _misbehave(text: str, where: str) -> None:
    if text in mended:
        return
    if text == f"fail {where}":
        raise ValueError(f"the {where} cannot bear \x00 this note \ud800")
    if text == f"kill {where}":
        os.kill(os.getpid(), signal.SIGKILL)
    if text.startswith("hold ") and where == "reader":
        folder = Path(text.removeprefix("hold "))
        (folder / "held").touch()
        eventually((folder / "go").exists, seconds=30)
