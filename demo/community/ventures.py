"""The projects of a synthetic community: each is built from its number, whole or not at all."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from random import Random
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from chassis import garbage
from chassis.markdown.text import Text
from demo.community import words
from demo.community.arriving import NAME, Arrival, Count
from demo.community.people import Person, is_writing, person
from demo.community.scale import FOUNDERS, NAMED, Scale
from demo.community.threads import LATEST
from demo.machine import Machine
from services.projects.actions import (
    answering,
    benchmarks,
    calls,
    follows,
    invitations,
    news,
    offers,
    projects,
    rounds,
    thanks,
)
from services.projects.benchmarking.tables import Alternative, Cell, Criterion, Table
from services.projects.models import Project
from services.projects.opinions import Question

STAGES = ("concept", "test", "launched", "idea", "test", "concept", "launched")
CLOSED = 8  # of so many projects one is over
STILL_ASKED = 3  # of so many one asks for opinions now
FIRST, LAST = 0.45, 0.9  # of the community's life: when projects begin
HELPERS = 3  # of the followers: who helps, who does not, and who offers to
UNKNOWN = 8  # followers, of whom enough are asked for nobody to be known
KINDS = ("number", "number", "boolean", "note", "text")
ASKED_FOR = timedelta(days=12)  # from now, of a round that is open
BUILDERS, SHARED_FROM = 2, 80  # processes, and projects: for few a process takes longer to begin
_arrival: Arrival | None = None  # in a process that builds


@dataclass(frozen=True)
class Venture:
    """A project, by its number: who begins it and when, about what, and who is around it."""

    number: int
    owner: Person
    at: float
    topic: words.Topic
    followers: Sequence[Person]

    @property
    def told(self) -> Any:
        return words.ventures(self.owner.language)

    def moment(self, part: float) -> float:
        """When a part of its life had passed."""
        return self.at + (LATEST - self.at) * part


def venture(scale: Scale, number: int) -> Venture:
    """A project of the community."""
    draw = scale.draw("project", number)
    at = FIRST + (LAST - FIRST) * number / scale.projects
    present, field = scale.present(at), number % len(words.domains())
    # By one of its trade; the named members begin the first ones.
    owner = number + FOUNDERS if number < NAMED else draw.randrange(present)
    while not is_writing(owner):
        owner = draw.randrange(present)
    known = person(scale, owner)
    others = [one for one in range(present) if one != owner]
    around = draw.sample(others, min(len(others), draw.randint(9, 16)))
    topic = draw.choice(words.domains()[known.domain if number < NAMED else field].topics)
    return Venture(number, known, at, topic, [person(scale, one) for one in around])


def build_all(arrival: Arrival, count: Count) -> None:
    """Build every project; whoever is asked to help is known in projects by then.

    Many are built by processes beside this one: none of them has to do with another.
    """
    numbers = range(arrival.scale.projects)
    if len(numbers) < SHARED_FROM:
        for number in numbers:
            _build(arrival, number)
            count(1)
        return
    how, given = get_context("spawn"), (arrival.scale, arrival.machine.url("projects"))
    with ProcessPoolExecutor(BUILDERS, how, _begin, given) as builders:
        for _ in builders.map(_build_one, numbers, chunksize=4):
            count(1)


def _begin(scale: Scale, url: str) -> None:
    """What a process that builds works with, for as long as it lives."""
    global _arrival
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    garbage.look_seldom()
    machine = Machine(lambda: {"projects": url}, lambda _: None)
    _arrival = Arrival(scale, machine, password=None, password_hash="")


def _build_one(number: int) -> None:
    assert _arrival is not None
    _build(_arrival, number)


def _build(arrival: Arrival, number: int) -> None:
    one = venture(arrival.scale, number)

    def build(session: Session) -> None:
        _Building(session, arrival, one).run()

    first, alone = (Project, id_of(arrival.scale, one)), f"{NAME}, project {number}"
    arrival.once("projects", first, build, is_news=False, alone=alone)


def id_of(scale: Scale, one: Venture) -> UUID:
    """The id that a project has in Skiller."""
    return scale.id_of(one.at, "project", one.number, 0)


class _Building:
    """What happens in a project, each act at its part of the project's life."""

    def __init__(self, session: Session, arrival: Arrival, one: Venture) -> None:
        self.session, self.arrival, self.one = session, arrival, one
        self.told, self.draw = one.told, arrival.scale.draw("building", one.number)
        self.project_id = id_of(arrival.scale, one)
        self._acts = 0

    def run(self) -> None:
        """From its beginning to today."""
        self._begin()
        for number, follower in enumerate(self.one.followers):
            self._do(0.02 + 0.01 * number, follower, follows.follow_project)
        helper = self._find_help()
        self._tell(0.34)
        is_large = len(self.one.followers) >= UNKNOWN
        is_anonymous = is_large and self.one.number % 2 == 0
        self._ask(0.45, closes_after=0.1, is_anonymous=is_anonymous)
        self._compare(helper)
        self._tell(0.75)
        self._look_for_more()
        if self.one.number % STILL_ASKED == 0:
            self._ask(0.93, closes_after=None, is_anonymous=False)
        self._tell(0.95)
        if self.one.number % CLOSED == CLOSED - 1:
            self._close(0.99)

    def _begin(self) -> None:
        said = self.one.topic.said[self.one.owner.language]
        known = {"keyword": said.keyword, "place": self.one.owner.location}
        with self._at(0.0):
            projects.create_project(
                self.session,
                actor=self.one.owner.claims,
                title=self._choice("titles").format(**known),
                pitch=self._choice("pitches").format(**known),
                text=Text.of(self._choice("descriptions")),
                stage=STAGES[self.one.number % len(STAGES)],
                keywords=[said.keyword],
                visibility="members",
            )

    def _find_help(self) -> Person:
        """A call, which one helper answers; another declines."""
        owner, skills = self.one.owner, [self.one.topic.skill]
        call_id = self._call(0.2, skills)
        helper, other = self.one.followers[:2]
        for who, answer, part in ((helper, "accepted", 0.22), (other, "declined", 0.24)):
            asked = self._do(
                part,
                owner,
                invitations.invite_helper,
                member_id=who.claims.id,
                call_id=call_id,
                role="contributor",
                word="",
            )
            answered = {"invitation_id": asked, "answer": answer, "word": ""}
            answered["again"] = "after_90_days"
            self._do(part + 0.01, who, invitations.answer_invitation, **answered)
        self._do(0.3, owner, calls.end_call, call_id=call_id, state="answered")
        its = {"call_id": call_id, "member_id": helper.claims.id, "skills": skills}
        self._do(0.32, owner, thanks.thank_contributor, word=self.told["thanks"], **its)
        return helper

    def _look_for_more(self) -> None:
        """A call that is open, and whoever offers to answer it: taken in, or still waiting."""
        call_id = self._call(0.8, [self.one.topic.skill])
        offering = self.one.followers[2]
        word = self.told["offer"]
        offer_id = self._do(0.85, offering, offers.offer_help, call_id=call_id, word=word)
        if self.one.number % 2:
            its = {"offer_id": offer_id, "answer": "accepted", "word": ""}
            self._do(0.88, self.one.owner, offers.answer_offer, **its)

    def _call(self, part: float, skills: Sequence[str]) -> UUID:
        its = {"title": self._choice("calls"), "text": None, "skills": skills}
        hours = self.draw.randint(1, 8)
        call_id: UUID = self._do(
            part, self.one.owner, calls.open_call, hours=hours, until=None, **its
        )
        return call_id

    def _tell(self, part: float) -> None:
        title, _, body = self._choice("news").partition(" | ")
        its = {"title": title, "text": Text.of(body)}
        update_id = self._do(part, self.one.owner, news.publish_update, **its)
        for number, who in enumerate(self.one.followers[HELPERS : self.draw.randint(4, 8)]):
            liked = {"update_id": update_id, "is_liked": True}
            self._do(part + 0.002 * (number + 1), who, news.set_like, **liked)

    def _ask(self, part: float, *, closes_after: float | None, is_anonymous: bool) -> None:
        told, scale = self.told, self.arrival.scale
        closes_at = scale.now + ASKED_FOR
        if closes_after is not None:
            closes_at = scale.moment(self.one.moment(part + closes_after))
        wanted = {
            "title": self._choice("rounds"),
            "audience": "followers",
            "is_anonymous": is_anonymous,
            "results": "after_closing",
            "closes_at": closes_at,
        }
        choice = Question("choice", told["choice"][0], tuple(told["choice"][1:]))
        questions = (choice, Question("scale", told["scale"]), Question("text", told["text"]))
        its = {"text": Text.of(told["concept"]), "questions": questions, "opens_at": None}
        round_id = self._do(part, self.one.owner, rounds.plan_round, wanted=wanted, **its)
        answering_ = self.one.followers[HELPERS:] if closes_after else self.one.followers[HELPERS:8]
        for number, who in enumerate(answering_):
            self._answer(part + 0.002 * (number + 1), who, round_id)
        if closes_after is not None:
            outcome = Text.of(told["outcome"])
            part += closes_after + 0.02
            self._do(part, self.one.owner, rounds.put_outcome, round_id=round_id, text=outcome)

    def _answer(self, part: float, who: Person, round_id: UUID) -> None:
        said: list[dict[str, Any]] = [
            {"question": 1, "choices": [self.draw.choice((1, 1, 1, 2, 2, 3, 4))]},
            {"question": 2, "scale": self.draw.choice((2, 3, 4, 4, 5, 5))},
        ]
        if self.draw.random() < 0.4:
            said.append({"question": 3, "text": self._choice("words")})
        self._do(part, who, answering.give_answer, round_id=round_id, answers=said)

    def _compare(self, helper: Person) -> None:
        begun = self._do(
            0.6,
            helper,
            benchmarks.begin_benchmark,
            title=self._choice("benchmarks"),
            origin=None,
            table=None,
        )
        for base, part in enumerate((0.62, 0.72)):
            its = {"benchmark_id": begun, "base_version": base}
            self._do(part, helper, benchmarks.publish_version, table=self._table(base, part), **its)

    def _table(self, version: int, part: float) -> Table:
        """The first version lacks the last way of doing it."""
        told, as_of = self.told, self.arrival.scale.moment(self.one.moment(part)).date()
        criteria = [Criterion(f"c{n}", name, KINDS[n]) for n, name in enumerate(told["criteria"])]
        names = told["alternatives"] if version else told["alternatives"][:-1]
        values = {
            (f"a{n}", one.id): Cell(_value(one.kind, told, draw), told["source"], as_of)
            for n in range(len(names))
            for draw in [self.arrival.scale.draw("cells", self.one.number, n)]
            for one in criteria
        }
        return Table(criteria, [Alternative(f"a{n}", name) for n, name in enumerate(names)], values)

    def _close(self, part: float) -> None:
        revision = self.session.get_one(Project, self.project_id).revision
        changes = {"stage": "closed", "learned": Text.of(self.told["learned"])}
        self._do(part, self.one.owner, projects.edit_project, revision=revision, changes=changes)

    def _do(self, part: float, who: Person, act: Callable[..., Any], **what: Any) -> Any:
        with self._at(part):
            return act(self.session, actor=who.claims, project_id=self.project_id, **what)

    def _at(self, part: float) -> Any:
        at = self.arrival.at(self.one.moment(part), "project", self.one.number, self._acts)
        self._acts += 1
        return at

    def _choice(self, name: str) -> str:
        chosen: str = self.draw.choice(self.told[name])
        return chosen


def _value(kind: str, told: Any, draw: Random) -> Any:
    if kind == "boolean":
        return draw.random() < 0.5
    if kind == "text":
        return draw.choice(told["remarks"])
    return draw.randint(1, 5) if kind == "note" else draw.randint(1, 40) * 5
