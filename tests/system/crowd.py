"""Members who follow, ask, answer, like and build, all the time, and note what was confirmed."""

import random
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests

from tests.system.journey import PASSWORD, Client
from tests.system.ledger import NO_ANSWER, UNSURE, Ledger, Trouble

THREADS = 6
ACTS_A_SECOND = 15.0
# Gone, one's own, done before, or more than a day allows: an answer as good as any.
REFUSALS = (403, 404, 409, 429)
KEYWORDS = ("PostgreSQL", "Python", "Docker", "performance")


@dataclass(frozen=True)
class Known:
    """What a release lets people do; what it refuses is as good an answer as any."""

    acts: Collection[str] = ()  # their names; all of them where there is none
    audiences: Sequence[str] = ("members", "members", "followers")
    refusals: Collection[int] = REFUSALS


@dataclass(frozen=True)
class Thing:
    """Something that was made; `parent_id` is an answer's question, a call's project."""

    id: str
    author_id: str
    parent_id: str = ""


@dataclass(frozen=True)
class Order:
    """Something to make, by a request that may be sent again until it is answered."""

    kind: str
    member: Client
    service: str
    path: str
    body: dict[str, Any]
    mark: str
    parent_id: str = ""


@dataclass
class Part:
    """The members of one thread, who act one after the other."""

    people: Sequence[Client]
    chance: random.Random
    turn: threading.Lock = field(default_factory=threading.Lock)
    waiting: list[Order] = field(default_factory=list)


class Crowd:
    """`start` begins the load, `hold` lets it stand still, `stop` ends it."""

    known = Known()

    def __init__(self, people: Sequence[Client], rate: float = ACTS_A_SECOND) -> None:
        """`rate` is acts a second, of all together."""
        self.people = people
        self.ledger = Ledger()
        self.things: dict[str, list[Thing]] = {
            kind: [] for kind in ("question", "answer", "share", "project", "call", "update")
        }
        self._pause = THREADS / rate
        self._parts = [
            Part(people[start::THREADS], random.Random(start)) for start in range(THREADS)
        ]
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._live, args=(part,)) for part in self._parts]
        self._errors: list[BaseException] = []
        self._acts: list[tuple[int, Callable[[Part, Client], None]]] = [
            (34, self._read),
            (8, self._ask),
            (16, self._answer),
            (2, self._edit),
            (2, self._share),
            (18, self._like),
            (4, self._unlike),
            (6, self._follow),
            (3, self._accept),
            (1, self._remove),
            (2, self._rename),
            (1, self._sign_in),
            (1, self._begin_project),
            (1, self._call),
            (2, self._offer),
            (1, self._tell_news),
            (2, self._follow_project),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the load; raises what a thread died of."""
        self._ending.set()
        for thread in self._threads:
            if thread.ident:
                thread.join(60)
        if self._errors:
            raise self._errors[0]

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Nobody acts inside the block, and nothing is on its way to a service."""
        with ExitStack() as stack:
            for part in self._parts:
                stack.enter_context(part.turn)
            since = time.monotonic()
            yield
            self.ledger.stand_still(since)

    def _live(self, part: Part) -> None:
        try:
            while not self._ending.is_set():
                began = time.monotonic()
                with part.turn:
                    known = self.known.acts
                    chosen = [one for one in self._acts if not known or one[1].__name__ in known]
                    weights, acts = zip(*chosen, strict=True)
                    if part.waiting and part.chance.random() < 0.5:
                        self._make(part, part.waiting.pop(0))
                    else:
                        [act] = part.chance.choices(acts, weights)
                        act(part, part.chance.choice(part.people))
                self._ending.wait(max(0.01, self._pause - (time.monotonic() - began)))
        except BaseException as error:
            self._errors.append(error)
            raise

    def _send(
        self, member: Client, service: str, method: str, path: str, body: Any = None, key: str = ""
    ) -> tuple[int, Any]:
        """Status and JSON; status 0 stands for no answer. Troubles are noted."""
        began = time.monotonic()
        headers = {"Idempotency-Key": key} if key else {}
        status, told = NO_ANSWER[0], {"code": NO_ANSWER[1]}
        try:
            answer = member.call(method, path, body, **headers)
            status, told = answer.status_code, answer.json() if answer.content else {}
        except (requests.RequestException, KeyError):
            pass  # noted below; KeyError: no session could be opened anew
        if 200 <= status < 300:
            self.ledger.count()
        elif status not in self.known.refusals:
            why = (status, str(told.get("code", "")))
            what = f"{method} {path}"
            self.ledger.complain(Trouble(began, time.monotonic(), service, why, what))
        return status, told

    def _make(self, part: Part, order: Order) -> None:
        """Make something; without an answer it is asked for again at the part's next turn."""
        self.ledger.begin(order.kind, order.mark)
        status, told = self._send(
            order.member, order.service, "POST", order.path, order.body, order.mark
        )
        if status == 0 or status >= 500:
            part.waiting.append(order)
            return
        self.ledger.end(order.kind, order.mark, told["id"] if status < 300 else None)
        if status < 300 and order.kind in self.things:
            thing = Thing(told["id"], order.member.member["id"], order.parent_id)
            self.things[order.kind].append(thing)

    def _turn(
        self, member: Client, service: str, kind: str, target: str, path: str, state: Any = True
    ) -> bool:
        """Set a state by PUT, or take it back (False) by DELETE; whether that was confirmed."""
        status, _ = self._send(member, service, "PUT" if state else "DELETE", path)
        self._note(member, kind, target, status, state)
        return 200 <= status < 300

    def _note(self, member: Client, kind: str, target: str, status: int, state: Any) -> None:
        key = (kind, member.member["id"], target)
        if 200 <= status < 300:
            self.ledger.turn(key, state)
        elif status not in self.known.refusals:
            self.ledger.turn(key, UNSURE)

    def _pick(self, part: Part, kind: str, *, not_of: Client | None = None) -> Thing | None:
        """One of the latest forty."""
        own = not_of.member["id"] if not_of else ""
        found = [thing for thing in self.things[kind][-40:] if thing.author_id != own]
        return part.chance.choice(found) if found else None

    def _read(self, part: Part, member: Client) -> None:
        other = part.chance.choice(self.people).member["id"]
        question = self._pick(part, "question")
        pages = [
            ("identity", f"/members/{other}"),
            ("social", f"/members/{other}/follow"),
            ("discussion", "/feed"),
            ("discussion", f"/questions/{question.id}/answers" if question else "/questions"),
            ("skills", f"/members/{other}/skills"),
            ("projects", "/projects"),
            ("notifications", "/notices"),
        ]
        service, path = part.chance.choice(pages)
        self._send(member, service, "GET", path)

    def _ask(self, part: Part, member: Client) -> None:
        mark = uuid4().hex
        keywords = part.chance.sample(KEYWORDS, 2)
        audience = part.chance.choice(self.known.audiences)
        body = {
            "title": f"How is {keywords[0]} done well?",
            "body": f"I would like to know. {mark}",
            "keywords": keywords,
            "audience": audience,
        }
        self._make(part, Order("question", member, "discussion", "/questions", body, mark))

    def _answer(self, part: Part, member: Client) -> None:
        question = self._pick(part, "question", not_of=member)
        if question:
            mark = uuid4().hex
            path, body = f"/questions/{question.id}/answers", {"body": f"By trying. {mark}"}
            order = Order("answer", member, "discussion", path, body, mark, question.id)
            self._make(part, order)

    def _edit(self, part: Part, member: Client) -> None:
        """An answer says something of a skill since then, or no more."""
        own = [a for a in self.things["answer"][-40:] if a.author_id == member.member["id"]]
        if own:
            path = f"/answers/{part.chance.choice(own).id}"
            body = {"body": f"By trying {part.chance.choice(KEYWORDS)}, or not. {uuid4().hex}"}
            self._send(member, "discussion", "PATCH", path, body)

    def _share(self, part: Part, member: Client) -> None:
        mark = uuid4().hex
        body = {"title": "What I tried", "body": f"It held. {mark}", "form": "experience"}
        self._make(part, Order("share", member, "discussion", "/shares", body, mark))

    def _like(self, part: Part, member: Client) -> None:
        kind = part.chance.choice(["answer", "answer", "question", "share"])
        post = self._pick(part, kind, not_of=member)
        if post:
            self._turn(member, "discussion", "like", post.id, f"/posts/{post.id}/like")

    def _unlike(self, part: Part, member: Client) -> None:
        own = member.member["id"]
        liked = [
            target
            for (kind, who, target), state in list(self.ledger.states.items())
            if kind == "like" and who == own and state is True
        ]
        if liked:
            post = part.chance.choice(liked)
            self._turn(member, "discussion", "like", post, f"/posts/{post}/like", False)

    def _follow(self, part: Part, member: Client) -> None:
        other = part.chance.choice(self.people)
        if other is not member:
            target, is_on = other.member["id"], part.chance.random() < 0.75
            self._turn(member, "social", "follow", target, f"/members/{target}/follow", is_on)

    def _accept(self, part: Part, member: Client) -> None:
        own = {q.id for q in self.things["question"] if q.author_id == member.member["id"]}
        answers = [answer for answer in self.things["answer"] if answer.parent_id in own]
        if answers:
            answer = part.chance.choice(answers)
            path = f"/answers/{answer.id}/accept"
            self._turn(member, "discussion", "accept", answer.parent_id, path, answer.id)

    def _remove(self, part: Part, member: Client) -> None:
        kind = part.chance.choice(["answer", "answer", "question"])
        own = [p for p in self.things[kind][:-10] if p.author_id == member.member["id"]]
        if own:
            post = part.chance.choice(own)
            self.things[kind].remove(post)
            status, _ = self._send(member, "discussion", "DELETE", f"/{kind}s/{post.id}")
            self._note(member, "removed", post.id, status, True)

    def _rename(self, part: Part, member: Client) -> None:
        line = f"Builds {uuid4().hex[:8]}"
        status, _ = self._send(member, "identity", "PATCH", "/members/me", {"headline": line})
        self._note(member, "headline", "", status, line)

    def _sign_in(self, _: Part, member: Client) -> None:
        """On another device, whose session nobody uses."""
        proof = {"email": member.email, "password": PASSWORD}
        self._send(type(member)(member.url), "identity", "POST", "/sessions", proof)

    def _begin_project(self, part: Part, member: Client) -> None:
        mark = uuid4().hex
        body = {"title": "A map of who knows", "pitch": f"For all of us. {mark}"}
        self._make(part, Order("project", member, "projects", "/projects", body, mark))

    def _call(self, part: Part, member: Client) -> None:
        self._tell(part, member, "call", {"title": "Somebody who draws", "skills": ["python"]})

    def _tell_news(self, part: Part, member: Client) -> None:
        self._tell(part, member, "update", {"title": "The first version"})

    def _tell(self, part: Part, member: Client, kind: str, body: dict[str, Any]) -> None:
        """What the owner of a project says in it."""
        own = [p for p in self.things["project"] if p.author_id == member.member["id"]]
        if own:
            project, mark = part.chance.choice(own), uuid4().hex
            body["details" if kind == "call" else "body"] = f"More of it. {mark}"
            path = f"/projects/{project.id}/{kind}s"
            self._make(part, Order(kind, member, "projects", path, body, mark, project.id))

    def _offer(self, part: Part, member: Client) -> None:
        call = self._pick(part, "call", not_of=member)
        if call:
            mark = uuid4().hex
            body = {"call_id": call.id, "word": f"I can. {mark}"}
            path = f"/projects/{call.parent_id}/offers"
            self._make(part, Order("offer", member, "projects", path, body, mark))

    def _follow_project(self, part: Part, member: Client) -> None:
        project = self._pick(part, "project", not_of=member)
        if project:
            path = f"/projects/{project.id}/follow"
            is_on = part.chance.random() < 0.8
            self._turn(member, "projects", "project follow", project.id, path, is_on)
