"""Who knows what is asked in free words, and who could answer a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid, bindparam, func, literal_column, select

from chassis.statements import ReadSession, Statement
from services.skills import access
from services.skills.detection.subjects import LEAST_MAIN, MOST_MAIN
from services.skills.detection.words import normalise
from services.skills.errors import QuestionNotFound
from services.skills.lexicon import lexicon_of
from services.skills.models import Mention, PostRef, Skill, SkillTerm
from services.skills.queries.best import Choice, list_best
from services.skills.queries.catalogue import SkillView
from services.skills.queries.experts import ExpertView, FoundSkill, list_by_id

MOST_SKILLS = 3
LEAST_ALIKE, SHORTEST = 0.4, 4  # of trigrams; letters of a word that may be spelt wrongly
# What people say around the skill that they look for.
ASKING = frozenset(
    normalise(
        "qui connaît connaissent sait savent quelqu'un une peut aider aide pour en de du des la le"
        " les who knows know anyone somebody can help with about the for a an is good at in on"
        " expert experts spécialiste specialist cherche looking"
    )
)


@dataclass(frozen=True, slots=True)
class UnderstoodView:
    """A skill that was understood; a guess is one that is spelt alike."""

    skill: SkillView
    is_guess: bool


@dataclass(frozen=True, slots=True)
class KnowingView:
    """What was understood, and who knows it."""

    understood: Sequence[UnderstoodView]
    items: Sequence[ExpertView]


def get_knowing(
    session: ReadSession, *, viewer_id: UUID, words: str, limit: int, choice: Choice
) -> KnowingView:
    """Who knows what these words name, in either language, spelt as people spell."""
    meant = list_meant(session, words)
    skills, understood = [skill for skill, _ in meant], [view for _, view in meant]
    experts = list_best(session, viewer_id=viewer_id, skills=skills, limit=limit, choice=choice)
    return KnowingView(understood, experts)


def list_meant(session: ReadSession, words: str) -> list[tuple[FoundSkill, UnderstoodView]]:
    """The few skills that these words name, as they are looked for and as that is told."""
    lexicon = lexicon_of(session)
    # As a keyword: who looks for Go means the language.
    named = lexicon.reader.subjects(title=words, keywords=[words])
    ids = [subject.skill_id for subject in named][:MOST_SKILLS]
    is_guess = not ids
    if is_guess:
        ids = _alike(session, words)
    skills = list_by_id(session, ids)
    return [(skill, UnderstoodView(skill.view, is_guess)) for skill in skills]


def get_answerers(
    session: ReadSession, *, viewer_id: UUID, question_id: UUID, limit: int, choice: Choice
) -> KnowingView:
    """Who could answer a question and has not, by its main skills; raises QuestionNotFound."""
    question = _QUESTION.first(session, viewer_id=viewer_id, question_id=question_id)
    if question is None:
        raise QuestionNotFound
    main = _MAIN.rows(session, question_id=question_id)
    skills = list_by_id(session, [row.skill_id for row in main])
    answered = {row.author_id for row in _ANSWERED.rows(session, question_id=question_id)}
    without = {question.author_id, viewer_id, *answered}
    experts = list_best(
        session, viewer_id=viewer_id, skills=skills, limit=limit, without=without, choice=choice
    )
    understood = [UnderstoodView(skill.view, is_guess=False) for skill in skills]
    return KnowingView(understood, experts)


def _alike(session: ReadSession, words: str) -> list[int]:
    """Skills of terms that are spelt most like the words, all together or one of them."""
    meant = [word for word in normalise(words) if word not in ASKING]
    tried = [" ".join(meant), *(word for word in meant if len(word) >= SHORTEST)]
    best: dict[int, float] = {}
    for term in dict.fromkeys(tried):
        for row in _ALIKE.rows(session, term=term) if term else ():
            best[row.skill_id] = max(best.get(row.skill_id, 0.0), row.alike)
    good = {one: alike for one, alike in best.items() if alike >= LEAST_ALIKE}
    top = max(good.values(), default=0.0)
    # What is clearly less alike than the best was not meant.
    ordered = sorted(good, key=lambda one: (-good[one], one))
    return [one for one in ordered if good[one] > top - 0.1][:MOST_SKILLS]


_QUESTION = Statement(
    select(PostRef.author_id).where(
        PostRef.id == bindparam("question_id", type_=Uuid),
        PostRef.kind == "question",
        PostRef.removed_at.is_(None),
        access.is_seen(PostRef.author_id),
        access.is_readable(PostRef),
    )
)
# As it was read when it was told of: reading it anew needs the whole catalogue in memory.
_MAIN = Statement(
    select(Mention.skill_id)
    .where(Mention.post_id == bindparam("question_id", type_=Uuid))
    .where(Mention.relevance >= literal_column(str(LEAST_MAIN)))
    .order_by(Mention.relevance.desc(), Mention.skill_id)
    .limit(literal_column(str(MOST_MAIN)))
)
_ANSWERED = Statement(
    select(PostRef.author_id).where(PostRef.question_id == bindparam("question_id", type_=Uuid))
)


def _alike_terms() -> Any:
    term = bindparam("term", type_=String)
    alike = func.similarity(SkillTerm.term, term)
    meant = func.coalesce(Skill.root_id, Skill.id)
    found = select(meant.label("skill_id"), alike.label("alike"))
    found = found.join_from(SkillTerm, Skill, Skill.id == SkillTerm.skill_id)
    found = found.where(SkillTerm.term.op("%")(term)).order_by(alike.desc(), SkillTerm.term)
    return found.limit(literal_column("5"))


_ALIKE = Statement(_alike_terms())
