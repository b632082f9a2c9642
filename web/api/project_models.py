"""What the API answers about projects, as far as pages show it."""

from datetime import date, datetime

import msgspec

from web.api.models import Answer, Keyword, Person


class Project(Answer):
    """A project; in lists without its long texts. `role` is the visitor's in it."""

    id: str
    owner: Person | None
    title: str
    pitch: str
    description: str
    description_html: str
    lang: str
    stage: str
    visibility: str
    keywords: list[Keyword]
    learned: str
    learned_html: str
    role: str | None
    is_followed: bool
    is_asleep: bool
    follower_count: int
    contributor_count: int
    open_call_count: int
    revision: int
    changed_at: datetime
    closed_at: datetime | None

    @property
    def is_closed(self) -> bool:
        """Whether it ended."""
        return self.stage == "closed"


class Belonging(Answer):
    """Somebody who builds a project."""

    member: Person
    role: str
    joined_at: datetime


class ProjectChange(Answer):
    """What was changed of a project."""

    revision: int
    actor: Person | None
    kind: str
    changed_at: datetime


class Call(Answer):
    """A call for help."""

    id: str
    project_id: str
    author: Person
    title: str
    details_html: str
    lang: str
    skills: list[str]
    hours: int | None
    until: date | None
    state: str
    opened_at: datetime


class Held(Answer):
    """A skill of who could help."""

    slug: str
    label_en: str
    label_fr: str
    level: int


class HelperReason(Answer):
    kind: str
    count: int | None


class Helper(Answer):
    """Who could help, and why."""

    member: Person
    attributions: list[Held]
    reasons: list[HelperReason]


class Helpers(Answer):
    items: list[Helper]


class ProjectRef(Answer):
    """The project of something that is shown elsewhere."""

    id: str
    title: str
    pitch: str
    stage: str


class HelpInvitation(Answer):
    """That somebody is asked to help, or to own a project."""

    id: str
    project: ProjectRef
    call_id: str | None
    inviter: Person
    member: Person
    state: str
    word: str
    answer: str
    asked_at: datetime
    expires_at: datetime
    role: str = msgspec.field(name="as")


class Offer(Answer):
    """That somebody offers help."""

    id: str
    call_id: str
    member: Person
    word: str
    state: str
    answer: str
    offered_at: datetime


class Update(Answer):
    """News of a project."""

    id: str
    project: ProjectRef
    author: Person
    title: str
    body: str
    body_html: str
    excerpt: str
    lang: str
    like_count: int
    liked_by_me: bool
    published_at: datetime


class Thanks(Answer):
    call_id: str
    member: Person
    skills: list[str]
    word: str
