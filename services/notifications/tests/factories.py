"""Events for tests of notices, with what matters said at the call."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.identifiers import new_id
from chassis.testing.people import MONDAY, joined, person
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.discussion import Keyword, PostLiked, PostPublished, PostRemoved, PostUnliked
from contracts.projects import OpinionRequested, ProjectCreated, ProjectFollowed
from contracts.skills import QuestionUnderstood, SkillAttributed
from contracts.social import MemberBlocked, MemberFollowed, MemberUnfollowed
from services.notifications.chores import climb_ladders

NOON = MONDAY + timedelta(days=1)
SOON = NOON + timedelta(minutes=5)
PROJECT = new_id()


def members(notifications: ServiceUnderTest, *names: str) -> list[Person]:
    """People of whom identity has told."""
    people = [person(name) for name in names]
    notifications.deliver(*(joined(one) for one in people))
    return people


def followed(
    follower: Person, other: Person, *, revision: int = 1, at: datetime = MONDAY
) -> MemberFollowed:
    return MemberFollowed(
        follower_id=follower.id, followed_id=other.id, revision=revision, changed_at=at
    )


def unfollowed(follower: Person, other: Person, *, revision: int = 2) -> MemberUnfollowed:
    return MemberUnfollowed(
        follower_id=follower.id, followed_id=other.id, revision=revision, changed_at=NOON
    )


def blocked(blocker: Person, other: Person) -> MemberBlocked:
    return MemberBlocked(blocker_id=blocker.id, blocked_id=other.id, revision=1, changed_at=NOON)


def question(
    author: Person,
    title: str = "Who knows rye?",
    *,
    audience: Any = "followers",
    body: str = "Why does it not rise?",
    at: datetime = NOON,
    revision: int = 1,
    post_id: UUID | None = None,
) -> PostPublished:
    return PostPublished(
        post_id=post_id or new_id(),
        revision=revision,
        author_id=author.id,
        kind="question",
        question_id=None,
        title=title,
        body=body,
        keywords=(),
        audience=audience,
        published_at=at,
    )


def answer(
    author: Person, asked: PostPublished, *, at: datetime = NOON, revision: int = 1
) -> PostPublished:
    return PostPublished(
        post_id=new_id(),
        revision=revision,
        author_id=author.id,
        kind="answer",
        question_id=asked.post_id,
        title="",
        body="By time.",
        keywords=(),
        audience=asked.audience,
        published_at=at,
    )


def removed(post: PostPublished, *, revision: int = 2) -> PostRemoved:
    return PostRemoved(
        post_id=post.post_id,
        revision=revision,
        author_id=post.author_id,
        kind=post.kind,
        question_id=post.question_id,
        removed_at=NOON,
    )


def liked(
    liker: Person, post: PostPublished, *, at: datetime = NOON, revision: int = 1
) -> PostLiked:
    return PostLiked(
        post_id=post.post_id,
        author_id=post.author_id,
        liker_id=liker.id,
        kind=post.kind,
        revision=revision,
        liked_at=at,
    )


def unliked(liker: Person, post: PostPublished, *, revision: int = 2) -> PostUnliked:
    return PostUnliked(
        post_id=post.post_id,
        author_id=post.author_id,
        liker_id=liker.id,
        kind=post.kind,
        revision=revision,
        liked_at=NOON,
    )


def waiting(
    author: Person,
    *skills: str,
    title: str = "Who knows rye?",
    keywords: Sequence[str] = (),
    audience: Any = "members",
    at: datetime = NOON,
) -> tuple[PostPublished, QuestionUnderstood]:
    """A question, and what skills tell that it is about."""
    asked = question(author, title, audience=audience, at=at)
    asked = replace(asked, keywords=tuple(Keyword(slug=one, label=one) for one in keywords))
    about = QuestionUnderstood(question_id=asked.post_id, skills=skills, revision=1, changed_at=at)
    return asked, about


def climbed(notifications: ServiceUnderTest, at: datetime) -> None:
    """What the worker does for questions that wait, at a moment."""
    with clock.at(at):
        while climb_ladders(notifications.database, notifications.settings):
            pass


def ladder_of(
    notifications: ServiceUnderTest, member: Person, asked: tuple[PostPublished, Any]
) -> dict[str, Any]:
    """The ladder of a question, as its asker sees it."""
    answered = notifications.as_member(member).get(f"/questions/{asked[0].post_id}/ladder")
    assert answered.status_code == 200, answered.json
    found: dict[str, Any] = answered.json
    return found


def shown(notifications: ServiceUnderTest, member: Person, query: str = "") -> list[dict[str, Any]]:
    """A member's notices as the API tells them, in English."""
    answered = notifications.as_member(member).get(
        f"/notices{query}", headers={"Accept-Language": "en"}
    )
    assert answered.status_code == 200, answered.json
    items: list[dict[str, Any]] = answered.json["items"]
    counted = notifications.as_member(member).get("/notices/count").json
    if not query:
        assert counted["unread"] == sum(one["is_unread"] for one in items)
    return items


def of_questions(notifications: ServiceUnderTest, member: Person) -> list[dict[str, Any]]:
    """What a member is told of questions, and of nothing else."""
    return [one for one in shown(notifications, member) if one["object"]["type"] == "question"]


def texts(notifications: ServiceUnderTest, member: Person) -> list[str]:
    return [one["text"] for one in shown(notifications, member)]


def project_of(owner: Person, *, revision: int = 1) -> ProjectCreated:
    return ProjectCreated(
        project_id=PROJECT,
        revision=revision,
        owner_id=owner.id,
        title="Bread",
        pitch="A course.",
        stage="idea",
        visibility="members",
        keywords=(),
        changed_at=MONDAY,
    )


def round_of(author: Person, **more: Any) -> OpinionRequested:
    its: dict[str, Any] = {
        "round_id": new_id(),
        "project_id": PROJECT,
        "author_id": author.id,
        "title": "Rye or wheat?",
        "audience": "followers",
        "is_anonymous": False,
        "opens_at": NOON,
        "closes_at": NOON + timedelta(days=3),
        "revision": 1,
        "changed_at": NOON,
        **more,
    }
    return OpinionRequested(**its)


def follows_project(member: Person) -> ProjectFollowed:
    return ProjectFollowed(project_id=PROJECT, member_id=member.id, revision=1, changed_at=MONDAY)


def attributed(member: Person, level: int, *, revision: int) -> SkillAttributed:
    return SkillAttributed(
        member_id=member.id,
        skill="rye",
        label_en="Rye",
        label_fr="Seigle",
        level=level,
        score=1.0,
        voices=2.0,
        last_evidence_at=NOON,
        revision=revision,
    )
