"""What is told of projects to moderators, and what these do there."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from web.api.client import Api
from web.api.models import Answer, Page, Person
from web.api.moderation_models import ReportedObject


class ReportedProject(Answer):
    """Where something was reported."""

    id: str
    title: str
    visibility: str


class ProjectReport(Answer):
    """What somebody told; who is meant and what stood there, moderators alone are told."""

    id: str
    project: ReportedProject
    object: ReportedObject
    reason: str
    word: str
    reported_at: datetime
    outcome: str | None
    answer: str
    answered_at: datetime | None
    is_from_inside: bool
    reporter: Person | None
    subject: Person | None
    said: str


class ProjectAct(Answer):
    """What moderators did in a project."""

    id: str
    kind: str
    object: ReportedObject
    member: Person | None
    reason: str
    acted_at: datetime
    undone_at: datetime | None
    undo_reason: str
    moderator: Person | None


def report(api: Api, project_id: str, *, kind: str, object_id: str, reason: str, word: str) -> None:
    """Tell the moderators of a project, or of something in it."""
    body = {"object": {"type": kind, "id": object_id}, "reason": reason, "word": word}
    api.send("POST", f"/projects/{project_id}/reports", type(None), body)


def list_reports(api: Api, *, state: str, cursor: str | None = None) -> Page[ProjectReport]:
    """Reports: `open` or `answered` to moderators, `mine` to everybody."""
    return api.get("/projects/reports", Page[ProjectReport], state=state, cursor=cursor)


def answer_report(api: Api, report_id: str, *, outcome: str, word: str) -> None:
    """Say what came of a report."""
    body = {"outcome": outcome, "word": word}
    api.send("PUT", f"/projects/reports/{report_id}/answer", type(None), body)


def list_acts(api: Api, project_id: str, *, cursor: str | None = None) -> Page[ProjectAct]:
    """What moderators did in a project, as far as one may know."""
    return api.get(f"/projects/{project_id}/acts", Page[ProjectAct], cursor=cursor)


def act(api: Api, project_id: str, *, key: str, **wanted: Any) -> None:
    """Hide something, close a project, or give it another owner."""
    api.send("POST", f"/projects/{project_id}/acts", type(None), wanted, key=key)


def undo(api: Api, project_id: str, act_id: str, *, reason: str) -> None:
    """Take an act back."""
    api.call("DELETE", f"/projects/{project_id}/acts/{act_id}?{urlencode({'reason': reason})}")
