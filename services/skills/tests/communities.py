"""Communities as sets of events, drawn by hypothesis or by a seed, and orders to tell them in."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from chassis.testing.people import MONDAY, joined, left, person, reinstated, suspended, updated
from contracts import Event
from contracts.discussion import AnswerAccepted, AnswerUnaccepted
from contracts.identity import MemberEvent
from services.skills.tests.factories import answer, edited, liked, question, removed, unliked

SPEAKS_OF = {
    "Apache Kafka": "apache-kafka",
    "Apache Spark": "apache-spark",
    "mégadonnées": "big-data",
    "storytelling": "storytelling",
    "OpenCV": "computer-vision",
}
PHRASES = list(SPEAKS_OF)
NOW = MONDAY + timedelta(days=30)


class _Draw:
    """The choices of a random generator, as hypothesis would make them."""

    def __init__(self, generator: random.Random) -> None:
        self._generator = generator

    def number(self, least: int, most: int) -> int:
        return self._generator.randint(least, most)


class _Hypothesis:
    def __init__(self, data: Any) -> None:
        self._data = data

    def number(self, least: int, most: int) -> int:
        return int(self._data(st.integers(least, most)))


def _text(choose: Any) -> str:
    count = choose.number(0, 2)
    chosen = [PHRASES[choose.number(0, len(PHRASES) - 1)] for _ in range(count)]
    return "About. " + " and also ".join(chosen)


def _moment(choose: Any, most_days: int) -> datetime:
    # Few different moments, so that many likes happen at the same one.
    return MONDAY + timedelta(days=choose.number(0, most_days) * 7)


def _community(choose: Any, people: int, questions: int, answers: int, likes: int) -> list[Event]:
    members = [person(f"Member {number}") for number in range(people)]
    events: list[Event] = [joined(one) for one in members]

    def somebody() -> Any:
        return members[choose.number(0, people - 1)]

    asked = [
        question(somebody(), _text(choose), at=_moment(choose, 3))
        for _ in range(choose.number(1, questions))
    ]
    answered = [
        answer(
            somebody(),
            asked[choose.number(0, len(asked) - 1)],
            _text(choose),
            at=_moment(choose, 3),
        )
        for _ in range(choose.number(0, answers))
    ]
    posts = [*asked, *answered]
    events += posts
    for post in posts:
        events += _edits(choose, post)
    pairs = {
        (choose.number(0, len(posts) - 1), choose.number(0, people - 1))
        for _ in range(choose.number(0, likes))
    }
    for post_number, member_number in sorted(pairs):
        for revision in range(1, choose.number(1, 3) + 1):
            change = liked if revision % 2 else unliked
            at = _moment(choose, 4)
            events.append(
                change(posts[post_number], members[member_number], revision=revision, at=at)
            )
    for one in asked:
        events += _accepts(
            choose, one, [post for post in answered if post.question_id == one.post_id]
        )
    for one in members:
        events += _fate(choose, one)
    for post in posts:
        if choose.number(0, 5) == 0:
            events.append(removed(post))
    # What discussion has not told yet, or never will.
    for _ in range(choose.number(0, 1)):
        del events[choose.number(people, len(events) - 1)]
    return events


def _edits(choose: Any, post: Any) -> list[Event]:
    """Its author changes some posts, once or more, as far as it is told with what was before."""
    events: list[Event] = []
    words = "title" if post.kind == "question" else "body"
    moments = sorted(_moment(choose, 4) for _ in range(max(0, choose.number(-2, 3))))
    for at in moments:
        post = edited(post, at=max(at, post.published_at), **{words: _text(choose)})
        events.append(post)
    return events


def _accepts(choose: Any, asked: Any, answered: Sequence[Any]) -> list[Event]:
    """The asker accepts some answers, one after the other, and maybe takes that back."""
    events: list[Event] = []
    for post in answered:
        kind = (None, AnswerAccepted, AnswerUnaccepted)[choose.number(0, 2)]
        if kind is not None:
            told = kind(
                question_id=asked.post_id,
                answer_id=post.post_id,
                author_id=post.author_id,
                asker_id=asked.author_id,
                revision=len(events) + 1,
                changed_at=_moment(choose, 4),
            )
            events.append(told)
    return events


def _fate(choose: Any, one: Any) -> list[Event]:
    """What becomes of a member after they joined, as far as it is told."""
    fates: tuple[list[Event], ...] = (
        [],
        [updated(one, revision=2)],
        [suspended(one, revision=2)],
        [suspended(one, revision=2), reinstated(one, revision=3)],
        [suspended(one, revision=2), left(one, revision=3)],
        [left(one, revision=2)],
    )
    return fates[choose.number(0, len(fates) - 1)]


@st.composite
def communities(draw: Any) -> list[Event]:
    return _community(_Hypothesis(draw), people=4, questions=3, answers=4, likes=9)


def community(seed: int, *, people: int, posts: int, likes: int) -> list[Event]:
    """A larger one, always the same but for its ids."""
    choose = _Draw(random.Random(seed))
    return _community(choose, people=people, questions=posts, answers=posts, likes=likes)


def grown(seed: int, *, people: int, posts: int, likes: int) -> tuple[list[Event], list[UUID]]:
    """The same in which most were invited by one who was there before; and its founders."""
    generator = random.Random(seed)
    events = community(seed, people=people, posts=posts, likes=likes)
    ids = sorted({e.member_id for e in events if isinstance(e, MemberEvent)})
    sponsors = {
        one: generator.choice(ids[:place]) if place and generator.random() < 0.7 else None
        for place, one in enumerate(ids)
    }
    told = [
        replace(e, sponsor_id=sponsors[e.member_id]) if isinstance(e, MemberEvent) else e
        for e in events
    ]
    return told, ids[:3]


@st.composite
def deliveries(draw: Any, events: Sequence[Event]) -> list[list[Event]]:
    """The events in some order, some of them repeated, in batches."""
    repeated = draw(st.lists(st.sampled_from(events), max_size=4))
    order = draw(st.permutations([*events, *repeated]))
    size = draw(st.sampled_from([1, 2, 5, 9, 50]))
    return [list(order[start : start + size]) for start in range(0, len(order), size)]
