"""The benchmark of attribution says of an imported community what the services say of it.

A community made by hand is imported through the services' actions, its events are delivered, and
the API of skills is asked.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from bench.attribution import communities as known
from bench.attribution.accepted import Accepted, NotComparable, read_accepted
from bench.attribution.communities import DAY
from bench.attribution.comparing import Ask, Comparison, compare
from bench.attribution.running import API, OFFLINE, READ, report
from chassis import clock
from chassis.database import Database
from chassis.testing.service import Server, ServiceUnderTest
from chassis.testing.tokens import Person
from demo.arrival import wait_for_events
from demo.communities import Community
from demo.importing import Import
from demo.machine import Machine
from demo.sources import Accept, Act, Earlier, Like, Post
from demo.tests.conftest import delivering, new_databases
from services.skills.app import SERVICE as SKILLS
from services.skills.tests.trusted import begin_trust, night

BEGINNING = 1_500_000_000
NAMED = ("Beekeeping", "Carpentry", "Pottery")
THREADS, PEOPLE = 36, range(1, 10)
UNTIL = BEGINNING + 24 * 9 * DAY  # two thirds of the threads


def acts() -> Iterator[Act]:
    """Questions about one skill or two, two answers each, likes: drawn, each time the same.

    Some askers like what they accept, too; some likes are of the author's own, and refused.
    """
    draw = Random(1)
    for number in range(THREADS):
        asker, first, second = (str(one) for one in draw.sample(PEOPLE, 3))
        at = BEGINNING + number * 9 * DAY
        skills = tuple(draw.sample(NAMED, 1 + number % 2))
        title = f"How does one begin with {' and '.join(skills)}?"
        yield Post(f"{number}1", None, asker, at, skills, title, title)
        yield Like(f"{number}1", second, at + 60)
        for answer, author in ((f"{number}2", first), (f"{number}3", second)):
            yield Post(answer, f"{number}1", author, at + 3_600, (), "", "I know it.")
            for liker in draw.sample(PEOPLE, draw.randrange(6)):
                if str(liker) not in (author, asker):
                    yield Like(answer, str(liker), at + DAY)
        if number % 3 == 0:
            yield Accept(f"{number}2", asker, at + 2 * DAY)
        if number % 6 == 0:
            yield Like(f"{number}2", asker, at + 2 * DAY)
            yield Like(f"{number}3", second, at + 2 * DAY)


def source() -> Community:
    """As it is imported."""
    found: dict[type, list[Any]] = {Post: [], Like: [], Accept: []}
    for act in acts():
        found[type(act)].append(act)
    return Community("hand", found[Post], found[Like], accepts=found[Accept])


def data() -> known.Community:
    """The same as the benchmark reads it, with what came later."""
    posts, votes = {}, []
    for at, act in source().in_order():
        if isinstance(act, Post):
            skills = act.skills or posts[int(act.question or 0)].skills
            posts[int(act.id)] = known.Post(
                int(act.id),
                act.question is not None,
                int(act.question or 0),
                int(act.author),
                at,
                skills,
            )
        else:
            voter, kind = (act.liker, "up") if isinstance(act, Like) else (act.asker, "accept")
            votes.append(known.Vote(at, int(act.post), int(voter), 1, kind))
    return known.Community("hand", posts, votes)


def accepted_in(urls: Mapping[str, str]) -> Accepted:
    """What these databases hold of the community."""
    with ExitStack() as stack:
        databases = {service: Database(urls[service]) for service in READ}
        for database in databases.values():
            stack.callback(database.close)
        sessions = {one: stack.enter_context(of.transaction()) for one, of in databases.items()}
        return read_accepted(sessions, "hand")


class Running:
    """The imported community in the services' databases, and the API of skills at one moment."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self.skills = ServiceUnderTest(SKILLS, urls["skills"])
        self.moment = clock.now().replace(microsecond=0) + timedelta(seconds=1)
        self._urls = urls
        self._viewer = Person("Ada Lovelace", uuid4())

    def accepted(self) -> Accepted:
        return accepted_in(self._urls)

    def ask(self, path: str) -> tuple[Any, datetime]:
        with clock.at(self.moment):
            answer = self.skills.as_member(self._viewer).get(path)
        assert answer.status_code == 200, answer.text
        return answer.json, self.moment


@pytest.fixture
def running(server: Server) -> Iterator[Running]:
    with new_databases(server) as urls:
        with delivering(urls), Machine(lambda: urls, lambda _: None) as machine:
            Import(Earlier(source(), UNTIL), machine).run()
            wait_for_events(machine, patience=30)
        found = Running(urls)
        yield found
        found.skills.close()


def agree(accepted: Accepted, ask: Ask) -> Comparison:
    """What was compared, all of which is equal."""
    found = compare(accepted, ask)
    assert found.differences == [] and found.furthest < 1e-9
    assert len(found.said) >= len(NAMED) and found.attributions > found.places > 20
    return found


def test_the_benchmark_says_of_accepted_events_what_the_api_says(running: Running) -> None:
    accepted = running.accepted()

    found = agree(accepted, running.ask)

    values = report(accepted, found, known.Known.before(data(), UNTIL))
    assert len(values[API]) == len(NAMED) and values[API] == values[OFFLINE]
    assert min(values[API]) > 0


def test_they_agree_when_a_night_has_measured_trust(running: Running) -> None:
    founders = [one.id for one in running.accepted().people if one.in_data in (1, 2, 5)]
    begin_trust(running.skills, founders, running.moment - timedelta(days=40), nights=40)
    before = agree(running.accepted(), running.ask).said
    night(running.skills, running.moment, founders=",".join(map(str, founders)))

    accepted = running.accepted()
    found = agree(accepted, running.ask)

    assert accepted.trusted is not None and accepted.trusted.kept
    assert len({share for _, share in accepted.trusted.stands.values()}) > 2
    assert found.said != before


def test_what_is_not_the_community_asked_for_is_not_compared(server: Server) -> None:
    with new_databases(server) as urls, pytest.raises(NotComparable, match="Nobody of hand is"):
        accepted_in(urls)
