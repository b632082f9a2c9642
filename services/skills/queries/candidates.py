"""Keywords that name no skill and wait for a moderator, and those that were answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, bindparam, distinct, exists, func, select

from chassis import clock
from chassis.claims import Claims
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession
from services.skills import access, rules
from services.skills.models import CandidateAnswer, MemberRef, Skill
from services.skills.queries.catalogue import SKILL, SkillView
from services.skills.queries.experts import PersonView


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What a moderator made of a keyword, and why."""

    outcome: str
    skill: SkillView | None
    reason: str
    actor: PersonView
    at: datetime


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A keyword as most people write it; uses of the last days while it waits."""

    slug: str
    label: str
    member_count: int
    post_count: int
    last_at: datetime | None
    answer: AnswerView | None

    @classmethod
    def of_open(cls, row: Any) -> "CandidateView":
        """A row of `_open`."""
        return cls(row.slug, row.label, row.members, row.posts, row.last_at, None)

    @classmethod
    def of_answered(cls, row: Any) -> "CandidateView":
        """A row of `_answered`."""
        actor = PersonView(row.answered_by_id, row.name, row.headline, row.portrait_url)
        skill = SkillView(row.skill_slug, row.label_en, row.label_fr, row.category)
        told = row.outcome, skill if row.skill_slug else None, row.reason, actor, row.answered_at
        return cls(row.slug, row.label, 0, 0, None, AnswerView(*told))


def list_candidates(
    session: ReadSession, *, viewer: Claims, state: str, limit: int, cursor: str | None
) -> Page[CandidateView]:
    """What waits, that of most members first; or what was answered, the latest first.

    Raises ModeratorsOnly.
    """
    access.require_reading_moderator(viewer)
    if state == "answered":
        return _ANSWERED.page(session, limit=limit, cursor=cursor)
    since = clock.now() - timedelta(days=rules.CANDIDATE_DAYS)
    return _OPEN.page(session, limit=limit, cursor=cursor, since=since)


def _open(cut: Cut) -> AnySelect:
    uses = access.uses_since(bindparam("since", type_=DateTime(timezone=True))).subquery("uses")
    members = func.count(distinct(uses.c.author_id))
    is_answered = exists().where(CandidateAnswer.slug == uses.c.slug)
    counted = (
        select(
            uses.c.slug,
            func.mode().within_group(uses.c.written).label("label"),
            members.label("members"),
            (-members).label("place"),
            func.count().label("posts"),
            func.max(uses.c.published_at).label("last_at"),
        )
        .where(~is_answered)
        .group_by(uses.c.slug)
        .having(members >= rules.CANDIDATE_MEMBERS)
        .subquery("counted")
    )
    return cut(select(counted), counted.c.place, counted.c.slug)


def _answered(cut: Cut) -> AnySelect:
    answer, (slug, *labels) = CandidateAnswer, SKILL
    columns = answer.slug, answer.label, answer.outcome, answer.reason, answer.answered_at
    person = answer.answered_by_id, MemberRef.name, MemberRef.headline, MemberRef.portrait_url
    told = select(*columns, *person, slug.label("skill_slug"), *labels)
    told = told.join(MemberRef, MemberRef.id == answer.answered_by_id)
    told = told.outerjoin(Skill, Skill.id == answer.skill_id)
    return cut(told, answer.answered_at, answer.slug)


_OPEN = ListRead(_open, CandidateView.of_open, key={"place": int, "slug": str}, is_ascending=True)
_ANSWERED = ListRead(
    _answered, CandidateView.of_answered, key={"answered_at": datetime, "slug": str}
)
