"""A community made up for the measurements, the same in each run.

1,000 members who follow 30 each, 2,000 questions of which 100 have exactly 20 answers,
8,000 answers, 1,000 keywords and 30,000 likes, over the last 200 days.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

MEMBERS, FOLLOWS = 1_000, 30
QUESTIONS, ANSWERS, LIKES, KEYWORDS = 2_000, 8_000, 30_000, 1_000
FULL_QUESTIONS, FULL = 100, 20
DAYS = 200
SHORTEST, LONGEST = 150, 420  # letters of a body
WORDS = (  # none of them a term of the catalogue: skills come from the keywords alone
    *("quiet", "morning", "seven", "people", "walked", "along", "narrow", "lanes", "while"),
    *("somebody", "else", "carried", "heavy", "boxes", "because", "nobody", "wanted", "to"),
    *("wait", "for", "another", "week", "before", "asking", "whether", "these", "small"),
    *("would", "help", "them", "with", "what", "they", "had", "begun", "last", "summer"),
)


@dataclass(frozen=True)
class Member:
    """Somebody who joined."""

    id: UUID
    name: str
    joined_at: datetime


@dataclass(frozen=True)
class Word:
    """A keyword; `skill` is the catalogue's id where it is one's label."""

    id: UUID
    slug: str
    label: str
    skill: int | None


@dataclass(frozen=True)
class Post:
    """A question, or with `question` an answer to it, which has its keywords."""

    id: UUID
    author: Member
    question: "Post | None"
    title: str
    body: str
    keywords: Sequence[Word]
    at: datetime

    @property
    def kind(self) -> str:
        return "answer" if self.question else "question"

    @property
    def skills(self) -> list[int]:
        """What it is about; an answer, three things of its question's."""
        about = sorted({word.skill for word in self.keywords if word.skill is not None})
        return about[:3] if self.question else about


@dataclass(frozen=True)
class Like:
    """One like."""

    post: Post
    liker: Member
    at: datetime


class Community:
    """All of it; `skills` are the catalogue's id, slug and English label."""

    def __init__(self, skills: Sequence[tuple[int, str, str]], today: datetime) -> None:
        self._random = Random(2_026)
        self._begun = today.replace(hour=0, minute=0, second=0, microsecond=0)
        self._begun -= timedelta(days=DAYS)
        self.members = [self._member(number) for number in range(MEMBERS)]
        self.follows = [
            (follower, followed) for follower in self.members for followed in self._others(follower)
        ]
        self.keywords = [self._keyword(number, skills) for number in range(KEYWORDS)]
        self.questions = [self._question(number) for number in range(QUESTIONS)]
        self.full_questions = self.questions[::20][:FULL_QUESTIONS]
        full = {question.id for question in self.full_questions}
        self.other_questions = [q for q in self.questions if q.id not in full]
        answered = [q for q in self.full_questions for _ in range(FULL)]
        answered += self._random.choices(self.other_questions, k=ANSWERS - len(answered))
        self.answers = [self._answer(question) for question in answered]
        self.answer_count = Counter(question.id for question in answered)
        self.posts = [*self.questions, *self.answers]
        self._liked: set[tuple[UUID, UUID]] = set()
        self.likes = [self.next_like(self.members) for _ in range(LIKES)]
        self.like_count = Counter(like.post.id for like in self.likes)

    def next_like(self, members: Sequence[Member]) -> Like:
        """One that was not given yet, by one of these members."""
        while True:
            post = self._random.choice(self.posts)
            liker = self._random.choice(members)
            if post.author.id != liker.id and (post.id, liker.id) not in self._liked:
                self._liked.add((post.id, liker.id))
                hours = self._random.uniform(1, 48)
                return Like(post, liker, min(post.at + timedelta(hours=hours), self._end))

    @property
    def interests(self) -> list[tuple[Member, Word]]:
        """Each member with five keywords that they follow."""
        count = len(self.keywords)
        return [
            (member, self.keywords[(number * 13 + step * 101) % count])
            for number, member in enumerate(self.members)
            for step in range(5)
        ]

    def text(self) -> str:
        """A body: a few sentences of as many letters as posts have."""
        length = self._random.randint(SHORTEST + 1, LONGEST)
        words: list[str] = []
        while sum(map(len, words)) + len(words) < length + 1:
            words.append(self._random.choice(WORDS))
        return f"{' '.join(words)[: length - 1].strip().capitalize()}."

    def choice(self, of: Sequence[Post]) -> Post:
        """One of some posts."""
        return self._random.choice(of)

    def search(self) -> str:
        """Two words that posts have."""
        return "+".join(self._random.sample(WORDS, 2))

    @property
    def _end(self) -> datetime:
        return self._begun + timedelta(days=DAYS)

    def _others(self, follower: Member) -> list[Member]:
        """Whom somebody follows."""
        found = self._random.sample(self.members, FOLLOWS + 1)
        return [member for member in found if member.id != follower.id][:FOLLOWS]

    def _member(self, number: int) -> Member:
        joined = self._begun + timedelta(seconds=number)
        return Member(self._id(joined), f"Member Number {number:04}", joined)

    def _keyword(self, number: int, skills: Sequence[tuple[int, str, str]]) -> Word:
        new = self._id(self._begun)
        if number < len(skills):
            skill, slug, label = skills[number]
            return Word(new, slug, label, skill)
        return Word(new, f"subject-{number:04}", f"Subject {number:04}", None)

    def _question(self, number: int) -> Post:
        """With three keywords: one in turn, so that all are used, and two that are popular."""
        at = self._begun + timedelta(days=1 + (DAYS - 10) * number / QUESTIONS)
        first = self.keywords[number % KEYWORDS]
        more = [self.keywords[int(self._random.paretovariate(0.6)) % KEYWORDS] for _ in range(2)]
        keywords = list(dict.fromkeys([first, *more]))
        title = f"{' '.join(self._random.sample(WORDS, 7)).capitalize()}?"
        author = self._random.choice(self.members)
        return Post(self._id(at), author, None, title, self.text(), keywords, at)

    def _answer(self, question: Post) -> Post:
        at = question.at + timedelta(minutes=self._random.uniform(5, 6_000))
        author = self._random.choice(self.members)
        return Post(self._id(at), author, question, "", self.text(), question.keywords, at)

    def _id(self, at: datetime) -> UUID:
        """A UUIDv7 of that moment, as chassis.identifiers makes them, but the same each time."""
        milliseconds = int(at.timestamp() * 1000)
        chance = self._random.getrandbits(74)
        low = chance & ((1 << 62) - 1)
        return UUID(int=milliseconds << 80 | 0x7 << 76 | (chance >> 62) << 64 | 0b10 << 62 | low)


def made_up(skills: Sequence[tuple[int, str, str]]) -> Community:
    """The community until last night."""
    return Community(skills, datetime.now(UTC))
