"""What moderators do in projects."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.event import Event

ActKind = Literal["hide", "close", "replace_owner"]
ObjectType = Literal["project", "update", "call", "round", "benchmark", "text"]


@dataclass(frozen=True, kw_only=True)
class ProjectModerated(Event):
    """Moderators hid something, closed a project or gave it another owner; or took that back.

    `member_id` is whom it concerns: who wrote what was hidden, nobody where that has no name; who
    owned the project. Why they did it stands where the project's people read it.
    """

    type = "project.moderated"
    source = "projects"
    key = ("act_id",)

    act_id: UUID
    project_id: UUID
    kind: ActKind
    object_type: ObjectType
    object_id: UUID
    member_id: UUID | None
    is_standing: bool  # False: it was taken back
    revision: int
    acted_at: datetime
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProjectReportAnswered(Event):
    """Moderators answered a member who told them of something in a project, once.

    Of what, and in what words they answer, that member alone reads where the report stands.
    """

    type = "project.report_answered"
    source = "projects"
    key = ("report_id",)

    report_id: UUID
    member_id: UUID  # who told
    outcome: Literal["acted", "unfounded"]
    revision: int
    answered_at: datetime
