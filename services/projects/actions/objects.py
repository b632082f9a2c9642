"""What of a project can be reported and hidden: who wrote it, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, func, literal_column, select

from chassis.statements import ReadSession, Statement
from services.projects import access, rules
from services.projects.benchmarking.errors import BenchmarkNotFound
from services.projects.errors import (
    CallNotFound,
    OpinionTextNotFound,
    ProjectNotFound,
    RoundNotFound,
    UpdateNotFound,
)
from services.projects.models import (
    Benchmark,
    Call,
    NamedAnswer,
    OpinionText,
    Project,
    ProjectUpdate,
    Round,
)


@dataclass(frozen=True, slots=True)
class StandingObject:
    """Who wrote something, nobody where it has no name or they left, and what it says."""

    author_id: UUID | None
    said: str


def get_object(
    session: ReadSession, *, project_id: UUID, object_type: str, object_id: UUID
) -> StandingObject:
    """What stands in a project that the caller may reach.

    Raises the refusal of its kind, such as UpdateNotFound, also of what moderators hid.
    """
    statements, refusal = _KINDS[object_type]
    for statement in statements:
        row = statement.first(session, project_id=project_id, object_id=object_id)
        if row is not None:
            return StandingObject(row.author_id, row.said)
    raise refusal


_PROJECT_ID, _OBJECT_ID = (bindparam(name, type_=Uuid) for name in ("project_id", "object_id"))


def _said(author_id: Any, one_id: Any, *words: Any) -> Select[Any]:
    said = func.concat_ws(literal_column(r"E'\n\n'"), *(func.nullif(one, "") for one in words))
    shown = select(author_id.label("author_id"), said.label("said"))
    return shown.where(one_id == _OBJECT_ID, access.is_unhidden(one_id))


def _of_project(model: Any, *words: Any) -> Select[Any]:
    return _said(model.author_id, model.id, *words).where(model.project_id == _PROJECT_ID)


# Words are shown once their round is over, or to others who answered it: then each has its id.
_NAMED_TEXT = (
    _said(NamedAnswer.member_id, NamedAnswer.id, NamedAnswer.text)
    .join(Round, Round.id == NamedAnswer.round_id)
    .where(Round.project_id == _PROJECT_ID, NamedAnswer.text != literal_column("''"))
)
_NAMELESS: ColumnElement[UUID] = literal_column("NULL::uuid")
_UNNAMED_TEXT = (
    _said(_NAMELESS, OpinionText.id, OpinionText.body)
    .join(Round, Round.id == OpinionText.round_id)
    .where(Round.project_id == _PROJECT_ID, Round.is_swept)
)
_UPDATE = _of_project(ProjectUpdate, ProjectUpdate.title, ProjectUpdate.body)
_KINDS: Mapping[str, tuple[tuple[Statement, ...], type[Exception]]] = {
    rules.PROJECT: (
        (
            Statement(
                _said(
                    Project.owner_id, Project.id, Project.title, Project.pitch, Project.description
                ).where(Project.id == _PROJECT_ID)
            ),
        ),
        ProjectNotFound,
    ),
    rules.UPDATE: (
        (Statement(_UPDATE.where(ProjectUpdate.removed_at.is_(None))),),
        UpdateNotFound,
    ),
    rules.CALL: ((Statement(_of_project(Call, Call.title, Call.details)),), CallNotFound),
    rules.ROUND: (
        (Statement(_of_project(Round, Round.title, Round.concept, Round.outcome)),),
        RoundNotFound,
    ),
    rules.BENCHMARK: ((Statement(_of_project(Benchmark, Benchmark.title)),), BenchmarkNotFound),
    rules.TEXT: ((Statement(_NAMED_TEXT), Statement(_UNNAMED_TEXT)), OpinionTextNotFound),
}
