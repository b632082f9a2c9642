"""Reading what moderators did to the catalogue, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, String, Uuid, any_, bindparam, select

from chassis.claims import Claims
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession, Statement
from services.skills import access
from services.skills.models import CatalogueAct, MemberRef, Skill
from services.skills.queries.catalogue import SKILL, SkillView
from services.skills.queries.experts import PersonView


@dataclass(frozen=True, slots=True)
class ActView:
    """One act; `labels` are what a skill was called by it."""

    id: UUID
    act: str
    actor: PersonView
    slug: str
    into: str | None
    labels: dict[str, str] | None
    reason: str
    at: datetime

    @classmethod
    def of(cls, row: Any) -> "ActView":
        """A row of `_acts`."""
        return cls(
            row.id,
            row.act,
            PersonView(row.actor_id, row.name, row.headline, row.portrait_url),
            row.slug,
            row.into_slug,
            {"en": row.label_en, "fr": row.label_fr} if row.label_en else None,
            row.reason,
            row.acted_at,
        )


@dataclass(frozen=True, slots=True)
class StepView:
    """Somebody whose level in a skill an act would change."""

    member: PersonView
    skill: SkillView
    level_before: int
    level_after: int


def list_acts(
    session: ReadSession, *, viewer: Claims, slug: str | None, limit: int, cursor: str | None
) -> Page[ActView]:
    """Acts, the latest first, on one skill or all; raises ModeratorsOnly."""
    access.require_reading_moderator(viewer)
    named = {"slug": slug} if slug else {}
    return _acts(is_of_one=bool(slug)).page(session, limit=limit, cursor=cursor, **named)


def list_steps(session: ReadSession, steps: Sequence[Any]) -> list[StepView]:
    """Steps of a trial, in their order, by name."""
    members = [one.member_id for one in steps]
    people = {row.id: row for row in _PEOPLE.rows(session, ids=members)}
    skills = {
        row.id: SkillView.of(row)
        for row in _SKILLS.rows(session, ids=[one.skill_id for one in steps])
    }
    return [
        StepView(PersonView(*people[one.member_id]), skills[one.skill_id], one.before, one.after)
        for one in steps
        if one.member_id in people
    ]


@cache
def _acts(*, is_of_one: bool) -> ListRead[ActView]:
    def build(cut: Cut) -> AnySelect:
        told = select(*CatalogueAct.__table__.c, *_PERSON[1:])
        told = told.join(MemberRef, MemberRef.id == CatalogueAct.actor_id)
        if is_of_one:
            told = told.where(CatalogueAct.slug == bindparam("slug", type_=String))
        return cut(told, CatalogueAct.acted_at, CatalogueAct.id)

    return ListRead(build, ActView.of, key={"acted_at": datetime, "id": UUID})


_PERSON = (MemberRef.id, MemberRef.name, MemberRef.headline, MemberRef.portrait_url)
_PEOPLE = Statement(
    select(*_PERSON).where(MemberRef.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
)
_SKILLS = Statement(
    select(Skill.id, *SKILL).where(Skill.id == any_(bindparam("ids", type_=ARRAY(Integer))))
)
