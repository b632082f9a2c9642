"""A whole run: its parts in their order, a bar with the time that is left, and what it all took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import click

from demo.arrival import wait_for_agreement, wait_for_events, wait_for_members
from demo.community import (
    arriving,
    belonging,
    copying_people,
    copying_posts,
    discussing,
    newest,
    telling,
    ventures,
)
from demo.community.arriving import Arrival, Count
from demo.community.meter import Meter

FIRST_CHAPTERS = 4  # the latest of all, so that pages have life before the rest is there
# How long an act takes beside a post or a like.
JOINING, FOLLOWING, BUILDING = 4, 5, 150
COPIED, TOLD = 0.1, 0.06  # a row, and an event that tells of one


@dataclass
class Run:
    """What one run does, and how long each part takes.

    With `is_copied` most rows come by COPY, and services hear of them afterwards; what is small,
    or news, is done by the actions all the same.
    """

    arrival: Arrival
    meter: Meter
    is_copied: bool = False
    began: float = field(default_factory=time.monotonic)
    reached: dict[str, float] = field(default_factory=dict)  # after how many seconds what was so

    def act(self) -> None:
        """Do all that is done; the latest of what is written first. Raises NotArrived."""
        scale = self.arrival.scale
        latest_first = range(scale.chapters - 1, -1, -1)
        first, rest = latest_first[:FIRST_CHAPTERS], latest_first[FIRST_CHAPTERS:]
        with _bar(self._length(), "Making it") as bar:
            self._do(bar, "First members", arriving.join_first, JOINING)
            # Whoever acts is known by their token already, before identity told of them.
            self._do(bar, "First posts and likes", discussing.write_chapters, 1, first)
            self._do(bar, "News", newest.write_news, 1)
            self._reach("Pages had life")
            if self.is_copied:
                self._copy(bar, rest)
            else:
                self._do(bar, "Members", arriving.join_all, JOINING)
                self._wait_for_members("social")
                self._do(bar, "Follows", arriving.follow_all, FOLLOWING / 11)
                self._wait_for_members("projects")
            self._do(bar, "Projects", ventures.build_all, BUILDING)
            self._do(bar, "More news", newest.tell_news, 1)
            self._do(bar, "Moderation", belonging.moderate, 1)
            if not self.is_copied:
                self._do(bar, "Posts and likes", discussing.write_chapters, 1, rest)
            bar.update(max(0, bar.length - bar.pos))

    def _copy(self, bar: Any, chapters: range) -> None:
        self._do(bar, "Members", copying_people.copy_members, COPIED)
        self._do(bar, "Who there is", copying_people.know_members, COPIED)
        self._do(bar, "Follows", copying_people.copy_follows, COPIED)
        self._do(bar, "Posts and likes", copying_posts.copy_chapters, COPIED, chapters)
        self._do(bar, "Telling all", telling.tell_all, TOLD)

    def _length(self) -> int:
        scale = self.arrival.scale
        length = scale.projects * BUILDING
        if self.is_copied:
            copied = scale.members * 14 + scale.posts + scale.likes
            return length + round(copied * COPIED + scale.members * telling.EVENTS * TOLD)
        return length + scale.members * (JOINING + FOLLOWING) + scale.posts + scale.likes

    def arrive(self) -> None:
        """Wait for the events, then count companies, whose maps show what arrived by then."""
        with self.meter.part("Arrival"):
            self._wait_for_events()
            wait_for_agreement(self.arrival.machine)
        self._reach("The last event had arrived")
        with self.meter.part("Companies") as count:
            belonging.found_companies(self.arrival, count)
            wait_for_agreement(self.arrival.machine)

    def lines(self) -> Iterator[str]:
        """What each part took."""
        for part in [*self.meter.parts, self.meter.whole]:
            yield part.line()
        yield "".join(f"{what} after {seconds:.0f} s. " for what, seconds in self.reached.items())

    def _reach(self, what: str) -> None:
        self.reached[what] = time.monotonic() - self.began

    def _do(self, bar: Any, name: str, act: Callable[..., None], weight: float, *what: Any) -> None:
        bar.label = name
        with self.meter.part(name) as count:
            act(self.arrival, *what, count=_both(count, bar, weight))

    def _wait_for_members(self, service: str) -> None:
        ids = arriving.member_ids(self.arrival.scale)
        wait_for_members(self.arrival.machine, ids, service=service)

    def _wait_for_events(self) -> None:
        most = 0
        with _bar(1, "Arriving") as bar:

            def tell(missing: int) -> None:
                nonlocal most
                most = max(most, missing)
                bar.length, done = most, most - missing
                bar.update(done - bar.pos)

            wait_for_events(self.arrival.machine, poll=1.0, tell=tell)


def _both(count: Count, bar: Any, weight: float) -> Count:
    rest = 0.0

    def both(more: int) -> None:
        nonlocal rest
        count(more)
        steps, rest = divmod(rest + more * weight, 1)
        bar.update(int(steps))

    return both


@contextmanager
def _bar(length: int, label: str) -> Iterator[Any]:
    with click.progressbar(length=length, label=label, show_eta=True, width=30) as bar:
        yield bar
