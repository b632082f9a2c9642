"""Where to look once the community is there: addresses of pages, and what stands on them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.slugs import slug_of
from demo.founding.arriving import Arrival, address_of
from demo.founding.story import Post
from services.skills.models import Attribution, Skill

SOUGHT = "PostgreSQL"


@dataclass(frozen=True)
class Held:
    """A skill of a member's, and how well it is proved."""

    key: str
    slug: str
    label: str
    level: int
    likes: int


def describe_tour(arrival: Arrival, url: str) -> Iterator[str]:
    """Lines for people, once it has arrived."""
    held = list_held(arrival)
    founder = arrival.story.founders[0].key
    best = max(held, key=lambda one: (one.level, one.likes), default=None)
    yield ""
    yield f"Members by their highest level: {', '.join(_levels(held))}."
    yield ""
    yield "Worth opening:"
    if best is not None:
        yield from _seeds(arrival, url, best)
    yield from _page("who invited whom", f"{url}/members/{arrival.people[founder].id}/tree")
    yield from _posts(arrival, url)
    yield from _page(f"who knows {SOUGHT}", f"{url}/find?{urlencode({'q': SOUGHT})}")
    yield ""
    yield f"Sign in: {url}/sign-in"
    yield f"  {address_of(arrival.story.people[founder])} (an administrator)"
    if best is not None:
        yield f"  {address_of(arrival.story.people[best.key])} (a member)"
    yield f"  {_password(arrival.password)}"


def list_held(arrival: Arrival) -> list[Held]:
    """What the likes have proved of all members of the story."""
    keys = {claims.id: key for key, claims in arrival.people.items()}
    proved = (
        select(Attribution, Skill)
        .join(Skill, Skill.id == Attribution.skill_id)
        .where(Attribution.member_id.in_(keys), Attribution.level > 0)
    )

    def read(session: Session) -> Sequence[Any]:
        return session.execute(proved).all()

    return [
        Held(keys[one.member_id], skill.slug, skill.label_en, one.level, one.evidence_count)
        for one, skill in arrival.machine.do("skills", read)
    ]


def _levels(held: Sequence[Held]) -> Iterator[str]:
    highest: dict[str, int] = {}
    for one in held:
        highest[one.key] = max(one.level, highest.get(one.key, 0))
    counts = Counter(highest.values())
    for level in sorted(counts, reverse=True):
        yield f"{counts[level]} of level {level}"


def _seeds(arrival: Arrival, url: str, held: Held) -> Iterator[str]:
    name = arrival.story.people[held.key].name
    member = f"{url}/members/{arrival.people[held.key].id}"
    yield from _page(f"{name}, level {held.level} in {held.label}", member)
    yield from _page(f"what proves it, {held.likes} likes", f"{member}/skills/{held.slug}")


def _posts(arrival: Arrival, url: str) -> Iterator[str]:
    posts = arrival.story.posts
    answers = [post for post in posts if post.question is not None]
    answered = {post.question.key for post in answers if post.question is not None}
    accepted = max((one for one in answers if one.accepted), key=_like_count, default=None)
    if accepted is not None and accepted.question is not None:
        yield from _page("an accepted answer", _address(arrival, url, accepted.question))
        slug = slug_of(accepted.question.keywords[0])
        yield from _page("a keyword", f"{url}/keywords/{slug}")
    for post in posts:
        if post.question is None and not post.form and post.key not in answered:
            yield from _page("a question that waits", _address(arrival, url, post))
    shared = max((one for one in posts if one.form), key=_like_count, default=None)
    if shared is not None:
        yield from _page("an experience that is shared", _address(arrival, url, shared))


def _like_count(post: Post) -> int:
    return len(post.likes)


def _address(arrival: Arrival, url: str, post: Post) -> str:
    return f"{url}/{'shares' if post.form else 'questions'}/{arrival.posts[post.key]}"


def _page(what: str, address: str) -> Iterator[str]:
    yield f"  {what}:"
    yield f"    {address}"


def _password(password: str | None) -> str:
    if password is None:
        return "Their password is that which the first run printed."
    return f"Their password: {password}"
