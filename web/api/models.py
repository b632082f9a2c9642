"""What the API answers, as far as pages show it; more of an answer is passed over."""

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Answer(msgspec.Struct):
    """What came from the API; nothing here changes it."""


class Page(Answer, Generic[T]):
    """A list, and the cursor to what follows."""

    items: list[T]
    next: str | None = None


class Person(Answer):
    """Somebody, as they stand beside what they wrote."""

    id: str
    name: str
    headline: str = ""
    portrait_url: str | None = None
    company: str = ""
    location: str = ""


class Inviting(Answer):
    """How many places are left, or why there are none and from when."""

    places_left: int | None
    hindrance: str | None
    reason: str | None
    from_at: datetime | None


class Member(Person, kw_only=True):
    """A member's page."""

    role: str
    bio: str
    locale: str
    state: str
    sponsor: Person | None
    joined_at: datetime


class OwnMember(Member, kw_only=True):
    """Oneself, with what only oneself sees."""

    email: str
    is_proposable: bool
    asks_per_week: int
    is_sharing_first_steps: bool
    inviting: Inviting
    is_email_confirmed: bool = True  # an earlier release does not say


class Invitee(Person, kw_only=True):
    """Who joined by somebody's invitation."""

    joined_at: datetime


class Lineage(Answer):
    """Who invited whom, from the eldest to a member's sponsor."""

    items: list[Person]


class Relation(Answer):
    """What the viewer and a member are to each other."""

    member_id: str
    is_following: bool
    follows_me: bool
    is_blocked: bool
    follower_count: int = 0
    following_count: int = 0


class Relations(Answer):
    items: list[Relation]


class Reason(Answer):
    """Why somebody is suggested: a kind, and what goes with it."""

    kind: str
    count: int | None
    keywords: list[str]


class Suggestion(Answer):
    member: Person
    reasons: list[Reason]


class Suggestions(Answer):
    items: list[Suggestion]


class Preview(Answer):
    """Who invites, and until when."""

    sponsor: Person | None
    note: str
    expires_at: datetime


class Granted(Answer):
    """Tokens of a session."""

    access_token: str
    refresh_token: str = ""


class Keyword(Answer):
    slug: str
    label: str
    follower_count: int = 0
    post_count: int = 0
    followed_by_me: bool = False
    related: list["Keyword"] = []


class Post(Answer):
    """A question, an answer or a share; what a kind lacks keeps its default."""

    id: str
    kind: str
    author: Person
    title: str
    excerpt: str
    lang: str
    keywords: list[Keyword]
    audience: str
    like_count: int
    liked_by_me: bool
    published_at: datetime
    body: str = ""
    body_html: str = ""
    edited_at: datetime | None = None
    removed_at: datetime | None = None
    question_id: str | None = None
    question_title: str | None = None
    answer_count: int = 0
    accepted_answer_id: str | None = None
    is_waiting: bool = False
    is_accepted: bool = False
    form: str | None = None
    link: str | None = None


class Found(Answer):
    """What a search found; `proposal` is a keyword that is spelt alike."""

    items: list[Post]
    next: str | None
    proposal: str | None


class Liked(Answer):
    post_id: str
    liked_by_me: bool
    like_count: int


class Version(Answer):
    """What a post said before it was edited."""

    revision: int
    title: str
    body_html: str
    replaced_at: datetime


class Labels(Answer):
    en: str
    fr: str


class Skill(Answer):
    slug: str
    labels: Labels
    category: str = ""


class HeldSkill(Answer):
    """What likes prove of somebody in a skill."""

    skill: Skill
    level: int
    level_name: str | None
    worth: float
    confidence_name: str
    freshness: str
    liker_count: int
    evidence_count: int
    last_evidence_at: datetime | None
    is_hidden: bool
    trend: str | None = None


class Month(Answer):
    month: str
    like_count: int
    new_voice_count: int
    weight: float


class Proof(HeldSkill, kw_only=True):
    """The same with its months, for the page of evidence."""

    months: list[Month]


class EvidencePost(Answer):
    id: str | None
    kind: str
    title: str
    question_id: str | None


class Evidence(Answer):
    """A post that proves a skill, and what it is worth there today."""

    post: EvidencePost
    reason: str
    weight: float
    like_count: int
    is_same_branch: bool | None
    at: datetime


class Level(Answer):
    """The highest level of a member among some skills, and what is behind it."""

    member_id: str
    skill: Skill
    level: int
    freshness: str
    liker_count: int
    evidence_count: int


class Levels(Answer):
    items: list[Level]


class Understood(Answer):
    skill: Skill
    is_guess: bool


class Expert(Answer):
    """Who knows, by which skills, and how near they are to the viewer."""

    member: Person
    attributions: list[HeldSkill]
    nearness: str | None


class Knowing(Answer):
    understood: list[Understood]
    items: list[Expert]


class OpenQuestion(Answer):
    id: str
    title: str
    published_at: datetime


class Growth(Answer):
    holder_count: int


class OneSkill(Skill, kw_only=True):
    """A skill with what is around it."""

    question_count: int
    broader: Skill | None
    narrower: list[Skill]
    related: list[Skill]
    experts: list[Expert]
    open_questions: list[OpenQuestion]
    growth: Growth


class Subject(Answer):
    skill: Skill
    relevance: float
    reason: str


class Subjects(Answer):
    items: list[Subject]


class ActiveMember(Answer):
    member: Person
    like_count: int
    post_count: int


class ActiveMembers(Answer):
    items: list[ActiveMember]


class Invitation(Answer):
    id: str
    email: str | None
    name: str | None
    note: str
    state: str
    expires_at: datetime
    invitee: Person | None
    url: str | None = None  # with the first answer alone


class WaitingRequest(Answer):
    """Who asks for an invitation."""

    id: str
    name: str
    motivation: str
    keywords: list[str]
    matches: list[str]
    link: str | None
    confirmed_at: datetime


class OpenSession(Answer):
    id: str
    device: str
    opened_at: datetime
    used_at: datetime
    is_current: bool


class Html(Answer):
    body_html: str
