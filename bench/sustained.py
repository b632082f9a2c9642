"""A minute of many likes: whether what waits grows, in skills alone and in a whole machine.

Alone, over RabbitMQ: the relay of the likes' owner and skills' consumer, each a process, likes by
fifteens as if many web processes wrote them. Then a standalone with a community whose every
service hears of them; what waits there is counted in its outbox.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression, median
from typing import Literal, cast
from uuid import UUID

from bench.api import Town
from bench.likes import LISTENER, new_like
from bench.report import Goal, Row, measured
from bench.servers import Child, Machine, job
from bench.site import Site, site
from bench.visible import WRITER, Pace, Seen, watch
from chassis.database import Database
from chassis.messaging import outbox
from chassis.messaging.republish import republish
from chassis.messaging.topology import Topology, read_subscriptions
from contracts.discussion import PostLiked
from contracts.services import SERVICES
from standalone.services import SERVICES as ALL

ALONE = Pace(rate=1_500, burst=15, seconds=60, warm_seconds=5)
TOGETHER = Pace(rate=700, burst=7, seconds=60, warm_seconds=5)
LAST = SERVICES[-1]  # its rows are told, not copied
# Whoever handles half a per cent less than is given is 300 ms later after a minute.
GROWTH = Goal(300, "ms")


@dataclass(frozen=True)
class Course:
    """What waited while likes came: seconds since the first, and milliseconds."""

    rate: float
    points: Sequence[tuple[float, float]]

    @property
    def growth(self) -> float:
        """Milliseconds that the wait grew by in a minute, by the straight line nearest to all."""
        seconds, waits = zip(*self.points, strict=True)
        return linear_regression(seconds, waits).slope * 60


def run(machine: Machine, rounds: int) -> list[Row]:
    """Skills alone, with fresh databases each round; then the whole machine, which goes on."""
    workers = [[WRITER], [LISTENER]]
    alone = [_course(watch(machine, "rabbitmq", ALONE, workers=workers)) for _ in range(rounds)]
    with site(machine.folder / "standalone-sustained.log") as of:
        town = Town(of)
        _tell_last(of)
        together = [_send(machine, town) for _ in range(rounds)]
    return [
        *_rows(f"skills alone, {ALONE.rate:,} likes/s for a minute", ALONE, alone),
        *_rows(f"everything together, {TOGETHER.rate} likes/s for a minute", TOGETHER, together),
    ]


def _rows(name: str, pace: Pace, courses: Sequence[Course]) -> list[Row]:
    rates = [course.rate for course in courses]
    waits = [median(wait for _, wait in course.points) for course in courses]
    given = Goal(pace.rate * 0.99, "/s", at_least=True)
    return [
        measured(f"{name}: given", rates, "/s", given),
        measured(f"{name}: the wait of a like", waits, "ms"),
        measured(f"{name}: how much it grew", [one.growth for one in courses], "ms", GROWTH),
    ]


def _course(seen: Sequence[Seen]) -> Course:
    first = seen[0].liked_at
    points = [((like.liked_at - first).total_seconds(), like.spent) for like in seen]
    return Course(len(points) / points[-1][0], points)


def _tell_last(of: Site) -> None:
    """Notices are made of members, posts and follows that their service has heard of."""
    topology = Topology(read_subscriptions())
    for service in ALL:
        if service.name != LAST and service.history:
            database = Database(of.url(service.name))
            republish(database, service.history, LAST, topology.heard_by(LAST))
            database.close()
    of.settle()


def _send(machine: Machine, town: Town) -> Course:
    """New likes of members and posts that exist, as discussion would record them."""
    told = machine.folder / "likes.json"
    told.write_text(json.dumps(town.new_likes(TOGETHER.count)))
    took = machine.folder / "took.json"
    of = {"url": town.site.url("discussion"), "likes": str(told), "took": str(took)}
    points, began = [], time.monotonic()
    with Child(["-m", "bench.sustained"], machine.folder / "sustained.log", job=of) as writing:
        while (passed := time.monotonic() - began) < TOGETHER.warm_seconds + TOGETHER.seconds:
            writing.check()
            if passed > TOGETHER.warm_seconds:
                points.append((passed, town.site.waiting("discussion") / TOGETHER.rate * 1_000))
            time.sleep(0.5)
        writing.wait(60)
    town.site.settle()
    return Course(TOGETHER.count / json.loads(took.read_text()), points)


def main() -> None:
    """Record likes at the pace of everything together, and tell the seconds that it took."""
    of = job()
    likes: list[list[str]] = json.loads(Path(of["likes"]).read_text())
    database, started = Database(of["url"]), time.monotonic()
    for number in range(0, len(likes), TOGETHER.burst):
        time.sleep(max(0.0, started + number / TOGETHER.rate - time.monotonic()))
        with database.transaction() as session:
            outbox.record(session, *map(_like, likes[number : number + TOGETHER.burst]))
    Path(of["took"]).write_text(json.dumps(time.monotonic() - started))
    database.close()


def _like(of: Sequence[str]) -> PostLiked:
    post_id, author_id, liker_id, kind = of
    named = (UUID(post_id), UUID(author_id), UUID(liker_id))
    return new_like(*named, cast(Literal["question", "answer"], kind))


if __name__ == "__main__":
    main()
