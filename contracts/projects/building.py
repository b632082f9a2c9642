"""What members build together, and who helps whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.event import Event

Stage = Literal["idea", "concept", "test", "launched", "closed"]
# `invited`: for its people and those it invites; for all others it does not exist.
Visibility = Literal["members", "invited"]
Role = Literal["owner", "contributor"]


@dataclass(frozen=True, kw_only=True)
class ProjectKeyword:
    """A keyword of a project, as its owner spelt it."""

    slug: str
    label: str


@dataclass(frozen=True, kw_only=True)
class _ProjectChanged(Event):
    """A project as it is now, whatever changed: the latest revision says all."""

    source = "projects"
    key = ("project_id",)

    project_id: UUID
    revision: int
    owner_id: UUID | None  # None where its owner left Skiller and nobody took it over
    title: str
    pitch: str
    stage: Stage
    visibility: Visibility
    keywords: tuple[ProjectKeyword, ...]
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProjectCreated(_ProjectChanged):
    """A member began a project."""

    type = "project.created"


@dataclass(frozen=True, kw_only=True)
class ProjectUpdated(_ProjectChanged):
    """A project was changed, got another owner, or was opened again."""

    type = "project.updated"


@dataclass(frozen=True, kw_only=True)
class ProjectClosed(_ProjectChanged):
    """A project ended; `learned` is what its owner says came of it."""

    type = "project.closed"

    learned: str


@dataclass(frozen=True, kw_only=True)
class _SleepChanged(Event):
    """What is told of a silent project, once; what it is, the clock says."""

    source = "projects"
    key = ("project_id",)

    project_id: UUID
    revision: int
    told_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProjectIdle(_SleepChanged):
    """Nothing was done in a project for long: its owner is asked whether it goes on."""

    type = "project.idle"

    state: Literal["idle"] = "idle"


@dataclass(frozen=True, kw_only=True)
class ProjectAsleep(_SleepChanged):
    """A project sleeps: it is listed last, and invites nobody."""

    type = "project.asleep"

    state: Literal["asleep"] = "asleep"


@dataclass(frozen=True, kw_only=True)
class ProjectWoken(_SleepChanged):
    """A project that was idle or asleep goes on."""

    type = "project.woken"

    state: Literal["awake"] = "awake"


@dataclass(frozen=True, kw_only=True)
class _BelongingChanged(Event):
    source = "projects"
    key = ("project_id", "member_id")

    project_id: UUID
    member_id: UUID
    role: Role
    revision: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProjectMemberJoined(_BelongingChanged):
    """A member began a project, came to help, or has another role in it.

    `joined_at` is since when they build it, whatever their role; an earlier release told none.
    """

    type = "project.member_joined"

    state: Literal["in"] = "in"
    joined_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ProjectMemberLeft(_BelongingChanged):
    """A member helps no more; the pair's row stays, with its revision.

    `removed_by_id`: the owner who removed them, where they did not leave by themselves; an earlier
    release told none.
    """

    type = "project.member_left"

    state: Literal["none"] = "none"
    removed_by_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class _ProjectFollowChanged(Event):
    source = "projects"
    key = ("project_id", "member_id")

    project_id: UUID
    member_id: UUID
    revision: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProjectFollowed(_ProjectFollowChanged):
    """A member began to follow a project."""

    type = "project.followed"

    state: Literal["followed"] = "followed"


@dataclass(frozen=True, kw_only=True)
class ProjectUnfollowed(_ProjectFollowChanged):
    """A member stopped following a project; the pair's row stays, with its revision."""

    type = "project.unfollowed"

    state: Literal["none"] = "none"


@dataclass(frozen=True, kw_only=True)
class ProjectCallChanged(Event):
    """A project looks for help, or does so no more; a call as it is now."""

    type = "project.call_changed"
    source = "projects"
    key = ("call_id",)

    call_id: UUID
    project_id: UUID
    author_id: UUID
    title: str
    skills: tuple[str, ...]  # slugs, of which the catalogue need not know all
    hours: int | None
    until: str | None  # a day: 2026-02-01
    state: Literal["open", "answered", "withdrawn"]
    revision: int
    opened_at: datetime
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProjectHelpAsked(Event):
    """A member is asked to help, or to own a project; an invitation as it is now.

    `later` waits like `pending`. What is over stays so.
    """

    type = "project.help_asked"
    source = "projects"
    key = ("invitation_id",)

    invitation_id: UUID
    project_id: UUID
    call_id: UUID | None
    inviter_id: UUID
    member_id: UUID
    role: Role
    state: Literal["pending", "later", "accepted", "declined", "withdrawn"]
    revision: int
    asked_at: datetime
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProjectHelpOffered(Event):
    """A member offers help for a call; an offer as it is now."""

    type = "project.help_offered"
    source = "projects"
    key = ("offer_id",)

    offer_id: UUID
    project_id: UUID
    call_id: UUID
    member_id: UUID
    state: Literal["pending", "accepted", "declined", "withdrawn"]
    revision: int
    offered_at: datetime
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProjectUpdatePublished(Event):
    """News of a project, as they are now."""

    type = "project.update_published"
    source = "projects"
    key = ("update_id",)

    update_id: UUID
    project_id: UUID
    author_id: UUID
    title: str
    revision: int
    published_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProjectUpdateRemoved(Event):
    """News of a project were taken away."""

    type = "project.update_removed"
    source = "projects"
    key = ("update_id",)

    update_id: UUID
    project_id: UUID
    author_id: UUID
    revision: int
    removed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ContributionThanked(Event):
    """The owner of a project thanks a contributor for what an answered call asked; never undone."""

    type = "contribution.thanked"
    source = "projects"
    key = ("call_id", "member_id")

    call_id: UUID
    member_id: UUID
    project_id: UUID
    owner_id: UUID
    skills: tuple[str, ...]  # slugs
    revision: int
    thanked_at: datetime
