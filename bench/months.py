"""Two months of notices, by the clock: is anybody mailed too much, at night, or twice?

Real tables, handlers and chores; only time and the mail server are ours. Each month is over a
change of summer time, in Paris and in Montréal; Nouméa and Kolkata know none. Members ask, answer,
like, follow, read, remove and are suspended at all hours, by a seed. Twenty follow everybody, so
that there is more than a day's mails hold.
"""

import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bench.report import Row
from bench.servers import Machine
from chassis import clock
from chassis.claims import Claims
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.mailing.settings import Carrier
from chassis.messaging.consumer import Consumer, Message
from chassis.messaging.envelope import seal
from chassis.settings import Secret
from contracts import Event
from contracts.discussion import PostLiked, PostPublished, PostRemoved
from contracts.identity import AddressConfirmed, MemberJoined, MemberReinstated, MemberSuspended
from contracts.social import MemberFollowed
from services.notifications import chores, preferences
from services.notifications.actions import mails, reading
from services.notifications.app import SERVICE
from services.notifications.calendar import Quiet, is_quiet
from services.notifications.config import Settings
from services.notifications.models import Mail, Notice, Preference
from services.notifications.preferences import ClassWish, Preferences

MEMBERS, DAYS = 1_000, 30
MONTHS = (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 10, 12, tzinfo=UTC))
ZONES = ("Europe/Paris", "America/Montreal", "Pacific/Noumea", "Asia/Kolkata")
TICK, DAY = timedelta(minutes=10), timedelta(days=1)
EVERYBODY = 20  # so many follow all others
# Acts in a day, for each thousand members.
ASKED, ANSWERED, LIKED, FOLLOWED, REMOVED, SUSPENDED = 60, 120, 300, 40, 6, 2
READINGS = 2  # of each member, in a day
MOST_MAILS = 5


class Collector:
    """A mail server that takes everything."""

    def carry(self, message: EmailMessage, **_: Any) -> None:
        assert message["Message-ID"]

    def close(self) -> None:
        """Nothing is open."""


class _Settings(Settings):
    def open_carrier(self) -> Carrier:
        return Collector()  # type: ignore[return-value]


@dataclass
class Month:
    """One month; `run` passes it, `faults` says what was wrong with it."""

    url: str
    begins: datetime
    members: int = MEMBERS
    days: int = DAYS
    busy: int = 1  # so many times as much happens
    reads: dict[UUID, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.database = Database(self.url)
        self.settings = _Settings(
            database_url=Secret(self.url),
            link_secret=Secret("of-a-measurement-alone-and-long-enough"),
            public_url="https://skiller.example",
            mail_from="Skiller <skiller@skiller.example>",
        )
        self._consumer = Consumer(SERVICE.name, self.database, SERVICE.handlers)
        self._dice = random.Random(f"{self.begins:%Y-%m}")
        self._posts: list[PostPublished] = []
        self._suspended: list[UUID] = []
        self._revisions: dict[UUID, int] = defaultdict(lambda: 1)

    def run(self) -> None:
        """Let everybody join, a month go by, and a week in which nobody does anything."""
        with clock.at(self.begins - DAY):
            self._join()
        ticks = int(timedelta(days=self.days) / TICK)
        for tick in range(ticks):
            with clock.at(self.begins + tick * TICK):
                self._deliver(*self._acts())
                self._read()
                self._work()
        for tick in range(ticks, ticks + int(8 * DAY / TICK), 6):
            with clock.at(self.begins + tick * TICK):
                self._work()

    def _join(self) -> None:
        now = clock.now()
        self.ids = [new_id() for _ in range(self.members)]
        self._deliver(*(self._member(MemberJoined, one) for one in self.ids))
        self._deliver(*(_address(one) for one in self.ids))
        self.wishes = {one: _wish(number) for number, one in enumerate(self.ids)}
        with self.database.transaction() as session:
            session.add_all(
                Preference(
                    member_id=one,
                    version=1,
                    choices=preferences.write(wish),
                    undone={},
                    changed_at=now,
                )
                for one, wish in self.wishes.items()
            )
        follows = [(a, b) for a in self.ids[:EVERYBODY] for b in self.ids if a != b]
        for one in self.ids[EVERYBODY:]:
            follows += [(one, other) for other in self._dice.sample(self.ids, 8) if other != one]
        self._deliver(*(_follow(a, b) for a, b in follows))

    def _member(self, kind: Any, one: UUID, state: Any = "active") -> Any:
        self._revisions[one] += 1
        return kind(
            member_id=one,
            revision=self._revisions[one],
            name=f"Member {one.hex[-6:]}",
            headline="Baker",
            company="",
            location="",
            portrait_url=None,
            locale=("fr", "en")[one.int % 2],
            role="member",
            state=state,
            is_proposable=True,
            sponsor_id=None,
            joined_at=self.begins - DAY,
        )

    def _acts(self) -> Iterator[Event]:
        """What people do in ten minutes."""
        now, dice = clock.now(), self._dice
        for _ in range(self._times(ASKED)):
            asker = dice.choice(self.ids)
            self._posts.append(_post(asker, None, dice.choice(("followers", "followers-only"))))
            yield self._posts[-1]
        recent = [post for post in self._posts[-300:] if post.published_at > now - 3 * DAY]
        for _ in range(self._times(ANSWERED) if recent else 0):
            yield _post(dice.choice(self.ids), dice.choice(recent), "followers")
        for _ in range(self._times(LIKED) if recent else 0):
            post, liker = dice.choice(recent), dice.choice(self.ids)
            yield PostLiked(
                post_id=post.post_id,
                author_id=post.author_id,
                liker_id=liker,
                kind=post.kind,
                revision=1,
                liked_at=now,
            )
        for _ in range(self._times(FOLLOWED)):
            yield _follow(*dice.sample(self.ids, 2))
        for _ in range(self._times(REMOVED) if recent else 0):
            yield _removal(self._posts.pop(self._posts.index(dice.choice(recent))))
        for _ in range(self._times(SUSPENDED)):
            self._suspended.append(dice.choice(self.ids))
            yield self._member(MemberSuspended, self._suspended[-1], "suspended")
        if len(self._suspended) > SUSPENDED:
            yield self._member(MemberReinstated, self._suspended.pop(0))

    def _times(self, in_a_day: int) -> int:
        """How often something happens now that happens so often in a day of a thousand."""
        expected = self.busy * in_a_day * self.members / 1_000 * (TICK / DAY)
        return int(expected) + (self._dice.random() < expected % 1)

    def _read(self) -> None:
        for one in self.ids:
            if self._dice.random() < READINGS * (TICK / DAY) and one not in self._suspended:
                self.reads[one].append(clock.now())
                claims = Claims(one, one, "member", "", "", expires_at=0)
                with self.database.transaction() as session:
                    reading.read_all(session, actor=claims, up_to=clock.now(), object_id=None)

    def _work(self) -> None:
        while chores.plan_mails(self.database, self.settings):
            pass
        while chores.send_mails(self.database, self.settings):
            pass

    def _deliver(self, *events: Event) -> None:
        for start in range(0, len(events), 500):
            some = events[start : start + 500]
            self._consumer.handle([Message(seal(event)[1].encode()) for event in some])
        while events and _TELLING.run(self.database, None):
            pass

    def faults(self) -> Mapping[str, int]:
        """How often a promise was broken, by its name; and what was mailed."""
        with self.database.transaction() as session:
            sent = session.scalars(select(Mail).where(Mail.state == "sent")).all()
            told = session.scalars(select(Notice).where(Notice.told_at.is_not(None))).all()
        return {
            "notices": len(told),
            "mails of one thing, or of what waited": sum(one.kind in COUNTED for one in sent),
            "digests": sum(one.kind == "digest" for one in sent),
            "days over budget": sum(n > MOST_MAILS for n in self._by_day(sent, COUNTED).values()),
            "days with two digests": sum(n > 1 for n in self._by_day(sent, ("digest",)).values()),
            "mails while it was quiet": sum(map(self._was_quiet, sent)),
            "notices mailed though read": self._mailed_though_read(sent, told),
            "notices mailed twice": _mailed_twice(sent, told),
            "notices neither read nor mailed": self._forgotten(),
        }

    def _by_day(self, sent: Sequence[Mail], kinds: Sequence[str]) -> Mapping[Any, int]:
        counts: dict[tuple[UUID, date], int] = defaultdict(int)
        for one in sent:
            if one.kind in kinds and one.member_id and one.sent_at:
                zone = self.wishes[one.member_id].zone
                counts[one.member_id, one.sent_at.astimezone(zone).date()] += 1
        return counts

    def _was_quiet(self, one: Mail) -> bool:
        assert one.member_id and one.sent_at
        wish = self.wishes[one.member_id]
        return is_quiet(one.sent_at, wish.zone, wish.quiet)

    def _mailed_though_read(self, sent: Sequence[Mail], told: Sequence[Notice]) -> int:
        """Of what is news once: read after it was told, and mailed after that."""
        found, by_id = 0, {one.id: one for one in told}
        for mail in sent:
            for notice in (by_id[one] for one in mail.notice_ids if one in by_id):
                if notice.kind in GROUPED or not (notice.told_at and mail.sent_at):
                    continue
                # What begins later is not read before.
                news_at = max(notice.told_at, notice.happened_at)
                found += any(news_at < at < mail.sent_at for at in self.reads[notice.member_id])
        return found

    def _forgotten(self) -> int:
        """What may be told, was not read, is wanted by mail, and no mail told it."""
        found = 0
        with self.database.transaction() as session:
            for one, wish in self.wishes.items():
                if one in self._suspended:
                    continue  # and mailed once they are reinstated
                rows = mails.list_pending(session, member_id=one)
                modes = [wish.mode_of(row.kind, row.class_) for row in rows]
                found += sum(
                    mode == "now" or (mode == "digest" and wish.digest != "off") for mode in modes
                )
        return found


def _wish(number: int) -> Preferences:
    """Most keep what holds at first; others choose otherwise."""
    zone = ZONES[number % len(ZONES)]
    kind = number // len(ZONES) % 10
    if kind == 6:
        return Preferences(time_zone=zone, digest="weekly")
    if kind == 7:
        return Preferences(time_zone=zone, digest="off")
    if kind == 8:
        return Preferences(time_zone=zone, digest_hour=18, quiet=Quiet(on_weekends=False))
    if kind == 9:
        at_once = {name: ClassWish("now") for name in Preferences(time_zone=zone).classes}
        return Preferences(time_zone=zone, classes=at_once, digest_hour=2)
    return Preferences(time_zone=zone)


def _address(one: UUID) -> AddressConfirmed:
    its: dict[str, Any] = {"email": f"{one.hex}@example.org", "state": "confirmed"}
    return AddressConfirmed(member_id=one, revision=1, changed_at=clock.now(), **its)


def _follow(follower_id: UUID, followed_id: UUID) -> MemberFollowed:
    return MemberFollowed(
        follower_id=follower_id, followed_id=followed_id, revision=1, changed_at=clock.now()
    )


def _post(author_id: UUID, question: PostPublished | None, audience: Any) -> PostPublished:
    return PostPublished(
        post_id=new_id(),
        revision=1,
        author_id=author_id,
        kind="answer" if question else "question",
        question_id=question.post_id if question else None,
        title="" if question else "Who knows rye?",
        body="Why does it not rise?",
        keywords=(),
        audience=question.audience if question else audience,
        published_at=clock.now(),
    )


def _removal(post: PostPublished) -> PostRemoved:
    return PostRemoved(
        post_id=post.post_id,
        revision=2,
        author_id=post.author_id,
        kind=post.kind,
        question_id=None,
        removed_at=clock.now(),
    )


def _mailed_twice(sent: Sequence[Mail], told: Sequence[Notice]) -> int:
    once = {one.id for one in told if one.kind not in GROUPED}
    counts: dict[UUID, int] = defaultdict(int)
    for mail in sent:
        for one in once.intersection(mail.notice_ids):
            counts[one] += 1
    return sum(count > 1 for count in counts.values())


_TELLING = next(chore for chore in chores.CHORES if chore.name == "go on telling")
COUNTED, GROUPED = ("notice", "roundup"), ("like", "answer")
PROMISES = (
    "days over budget",
    "days with two digests",
    "mails while it was quiet",
    "notices mailed though read",
    "notices mailed twice",
    "notices neither read nor mailed",
)


def run(machine: Machine, rounds: int) -> list[Row]:
    """Both months, once."""
    del rounds
    rows = []
    for begins in MONTHS:
        with machine.server.database(SERVICE) as url:
            month, started = Month(url, begins), time.monotonic()
            month.run()
            seconds = time.monotonic() - started
            for name, count in month.faults().items():
                met = ("yes" if count == 0 else "NO") if name in PROMISES else ""
                goal = "0" if name in PROMISES else ""
                rows.append(Row(f"{begins:%B}: {name}", f"{count:,}", goal=goal, met=met))
            rows.append(Row(f"{begins:%B}: {MEMBERS:,} members' month", f"{seconds:.0f} s"))
            month.database.close()
    return rows
