"""What the service's database holds, in a form that compares."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from chassis.tables import OUTBOX
from chassis.testing.service import ServiceUnderTest
from contracts import Event
from contracts.skills import SkillAttributed, SkillWithdrawn
from services.skills.actions.recounts import recount_liker
from services.skills.actions.replicas import DERIVED
from services.skills.models import (
    AcceptRef,
    Attribution,
    Contribution,
    LateVoice,
    LikeRef,
    MemberRef,
    Mention,
    Night,
    PostRef,
    PostVoice,
    Skill,
    SkillPair,
    Standing,
    Understanding,
    UnknownKeyword,
)
from services.skills.tests.reference import Expected

POST = (
    "kind",
    "author_id",
    "question_id",
    "title",
    "prose",
    "keywords",
    "earlier",
    "audience",
    "published_at",
    "removed_at",
    "revision",
)
SUMS = (
    *("evidence", "strength", "by_branch", "voices", "liker_count"),
    *("evidence_count", "answer_count", "kept"),
    *("fortnight_count", "last_evidence_at", "level"),
)
CONTRIBUTION = (
    *("member_id", "number", "backed", "asked", "unbacked", "branch", "like_count"),
    *("added_at", "late_support"),
)


@dataclass
class Rows:
    """Everything but the revisions of attributions, which count the levels passed on the way."""

    members: dict[Any, Any]
    posts: dict[Any, Any]
    likes: dict[Any, Any]
    accepts: dict[Any, Any]
    mentions: dict[Any, Any]
    post_counts: dict[str, int]
    pairs: dict[frozenset[str], int]
    voices: dict[Any, Any]
    late_voices: dict[Any, Any]
    contributions: dict[Any, Any]
    attributions: dict[Any, Any]
    unknown: dict[Any, Any]


_COUNTED = select(Skill.slug, Skill.post_count).where(Skill.post_count != 0)


def read(service: ServiceUnderTest) -> Rows:
    """The rows as they are, when the worker has counted all that waits.

    Attributions and pairs of nothing are as good as none.
    """
    count_again(service)
    with service.session() as session:
        slugs = dict(session.execute(select(Skill.id, Skill.slug)).all())
        attributions = {}
        for row in session.scalars(select(Attribution)):
            if row.evidence_count:
                attributions[row.member_id, slugs[row.skill_id]] = _columns(row, SUMS)
            else:
                assert not any((row.evidence, row.strength, row.voices, row.level))
        return Rows(
            members={
                r.id: (r.name, r.state, r.revision) for r in session.scalars(select(MemberRef))
            },
            posts={r.id: _columns(r, POST) for r in session.scalars(select(PostRef))},
            likes={
                (r.post_id, r.liker_id): (r.is_liked, r.liked_at, r.revision)
                for r in session.scalars(select(LikeRef))
            },
            accepts={
                r.question_id: (r.answer_id, r.is_accepted, r.counted_id)
                for r in session.scalars(select(AcceptRef))
            },
            mentions={
                (r.post_id, slugs[r.skill_id]): (r.relevance, r.added_at)
                for r in session.scalars(select(Mention))
            },
            post_counts=dict(session.execute(_COUNTED).all()),
            pairs={
                frozenset((slugs[r.skill_id], slugs[r.other_id])): r.post_count
                for r in session.scalars(select(SkillPair))
                if r.post_count
            },
            voices={
                (r.post_id, r.voice_id): (r.like_count, r.weight, r.is_branch)
                for r in session.scalars(select(PostVoice))
            },
            late_voices={
                (r.post_id, slugs[r.skill_id], r.voice_id): (r.like_count, r.is_branch)
                for r in session.scalars(select(LateVoice))
            },
            contributions={
                (r.post_id, slugs[r.skill_id]): _columns(r, CONTRIBUTION)
                for r in session.scalars(select(Contribution))
            },
            attributions=attributions,
            unknown={
                (r.post_id, r.slug): (r.written, r.published_at)
                for r in session.scalars(select(UnknownKeyword))
            },
        )


def assert_as_expected(found: Rows, expected: Expected) -> None:
    """The rows are those of the reference; sums may differ in their last bits."""
    assert found.mentions == expected.mentions
    assert found.post_counts == dict(expected.post_counts)
    assert found.pairs == dict(expected.pairs)
    assert found.voices == expected.voices
    _assert_close(found.contributions, expected.contributions)
    _assert_close(found.attributions, expected.attributions)


def assert_announced_rightly(service: ServiceUnderTest) -> None:
    """Each attribution's events: one for each change of level, the last tells the row's level."""
    levels: dict[Any, int] = {}
    revisions: dict[Any, int] = {}
    for event in announcements(service):
        key = (event.member_id, event.skill)
        assert event.level != levels.get(key, 0)
        assert event.revision == revisions.get(key, 0) + 1
        assert isinstance(event, SkillAttributed if event.level else SkillWithdrawn)
        levels[key], revisions[key] = event.level, event.revision
    with service.session() as session:
        stored = session.execute(
            select(Attribution, Skill.slug).join(Skill, Skill.id == Attribution.skill_id)
        )
        for row, slug in stored:
            key = (row.member_id, slug)
            assert (row.level, row.revision) == (levels.get(key, 0), revisions.get(key, 0))


def announcements(service: ServiceUnderTest) -> list[Any]:
    """What was told of attributions, each one's in the order of its revisions."""
    told: list[Event] = [
        *service.published(SkillAttributed),
        *service.published(SkillWithdrawn),
    ]
    return sorted(told, key=lambda event: event.revision)  # type: ignore[attr-defined]


def forget_everything(service: ServiceUnderTest) -> None:
    """A database as new, with its catalogue; quicker than a new one."""
    with service.session() as session:
        for model in (*DERIVED, Attribution, Standing, Night, Understanding):
            session.execute(delete(model))
        session.execute(delete(OUTBOX))
        session.execute(update(Skill).values(post_count=0).where(Skill.post_count != 0))


def count_again(service: ServiceUnderTest) -> None:
    """As the worker does, until nothing waits."""
    while True:
        with service.session() as session:
            if not recount_liker(session):
                return


def _columns(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _assert_close(found: dict[Any, Any], expected: dict[Any, Any]) -> None:
    assert found.keys() == expected.keys()
    for key, columns in expected.items():
        for name, value in columns.items():
            close = pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
            assert found[key][name] == close, (key, name)
