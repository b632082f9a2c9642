"""What is shown of projects, their people, calls and news. Structs, as in all lists of many."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, literal, select
from sqlalchemy.orm import aliased

from chassis import clock
from chassis.statements import viewer
from services.projects import access, rules
from services.projects.models import Belonging, Call, MemberRef, Project, ProjectFollow


class PersonView(msgspec.Struct, frozen=True):
    """A member as answers show them."""

    id: UUID
    name: str
    headline: str
    portrait_url: str | None


def person_of(row: Any) -> PersonView:
    """A row with `PERSON`."""
    return PersonView(row.person_id, row.name, row.headline, row.portrait_url)


def find_person(row: Any) -> PersonView | None:
    """The same of a row that may have none."""
    return None if row.person_id is None else person_of(row)


PERSON = (
    MemberRef.id.label("person_id"),
    MemberRef.name,
    MemberRef.headline,
    MemberRef.portrait_url,
)


class KeywordView(msgspec.Struct, frozen=True):
    """A keyword of a project."""

    slug: str
    label: str


class ProjectView(msgspec.Struct, frozen=True):
    """A project as a viewer sees it; in a card, description and what was learned are empty.

    `role` is the viewer's: `owner`, `contributor`, or null.
    """

    id: UUID
    owner: PersonView | None
    title: str
    pitch: str
    description: str
    description_html: str
    lang: str
    stage: str
    visibility: str
    keywords: Sequence[KeywordView]
    learned: str
    learned_html: str
    role: str | None
    is_followed: bool
    is_asleep: bool
    follower_count: int
    contributor_count: int
    open_call_count: int
    revision: int
    created_at: datetime
    changed_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> "ProjectView":
        """A row of `shown`."""
        keywords = zip(row.keyword_slugs, row.keyword_labels, strict=True)
        return cls(
            row.id,
            find_person(row),
            row.title,
            row.pitch,
            row.description,
            row.description_html,
            row.lang,
            row.stage,
            row.visibility,
            [KeywordView(slug, label) for slug, label in keywords],
            row.learned,
            row.learned_html,
            row.role,
            row.is_followed,
            row.stage != rules.CLOSED and row.sleeps_at <= clock.now(),
            row.follower_count,
            row.contributor_count,
            row.open_call_count,
            row.revision,
            row.created_at,
            row.changed_at,
            row.closed_at,
        )


def shown(*, is_card: bool = False) -> Any:
    """Projects as `ProjectView` takes them, with whom they belong to; counts are looked up each."""
    follow, other, one, call = (
        aliased(ProjectFollow),
        aliased(ProjectFollow),
        aliased(Belonging),
        aliased(Call),
    )
    followed = (
        select(follow.is_following)
        .where(follow.project_id == Project.id, follow.member_id == viewer())
        .scalar_subquery()
    )
    counts = {
        "follower_count": (other.project_id == Project.id) & other.is_following,
        "contributor_count": (one.project_id == Project.id)
        & one.is_in
        & (one.role == rules.CONTRIBUTOR),
        "open_call_count": (call.project_id == Project.id)
        & (call.state == "open")
        & access.is_unhidden(call.id),
    }
    return (
        select(
            *(getattr(Project, name) for name in _COPIED),
            *((literal("") if is_card else getattr(Project, name)).label(name) for name in _LONG),
            *PERSON,
            access.role_of(Project.id, viewer()).label("role"),
            func.coalesce(followed, False).label("is_followed"),
            *(
                select(func.count()).where(which).scalar_subquery().label(name)
                for name, which in counts.items()
            ),
        )
        .select_from(Project)
        .outerjoin(MemberRef, MemberRef.id == Project.owner_id)
    )


class BelongingView(msgspec.Struct, frozen=True):
    """Somebody who builds a project."""

    member: PersonView
    role: str
    joined_at: datetime


class ChangeView(msgspec.Struct, frozen=True):
    """What was changed of a project: what was there before, by name."""

    revision: int
    actor: PersonView | None
    kind: str
    before: Mapping[str, Any]
    changed_at: datetime


class CallView(msgspec.Struct, frozen=True):
    """A call for help."""

    id: UUID
    project_id: UUID
    author: PersonView
    title: str
    details: str
    details_html: str
    lang: str
    skills: Sequence[str]
    hours: int | None
    until: date | None
    state: str
    opened_at: datetime
    changed_at: datetime


class ProjectRefView(msgspec.Struct, frozen=True):
    """The project of something that is shown elsewhere."""

    id: UUID
    title: str
    pitch: str
    stage: str


class InvitationView(msgspec.Struct, frozen=True):
    """An invitation to help, for the project's people and who is asked."""

    id: UUID
    project: ProjectRefView
    call_id: UUID | None
    inviter: PersonView
    member: PersonView
    role: str
    word: str
    state: str
    answer: str
    asked_at: datetime
    expires_at: datetime


class OfferView(msgspec.Struct, frozen=True):
    """An offer of help, for the project's people and who offers."""

    id: UUID
    call_id: UUID
    member: PersonView
    word: str
    state: str
    answer: str
    offered_at: datetime


class UpdateView(msgspec.Struct, frozen=True):
    """News of a project; `body` and `body_html` are empty in a feed."""

    id: UUID
    project: ProjectRefView
    author: PersonView
    title: str
    body: str
    body_html: str
    excerpt: str
    lang: str
    like_count: int
    liked_by_me: bool
    published_at: datetime
    edited_at: datetime | None


class ThanksView(msgspec.Struct, frozen=True):
    """Thanks for an answered call."""

    call_id: UUID
    member: PersonView
    skills: Sequence[str]
    word: str
    thanked_at: datetime


_COPIED = (
    *("id", "title", "pitch", "lang", "stage", "visibility", "keyword_slugs", "keyword_labels"),
    *("revision", "created_at", "changed_at", "closed_at", "sleeps_at"),
)
_LONG = ("description", "description_html", "learned", "learned_html")
