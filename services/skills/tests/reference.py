"""The formulas of attribution once more, slow and plain, from the final state alone.

Written from the formulas, without a look at the service's code, and sharing none of it.
Suspended likers are left out, a member who left holds nothing, and a removed post is there
for its author alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations
from typing import Any
from uuid import UUID

from contracts import Event
from contracts.discussion import PostLiked, PostPublished, PostRemoved
from contracts.identity import MemberEvent

T0 = datetime(2015, 1, 1, tzinfo=UTC)
LEVELS = [(0, 0, 0), (1, 0.25, 1), (2, 1, 2), (3, 3, 4), (4, 8, 8), (5, 20, 12)]


@dataclass
class Expected:
    """What the service's rows should say; skills by slug."""

    mentions: set[tuple[UUID, str]] = field(default_factory=set)
    post_counts: Counter[str] = field(default_factory=Counter)
    pairs: Counter[frozenset[str]] = field(default_factory=Counter)
    evidence: dict[tuple[UUID, UUID, str], dict[str, Any]] = field(default_factory=dict)
    attributions: dict[tuple[UUID, str], dict[str, Any]] = field(default_factory=dict)


def final_state(events: Iterable[Event]) -> list[Event]:
    """The highest revision of each subject, in the order of subjects: the owners' history."""
    newest: dict[tuple[str, str], Event] = {}
    for event in events:
        key = (event.source, event.subject)
        if key not in newest or newest[key].revision < event.revision:  # type: ignore[attr-defined]
            newest[key] = event
    return [newest[key] for key in sorted(newest)]


def expect(events: Iterable[Event], speaks_of: Mapping[str, str], now: datetime) -> Expected:
    """What follows from events; `speaks_of` tells the phrases that texts hold, with their slugs."""
    state = final_state(events)
    posts = {event.post_id: event for event in state if isinstance(event, PostPublished)}
    askers = {e.post_id: e for e in state if isinstance(e, PostPublished | PostRemoved)}
    members = {e.member_id: e.state for e in state if isinstance(e, MemberEvent)}
    expected = Expected()
    for post in posts.values():
        skills = _skills(post, speaks_of)
        if post.question_id in posts:
            skills |= _skills(posts[post.question_id], speaks_of)
        expected.mentions |= {(post.post_id, skill) for skill in skills}
        if post.kind == "question":
            expected.post_counts.update(skills)
            expected.pairs.update(frozenset(pair) for pair in combinations(skills, 2))
        likes = [
            e
            for e in state
            if isinstance(e, PostLiked)
            and e.post_id == post.post_id
            and members.get(e.liker_id) != "suspended"
        ]
        asked = askers.get(post.question_id) if post.question_id else None
        for like, c in _counts(post, asked, likes):
            for skill in skills:
                expected.evidence[post.post_id, like.liker_id, skill] = {
                    "member_id": post.author_id,
                    "weight": c,
                    "strength": c * _g(min(post.published_at, now)),
                    "liked_at": like.liked_at,
                }
    for member, skill in {(e["member_id"], k[2]) for k, e in expected.evidence.items()}:
        if members.get(member) == "left":
            continue
        expected.attributions[member, skill] = _attribution(expected, member, skill, now)
    return expected


def _skills(post: PostPublished, speaks_of: Mapping[str, str]) -> set[str]:
    text = "\n".join([post.title, post.body, *(keyword.label for keyword in post.keywords)])
    return {slug for phrase, slug in speaks_of.items() if phrase in text}


def _counts(
    post: PostPublished, asked: PostPublished | PostRemoved | None, likes: list[PostLiked]
) -> list[tuple[PostLiked, float]]:
    counted: list[tuple[PostLiked, float]] = []
    for like in sorted(likes, key=lambda like: (like.liked_at, like.liker_id)):
        if like.liker_id == post.author_id:
            continue
        n_p = sum(1 for other, _ in counted if not asked or other.liker_id != asked.author_id)
        is_askers = post.kind == "answer" and asked and asked.author_id == like.liker_id
        c = 1.0 if is_askers else 1 / (1 + n_p)
        counted.append((like, c * 0.2 if post.kind == "question" else c))
    return counted


def _g(moment: datetime) -> float:
    return float(2 ** ((moment - T0).total_seconds() / 86400 / 270))


def _attribution(expected: Expected, member: UUID, skill: str, now: datetime) -> dict[str, Any]:
    voices: Counter[UUID] = Counter()
    rows = [
        (liker, e)
        for (_, liker, s), e in expected.evidence.items()
        if s == skill and e["member_id"] == member
    ]
    for liker, evidence in rows:
        voices[liker] += evidence["strength"]
    total = sum(voices.values())
    effective = total**2 / sum(s**2 for s in voices.values())
    score = total / _g(now)
    return {
        "strength": total,
        "voices": effective,
        "liker_count": len(voices),
        "evidence_count": len(rows),
        "last_evidence_at": max(evidence["liked_at"] for _, evidence in rows),
        "level": max(
            level
            for level, least, least_voices in LEVELS
            if score >= least - 1e-9 and effective >= least_voices - 1e-9
        ),
    }
