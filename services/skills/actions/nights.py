"""What a night does: it measures trust, counts what that changes, and tells changed levels.

Every piece is a transaction of its own and may be done twice. The one row of `nights` says how far
the night is; of several workers one holds it at a time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, tuple_, union
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.logs import get_logger
from chassis.replicas import insert_all
from chassis.statements import Statement
from services.skills import rules
from services.skills.actions import locks
from services.skills.models import DueLiker, LikeRef, MemberRef, Night, PostRef, Standing

log = get_logger("nights")

HOUR = timedelta(hours=2)  # when nights begin, UTC
PAGE = 5_000  # standings in one transaction
STAGES = ("flow", "posts", "readers", "levels", "alarms", "done")
FLOW, POSTS, READERS, LEVELS, ALARMS, DONE = STAGES
Row = tuple[UUID, UUID, int, int | None, int]  # a standing: `_COLUMNS`


def hold_night(session: Session) -> Night | None:
    """The night that is to be gone on with, locked; None if there is none, or another has it.

    The next one begins when its hour has come and no likes wait to be counted.
    """
    session.execute(insert(Night).values(id=1).on_conflict_do_nothing())
    night = session.scalar(select(Night).with_for_update(skip_locked=True))
    if night is None or (night.stage == DONE and not _is_due(session, night)):
        return None
    if night.stage == DONE:
        _begin(session, night)
    return night


def _is_due(session: Session, night: Night) -> bool:
    is_new = night.begun_at is None or _day_of(night.begun_at) < _day_of(clock.now())
    return is_new and not session.scalar(select(exists().where(DueLiker.member_id.is_not(None))))


def _day_of(moment: datetime) -> date:
    return (moment - HOUR).date()


def _begin(session: Session, night: Night) -> None:
    night.begun_at = clock.now()
    if night.trust_began_at is None and _count_active(session) >= rules.MEMBERS_FOR_TRUST:
        night.trust_began_at = night.begun_at
        night.founder_ids = list(session.scalars(_FIRST_LIKED))
        log.info("trust began", founders=len(night.founder_ids))
    if night.trust_began_at is None:
        night.go_on(LEVELS)
        return
    night.number += 1
    night.unseen = rules.blended(0, night.number)
    night.go_on(FLOW)


def _count_active(session: Session) -> int:
    """Members who posted or liked within 90 days."""
    since = clock.now() - timedelta(days=rules.ACTIVE_DAYS)
    wrote = select(PostRef.author_id).where(PostRef.published_at >= since)
    liked = select(LikeRef.liker_id).where(LikeRef.liked_at >= since, LikeRef.is_liked)
    active = select(func.count()).select_from(MemberRef).where(MemberRef.state == members.ACTIVE)
    return session.scalar(active.where(MemberRef.id.in_(union(wrote, liked)))) or 0


@dataclass(frozen=True)
class Findings:
    """What a stage found to be other than it stands, and how some of it is written."""

    rows: Sequence[Any]
    size: int  # rows in one transaction
    write: Callable[[Session, Sequence[Any]], None]

    def pages(self) -> Iterator[Sequence[Any]]:
        """What is written in a transaction each."""
        for start in range(0, len(self.rows), self.size):
            yield self.rows[start : start + self.size]


def measure(session: Session, *, night: Night, founder_ids: Sequence[UUID]) -> Findings:
    """Measure trust; the founders of the settings, else those fixed when trust began."""
    # numpy takes 6 MB of each process that loads it, and a worker needs it at night alone.
    from services.skills import trust
    from services.skills.actions.acquaintances import list_likes

    rows = _MEMBERS.rows(session)
    places = {row.id: place for place, row in enumerate(rows)}
    founders = [places[one] for one in founder_ids if one in places]
    if len(founders) < len(founder_ids):
        log.warning("unknown founders", unknown=len(founder_ids) - len(founders))
    founders = founders or [places[one] for one in night.founder_ids if one in places]
    community = trust.Community(
        trust.numbers(places.get(row.sponsor_id, -1) for row in rows),
        trust.numbers(sorted(founders)),
        trust.numbers(row.state == members.SUSPENDED for row in rows).astype(bool),
        *list_likes(session),
    )
    found = trust.standings_of(community)
    stands = {row.member_id: row for row in _STANDINGS.rows(session)}
    changed = []
    for row, voice, raw in zip(
        rows, found.voices.tolist(), found.thousandths.tolist(), strict=True
    ):
        known = stands.get(row.id)
        now = rules.blended(raw, night.number)
        voice_id = rows[voice].id
        if known is None or (known.voice_id, known.thousandths) != (voice_id, now):
            before = None if known is None else known.thousandths
            changed.append((row.id, voice_id, now, before, night.number))
    return Findings(changed, PAGE, write)


def write(session: Session, rows: Sequence[Row]) -> None:
    """Let these stand; whatever counts a like meanwhile waits, and counts by them."""
    locks.lock_night(session)
    columns = zip(_COLUMNS, zip(*rows, strict=True), strict=True)
    _WRITE.rows(session, **{name: list(values) for name, values in columns})


def _write() -> Any:
    new = insert_all(Standing, _COLUMNS)
    return new.on_conflict_do_update(
        index_elements=["member_id"],
        set_={name: new.excluded[name] for name in _COLUMNS[1:]},
        where=tuple_(Standing.voice_id, Standing.thousandths).is_distinct_from(
            tuple_(new.excluded.voice_id, new.excluded.thousandths)
        ),
    )


def _first_liked() -> Any:
    """The members who joined first of those whom another likes; an id tells when one joined."""
    liked = (
        exists()
        .where(PostRef.author_id == MemberRef.id)
        .where(LikeRef.post_id == PostRef.id, LikeRef.voice_id.is_not(None))
    )
    first = select(MemberRef.id).where(liked, MemberRef.state == members.ACTIVE)
    return first.order_by(MemberRef.id).limit(rules.FOUNDERS)


_COLUMNS = ("member_id", "voice_id", "thousandths", "before", "night")
_FIRST_LIKED = _first_liked()
_MEMBERS = Statement(
    select(MemberRef.id, MemberRef.sponsor_id, MemberRef.state).order_by(MemberRef.id)
)
_STANDINGS = Statement(select(Standing.member_id, Standing.voice_id, Standing.thousandths))
_WRITE = Statement(_write())
