"""Finding skills as one types, and the page of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import ARRAY, Integer, String, any_, bindparam, case, func, select, true
from sqlalchemy.orm import aliased

from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession, Statement
from services.skills.detection.subjects import Reason, Subject
from services.skills.detection.words import normalise
from services.skills.lexicon import Lexicon, lexicon_of
from services.skills.models import Skill, SkillTerm
from services.skills.queries.catalogue import SKILL, SkillView
from services.skills.queries.experts import ExpertView, find_related, get_skill, list_first
from services.skills.queries.skill_pages import (
    GrowthView,
    OpenQuestionView,
    get_growth,
    list_open_questions,
)

MOST_RELATED, MOST_EXPERTS = 10, 5


@dataclass(frozen=True, slots=True)
class SubjectView:
    """A skill that a text is about: how much, from 0 to 1, and why."""

    skill: SkillView
    relevance: float
    reason: Reason

    @classmethod
    def of(cls, subject: Subject, lexicon: Lexicon) -> "SubjectView":
        view = SkillView.of(lexicon.skills[subject.skill_id])
        return cls(view, subject.relevance / 100, subject.reason)


@dataclass(frozen=True, slots=True)
class SkillPageView(SkillView):
    """A skill with what is around it; `question_count` is of questions about it."""

    question_count: int
    broader: SkillView | None
    narrower: Sequence[SkillView]
    related: Sequence[SkillView]
    experts: Sequence[ExpertView]
    open_questions: Sequence[OpenQuestionView]
    growth: GrowthView


def list_skills(
    session: ReadSession, *, words: str, limit: int, cursor: str | None
) -> Page[SkillView]:
    """Skills of which a label or alias is, begins with, or holds words that begin with these."""
    term = " ".join(normalise(words))
    typed = {"term": term, "begin": f"{term}%", "inside": f"% {term}%"} if term else {}
    return _skills(is_typed=bool(term)).page(session, limit=limit, cursor=cursor, **typed)


def get_skill_page(session: ReadSession, *, viewer_id: UUID, slug: str) -> SkillPageView:
    """One skill; raises SkillNotFound or SkillMoved."""
    skill = get_skill(session, slug)
    similar = find_related(session, skill)
    together = list(similar)
    rows = _AROUND.rows(session, skill_id=skill.id, together=together)
    views = {row.id: SkillView.of(row) for row in rows}
    own = next(row for row in rows if row.id == skill.id)
    named = [*together, *(one for one in own.related_ids if one not in together)]
    narrower = [row.id for row in rows if row.broader_id == skill.id]
    view = skill.view
    return SkillPageView(
        slug=view.slug,
        label_en=view.label_en,
        label_fr=view.label_fr,
        category=view.category,
        question_count=skill.post_count,
        broader=views.get(own.broader_id),
        narrower=[views[one] for one in narrower],
        # One that leads to another by now is not around it any more.
        related=[views[one] for one in named if one in views and one not in narrower][
            :MOST_RELATED
        ],
        experts=list_first(
            session, viewer_id=viewer_id, skill=skill, related=similar, limit=MOST_EXPERTS
        ),
        open_questions=list_open_questions(session, viewer_id=viewer_id, skill_id=skill.id),
        growth=get_growth(session, skill_id=skill.id),
    )


def list_subjects(
    session: ReadSession, *, title: str, prose: str, keywords: Sequence[str]
) -> list[SubjectView]:
    """What a post would be about, the most relevant first."""
    lexicon = lexicon_of(session)
    subjects = lexicon.reader.subjects(title=title, prose=prose, keywords=keywords)
    return [SubjectView.of(subject, lexicon) for subject in subjects]


@cache
def _skills(*, is_typed: bool) -> ListRead[SkillView]:
    def build(cut: Cut) -> AnySelect:
        count = (-Skill.post_count).label("place_count")
        if not is_typed:
            shown = select(*SKILL, count).where(Skill.root_id.is_(None), ~Skill.is_retired)
            return cut(shown, count.element, Skill.slug)
        term, begin, inside = (
            bindparam(name, type_=String) for name in ("term", "begin", "inside")
        )
        rank = func.min(case((SkillTerm.term == term, 0), (SkillTerm.term.like(begin), 1), else_=2))
        named = aliased(Skill)
        meant = func.coalesce(named.root_id, named.id)
        found = (
            select(meant.label("skill_id"), rank.label("rank"))
            .join_from(SkillTerm, named, named.id == SkillTerm.skill_id)
            .where(SkillTerm.term.like(begin) | SkillTerm.term.like(inside))
            .group_by(meant)
            .subquery("found")
        )
        place = found.c.rank.label("place_rank")
        shown = select(*SKILL, place, count).join(found, found.c.skill_id == Skill.id)
        return cut(shown, found.c.rank, count.element, Skill.slug)

    key: dict[str, type] = {"place_rank": int} if is_typed else {}
    key |= {"place_count": int, "slug": str}
    return ListRead(build, SkillView.of, key=key, is_ascending=True)


def _around() -> AnySelect:
    """A skill with the broader, narrower and related ones."""
    own = bindparam("skill_id", type_=Skill.id.type)
    me = select(Skill.broader_id, Skill.related_ids).where(Skill.id == own).subquery("me")
    return (
        select(Skill.id, *SKILL, Skill.broader_id, Skill.related_ids)
        .join(me, true())
        .where(Skill.root_id.is_(None), ~Skill.is_retired)
        .where(
            (Skill.id == own)
            | (Skill.id == me.c.broader_id)
            | (Skill.broader_id == own)
            | (Skill.id == any_(me.c.related_ids))
            | (Skill.id == any_(bindparam("together", type_=ARRAY(Integer))))
        )
        .order_by(Skill.post_count.desc(), Skill.slug)
    )


_AROUND = Statement(_around())
