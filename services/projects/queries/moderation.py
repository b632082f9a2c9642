"""Reports of what stands in projects, and what moderators did there."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Uuid, bindparam, select
from sqlalchemy.orm import aliased

from chassis.claims import Claims
from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, Read, ReadSession, viewer
from services.projects import access, rules
from services.projects.models import MemberRef, ModerationAct, Project, Report
from services.projects.queries.views import PersonView


class ObjectRefView(msgspec.Struct, frozen=True):
    """What of a project is meant."""

    type: str
    id: UUID


class ReportedProjectView(msgspec.Struct, frozen=True):
    """The project in which something was reported: its title then; its visibility now."""

    id: UUID
    title: str
    visibility: str


class ReportView(msgspec.Struct, frozen=True):
    """A report; who told, who is meant, and what stood there, is for moderators alone."""

    id: UUID
    project: ReportedProjectView
    object: ObjectRefView
    reason: str
    word: str
    reported_at: datetime
    outcome: str | None
    answer: str
    answered_at: datetime | None
    is_from_inside: bool
    reporter: PersonView | None
    subject: PersonView | None
    said: str


class ActView(msgspec.Struct, frozen=True):
    """What moderators did; which of them, moderators alone see."""

    id: UUID
    kind: str
    object: ObjectRefView
    member: PersonView | None
    reason: str
    acted_at: datetime
    undone_at: datetime | None
    undo_reason: str
    moderator: PersonView | None


def list_reports(
    session: ReadSession, *, viewer: Claims, state: str, limit: int, cursor: str | None
) -> Page[ReportView]:
    """Reports in this state (`open`, `answered` or `mine`), the latest first.

    Moderators get those that they may answer, others their own, whatever the state.
    """
    is_own = state == "mine" or viewer.role not in rules.MODERATORS
    read = _reports("mine" if is_own else state)
    return read.page(session, viewer_id=viewer.id, limit=limit, cursor=cursor)


def get_own_report(session: ReadSession, *, viewer_id: UUID, report_id: UUID) -> ReportView:
    """A report as the one who made it sees it; it is there."""
    found = _OWN.find(session, viewer_id=viewer_id, report_id=report_id)
    assert found
    return found


def list_acts(
    session: ReadSession, *, viewer: Claims, project_id: UUID, limit: int, cursor: str | None
) -> Page[ActView]:
    """What moderators did in a project, the latest first.

    For them and its people all, for others what concerns them. Raises ProjectNotFound.
    """
    is_moderator = viewer.role in rules.MODERATORS
    if is_moderator:
        access.require_overseen(session, project_id=project_id)
    else:
        access.require_visible(session, viewer_id=viewer.id, project_id=project_id)
    named = {"viewer_id": viewer.id, "project_id": project_id}
    return _acts(is_moderator).page(session, limit=limit, cursor=cursor, **named)


def get_act(session: ReadSession, *, act_id: UUID) -> ActView:
    """One act, as moderators see it; it is there."""
    found = _ACT.find(session, act_id=act_id)
    assert found
    return found


@cache
def _reports(state: str) -> ListRead[ReportView]:
    is_own = state == "mine"

    def build(cut: Cut) -> AnySelect:
        return cut(_told().where(*_conditions(state)), Report.reported_at, Report.id)

    def view(row: Any) -> ReportView:
        return _report_of(row, is_own=is_own)

    return ListRead(build, view, key={"reported_at": datetime, "id": UUID})


def _conditions(state: str) -> tuple[ColumnElement[bool], ...]:
    if state == "mine":
        return (Report.reporter_id == viewer(),)
    is_answered = Report.answered_at.is_not(None)
    is_of_others = Report.reporter_id != viewer()
    is_about_others = Report.subject_id.is_distinct_from(viewer())
    return (is_answered if state == "answered" else ~is_answered, is_of_others, is_about_others)


def _told() -> AnySelect:
    reporter, subject = aliased(MemberRef), aliased(MemberRef)
    return (
        select(
            *(getattr(Report, name) for name in _REPORT_COLUMNS),
            Project.visibility.label("project_visibility"),
            *_person("reporter", reporter),
            *_person("subject", subject),
        )
        .join(Project, Project.id == Report.project_id)
        .join(reporter, reporter.id == Report.reporter_id)
        .outerjoin(subject, subject.id == Report.subject_id)
    )


def _report_of(row: Any, *, is_own: bool) -> ReportView:
    return ReportView(
        row.id,
        ReportedProjectView(
            row.project_id, row.project_title, "" if is_own else row.project_visibility
        ),
        ObjectRefView(row.object_type, row.object_id),
        *(row.reason, row.word, row.reported_at, row.outcome, row.answer, row.answered_at),
        row.is_from_inside,
        None if is_own else _find(row, "reporter"),
        None if is_own else _find(row, "subject"),
        "" if is_own else row.said,
    )


@cache
def _acts(is_moderator: bool) -> ListRead[ActView]:
    def build(cut: Cut) -> AnySelect:
        statement = _done().where(ModerationAct.project_id == bindparam("project_id", type_=Uuid))
        if not is_moderator:
            inside = access.belongs(ModerationAct.project_id, viewer())
            statement = statement.where(inside | (ModerationAct.member_id == viewer()))
        return cut(statement, ModerationAct.acted_at, ModerationAct.id)

    def view(row: Any) -> ActView:
        return _act_of(row, is_moderator=is_moderator)

    return ListRead(build, view, key={"acted_at": datetime, "id": UUID})


def _done() -> AnySelect:
    member, moderator = aliased(MemberRef), aliased(MemberRef)
    return (
        select(
            *(getattr(ModerationAct, name) for name in _ACT_COLUMNS),
            *_person("member", member),
            *_person("moderator", moderator),
        )
        .outerjoin(member, member.id == ModerationAct.member_id)
        .join(moderator, moderator.id == ModerationAct.moderator_id)
    )


def _act_of(row: Any, *, is_moderator: bool = True) -> ActView:
    return ActView(
        row.id,
        row.kind,
        ObjectRefView(row.object_type, row.object_id),
        _find(row, "member"),
        *(row.reason, row.acted_at, row.undone_at, row.undo_reason),
        _find(row, "moderator") if is_moderator else None,
    )


def _person(of: str, member: Any) -> list[Any]:
    return [getattr(member, name).label(f"{of}_{name}") for name in _PERSON]


def _find(row: Any, of: str) -> PersonView | None:
    its = [getattr(row, f"{of}_{name}") for name in _PERSON]
    return PersonView(*its) if its[0] is not None else None


_PERSON = ("id", "name", "headline", "portrait_url")
_REPORT_COLUMNS = (
    *("id", "project_id", "object_type", "object_id", "reason", "word", "said", "reported_at"),
    *("project_title", "is_from_inside", "outcome", "answer", "answered_at"),
)
_ACT_COLUMNS = (
    *("id", "kind", "object_type", "object_id", "reason", "acted_at", "undone_at", "undo_reason"),
)
_OWN: Read[ReportView] = Read(
    _told().where(Report.id == bindparam("report_id", type_=Uuid), Report.reporter_id == viewer()),
    lambda row: _report_of(row, is_own=True),
)
_ACT: Read[ActView] = Read(
    _done().where(ModerationAct.id == bindparam("act_id", type_=Uuid)), _act_of
)
