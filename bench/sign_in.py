"""What a stranger learns by signing in: nothing by the clock, and little by guessing.

A whole machine (`python -m standalone`) is asked over HTTP about addresses that are a
member's and addresses that are nobody's, in random order, and then attacked with wrong
passwords from 200 client addresses while its member signs in from elsewhere.
"""

import http.client
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from uuid import uuid4

from bench.report import Row
from bench.servers import Machine
from bench.site import Site, site
from chassis.database import Database
from services.identity.actions import invitations, members
from services.identity.passwords import hash_password

TRIES = 200  # of each kind of address
RESAMPLES = 2_000
PASSWORD = "a pass phrase of the measurement"
ATTACKERS, GUESSES, THREADS = 200, 10_000, 8
HONEST_EVERY = 500  # guesses


@dataclass
class People:
    """A machine, the people in it, and a new client address for each request."""

    port: int
    emails: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: object, client: str = "") -> tuple[int, float]:
        """Status and milliseconds of one request."""
        headers = {"Content-Type": "application/json", "X-Forwarded-For": client or _address()}
        if self.tokens:
            headers["Authorization"] = f"Bearer {random.choice(self.tokens)}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.connect()
        started = time.perf_counter()
        connection.request(method, f"/api/v1{path}", json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
        milliseconds = (time.perf_counter() - started) * 1000
        connection.close()
        return answer.status, milliseconds

    def sign_in(self, email: str, password: str, client: str = "") -> tuple[int, float]:
        body = {"email": email, "password": password}
        return self.ask("POST", "/sessions", body, client)


def run(machine: Machine, rounds: int) -> list[Row]:
    """One table for the clock, and one attack; `rounds` does not multiply 10,000 guesses."""
    with _invited(machine) as people:
        return [*_time_all(people), *_attack(people)]


def _time_all(people: People) -> list[Row]:
    questions: dict[str, Callable[[str], tuple[int, float]]] = {
        "sign-in": lambda email: people.sign_in(email, "a wrong pass phrase"),
        "reset": lambda email: people.ask("POST", "/password-resets", {"email": email}),
        "invitation": lambda email: people.ask("POST", "/invitations", {"email": email}),
        "request": lambda email: people.ask(
            "POST",
            "/invitation-requests",
            {"name": "Somebody", "email": email, "motivation": "To see."},
        ),
    }
    return [_time(people, name, question) for name, question in questions.items()]


def _time(people: People, name: str, question: Callable[[str], tuple[int, float]]) -> Row:
    """Known and unknown addresses in random order; each address as often as the other kind's."""
    known = [people.emails[index % len(people.emails)] for index in range(TRIES)]
    strangers = [f"{uuid4().hex[:12]}@example.org" for _ in people.emails]
    unknown = [strangers[index % len(strangers)] for index in range(TRIES)]
    for email in (*known[:10], *unknown[:10]):
        question(f"warm.{email}")
    plan = [(True, email) for email in known] + [(False, email) for email in unknown]
    random.shuffle(plan)
    times: dict[bool, list[float]] = {True: [], False: []}
    statuses: dict[bool, Counter[int]] = {True: Counter(), False: Counter()}
    for is_known, email in plan:
        status, milliseconds = question(email)
        times[is_known].append(milliseconds)
        statuses[is_known][status] += 1
    low, high = _interval(times[True], times[False])
    return Row(
        f"{name}: a member's address, ms",
        f"{median(times[True]):.2f} {dict(statuses[True])}",
        f"nobody's: {median(times[False]):.2f} {dict(statuses[False])}",
        f"difference 95 %: {low:+.2f} to {high:+.2f} ms",
        "holds 0, same answers",
        "yes" if low <= 0 <= high and statuses[True] == statuses[False] else "NO",
    )


def _interval(one: list[float], other: list[float]) -> tuple[float, float]:
    """The bootstrap's 95 % interval of the difference between the medians."""
    differences = sorted(
        median(random.choices(one, k=len(one))) - median(random.choices(other, k=len(other)))
        for _ in range(RESAMPLES)
    )
    return differences[int(0.025 * RESAMPLES)], differences[int(0.975 * RESAMPLES)]


def _attack(people: People) -> list[Row]:
    victim = people.emails[0]
    clients = [f"198.51.{index // 100}.{index % 100 + 1}" for index in range(ATTACKERS)]
    honest: list[tuple[int, float]] = []

    def guess(index: int) -> int:
        if index % HONEST_EVERY == 0:
            honest.append(people.sign_in(victim, PASSWORD))
        return people.sign_in(victim, f"wrong pass phrase {index}", clients[index % ATTACKERS])[0]

    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = Counter(pool.map(guess, range(GUESSES)))
    seconds = time.perf_counter() - started
    # The burst of the address and two of each client, and what comes back meanwhile.
    most = (100 + 2 * ATTACKERS) * (1 + seconds / 3600)
    let_in = sum(status == 201 for status, _ in honest)
    waited = [milliseconds for _, milliseconds in honest]
    return [
        Row(
            f"{GUESSES:,} wrong passwords from {ATTACKERS} addresses",
            f"looked at: {answers[401]}, refused unseen: {answers[429]}",
            f"others: {sum(answers.values()) - answers[401] - answers[429]}",
            f"{GUESSES / seconds:,.0f}/s",
            f"≤ {most:.0f} looked at",
            "yes" if answers[401] <= most else "NO",
        ),
        Row(
            "meanwhile their member signs in from elsewhere",
            f"{let_in} of {len(honest)}",
            f"median {median(waited):.0f} ms, most {max(waited):.0f} ms",
            goal="all",
            met="yes" if let_in == len(honest) else "NO",
        ),
    ]


@contextmanager
def _invited(machine: Machine) -> Iterator[People]:
    """A machine with an administrator and 80 members, believing one proxy in front of it."""
    log = machine.folder / "standalone-sign-in.log"
    with site(log, SKILLER_TRUSTED_PROXIES="1") as found:
        yield _people(found)


def _people(found: Site) -> People:
    people = People(found.port)
    database = Database(found.url("identity"))
    hashed = hash_password(PASSWORD)
    with database.transaction() as session:
        for index in range(84):
            token = invitations.invite_administrator(session)
            email = f"{uuid4().hex[:12]}@example.org"
            members.join(
                session,
                token=token,
                name=f"Person {index}",
                email=email,
                password_hash=hashed,
                locale="en",
                is_sharing_first_steps=False,
                client="",
            )
            people.emails.append(email)
    database.close()
    # Several, for each may send so many invitations a day.
    people.tokens = [_token(people, people.emails.pop()) for _ in range(4)]
    return people


def _token(people: People, email: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", people.port, timeout=60)
    body = json.dumps({"email": email, "password": PASSWORD})
    connection.request("POST", "/api/v1/sessions", body, {"Content-Type": "application/json"})
    token: str = json.loads(connection.getresponse().read())["access_token"]
    connection.close()
    return token


def _address() -> str:
    """One of a /8 of clients: no two requests share one but by chance."""
    return f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"
