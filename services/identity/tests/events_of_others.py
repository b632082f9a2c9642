"""What other services tell of members, for tests."""

from collections.abc import Sequence

from chassis.identifiers import new_id
from chassis.testing.tokens import Person
from contracts.discussion import PostPublished
from contracts.skills import SkillAttributed, SkillWithdrawn
from contracts.social import KeywordFollowed
from services.identity.tests.factories import JOINED


def attributed(
    person: Person, slug: str, *, labels: Sequence[str] = ("X", "X"), revision: int = 1
) -> SkillAttributed:
    return SkillAttributed(
        member_id=person.id,
        skill=slug,
        label_en=labels[0],
        label_fr=labels[1],
        level=1,
        score=1.0,
        voices=2.0,
        last_evidence_at=JOINED,
        revision=revision,
    )


def withdrawn(person: Person, slug: str) -> SkillWithdrawn:
    return SkillWithdrawn(
        member_id=person.id,
        skill=slug,
        label_en="X",
        label_fr="X",
        level=0,
        score=0.0,
        voices=0.0,
        last_evidence_at=None,
        revision=2,
    )


def followed(person: Person, slug: str) -> KeywordFollowed:
    return KeywordFollowed(member_id=person.id, slug=slug, revision=1, changed_at=JOINED)


def published(author: Person) -> PostPublished:
    return PostPublished(
        post_id=new_id(),
        revision=1,
        author_id=author.id,
        kind="question",
        question_id=None,
        title="Why?",
        body="",
        keywords=(),
        audience="members",
        published_at=JOINED,
    )
