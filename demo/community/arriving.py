"""Lets a synthetic community do things in a running Skiller, by the services' actions.

Each act happens at its time by the chassis clock, and each id is drawn from the seed, so that what
an earlier run has done is found again: the same command goes on from there, and doubles nothing.
All is told as imported, and so nobody's news, but where a part says otherwise.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, context
from chassis.identifiers import drawn_from
from demo.community.following import Followed, follows_of
from demo.community.people import INVITED_BEFORE, Person, member_id, person
from demo.community.scale import FOUNDERS, LIFE, Scale
from demo.joining import do_alone, join
from demo.machine import Machine
from services.identity import passwords, rules
from services.identity.actions import invitations, limits, members
from services.identity.models import Credentials, Member
from services.social.actions import follows, keywords
from services.social.models import KeywordFollow

NAME = "community"
TOGETHER = 25  # members who join, or begin to follow, in one transaction
WELCOME = {"fr": "Bienvenue parmi nous !", "en": "Welcome among us!"}
Count = Callable[[int], None]


@dataclass
class Arrival:
    """One run; `password` is None once an earlier run is found to have given one."""

    scale: Scale
    machine: Machine
    password: str | None
    password_hash: str

    @contextmanager
    def at(self, at: float, *key: object) -> Iterator[None]:
        """Let an act happen at its time; what it makes has ids that follow from its key."""
        with acting(self.scale, at, *key):
            yield

    def once(
        self,
        service: str,
        first: tuple[Any, Any],
        act: Callable[[Session], None],
        *,
        is_news: bool,
        alone: str = NAME,
    ) -> None:
        """Do together what is done together, unless the first of it is there: a model and a key.

        None of the same community meets it, or of what `alone` names in it.
        """

        def act_once(session: Session) -> None:
            if session.get(*first) is None:
                act(session)

        with nullcontext() if is_news else context.importing():
            do_alone(self.machine, alone, service, act_once)


@contextmanager
def acting(scale: Scale, at: float, *key: object) -> Iterator[None]:
    """The same, for whoever only foretells ids."""
    with clock.at(scale.moment(at)), drawn_from(scale.draw(*key)):
        yield


def begin(machine: Machine, *, members: int, seed: int, password: str | None = None) -> Arrival:
    """Where an earlier run began, or now; says the password where that is new."""
    scale = Scale(members, seed, clock.now().replace(microsecond=0))
    theirs = select(Member.joined_at, Credentials.password_hash).join(Credentials)
    named = theirs.where(Credentials.is_at(person(scale, 0).email))
    known = machine.do("identity", lambda session: session.execute(named).first())
    if known is not None:
        scale = Scale(members, seed, known.joined_at + LIFE)
        began = f"{scale.now:%Y-%m-%d %H:%M} UTC"
        machine.say(f"The community of {began} is there; what it lacks is added.")
        return Arrival(scale, machine, None, known.password_hash)
    password = password or secrets.token_hex(8)
    # Now: a run that is interrupted has no end to print it at.
    machine.say(f"The password of all its members: {password}")
    return Arrival(scale, machine, password, passwords.hash_password(password))


def join_all(arrival: Arrival, count: Count) -> None:
    """Let everybody join, each by an invitation of their sponsor."""
    _join(arrival, range(TOGETHER, arrival.scale.members), count)


def join_first(arrival: Arrival, count: Count) -> None:
    """Let the first of them join: the founders, and those who have news."""
    _join(arrival, range(min(TOGETHER, arrival.scale.members)), count)


def _join(arrival: Arrival, numbers: range, count: Count) -> None:
    for people in _people(arrival.scale, numbers):

        def join_some(session: Session, people: Sequence[Person] = people) -> None:
            for who in people:
                _let_join(session, arrival, who)

        arrival.once("identity", (Member, people[0].claims.id), join_some, is_news=False)
        count(len(people))


def follow_all(arrival: Arrival, count: Count) -> None:
    """Let everybody follow members and keywords; whom they follow is known in social by then."""
    for people in _people(arrival.scale, range(arrival.scale.members)):
        followed = [(who, one) for who in people for one in follows_of(arrival.scale, who)]

        def follow_some(
            session: Session, followed: Sequence[tuple[Person, Followed]] = followed
        ) -> None:
            for who, one in followed:
                _follow(session, arrival, who, one)

        first = next(
            (who.claims.id, one.what) for who, one in followed if isinstance(one.what, str)
        )
        arrival.once("social", (KeywordFollow, first), follow_some, is_news=False)
        count(len(followed))


def _people(scale: Scale, numbers: range) -> Iterator[Sequence[Person]]:
    for first in range(0, len(numbers), TOGETHER):
        yield [person(scale, number) for number in numbers[first : first + TOGETHER]]


def _let_join(session: Session, arrival: Arrival, who: Person) -> None:
    token = _invite(session, arrival, who)
    with arrival.at(who.joined, "member", who.number):
        join(
            session,
            token=token,
            name=who.name,
            email=who.email,
            password_hash=arrival.password_hash,
            locale=who.language,
        )
        shown = ("headline", "company", "location", "bio")
        profile = {name: getattr(who, name) for name in shown}
        members.update_profile(session, actor=who.claims, changes=profile)


def _invite(session: Session, arrival: Arrival, who: Person) -> str:
    with arrival.at(max(0.0, who.joined - INVITED_BEFORE), "invitation", who.number):
        if who.sponsor is None:
            return invitations.invite_administrator(session)
        sponsor = person(arrival.scale, who.sponsor)
        if who.sponsor < FOUNDERS:
            # How many somebody may invite in a day is no matter of a demonstration.
            its = rules.STAFF_INVITATIONS
            limits.forget_tries(session, allowance=its, who=[sponsor.claims.id])
        note = WELCOME[who.language]
        return invitations.invite(session, actor=sponsor.claims, email=None, note=note)[1]


def _follow(session: Session, arrival: Arrival, who: Person, one: Followed) -> None:
    with arrival.at(one.at, "follow", who.number, one.what):
        if isinstance(one.what, str):
            keywords.follow_keyword(session, actor=who.claims, slug=one.what)
            return
        followed = person(arrival.scale, one.what).claims.id
        follows.follow_member(session, actor=who.claims, member_id=followed)


def member_ids(scale: Scale) -> list[UUID]:
    """Of everybody."""
    return [member_id(scale, number) for number in range(scale.members)]
