"""The made-up community is as large as is said, the same each time, and what the services say."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench import rows
from bench.community import LONGEST, SHORTEST, Community
from chassis.database import Database
from chassis.testing.service import Server
from services.skills.actions import contributions, mentions, voices
from services.skills.app import SERVICE
from services.skills.models import (
    Attribution,
    Contribution,
    LikeRef,
    Mention,
    PostRef,
    Skill,
    SkillPair,
)

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def community(server: Server) -> Community:
    with server.database(SERVICE) as url, psycopg.connect(url) as connection:
        skills = connection.execute("SELECT id, slug, label_en FROM skills ORDER BY id").fetchall()
    return Community(skills, NOW)


@pytest.fixture
def skills(server: Server, community: Community) -> Iterator[Database]:
    """The database of skills, filled."""
    with server.database(SERVICE) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            rows.fill(connection, rows.of_skills(community))
        database = Database(url)
        rows.weigh(database)
        yield database
        database.close()


def test_the_community_is_as_large_as_is_said(community: Community) -> None:
    follows = Counter(follower.id for follower, _ in community.follows)
    answers = Counter(post.question.id for post in community.answers if post.question)
    used = {word.slug for post in community.questions for word in post.keywords}

    assert len(community.members) == 1_000 and set(follows.values()) == {30}
    assert len(community.questions) == 2_000 and len(community.answers) == 8_000
    assert [answers[question.id] for question in community.full_questions] == [20] * 100
    assert len(community.likes) == 30_000 == sum(community.like_count.values())
    assert len(used) == 1_000
    assert all(SHORTEST <= len(post.body) <= LONGEST for post in community.posts)


def test_it_is_the_same_each_time(community: Community) -> None:
    known = [(word.skill or 0, word.slug, word.label) for word in community.keywords if word.skill]

    again = Community(known, NOW)

    assert again.posts == community.posts and again.likes == community.likes


def test_skills_would_say_the_same(skills: Database, community: Community) -> None:
    """Some posts and members looked at anew by the service, nothing is different."""
    with skills.transaction() as session:
        before = _said(session)
        posts = list(session.scalars(select(PostRef.id).order_by(PostRef.id)))[::20]
        read = mentions.detect(session, posts)
        given = select(LikeRef.post_id, LikeRef.liker_id).where(LikeRef.post_id.in_(read))
        pairs = {(row.post_id, row.liker_id) for row in session.execute(given)}
        counted = voices.count_likes(session, pairs)
        contributions.settle_posts(session, read, turned=counted)
        session.flush()
        session.expire_all()
        after = _said(session)

    for name, found in before.items():
        assert after[name] == found, name


def _said(session: Session) -> dict[str, Any]:
    brought = select(*Contribution.__table__.c)
    attributions = select(
        Attribution.member_id,
        Attribution.skill_id,
        Attribution.evidence,
        Attribution.strength,
        Attribution.liker_count,
        Attribution.evidence_count,
        Attribution.last_evidence_at,
        Attribution.level,
    )
    statements = {
        "mentions": select(Mention.post_id, Mention.skill_id),
        "counts": select(Skill.id, Skill.post_count),
        "pairs": select(SkillPair.skill_id, SkillPair.other_id, SkillPair.post_count),
        "contributions": brought,
        "attributions": attributions,
    }
    return {name: {*map(tuple, session.execute(of))} for name, of in statements.items()}
