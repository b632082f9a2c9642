"""Contests, discounts and alarms: for moderators, and of contests one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select
from sqlalchemy.orm import aliased

from chassis.claims import Claims
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, Read, ReadSession, Statement, viewer
from services.skills import access
from services.skills.models import Contest, Discount, MemberRef, PostRef, Skill, SkillAlarm
from services.skills.queries.catalogue import SKILL, SkillView
from services.skills.queries.experts import PersonView


@dataclass(frozen=True, slots=True)
class DiscountView:
    """A discount with who made it, and who ended it."""

    id: UUID
    skill: SkillView
    post_id: UUID | None
    member_ids: Sequence[UUID]
    reason: str
    made_by: PersonView
    made_at: datetime
    ended_by: PersonView | None
    ended_at: datetime | None
    end_reason: str

    @classmethod
    def of(cls, row: Any) -> "DiscountView":
        """A row of `_discounts`."""
        ended_by = _person(row, "ender") if row.ended_by_id else None
        return cls(
            *(row.id, SkillView.of(row), row.post_id, row.member_ids, row.reason),
            *(_person(row, "maker"), row.made_at, ended_by, row.ended_at, row.end_reason),
        )


@dataclass(frozen=True, slots=True)
class ContestView:
    """A contest; its holder is for moderators."""

    id: UUID
    skill: SkillView
    post_id: UUID
    title: str
    word: str
    contested_at: datetime
    outcome: str | None
    answer: str
    answered_at: datetime | None
    holder: PersonView | None

    @classmethod
    def of(cls, row: Any, *, is_own: bool) -> "ContestView":
        """A row of `_contests`."""
        return cls(
            *(row.id, SkillView.of(row), row.post_id, row.title, row.word, row.contested_at),
            *(row.outcome, row.answer, row.answered_at),
            None if is_own else _person(row, "holder"),
        )


@dataclass(frozen=True, slots=True)
class AlarmView:
    """An alarm with the people of its group."""

    id: UUID
    skill: SkillView
    members: Sequence[PersonView]
    own_count: int
    like_count: int
    raised_at: datetime
    seen_at: datetime
    outcome: str | None
    reason: str
    answered_at: datetime | None
    discount_id: UUID | None


def list_discounts(
    session: ReadSession, *, viewer: Claims, state: str, limit: int, cursor: str | None
) -> Page[DiscountView]:
    """Discounts that stand, or have ended, the latest first; raises ModeratorsOnly."""
    access.require_reading_moderator(viewer)
    return _DISCOUNTS[state].page(session, limit=limit, cursor=cursor)


def list_contests(
    session: ReadSession, *, viewer: Claims, state: str, limit: int, cursor: str | None
) -> Page[ContestView]:
    """Contests in this state, the latest first; who does not moderate gets their own."""
    chosen = state if viewer.role in access.MODERATORS else "mine"
    return _contests(chosen).page(session, viewer_id=viewer.id, limit=limit, cursor=cursor)


def get_own_contest(session: ReadSession, *, viewer_id: UUID, contest_id: UUID) -> ContestView:
    """A contest as the one who made it sees it; it is there."""
    found = _OWN.find(session, viewer_id=viewer_id, contest_id=contest_id)
    assert found
    return found


def list_alarms(
    session: ReadSession, *, viewer: Claims, state: str, limit: int, cursor: str | None
) -> Page[AlarmView]:
    """Alarms in this state but those of the viewer's own groups, the latest first.

    Raises ModeratorsOnly.
    """
    access.require_reading_moderator(viewer)
    page = _ALARMS[state].page(session, viewer_id=viewer.id, limit=limit, cursor=cursor)
    wanted = sorted({one for row in page.items for one in row.member_ids})
    people = {row.id: PersonView(*row) for row in _PEOPLE.rows(session, ids=wanted)}
    return Page([_alarm(row, people) for row in page.items], page.next_cursor)


def _alarm(row: Any, people: dict[UUID, PersonView]) -> AlarmView:
    return AlarmView(
        *(row.id, SkillView.of(row), [people[one] for one in row.member_ids if one in people]),
        *(row.own_count, row.like_count, row.raised_at, row.seen_at),
        *(row.outcome, row.reason, row.answered_at, row.discount_id),
    )


def _named(member: Any, of: str) -> list[Any]:
    names = ("id", "name", "headline", "portrait_url")
    return [getattr(member, name).label(f"{of}_{name}") for name in names]


def _person(row: Any, of: str) -> PersonView:
    names = ("id", "name", "headline", "portrait_url")
    return PersonView(*(getattr(row, f"{of}_{name}") for name in names))


def _discounts(*, is_ended: bool) -> ListRead[DiscountView]:
    maker, ender = aliased(MemberRef), aliased(MemberRef)

    def build(cut: Cut) -> AnySelect:
        told = (
            select(*Discount.__table__.c, *SKILL, *_named(maker, "maker"), *_named(ender, "ender"))
            .join(Skill, Skill.id == Discount.skill_id)
            .join(maker, maker.id == Discount.made_by_id)
            .outerjoin(ender, ender.id == Discount.ended_by_id)
            .where(Discount.ended_at.is_not(None) == is_ended)
        )
        return cut(told, Discount.made_at, Discount.id)

    return ListRead(build, DiscountView.of, key={"made_at": datetime, "id": UUID})


def _told_contests() -> AnySelect:
    holder, question = aliased(MemberRef), aliased(PostRef)
    title = func.coalesce(func.nullif(PostRef.title, ""), question.title, "").label("title")
    return (
        select(*Contest.__table__.c, title, *SKILL, *_named(holder, "holder"))
        .join(Skill, Skill.id == Contest.skill_id)
        .join(holder, holder.id == Contest.member_id)
        .join(PostRef, PostRef.id == Contest.post_id)
        .outerjoin(question, question.id == PostRef.question_id)
    )


@cache
def _contests(state: str) -> ListRead[ContestView]:
    def build(cut: Cut) -> AnySelect:
        if state == "mine":
            chosen = _told_contests().where(Contest.member_id == viewer())
        else:
            is_answered = Contest.answered_at.is_not(None)
            which = is_answered if state == "answered" else ~is_answered
            chosen = _told_contests().where(which, Contest.member_id != viewer())
        return cut(chosen, Contest.contested_at, Contest.id)

    def view(row: Any) -> ContestView:
        return ContestView.of(row, is_own=state == "mine")

    return ListRead(build, view, key={"contested_at": datetime, "id": UUID})


def _alarms(*, is_answered: bool) -> ListRead[Any]:
    def build(cut: Cut) -> AnySelect:
        told = (
            select(*SkillAlarm.__table__.c, *SKILL)
            .join(Skill, Skill.id == SkillAlarm.skill_id)
            .where(SkillAlarm.answered_at.is_not(None) == is_answered)
            .where(viewer() != func.all(SkillAlarm.member_ids))
        )
        return cut(told, SkillAlarm.raised_at, SkillAlarm.id)

    return ListRead(build, lambda row: row, key={"raised_at": datetime, "id": UUID})


_DISCOUNTS = {"standing": _discounts(is_ended=False), "ended": _discounts(is_ended=True)}
_ALARMS = {"open": _alarms(is_answered=False), "answered": _alarms(is_answered=True)}
_OWN: Read[ContestView] = Read(
    _told_contests().where(
        Contest.id == bindparam("contest_id", type_=Uuid), Contest.member_id == viewer()
    ),
    lambda row: ContestView.of(row, is_own=True),
)
_PEOPLE = Statement(
    select(MemberRef.id, MemberRef.name, MemberRef.headline, MemberRef.portrait_url).where(
        MemberRef.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
    )
)
