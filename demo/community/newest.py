"""The last two days of ten named members: news, so that whoever signs in as one has some to read.

Each asks; some are answered and liked by the others, the rest wait, and with a question that waits
its ladder begins. They are mailed nothing: none of their addresses is confirmed.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from demo.community import words, writing
from demo.community.arriving import Arrival, Count
from demo.community.discussing import write
from demo.community.people import Person, person
from demo.community.scale import FOUNDERS, NAMED, Scale, days
from demo.community.threads import Liked, Post, Thread
from demo.community.ventures import HELPERS, id_of, venture
from services.projects.actions import invitations
from services.projects.models import HelpInvitation
from services.social.actions import follows
from services.social.models import Follow

WAITING = 4  # of their questions nobody answers yet
ANSWERS, LIKES = 2, 4


def named(scale: Scale) -> list[Person]:
    """Whose news are told: the first members that the founders invited."""
    return [person(scale, FOUNDERS + number) for number in range(NAMED)]


def threads_of(scale: Scale) -> Sequence[Thread]:
    """What they asked and answered."""
    people = named(scale)
    return [_thread(scale, people, number) for number in range(NAMED)]


def write_news(arrival: Arrival, count: Count) -> None:
    """Let them ask, answer and like."""
    count(write(arrival, threads_of(arrival.scale), is_news=True))


def tell_news(arrival: Arrival, count: Count) -> None:
    """Let them follow each other, and be asked to help in projects."""
    people = named(arrival.scale)

    def follow(session: Session) -> None:
        for number, who in enumerate(people):
            other = people[_following(number)]
            with arrival.at(1 - days(1 + number / 20), "news follow", number):
                follows.follow_member(session, actor=who.claims, member_id=other.claims.id)

    pair = people[0].claims.id, people[_following(0)].claims.id
    arrival.once("social", (Follow, pair), follow, is_news=True)
    count(NAMED)
    for number in range(min(NAMED, arrival.scale.projects)):
        _ask_for_help(arrival, number, people)
        count(1)


def _following(number: int) -> int:
    return (number + 7) % NAMED


def _thread(scale: Scale, people: Sequence[Person], number: int) -> Thread:
    draw, who = scale.draw("news", number), people[number]
    topic = words.domains()[who.domain].topics[number % 2]
    at = 1 - days(draw.uniform(1.2, 1.9))
    first = Post(("news", number), who, at, writing.question(topic, who.language, draw))
    thread = Thread(first, who.language)
    others = [one for one in people if one is not who]
    if number >= WAITING:
        for place, by in enumerate(draw.sample(others, ANSWERS)):
            said = writing.answer(topic, who.language, draw)
            later = at + days(draw.uniform(0.1, 0.7))
            thread.answers.append(Post(("news", number, place), by, later, said))
        thread.accepted = 0, 1 - days(draw.uniform(0.1, 0.3))
    for post in thread.posts:
        likers = [one for one in draw.sample(others, LIKES) if one is not post.by]
        post.likes += [Liked(one.number, 1 - days(draw.uniform(0.02, 0.4))) for one in likers]
    return thread


def _ask_for_help(arrival: Arrival, number: int, people: list[Person]) -> None:
    """The first projects are theirs (`ventures.venture`): each asks another of them to help."""
    one, at = venture(arrival.scale, number), 1 - days(0.9)
    # Those may be in it already, or have declined.
    around = {one.owner.number, *(other.number for other in one.followers[:HELPERS])}
    [who, *_] = [one for one in people[number:] + people[:number] if one.number not in around]

    def ask(session: Session) -> None:
        with arrival.at(at, "news help", number):
            invitations.invite_helper(
                session,
                actor=one.owner.claims,
                project_id=id_of(arrival.scale, one),
                member_id=who.claims.id,
                call_id=None,
                role="contributor",
                word="",
            )

    asked_id = arrival.scale.id_of(at, "news help", number)
    if number % 8 != 7:  # those are over
        arrival.once("projects", (HelpInvitation, asked_id), ask, is_news=True)
