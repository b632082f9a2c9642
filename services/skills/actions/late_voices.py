"""Whose voices support a post in the skills that an edit added: those of likes since that edit.

Such a skill is counted from the likes each time, other skills from the sums of their post. What was
counted is kept, so that it can be taken back exactly; only what differs leaves the database.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Delete,
    Integer,
    Uuid,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.orm import Session

from chassis.pages import AnySelect
from chassis.replicas import insert_all
from chassis.statements import Statement
from services.skills.models import AcceptRef, LateVoice, LikeRef, PostVoice

Key = tuple[UUID, int]  # a post and a skill
Since = Mapping[Key, datetime | None]


@dataclass(frozen=True)
class Late:
    """What a skill has of its post since an edit: as `post_refs` has it of the whole."""

    support: int = 0
    branch: int = 0
    like_count: int = 0
    liked_at: datetime | None = None


@dataclass(frozen=True)
class Change:
    """A voice that is counted otherwise than it was: how many likes it is (0: it is not heard)."""

    key: Key
    voice_id: UUID
    count_before: int
    was_branch: bool
    like_count: int
    is_branch: bool


def find_late(session: Session, *, since: Mapping[Key, datetime]) -> dict[Key, Late]:
    """What likes and accepts since these moments add up to."""
    found = dict.fromkeys(since, Late())
    for row in _SUMS.rows(session, **_given(since)) if since else ():
        found[row.post_id, row.skill_id] = Late(
            row.support, row.branch, row.like_count, row.liked_at
        )
    return found


def find_changes(session: Session, *, since: Since) -> list[Change]:
    """Where that is not what was counted; since None nothing counts so any more."""
    return [
        Change((row.post_id, row.skill_id), *row[2:])
        for row in (_CHANGES.rows(session, **_given(since)) if since else ())
    ]


def keep_changes(session: Session, changes: Collection[Change]) -> None:
    """Keep that it is counted so now."""
    gone = [(*one.key, one.voice_id) for one in changes if not one.like_count]
    if gone:
        post_ids, skill_ids, voice_ids = (list(column) for column in zip(*gone, strict=True))
        _DROP.rows(session, post_ids=post_ids, skill_ids=skill_ids, voice_ids=voice_ids)
    rows = sorted(
        (*one.key, one.voice_id, one.like_count, one.is_branch) for one in changes if one.like_count
    )
    if rows:
        columns = zip(_COLUMNS, zip(*rows, strict=True), strict=True)
        _KEEP.rows(session, **{name: list(values) for name, values in columns})


def _given(since: Since) -> dict[str, list[Any]]:
    post_ids, skill_ids = zip(*since, strict=True)
    return {
        "post_ids": list(post_ids),
        "skill_ids": list(skill_ids),
        "moments": list(since.values()),
    }


def _keys() -> Any:
    given = select(
        func.unnest(bindparam("post_ids", type_=ARRAY(Uuid))).label("post_id"),
        func.unnest(bindparam("skill_ids", type_=ARRAY(Integer))).label("skill_id"),
        func.unnest(bindparam("moments", type_=ARRAY(DateTime(timezone=True)))).label("since"),
    )
    return given.cte("given")


def _voices(given: Any) -> Any:
    liked = select(given, LikeRef.voice_id, LikeRef.liked_at).join(
        LikeRef, (LikeRef.post_id == given.c.post_id) & (LikeRef.liked_at >= given.c.since)
    )
    accepted = select(given, AcceptRef.voice_id, AcceptRef.accepted_at).join(
        AcceptRef,
        (AcceptRef.counted_id == given.c.post_id) & (AcceptRef.accepted_at >= given.c.since),
    )
    counted = union_all(
        liked.where(LikeRef.voice_id.is_not(None)), accepted.where(AcceptRef.voice_id.is_not(None))
    ).subquery("counted")
    of_voice = (counted.c.post_id, counted.c.skill_id, counted.c.voice_id)
    by_voice = (
        select(
            *of_voice,
            func.count().label("like_count"),
            func.max(counted.c.liked_at).label("liked_at"),
        )
        .group_by(*of_voice)
        .subquery("by_voice")
    )
    # Looked up for each, which a limit makes sure of: else the voices of all posts may be read.
    weighed = (
        select(PostVoice.weight, PostVoice.is_branch)
        .where(PostVoice.post_id == by_voice.c.post_id, PostVoice.voice_id == by_voice.c.voice_id)
        .limit(_ONE)
        .lateral("weighed")
    )
    return select(by_voice, *weighed.c).join(weighed, true()).subquery("voices")


def _sums() -> AnySelect:
    now = _voices(_keys())
    key = now.c.post_id, now.c.skill_id
    branch = func.coalesce(func.sum(now.c.weight).filter(now.c.is_branch), _ZERO)
    return select(
        *key,
        func.sum(now.c.weight).label("support"),
        branch.label("branch"),
        cast(func.sum(now.c.like_count), Integer).label("like_count"),
        func.max(now.c.liked_at).label("liked_at"),
    ).group_by(*key)


def _changes() -> AnySelect:
    given = _keys()
    now = _voices(given)
    kept = select(*(getattr(LateVoice, name) for name in _COLUMNS)).join(
        given, (given.c.post_id == LateVoice.post_id) & (given.c.skill_id == LateVoice.skill_id)
    )
    before = kept.subquery("before")
    same = (
        (now.c.post_id == before.c.post_id)
        & (now.c.skill_id == before.c.skill_id)
        & (now.c.voice_id == before.c.voice_id)
    )
    either = (func.coalesce(now.c[name], before.c[name]).label(name) for name in _COLUMNS[:3])
    counted = tuple_(now.c.like_count, now.c.is_branch)
    return (
        select(
            *either,
            func.coalesce(before.c.like_count, _ZERO).label("count_before"),
            func.coalesce(before.c.is_branch, _NO).label("was_branch"),
            func.coalesce(now.c.like_count, _ZERO).label("like_count"),
            func.coalesce(now.c.is_branch, _NO).label("is_branch"),
        )
        .select_from(now.join(before, same, full=True))
        .where(counted.is_distinct_from(tuple_(before.c.like_count, before.c.is_branch)))
    )


def _drop() -> Delete:
    given = func.unnest(
        bindparam("post_ids", type_=ARRAY(Uuid)),
        bindparam("skill_ids", type_=ARRAY(Integer)),
        bindparam("voice_ids", type_=ARRAY(Uuid)),
    ).table_valued(*_COLUMNS[:3])
    given = given.render_derived(name="given")
    return delete(LateVoice).where(
        *(getattr(LateVoice, name) == given.c[name] for name in _COLUMNS[:3])
    )


def _upsert() -> Insert:
    new = insert_all(LateVoice, _COLUMNS)
    changed = {name: new.excluded[name] for name in _COLUMNS[3:]}
    return new.on_conflict_do_update(index_elements=_COLUMNS[:3], set_=changed)


_COLUMNS = ("post_id", "skill_id", "voice_id", "like_count", "is_branch")
_ONE: Any = literal_column("1")
_ZERO: Any = literal_column("0")
_NO: Any = literal_column("false")
_SUMS = Statement(_sums())
_CHANGES = Statement(_changes())
_DROP = Statement(_drop())
_KEEP = Statement(_upsert())
