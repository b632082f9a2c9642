"""What skills members have, of whose levels they are told, and what questions are about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

from sqlalchemy import ARRAY, String, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, context
from chassis.replicas import upsert_newer
from chassis.statements import Statement
from contracts.skills import QuestionUnderstood, SkillAttributed, SkillMerged, SkillWithdrawn
from services.notifications import rules
from services.notifications.actions import objects
from services.notifications.actions.telling import Told, tell
from services.notifications.models import SparedSkill, UnderstoodRef

NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def keep_skills(session: Session, events: Sequence[SkillAttributed | SkillWithdrawn]) -> None:
    """Keep what skills members have; tells them of each level that they reached.

    A level that evidence of long ago carries, or does no more, is told as read.
    """
    rows = [_skill_of(event) for event in events]
    changed = objects.keep(session, rows)
    told = (row for row in rows if row["id"] in changed and row["is_there"])
    tell(session, map(_reached, told))


def keep_understood(session: Session, events: Sequence[QuestionUnderstood]) -> None:
    """Keep what questions are about."""
    rows = [
        {
            "question_id": event.question_id,
            "skills": " ".join(event.skills),
            "revision": event.revision,
        }
        for event in events
    ]
    upsert_newer(session, UnderstoodRef, rows)


def spare_merged(session: Session, events: Sequence[SkillMerged]) -> None:
    """Spare members of whatever a skill leads to as long as of the skill itself."""
    into = {event.slug: event.into for event in events if event.into is not None}
    if into:
        _SPARE.rows(session, slugs=list(into), intos=list(into.values()))


def _spare() -> Any:
    given = func.unnest(
        cast(bindparam("slugs"), ARRAY(String)), cast(bindparam("intos"), ARRAY(String))
    ).table_valued(column("slug", String), column("into_slug", String))
    given = given.render_derived(name="given")
    until = func.max(SparedSkill.until_at)
    spared = (
        select(SparedSkill.member_id, given.c.into_slug, until)
        .join(given, given.c.slug == SparedSkill.skill)
        .group_by(SparedSkill.member_id, given.c.into_slug)
    )
    new = insert(SparedSkill).from_select(["member_id", "skill", "until_at"], spared)
    return new.on_conflict_do_update(
        index_elements=["member_id", "skill"],
        set_={"until_at": func.greatest(SparedSkill.until_at, new.excluded.until_at)},
    )


def _skill_of(event: SkillAttributed | SkillWithdrawn) -> dict[str, Any]:
    return objects.build_row(
        "skill",
        uuid5(event.member_id, event.skill),
        revision=event.revision,
        at=event.last_evidence_at or NEVER,
        author_id=event.member_id,
        title=event.label_en,
        title_fr=event.label_fr,
        state=event.skill,
        audience="hidden" if event.is_hidden else "",
        level=event.level,
        is_there=event.state == "held",
    )


def _reached(row: Mapping[str, Any]) -> Told:
    """That a level was reached: now, where what carries it is news."""
    now, proved_at = clock.now(), row["happened_at"]
    is_news = rules.is_news(proved_at, now, is_past=context.is_of_the_past())
    return Told(
        member_id=row["author_id"],
        kind=rules.SKILL,
        object_id=row["id"],
        part=str(row["level"]),
        happened_at=now if is_news else proved_at,
        is_unread=is_news,
    )


_SPARE = Statement(_spare())
