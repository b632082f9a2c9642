"""Rounds of opinions, as a viewer sees them, and what they answered themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, any_, bindparam, case, exists, func, literal, select
from sqlalchemy.orm import aliased

from chassis import clock
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, Read, ReadSession, viewer
from services.projects import access, audiences, opinions, rules
from services.projects.errors import RoundNotFound
from services.projects.models import (
    MemberRef,
    NamedAnswer,
    Participants,
    Participation,
    Project,
    Round,
)
from services.projects.queries.views import PERSON, PersonView, person_of


class QuestionView(msgspec.Struct, frozen=True):
    """A question of a round."""

    number: int
    kind: str
    text: str
    options: Sequence[str]
    most: int


class RoundView(msgspec.Struct, frozen=True):
    """A round; in a card, the questions and the long texts are empty."""

    id: UUID
    project_id: UUID
    author: PersonView
    title: str
    concept: str
    concept_html: str
    lang: str
    audience: str
    is_anonymous: bool
    results: str
    opens_at: datetime
    closes_at: datetime
    state: str
    answer_count: int
    questions: Sequence[QuestionView]
    is_given: bool | None
    may_answer: bool
    may_see_results: bool
    outcome: str
    outcome_html: str
    concluded_at: datetime | None
    is_outcome_missed: bool
    revision: int
    asked_at: datetime


class GivenView(msgspec.Struct, frozen=True):
    """What somebody answered to a question; of a scale, `choices` has its step."""

    question: int
    choices: Sequence[int]
    text: str


class OpinionView(msgspec.Struct, frozen=True):
    """Whether the viewer answered, and, with names, what."""

    is_given: bool | None
    answers: Sequence[GivenView]


def get_round(
    session: ReadSession, *, viewer_id: UUID, project_id: UUID, round_id: UUID
) -> RoundView:
    """One round; raises ProjectNotFound or RoundNotFound."""
    access.require_visible(session, viewer_id=viewer_id, project_id=project_id)
    found = _ROUND.find(session, viewer_id=viewer_id, project_id=project_id, round_id=round_id)
    if found is None:
        raise RoundNotFound
    return found


def list_rounds(
    session: ReadSession, *, viewer_id: UUID, project_id: UUID, limit: int, cursor: str | None
) -> Page[RoundView]:
    """The rounds of a project, the latest first; raises ProjectNotFound."""
    access.require_visible(session, viewer_id=viewer_id, project_id=project_id)
    return _ROUNDS.page(
        session, viewer_id=viewer_id, project_id=project_id, limit=limit, cursor=cursor
    )


def get_opinion(
    session: ReadSession, *, viewer_id: UUID, project_id: UUID, round_id: UUID
) -> OpinionView:
    """What the viewer answered; raises ProjectNotFound or RoundNotFound."""
    one = get_round(session, viewer_id=viewer_id, project_id=project_id, round_id=round_id)
    given = _GIVEN.list(session, viewer_id=viewer_id, round_id=round_id)
    return OpinionView(one.is_given, given)


def _round_of(row: Any) -> RoundView:
    now = clock.now()
    state = rules.state_of_round(
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        withdrawn_at=row.withdrawn_at,
        sealed_at=row.sealed_at,
        now=now,
    )
    # Who answered without a name stands nowhere once the end was carried out.
    is_given = None if row.is_anonymous and row.sealed_at is not None else row.is_given
    questions = enumerate(opinions.questions_of(row.questions), 1)
    return RoundView(
        row.id,
        row.project_id,
        person_of(row),
        *(row.title, row.concept, row.concept_html, row.lang),
        *(row.audience, row.is_anonymous, row.results, row.opens_at, row.closes_at),
        state,
        row.answer_count,
        [QuestionView(n, one.kind, one.text, one.options, one.most) for n, one in questions],
        is_given,
        state == rules.OPEN and row.is_asked and not (row.is_anonymous and row.is_given),
        _may_see_results(row, state),
        *(row.outcome, row.outcome_html, row.concluded_at),
        state == rules.CLOSED
        and row.concluded_at is None
        and now >= row.closes_at + rules.OUTCOME_MISSED,
        *(row.revision, row.asked_at),
    )


def _may_see_results(row: Any, state: str) -> bool:
    if state == rules.CLOSED:
        return bool(row.is_swept or not row.is_anonymous)
    is_early = row.results == rules.AFTER_ANSWER and not row.is_anonymous
    return bool(state == rules.OPEN and is_early and row.is_given)


def _shown(*, is_card: bool = False) -> AnySelect:
    takes_part, answered = aliased(Participants), aliased(Participation)
    is_given = case(
        (
            Round.is_anonymous,
            exists().where(
                takes_part.round_id == Round.id, viewer() == any_(takes_part.member_ids)
            ),
        ),
        else_=exists().where(answered.round_id == Round.id, answered.member_id == viewer()),
    )
    long = [
        (literal("") if is_card else getattr(Round, name)).label(name)
        for name in ("concept", "concept_html")
    ]
    questions = func.jsonb_build_array() if is_card else Round.questions
    return (
        select(
            *(getattr(Round, name) for name in _COPIED),
            *long,
            questions.label("questions"),
            *PERSON,
            is_given.label("is_given"),
            audiences.is_asked(Round, viewer()).label("is_asked"),
        )
        .join(MemberRef, MemberRef.id == Round.author_id)
        .join(Project, Project.id == Round.project_id)
        .where(
            Round.project_id == bindparam("project_id", type_=Uuid), access.is_unhidden(Round.id)
        )
    )


def _rounds(cut: Cut) -> AnySelect:
    return cut(_shown(is_card=True), Round.asked_at, Round.id)


_COPIED = (
    *("id", "project_id", "title", "lang", "audience", "is_anonymous", "results", "opens_at"),
    *("closes_at", "answer_count", "withdrawn_at", "sealed_at", "is_swept", "outcome"),
    *("outcome_html", "concluded_at", "revision", "asked_at"),
)
_ROUND = Read(_shown().where(Round.id == bindparam("round_id", type_=Uuid)), _round_of)
_ROUNDS = ListRead(_rounds, _round_of, key={"asked_at": datetime, "id": UUID})
_GIVEN = Read(
    select(NamedAnswer.question, NamedAnswer.choices, NamedAnswer.text)
    .where(
        NamedAnswer.round_id == bindparam("round_id", type_=Uuid),
        NamedAnswer.member_id == viewer(),
    )
    .order_by(NamedAnswer.question),
    lambda row: GivenView(row.question, row.choices, row.text),
)
