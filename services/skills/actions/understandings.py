"""Telling others what questions are about, whenever that is another than was told."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Executable,
    String,
    Uuid,
    bindparam,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.messaging.outbox import record
from chassis.statements import Statement
from services.skills.events import understood
from services.skills.models import Understanding


def tell_changed(session: Session, *, about: Mapping[UUID, Sequence[str]]) -> None:
    """Keep the skills (slugs) of questions, whose rows the caller holds; records what changed.

    Of one that was never about anything nothing is told.
    """
    if not about:
        return
    ids = sorted(about)
    skills = [" ".join(about[one]) for one in ids]
    changed = _KEEP.rows(session, question_ids=ids, skills=skills, changed_at=clock.now())
    record(session, *map(understood, changed))


def _keep() -> Executable:
    given = func.unnest(
        bindparam("question_ids", type_=ARRAY(Uuid)), bindparam("skills", type_=ARRAY(String))
    ).table_valued(column("question_id", Uuid), column("skills", String))
    given = given.render_derived(name="given")
    first: ColumnElement[int] = literal_column("1")
    at = bindparam("changed_at", type_=DateTime(timezone=True))
    was_told = exists().where(Understanding.question_id == given.c.question_id)
    told = select(given.c.question_id, given.c.skills, first, at)
    told = told.where(or_(given.c.skills != literal_column("''"), was_told))
    new = insert(Understanding).from_select(_COLUMNS, told.order_by(given.c.question_id))
    return new.on_conflict_do_update(
        index_elements=["question_id"],
        set_={
            "skills": new.excluded.skills,
            "revision": Understanding.revision + first,
            "changed_at": new.excluded.changed_at,
        },
        where=Understanding.skills != new.excluded.skills,
    ).returning(*(getattr(Understanding, name) for name in _COLUMNS))


_COLUMNS = ("question_id", "skills", "revision", "changed_at")
_KEEP = Statement(_keep())
