"""What a community asks, answers, shares and likes: chapter by chapter, each from its number alone.

A chapter is some threads that began about the same time. Who answers well is liked more, so that
attributions of every level emerge.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from demo.community import words, writing
from demo.community.people import Person, is_writing, mixed, person
from demo.community.scale import FIRST_POST, SHARES, THREADS, Scale, days

LATEST = 1 - days(0.02)  # of what is imported: nothing happens after now
NEWS = days(2)  # before now
TOPICS, OWN = 0.62, 0.8  # how often one of the skills known in depth; how often an expert's own
ACCEPTED = 0.6
TRIES = 30  # to find somebody who did not; then anybody will do


@dataclass(frozen=True)
class Liked:
    """Who likes a post, and when."""

    by: int
    at: float


@dataclass
class Post:
    """A question, a share, or with its place in a thread an answer; `key` tells it from all."""

    key: tuple[object, ...]
    by: Person
    at: float
    said: writing.Said
    likes: list[Liked] = field(default_factory=list)


@dataclass
class Thread:
    """What begins with a question or a share; `accepted` is the number of an answer, and when."""

    first: Post
    language: str
    answers: list[Post] = field(default_factory=list)
    accepted: tuple[int, float] | None = None

    @property
    def posts(self) -> list[Post]:
        return [self.first, *self.answers]

    @property
    def act_count(self) -> int:
        likes = sum(len(post.likes) for post in self.posts)
        return len(self.posts) + likes + (self.accepted is not None)


def soon(at: float, later: float, draw: Random) -> float:
    """So much later, or, of what would still be to come, some time before now."""
    return at + later if at + later < LATEST else at + (LATEST + 1e-6 - at) * draw.random()


def chapter(scale: Scale, number: int) -> Sequence[Thread]:
    """The threads of a chapter; together all chapters have as many posts and likes as they should.

    Of a community of very few a chapter is as small as its share of the posts.
    """
    draw = scale.draw("chapter", number)
    posts = scale.share(scale.posts, number)
    count = min(THREADS, posts // 2)
    threads = [_begin(scale, number, place, count, draw) for place in range(count)]
    asked = [one for one in threads if not one.first.said.form]
    weights = list(accumulate(draw.choice((0, 2, 2, 2, 3, 3, 4)) for _ in asked))
    for _ in range(posts - count):
        [thread] = draw.choices(asked, cum_weights=weights) if weights[-1] else [asked[0]]
        _answer(scale, thread, draw)
    _like_all(scale, threads, scale.share(scale.likes, number), draw)
    for thread in asked:
        _accept(thread, draw)
    return threads


def _begin(scale: Scale, number: int, place: int, count: int, draw: Random) -> Thread:
    """More and more are begun, as members are more and more."""
    passed = (number + (place + draw.random()) / count) / scale.chapters
    at = min(LATEST, FIRST_POST + (1 - FIRST_POST) * passed**0.6)
    by = _any_writer(scale, at, draw)
    is_share = place * SHARES % THREADS < SHARES
    domain = words.domains()[
        by.domain if is_share or draw.random() < 0.6 else draw.randrange(len(words.domains()))
    ]
    topic = _topic(by, domain, draw, is_share)
    make = writing.share if is_share else writing.question
    first = Post((number, place), by, at, make(topic, by.language, draw))
    return Thread(first, by.language)


def _topic(by: Person, domain: words.Domain, draw: Random, is_share: bool) -> words.Topic:
    if draw.random() > TOPICS:
        return draw.choice(domain.others)
    return domain.topics[by.place % 2] if is_share else draw.choice(domain.topics)


def _answer(scale: Scale, thread: Thread, draw: Random) -> None:
    """By somebody of its field, an early member who knows the skill before others."""
    first, topic = thread.first, thread.first.said.topic
    at = soon(first.at, days(draw.expovariate(0.7)), draw)
    taken = {post.by.number for post in thread.posts}
    by = _expert(scale, topic, at, draw)
    for _ in range(TRIES):
        if by.number not in taken:
            break
        by = _expert(scale, topic, at, draw)
    key = (*first.key, len(thread.answers))
    said = writing.answer(topic, thread.language, draw)
    thread.answers.append(Post(key, by, at, said))


def _like_all(scale: Scale, threads: Sequence[Thread], count: int, draw: Random) -> None:
    posts = [post for thread in threads for post in thread.posts]
    weights = list(accumulate(_weight(post) * draw.uniform(0.3, 1.7) for post in posts))
    for post in draw.choices(posts, cum_weights=weights, k=count):
        # Whoever has enough already leaves the like to another.
        for one in (post, *draw.sample(posts, len(posts))):
            if _like(scale, one, draw):
                break


def _weight(post: Post) -> float:
    """How likely a post is liked: by its kind, and by how well its author answers."""
    if len(post.key) == 2:
        return 1.5 if post.said.form else 0.4
    return 0.6 + 2.4 * (mixed(post.by.number) >> 3) % 7 / 6


def _like(scale: Scale, post: Post, draw: Random) -> bool:
    at = soon(post.at, days(draw.expovariate(0.25)), draw)
    present, fields = scale.present(at), len(words.domains())
    taken = {post.by.number, *(like.by for like in post.likes)}
    for _ in range(8):
        by = draw.randrange(present)
        if draw.random() < 0.5:
            by = by - by % fields + post.by.domain  # of the same trade
        if by < present and by not in taken:
            post.likes.append(Liked(by, at))
            return True
    return False


def _accept(thread: Thread, draw: Random) -> None:
    if thread.answers and draw.random() < ACCEPTED:
        best = max(range(len(thread.answers)), key=lambda n: len(thread.answers[n].likes))
        at = soon(thread.answers[best].at, days(draw.expovariate(0.5)), draw)
        if thread.answers[best].by.number != thread.first.by.number:
            thread.accepted = best, at


def _any_writer(scale: Scale, at: float, draw: Random) -> Person:
    present = scale.present(at)
    while not is_writing(number := draw.randrange(present)):
        pass
    return person(scale, number)


def _expert(scale: Scale, topic: words.Topic, at: float, draw: Random) -> Person:
    """A writer of the topic's field who is there by then."""
    present, fields = scale.present(at), len(words.domains())
    places = max(1, (present - topic.field - 1) // fields + 1)
    for _ in range(TRIES):
        place = int(places * draw.random() ** 1.8)
        number = place * fields + topic.field
        is_own = topic.place in (None, place % 2) or draw.random() > OWN
        if number < present and is_writing(number) and is_own:
            return person(scale, number)
    return _any_writer(scale, at, draw)
