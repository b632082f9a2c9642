"""A mixed load for long: what it does to the memory of processes, wherever they run."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle

import requests

from chassis.testing.waiting import eventually
from tests.system import audit, belonging, harms, memory
from tests.system.crowd import Crowd
from tests.system.journey import PASSWORD, Client

MINUTES = float(os.environ.get("SKILLER_SOAK_MINUTES", "3"))
# A member may ask, answer and like so much a day: a longer load needs more of them.
MEMBERS = max(24, round(4 * MINUTES))
MOST_GROWTH = 5.0  # percent, from the middle to the end: in three minutes it was 2.3 at most
AGREED_SECONDS = 60.0
PAGE_SECONDS = 1.0  # between two pages


@dataclass(frozen=True)
class Soaked:
    """A Skiller under load; `pace` are the seconds between two samples of its memory."""

    url: str
    databases: Callable[[], Mapping[str, str]]
    sample: Callable[[], memory.Sample]
    pace: float


def soak(skiller: Soaked) -> Mapping[str, float]:
    """Live for MINUTES, and fail where an audit finds anything.

    Returns which processes grew by more than they may, in percent.
    """
    belonging.grow_branch(skiller.databases()["identity"], None, MEMBERS)
    crowd = Crowd([belonging.sign_in(skiller.url, index) for index in range(MEMBERS)])
    samples: list[memory.Sample] = []
    try:
        _live(skiller, crowd, samples)
        with crowd.hold():
            eventually(
                lambda: audit.is_well(skiller.databases(), crowd), seconds=AGREED_SECONDS, every=0.5
            )
    finally:
        crowd.stop()
        lines, growth = memory.table(samples)
        told = f"{MINUTES:g} minutes, {MEMBERS} members, {crowd.ledger.act_count} acts"
        print(f"\n{told}", *lines, sep="\n")

    return {name: grown for name, grown in growth.items() if grown > MOST_GROWTH}


def _live(skiller: Soaked, crowd: Crowd, samples: list[memory.Sample]) -> None:
    """They act and read pages; what memory was taken is noted."""
    pages = _pages(skiller.url, crowd)
    eventually(lambda: next(pages) == 200)  # the first loads what the others need
    crowd.start()
    end, due = time.monotonic() + 60 * MINUTES, 0.0
    while time.monotonic() < end:
        if time.monotonic() >= due:
            due = time.monotonic() + skiller.pace
            samples.append(skiller.sample())
        assert next(pages) in (200, 404)  # a question may just have been removed
        harms.wait(PAGE_SECONDS)


def _pages(url: str, crowd: Crowd) -> Iterator[int]:
    """Read one page after the other in a browser's way; the status of each."""
    reader = crowd.people[0]
    with requests.Session() as browser:
        browser.trust_env = False
        proof = {"email": reader.email, "password": PASSWORD}
        granted = Client(url).ok("POST", "/sessions", proof)
        for name in ("access", "refresh"):
            browser.cookies.set(f"skiller-{name}", granted[f"{name}_token"])
        for path in cycle(
            ["/", "/me", "/notices", "/projects", "/people", "/keywords", "/help-out", "question"]
        ):
            questions = crowd.things["question"]
            if path == "question":
                path = f"/questions/{questions[-1].id}" if questions else "/"
            answer = browser.get(f"{url}{path}", timeout=15, allow_redirects=True)
            assert "/sign-in" not in answer.url  # or all further pages would be that one
            yield answer.status_code
