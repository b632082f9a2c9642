"""What the API answers to moderators, as far as their pages show it."""

from datetime import datetime

from web.api.models import Answer, Labels, Person, Skill


class ReportedObject(Answer):
    """A post or a member."""

    type: str
    id: str


class Report(Answer):
    """What somebody told; who is meant and what a post said, moderators alone are told."""

    id: str
    object: ReportedObject
    reason: str
    word: str
    reported_at: datetime
    outcome: str | None
    answer: str
    answered_at: datetime | None
    reporter: Person | None
    subject: Person | None
    said: str


class Act(Answer):
    """What was done to a member; `actor` is None for the operator."""

    id: str
    act: str
    actor: Person | None
    member: Person
    reason: str
    role: str | None
    affected_count: int
    at: datetime


class Concerned(Answer):
    """Whom an act concerns, or would concern."""

    affected: list[Person]
    affected_count: int


class KeywordMerge(Answer):
    """How many posts and followers a merge of keywords concerns."""

    slug: str
    into: str
    post_count: int
    follower_count: int


class Step(Answer):
    """Somebody whose level would change; 0 is none."""

    member: Person
    skill: Skill
    level_before: int
    level_after: int


class Trial(Answer, kw_only=True):
    """What an act on evidence would change; whether these steps are all of them."""

    steps: list[Step]
    is_complete: bool


class CatalogueTrial(Trial, kw_only=True):
    """The same of a skill: of so many members who hold it, so many were tried."""

    slug: str
    into: str = ""
    post_count: int
    holder_count: int
    tried_count: int


class DiscountTrial(Trial, kw_only=True):
    """The same of a discount: so many likes would count no more."""

    like_count: int


class CatalogueAct(Answer):
    """What a moderator did to the catalogue."""

    id: str
    act: str
    actor: Person
    slug: str
    into: str | None
    labels: Labels | None
    reason: str
    at: datetime


class CandidateAnswer(Answer):
    outcome: str
    skill: Skill | None
    reason: str
    actor: Person
    at: datetime


class Candidate(Answer):
    """A keyword that names no skill."""

    slug: str
    label: str
    member_count: int
    post_count: int
    last_at: datetime | None
    answer: CandidateAnswer | None

    @property
    def id(self) -> str:
        """What it is told by in lists."""
        return self.slug


class Contest(Answer):
    """A post of which its author says that it proves nothing of a skill."""

    id: str
    skill: Skill
    post_id: str
    title: str
    word: str
    contested_at: datetime
    outcome: str | None
    answer: str
    answered_at: datetime | None
    holder: Person | None


class Discount(Answer):
    """A post, or what a group likes of each other, that proves nothing in a skill."""

    id: str
    skill: Skill
    post_id: str | None
    member_ids: list[str]
    reason: str
    made_by: Person
    made_at: datetime
    ended_by: Person | None
    ended_at: datetime | None
    end_reason: str


class Alarm(Answer):
    """A group that likes itself in a skill: `own_count` of all their likes."""

    id: str
    skill: Skill
    members: list[Person]
    own_count: int
    like_count: int
    raised_at: datetime
    seen_at: datetime
    outcome: str | None
    reason: str
    answered_at: datetime | None
