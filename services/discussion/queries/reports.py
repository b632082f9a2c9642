"""Reports: to the moderators all but those that are about themselves, to others their own."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, select
from sqlalchemy.orm import aliased

from chassis.claims import Claims
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, Read, ReadSession, viewer
from services.discussion.models import MemberRef, Report
from services.discussion.queries.views import AuthorView
from services.discussion.rules import MODERATORS


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report; who is meant, and what a post said, is for the moderators alone."""

    id: UUID
    object: dict[str, Any]
    reason: str
    word: str
    reported_at: datetime
    outcome: str | None
    answer: str
    answered_at: datetime | None
    reporter: AuthorView | None
    subject: AuthorView | None
    said: str

    @classmethod
    def of(cls, row: Any, *, is_own: bool) -> "ReportView":
        """A row of `_told`."""
        return cls(
            row.id,
            {"type": row.object_type, "id": row.object_id},
            row.reason,
            row.word,
            row.reported_at,
            row.outcome,
            row.answer,
            row.answered_at,
            None if is_own else _person(row, "reporter"),
            None if is_own else _person(row, "subject"),
            "" if is_own else row.said,
        )


def list_reports(
    session: ReadSession, *, viewer: Claims, state: str, limit: int, cursor: str | None
) -> Page[ReportView]:
    """Reports in this state (`open`, `answered` or `mine`), the latest first.

    Who does not moderate gets their own, whatever the state.
    """
    is_own = state == "mine" or viewer.role not in MODERATORS
    read = _list("mine" if is_own else state)
    return read.page(session, viewer_id=viewer.id, limit=limit, cursor=cursor)


def get_own_report(session: ReadSession, *, viewer_id: UUID, report_id: UUID) -> ReportView:
    """A report as the one who made it sees it; it is there."""
    found = _OWN.find(session, viewer_id=viewer_id, report_id=report_id)
    assert found
    return found


@cache
def _list(state: str) -> ListRead[ReportView]:
    is_own = state == "mine"

    def build(cut: Cut) -> AnySelect:
        return cut(_told().where(*_conditions(state)), Report.reported_at, Report.id)

    def view(row: Any) -> ReportView:
        return ReportView.of(row, is_own=is_own)

    return ListRead(build, view, key={"reported_at": datetime, "id": UUID})


def _conditions(state: str) -> tuple[ColumnElement[bool], ...]:
    if state == "mine":
        return (Report.reporter_id == viewer(),)
    is_answered = Report.answered_at.is_not(None)
    return (
        is_answered if state == "answered" else ~is_answered,
        Report.subject_id != viewer(),
    )


def _told() -> AnySelect:
    reporter, subject = aliased(MemberRef), aliased(MemberRef)
    people = [
        getattr(member, name).label(f"{of}_{name}")
        for of, member in (("reporter", reporter), ("subject", subject))
        for name in ("id", "name", "headline", "portrait_url")
    ]
    return (
        select(*Report.__table__.c, *people[1:4], *people[5:])
        .join(reporter, reporter.id == Report.reporter_id)
        .join(subject, subject.id == Report.subject_id)
    )


def _person(row: Any, of: str) -> AuthorView:
    columns = ("id", "name", "headline", "portrait_url")
    return AuthorView(*(getattr(row, f"{of}_{column}") for column in columns))


_OWN: Read[ReportView] = Read(
    _told().where(Report.id == bindparam("report_id", type_=Uuid), Report.reporter_id == viewer()),
    lambda row: ReportView.of(row, is_own=True),
)
