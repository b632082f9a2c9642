"""What was answered in a round of opinions: counts, and words.

Each question stands for itself: what one person answered to two of them is never shown together.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import SmallInteger, Uuid, bindparam, select

from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession, Statement
from services.projects import access, opinions, rules
from services.projects.errors import (
    QuestionNotFound,
    ResultsAfterAnswer,
    ResultsNotReady,
    RoundWithdrawn,
)
from services.projects.models import MemberRef, NamedAnswer, OpinionText, OptionCount
from services.projects.queries.rounds import QuestionView, RoundView, get_round
from services.projects.queries.views import PERSON, PersonView, person_of


class OptionResultView(msgspec.Struct, frozen=True):
    """How often an option, or the step of a scale, was taken."""

    option: int
    text: str
    count: int


class QuestionResultView(msgspec.Struct, frozen=True):
    """What was answered to one question; nothing where too few answered it."""

    question: int
    kind: str
    text: str
    is_shown: bool
    answer_count: int | None
    options: Sequence[OptionResultView]
    median: float | None


class ResultsView(msgspec.Struct, frozen=True):
    """What was answered in a round."""

    round_id: UUID
    state: str
    answer_count: int
    questions: Sequence[QuestionResultView]


class OpinionTextView(msgspec.Struct, frozen=True):
    """Somebody's words; without names, nobody's."""

    id: UUID
    member: PersonView | None
    text: str


class NamedChoiceView(msgspec.Struct, frozen=True):
    """What a member took of a choice or a scale."""

    member: PersonView
    choices: Sequence[int]


def get_results(
    session: ReadSession, *, viewer_id: UUID, project_id: UUID, round_id: UUID
) -> ResultsView:
    """The counts of a round.

    Raises ProjectNotFound, RoundNotFound, RoundWithdrawn, ResultsNotReady or ResultsAfterAnswer.
    """
    one = _require_results(session, viewer_id, project_id, round_id)
    counts = _counts(session, round_id)
    shown = [_result_of(one, question, counts) for question in one.questions]
    return ResultsView(one.id, one.state, one.answer_count, shown)


def list_texts(
    session: ReadSession,
    *,
    viewer_id: UUID,
    project_id: UUID,
    round_id: UUID,
    question: int,
    limit: int,
    cursor: str | None,
) -> Page[OpinionTextView]:
    """What was written to a question: without names in the order of chance.

    Raises QuestionNotFound besides what `get_results` raises.
    """
    one = _require_results(session, viewer_id, project_id, round_id)
    _require_question(session, one, question, is_text=True)
    read = _TEXTS if one.is_anonymous else _NAMED_TEXTS
    wanted = {"round_id": round_id, "question": question}
    if not one.is_anonymous:
        wanted["viewer_id"] = viewer_id
    return read.page(session, limit=limit, cursor=cursor, **wanted)


def list_choices(
    session: ReadSession,
    *,
    viewer_id: UUID,
    project_id: UUID,
    round_id: UUID,
    question: int,
    limit: int,
    cursor: str | None,
) -> Page[NamedChoiceView]:
    """Who took what of a choice or a scale, where names are shown; raises as `list_texts`."""
    one = _require_results(session, viewer_id, project_id, round_id)
    _require_question(session, one, question, is_text=False)
    if one.is_anonymous:
        raise QuestionNotFound
    return _CHOICES.page(
        session,
        viewer_id=viewer_id,
        round_id=round_id,
        question=question,
        limit=limit,
        cursor=cursor,
    )


def _require_results(
    session: ReadSession, viewer_id: UUID, project_id: UUID, round_id: UUID
) -> RoundView:
    one = get_round(session, viewer_id=viewer_id, project_id=project_id, round_id=round_id)
    if one.may_see_results:
        return one
    if one.state == rules.WITHDRAWN:
        raise RoundWithdrawn
    if one.state == rules.OPEN and one.results == rules.AFTER_ANSWER:
        raise ResultsAfterAnswer
    raise ResultsNotReady


def _require_question(session: ReadSession, one: RoundView, number: int, *, is_text: bool) -> None:
    if number > len(one.questions):
        raise QuestionNotFound
    question = one.questions[number - 1]
    if (question.kind == opinions.TEXT) is not is_text:
        raise QuestionNotFound
    if not _is_shown(one, _counts(session, one.id), number):
        raise QuestionNotFound


def _counts(session: ReadSession, round_id: UUID) -> Mapping[tuple[int, int], int]:
    rows = _COUNTS.rows(session, round_id=round_id)
    return {(row.question, row.option): row.count for row in rows}


def _is_shown(one: RoundView, counts: Mapping[tuple[int, int], int], number: int) -> bool:
    """Of few, one who knows some of the answers would know the others."""
    answered = counts.get((number, opinions.ANSWERED), 0)
    return not one.is_anonymous or answered >= rules.LEAST_ANONYMOUS


def _result_of(
    one: RoundView, question: QuestionView, counts: Mapping[tuple[int, int], int]
) -> QuestionResultView:
    number, kind = question.number, question.kind
    if not _is_shown(one, counts, number):
        return QuestionResultView(number, kind, question.text, False, None, [], None)
    is_scale = kind == opinions.SCALE
    labels = [str(n) for n in range(1, opinions.STEPS + 1)] if is_scale else question.options
    options = [
        OptionResultView(option, label, counts.get((number, option), 0))
        for option, label in enumerate(labels, 1)
    ]
    median = opinions.median_of([taken.count for taken in options]) if is_scale else None
    answered = counts.get((number, opinions.ANSWERED), 0)
    return QuestionResultView(number, kind, question.text, True, answered, options, median)


def _texts(cut: Cut) -> AnySelect:
    statement = select(OpinionText.id, OpinionText.body).where(
        OpinionText.round_id == _ROUND_ID,
        OpinionText.question == _QUESTION,
        access.is_unhidden(OpinionText.id),
    )
    return cut(statement, OpinionText.id)


def _named(cut: Cut) -> AnySelect:
    statement = (
        select(NamedAnswer.id, NamedAnswer.choices, NamedAnswer.text, *PERSON)
        .join(MemberRef, MemberRef.id == NamedAnswer.member_id)
        .where(
            NamedAnswer.round_id == _ROUND_ID,
            NamedAnswer.question == _QUESTION,
            access.is_unblocked(NamedAnswer.member_id),
            access.is_unhidden(NamedAnswer.id),
        )
    )
    return cut(statement, NamedAnswer.member_id.label("person_id"))


_ROUND_ID = bindparam("round_id", type_=Uuid)
_QUESTION = bindparam("question", type_=SmallInteger)
_COUNTS = Statement(
    select(OptionCount.question, OptionCount.option, OptionCount.count).where(
        OptionCount.round_id == _ROUND_ID
    )
)


def _text_of(row: Any) -> OpinionTextView:
    return OpinionTextView(row.id, None, row.body)


_TEXTS = ListRead(_texts, _text_of, key={"id": UUID}, is_ascending=True)
_NAMED_TEXTS = ListRead(
    _named,
    lambda row: OpinionTextView(row.id, person_of(row), row.text),
    key={"person_id": UUID},
    is_ascending=True,
)
_CHOICES = ListRead(
    _named,
    lambda row: NamedChoiceView(person_of(row), row.choices),
    key={"person_id": UUID},
    is_ascending=True,
)
