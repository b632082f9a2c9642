"""What projects ask for and compare."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.event import Event

# Whom a round asks: contributors are part of the followers, these of the members.
Audience = Literal["contributors", "followers", "members"]


@dataclass(frozen=True, kw_only=True)
class _OpinionChanged(Event):
    """A round of opinions as it is now; nothing that anybody answered."""

    source = "projects"
    key = ("round_id",)

    round_id: UUID
    project_id: UUID
    author_id: UUID
    title: str
    audience: Audience
    is_anonymous: bool
    opens_at: datetime
    closes_at: datetime
    revision: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class OpinionRequested(_OpinionChanged):
    """A project asks for opinions, or asks otherwise, or until another day."""

    type = "opinion.requested"

    state: Literal["asked"] = "asked"


@dataclass(frozen=True, kw_only=True)
class OpinionClosed(_OpinionChanged):
    """A round is over, or was withdrawn; told once, some time after."""

    type = "opinion.closed"

    state: Literal["closed", "withdrawn"]
    answer_count: int


@dataclass(frozen=True, kw_only=True)
class OpinionConcluded(_OpinionChanged):
    """A project says what came of a round."""

    type = "opinion.concluded"

    state: Literal["concluded"] = "concluded"
    answer_count: int
    concluded_at: datetime


@dataclass(frozen=True, kw_only=True)
class OpinionGiven(Event):
    """A member answered a round with names, or changed that; without names nothing is told."""

    type = "opinion.given"
    source = "projects"
    key = ("round_id", "member_id")

    round_id: UUID
    member_id: UUID
    project_id: UUID
    revision: int
    answered_at: datetime


@dataclass(frozen=True, kw_only=True)
class OpinionOutcomeDue(Event):
    """A round ended days ago, and its project has not said what came of it; told once."""

    type = "opinion.outcome_due"
    source = "projects"
    key = ("round_id",)

    round_id: UUID
    project_id: UUID
    author_id: UUID
    title: str
    revision: int
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class BenchmarkPublished(Event):
    """A version of a benchmark was published; its number is the revision."""

    type = "benchmark.published"
    source = "projects"
    key = ("benchmark_id",)

    benchmark_id: UUID
    project_id: UUID
    author_id: UUID
    title: str
    alternative_count: int
    criterion_count: int
    revision: int
    published_at: datetime
