"""Whose voices support a post in the skills that an edit added: those of likes since that edit.

Such a skill is counted from the likes each time, other skills from the sums of their post. What was
counted is kept, so that it can be taken back exactly.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Integer,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from chassis.pages import AnySelect
from chassis.replicas import insert_all
from chassis.statements import Statement
from services.skills.models import AcceptRef, LateVoice, LikeRef, PostVoice

Key = tuple[UUID, int]  # a post and a skill
Voices = dict[UUID, tuple[int, bool]]  # how many likes each is, and whether the author's branch


@dataclass
class Late:
    """What a skill has of its post since an edit: as `post_refs` has it of the whole."""

    support: int = 0
    branch: int = 0
    like_count: int = 0
    liked_at: datetime | None = None
    voices: Voices = field(default_factory=dict)

    def hear(self, row: Any) -> None:
        """A row of `_VOICES`."""
        self.voices[row.voice_id] = (row.like_count, row.is_branch)
        self.support += row.weight
        self.branch += row.weight * row.is_branch
        self.like_count += row.like_count
        self.liked_at = max(self.liked_at or row.liked_at, row.liked_at)


def find_late(session: Session, *, since: Mapping[Key, datetime]) -> dict[Key, Late]:
    """Whose likes and accepts are counted since these moments."""
    found = {key: Late() for key in since}
    if since:
        post_ids, skill_ids = zip(*since, strict=True)
        given = {"post_ids": list(post_ids), "skill_ids": list(skill_ids)}
        for row in _VOICES.rows(session, **given, moments=list(since.values())):
            found[row.post_id, row.skill_id].hear(row)
    return found


def find_kept(session: Session, *, post_ids: Collection[UUID]) -> dict[Key, Voices]:
    """What of these posts was counted so."""
    found: dict[Key, Voices] = defaultdict(dict)
    for row in _KEPT.rows(session, post_ids=list(post_ids)) if post_ids else ():
        found[row.post_id, row.skill_id][row.voice_id] = (row.like_count, row.is_branch)
    return found


def keep_late(session: Session, *, before: Mapping[Key, Voices], now: Mapping[Key, Voices]) -> None:
    """Keep what is counted so now in the place of what was."""
    changed = {key for key in before.keys() | now.keys() if before.get(key) != now.get(key)}
    if gone := changed & before.keys():
        key = tuple_(LateVoice.post_id, LateVoice.skill_id)
        session.execute(delete(LateVoice).where(key.in_(gone)))
    rows = [
        (*key, voice_id, *counted)
        for key in sorted(changed & now.keys())
        for voice_id, counted in sorted(now[key].items())
    ]
    if rows:
        columns = zip(_COLUMNS, zip(*rows, strict=True), strict=True)
        _KEEP.rows(session, **{name: list(values) for name, values in columns})


def _voices() -> AnySelect:
    given = (
        select(
            func.unnest(bindparam("post_ids", type_=ARRAY(Uuid))).label("post_id"),
            func.unnest(bindparam("skill_ids", type_=ARRAY(Integer))).label("skill_id"),
            func.unnest(bindparam("moments", type_=ARRAY(DateTime(timezone=True)))).label("since"),
        )
    ).cte("given")
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
    weighed = (PostVoice.weight, PostVoice.is_branch)
    same = (PostVoice.post_id == counted.c.post_id) & (PostVoice.voice_id == counted.c.voice_id)
    return (
        select(
            *of_voice,
            *weighed,
            func.count().label("like_count"),
            func.max(counted.c.liked_at).label("liked_at"),
        )
        .join(PostVoice, same)
        .group_by(*of_voice, *weighed)
    )


_COLUMNS = ("post_id", "skill_id", "voice_id", "like_count", "is_branch")
_VOICES = Statement(_voices())
_KEPT = Statement(
    select(*(getattr(LateVoice, name) for name in _COLUMNS)).where(
        LateVoice.post_id == any_(bindparam("post_ids", type_=ARRAY(Uuid)))
    )
)
_KEEP = Statement(insert_all(LateVoice, _COLUMNS))
