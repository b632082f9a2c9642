"""Member × skill: the sum of the evidence, announced when it reaches another level."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, bindparam, exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import Insert, aggregate_order_by
from sqlalchemy.orm import Session

from chassis import clock, members
from chassis.messaging.outbox import record
from chassis.pages import AnySelect
from chassis.replicas import insert_all
from chassis.statements import Statement
from services.skills.events import announcement
from services.skills.models import Attribution, Evidence, MemberRef, Skill
from services.skills.rules import independent_voices, level_of, score_of

Key = tuple[UUID, int]
PAGE = 500  # attributions


def sum_up(session: Session, keys: Collection[Key]) -> None:
    """Add up the evidence of members and skills; records what reached another level.

    The sums are taken anew from the rows, under the lock of the attribution: nothing
    drifts, and two writers of one attribution see each other's evidence. A leaver holds
    nothing, whatever the evidence.
    """
    ordered = sorted(keys)
    for start in range(0, len(ordered), PAGE):
        _sum_up_page(session, ordered[start : start + PAGE])


def _sum_up_page(session: Session, keys: Sequence[Key]) -> None:
    held = _lock(session, keys)
    evidence = _evidence(session, keys)
    now = clock.now()
    changed, announced = [], []
    for row in held:
        after = Sums.of(evidence.get((row.member_id, row.skill_id), []))
        level = level_of(score_of(after.strength, now), after.voices)
        is_new_level = level != row.level
        revision = row.revision + is_new_level
        if is_new_level or after != Sums.kept(row):
            changed.append((row.member_id, row.skill_id, *astuple(after), level, revision))
        if is_new_level:
            announced.append(changed[-1])
    if changed:
        columns = zip(_WRITTEN, zip(*changed, strict=True), strict=True)
        _WRITE.rows(session, **{name: list(values) for name, values in columns})
    _announce(session, announced)


@dataclass(frozen=True)
class Sums:
    """What the evidence of one attribution adds up to."""

    strength: float
    voices: float
    liker_count: int
    evidence_count: int
    last_evidence_at: datetime | None

    @classmethod
    def of(cls, likers: Sequence[Any]) -> "Sums":
        """Of each liker's strength, number of likes and latest one."""
        strengths = [liker.strength for liker in likers]
        return cls(
            strength=float(sum(strengths)),
            voices=independent_voices(strengths),
            liker_count=len(likers),
            evidence_count=sum(liker.count for liker in likers),
            last_evidence_at=max((liker.latest for liker in likers), default=None),
        )

    @classmethod
    def kept(cls, row: Any) -> "Sums":
        """As the attribution's row has them."""
        return cls(
            row.strength, row.voices, row.liker_count, row.evidence_count, row.last_evidence_at
        )


def _lock(session: Session, keys: Sequence[Key]) -> Sequence[Any]:
    given = {"member_ids": [key[0] for key in keys], "skill_ids": [key[1] for key in keys]}
    rows = _LOCK.rows(session, **given)
    if len(rows) == len(keys):
        return rows
    _STUBS.rows(session, member_id=given["member_ids"], skill_id=given["skill_ids"])
    return _LOCK.rows(session, **given)


def _evidence(session: Session, keys: Sequence[Key]) -> dict[Key, list[Any]]:
    """Per attribution, each liker's strength, number of likes and latest one."""
    grouped = defaultdict(list)
    given = {"member_ids": [key[0] for key in keys], "skill_ids": [key[1] for key in keys]}
    for row in _EVIDENCE.rows(session, **given):
        grouped[row.member_id, row.skill_id].append(row)
    return grouped


def _announce(session: Session, written: Sequence[tuple[Any, ...]]) -> None:
    if not written:
        return
    attributions = [Attribution(**dict(zip(_WRITTEN, row, strict=True))) for row in written]
    wanted = {attribution.skill_id for attribution in attributions}
    skills = {
        skill.id: skill for skill in session.scalars(select(Skill).where(Skill.id.in_(wanted)))
    }
    events = [announcement(row, skills[row.skill_id]) for row in attributions]
    record(session, *events)


_KEY = ("member_id", "skill_id")
_WRITTEN = (*_KEY, *(field.name for field in fields(Sums)), "level", "revision")


def _keys() -> AnySelect:
    members_, skills = Attribution.member_id.type, Attribution.skill_id.type
    return select(
        func.unnest(bindparam("member_ids", type_=ARRAY(members_))),
        func.unnest(bindparam("skill_ids", type_=ARRAY(skills))),
    )


def _select_held() -> AnySelect:
    table = Attribution.__table__
    key = tuple_(Attribution.member_id, Attribution.skill_id)
    order = Attribution.member_id, Attribution.skill_id
    return select(*table.c).where(key.in_(_keys())).order_by(*order).with_for_update()


def _select_evidence() -> AnySelect:
    left = exists().where(MemberRef.id == Evidence.member_id, MemberRef.state == members.LEFT)
    key = Evidence.member_id, Evidence.skill_id
    return (
        select(
            *key,
            # A fixed order: the same evidence gives the same sum to the last bit.
            func.sum(aggregate_order_by(Evidence.strength, Evidence.post_id)).label("strength"),
            func.count().label("count"),
            func.max(Evidence.liked_at).label("latest"),
        )
        .where(tuple_(*key).in_(_keys()), ~left)
        .group_by(*key, Evidence.liker_id)
        .order_by(*key, Evidence.liker_id)
    )


def _upsert() -> Insert:
    new = insert_all(Attribution.__table__, _WRITTEN)  # type: ignore[arg-type]
    changed = {name: new.excluded[name] for name in _WRITTEN if name not in _KEY}
    return new.on_conflict_do_update(index_elements=_KEY, set_=changed)


_LOCK = Statement(_select_held())
_EVIDENCE = Statement(_select_evidence())
_STUBS = Statement(insert_all(Attribution.__table__, _KEY).on_conflict_do_nothing())  # type: ignore[arg-type]
_WRITE = Statement(_upsert())
