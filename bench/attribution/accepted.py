"""What a running Skiller accepted, as the benchmark has communities: read from its databases.

Of an imported community, whose members' addresses say who they are in the data: questions,
answers, likes and accepts as discussion keeps them, what posts are about as skills detected it,
and how far members are trusted where that has begun. What follows from it is not read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from bench.attribution.communities import Community, Known, Post, Vote
from bench.attribution.skiller import Skiller
from bench.attribution.society import Society
from services.discussion import models as discussion
from services.identity.models import Credentials, Member
from services.skills import rules, trust
from services.skills.detection.words import normalise
from services.skills.models import Attribution, Mention, Night, Skill, SkillTerm, Standing

KINDS = ("question", "answer")


class NotComparable(Exception):
    """It holds what the benchmark knows nothing of, or not the community that is asked for."""


class Person(NamedTuple):
    """A member, and who that is in the data: None of the host, who invited all."""

    id: UUID
    name: str
    in_data: int | None


@dataclass(frozen=True)
class Trusted:
    """What the nights left: by member whose voice theirs is and their standing in thousandths.

    `kept` is what counts of own evidence in a skill, in hundredths, where that is not all.
    """

    nights: int
    unseen: int
    stands: Mapping[UUID, tuple[UUID, int | None]]
    kept: Mapping[tuple[UUID, str], int]


@dataclass(frozen=True)
class Accepted:
    """Members are numbers in the order of their ids, skills the catalogue's ids as text."""

    community: Community
    people: Sequence[Person]
    slugs: Mapping[str, str]
    terms: Mapping[str, str]  # which skill a term names
    trusted: Trusted | None

    def number_of(self) -> Mapping[UUID, int]:
        """Members by id."""
        return {one.id: number for number, one in enumerate(self.people)}

    def skill_of(self, term: str) -> str | None:
        """What the catalogue means by a term of the data."""
        return self.terms.get(" ".join(normalise(term)))

    def judge(self, moment: datetime) -> "Judged":
        """What the benchmark's own code says of it at a moment, in whole seconds."""
        known = Known.before(self.community, int(moment.timestamp()))
        society = Society.of(known)
        if self.trusted is None:
            alone = society.alone()
            return Judged(Skiller(known, society.support(alone)), society.heard(alone), {})
        standings, standing = self._standings(society, self.trusted)
        number = self.number_of()
        kept = {
            (number[member], skill): rules.kept_share(share, standing[number[member]])
            for (member, skill), share in self.trusted.kept.items()
        }
        skiller = Skiller(known, society.support(standings), standing)
        return Judged(skiller, society.heard(standings), kept)

    def _standings(
        self, society: Society, trusted: Trusted
    ) -> tuple[trust.Standings, Mapping[int, rules.Standing]]:
        """Whose voices count how much, and the same as rules have it."""
        number = self.number_of()
        voices, thousandths = np.arange(len(self.people)), np.zeros(len(self.people), np.int64)
        standing = {}
        for member, place in society.number.items():
            own = self.people[member].id
            voice_id, known = trusted.stands.get(own, (own, None))
            voices[place] = society.number[number[voice_id]]
            thousandths[place] = trusted.unseen if known is None else known
            standing[member] = rules.standing_of(known, trusted.nights)
        return trust.Standings(voices, thousandths), standing


@dataclass(frozen=True)
class Judged:
    """The benchmark's order, the voices on each post, and what is kept of own evidence."""

    skiller: Skiller
    heard: Mapping[int, Sequence[int]]
    kept: Mapping[tuple[int, str], float]


def read_accepted(sessions: Mapping[str, Session], name: str) -> Accepted:
    """By sessions of identity, discussion and skills; raises NotComparable."""
    people = _people(sessions["identity"], name)
    number = {one.id: place for place, one in enumerate(people)}
    skills = sessions["skills"]
    mentions: dict[UUID, dict[str, int]] = {}
    for row in skills.execute(select(Mention.post_id, Mention.skill_id, Mention.relevance)):
        mentions.setdefault(row.post_id, {})[_key(row.skill_id)] = row.relevance
    posts, ids = _posts(sessions["discussion"], number, mentions)
    votes = _votes(sessions["discussion"], number, ids)
    # All joined before anything: who acts and who does not is the same to the benchmark.
    community = Community(name, posts, votes, dict.fromkeys(range(len(people)), 0))
    slugs = {_key(row.id): row.slug for row in skills.execute(select(Skill.id, Skill.slug))}
    return Accepted(community, people, slugs, _terms(skills), _trusted(skills))


def _people(session: Session, name: str) -> list[Person]:
    rows = session.execute(
        select(Member.id, Member.name, Credentials.email)
        .outerjoin(Credentials, Credentials.member_id == Member.id)
        .order_by(Member.id)
    ).all()
    people = []
    for row in rows:
        own, _, domain = (row.email or "").partition("@")
        is_theirs = domain == f"{name}.invalid" and own.isdecimal()
        people.append(Person(row.id, row.name, int(own) if is_theirs else None))
    if not any(one.in_data is not None for one in people):
        raise NotComparable(f"Nobody of {name} is there: import it first (python -m demo import).")
    return people


def _posts(
    session: Session, number: Mapping[UUID, int], mentions: Mapping[UUID, Mapping[str, int]]
) -> tuple[dict[int, Post], Mapping[UUID, int]]:
    of = discussion.Post
    columns = of.id, of.kind, of.author_id, of.question_id, of.published_at
    rows = session.execute(select(*columns).where(of.removed_at.is_(None)).order_by(of.id)).all()
    if strange := {row.kind for row in rows}.difference(KINDS):
        raise NotComparable(f"There are posts of kind {', '.join(sorted(strange))} as well.")
    ids = {row.id: place for place, row in enumerate(rows, start=1)}
    return {
        ids[row.id]: Post(
            ids[row.id],
            row.kind == "answer",
            ids.get(row.question_id, 0),
            number[row.author_id],
            int(row.published_at.timestamp()),
            tuple(mentions.get(row.id, {})),
            tuple(mentions.get(row.id, {}).values()),
        )
        for row in rows
    }, ids


def _votes(session: Session, number: Mapping[UUID, int], ids: Mapping[UUID, int]) -> list[Vote]:
    like, accept, question = discussion.Like, discussion.Accept, aliased(discussion.Post)
    likes = select(like.post_id, like.member_id, like.liked_at).where(like.is_liked)
    accepts = (
        select(accept.answer_id, question.author_id, accept.changed_at)
        .join(question, question.id == accept.question_id)
        .where(accept.is_accepted)
    )
    rows: list[tuple[str, Any]] = [("up", row) for row in session.execute(likes)]
    rows += [("accept", row) for row in session.execute(accepts)]
    votes = [
        Vote(int(at.timestamp()), ids[post_id], number[member_id], 1, kind)
        for kind, (post_id, member_id, at) in rows
        if post_id in ids
    ]
    return sorted(votes, key=lambda vote: (vote.at, vote.post))


def _terms(session: Session) -> dict[str, str]:
    rows = session.execute(
        select(SkillTerm.term, Skill.id, Skill.root_id).join(Skill, Skill.id == SkillTerm.skill_id)
    )
    return {row.term: _key(row.root_id or row.id) for row in rows}


def _trusted(session: Session) -> Trusted | None:
    night = session.scalar(select(Night))
    if night is None or not night.number:
        return None
    stands = select(Standing.member_id, Standing.voice_id, Standing.thousandths)
    kept = select(Attribution.member_id, Attribution.skill_id, Attribution.kept)
    kept = kept.where(Attribution.kept != rules.FULL_KEPT)
    return Trusted(
        night.number,
        night.unseen,
        {row.member_id: (row.voice_id, row.thousandths) for row in session.execute(stands)},
        {(row.member_id, _key(row.skill_id)): row.kept for row in session.execute(kept)},
    )


def _key(skill_id: int) -> str:
    """As text in the order of ids: of skills as close as others the first counts."""
    return f"{skill_id:010d}"
