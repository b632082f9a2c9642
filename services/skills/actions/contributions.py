"""What posts bring their authors in each skill, and who supports it.

A post's contribution is a function of its support and mentions, that of a skill which an edit added
of the voices since; what it was before is kept, and subtracted exactly. Fortnights and supporters
are sums of contributions and voices.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Uuid,
    any_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.pages import AnySelect
from chassis.replicas import insert_all
from chassis.statements import Statement
from contracts.skills import Cause
from services.skills import rules
from services.skills.actions import attributions, late_voices
from services.skills.actions.attributions import Key
from services.skills.actions.late_voices import Change
from services.skills.actions.voices import Heard, Turned
from services.skills.models import (
    AcceptRef,
    Contribution,
    Discount,
    LikeRef,
    Mention,
    PostRef,
    PostVoice,
    Skill,
)

PAGE = 200  # posts
SUMS = ("backed", "shared", "asked", "unbacked", "branch", "like_count")
COLUMNS = ("member_id", "number", "kind", *SUMS, "liked_at", "added_at", "late_support")
ADDED_AT = COLUMNS.index("added_at")
Values = tuple[Any, ...]  # a contribution, by COLUMNS
OfSkill = dict[tuple[UUID, int], Values]  # by post and skill


@dataclass
class Steps:
    """What is added to fortnights and supporters, or taken away; and voices of late skills."""

    fortnights: dict[tuple[UUID, int, int], list[int]] = field(default_factory=dict)
    supporters: dict[tuple[UUID, int, UUID], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    late: list[Change] = field(default_factory=list)

    def add(self, skill_id: int, values: Values, sign: int) -> None:
        """A contribution, or (-1) one that is no more."""
        member_id, number, kind, *sums = values[: 3 + len(SUMS)]
        sums.append(1 if kind == "answer" and sums[0] else 0)  # an answer that somebody likes
        steps = self.fortnights.setdefault((member_id, skill_id, number), [0] * len(sums))
        for place, value in enumerate(sums):
            steps[place] += sign * value

    @property
    def keys(self) -> set[Key]:
        """The attributions concerned."""
        changed = {key[:2] for key, steps in self.fortnights.items() if any(steps)}
        return changed | {key[:2] for key, steps in self.supporters.items() if any(steps.values())}


def settle_posts(
    session: Session, post_ids: Collection[UUID], *, turned: Turned, cause: Cause = "like"
) -> None:
    """Bring contributions of posts, and all that is summed up of them, to what is said now.

    The caller holds the locks of the posts' rows, and has counted their likes (`turned`).
    """
    ordered = sorted({*post_ids, *turned.post_ids})
    steps = Steps()
    writes: OfSkill = {}
    gone: list[tuple[UUID, int]] = []
    for start in range(0, len(ordered), PAGE):
        page = ordered[start : start + PAGE]
        before, now = _before(session, page), _now(session, page)
        _support(session, before, now, turned, steps)
        for key in before.keys() | now.keys():
            was, becomes = before.get(key), now.get(key)
            if was == becomes:
                continue
            if was is not None:
                steps.add(key[1], was, -1)
            if becomes is None:
                gone.append(key)
            else:
                steps.add(key[1], becomes, 1)
                writes[key] = becomes
    # Attributions are locked before what they sum up, in the order of their keys.
    keys = steps.keys | {(values[0], key[1]) for key, values in writes.items()}
    held = attributions.lock_attributions(session, keys)
    _write(session, writes, gone)
    late_voices.keep_changes(session, steps.late)
    heard = attributions.add_steps(
        session, fortnights=steps.fortnights, supporters=steps.supporters
    )
    attributions.sum_up(session, held, heard=heard, cause=cause)


def _before(session: Session, post_ids: Sequence[UUID]) -> OfSkill:
    rows = _BEFORE.rows(session, post_ids=list(post_ids))
    return {(row.post_id, row.skill_id): _VALUES(row) for row in rows}


def _now(session: Session, post_ids: Sequence[UUID]) -> OfSkill:
    """As posts and mentions say; of a removed post, and of one that is not told, there is none."""
    found: OfSkill = {}
    now = clock.now()
    about: dict[UUID, list[Any]] = defaultdict(list)
    since: dict[tuple[UUID, int], Any] = {}
    for row in _POSTS.rows(session, post_ids=list(post_ids)):
        about[row.id].append(row)
        if row.added_at is not None:
            since[row.id, row.skill_id] = row.added_at
    late = late_voices.find_late(session, since=since)
    for post_id, rows in about.items():
        for row in rows:
            share = rules.share_of(row.relevance, len(rows))
            number = rules.fortnight_of(row.published_at, now)
            liked = late.get((post_id, row.skill_id))
            by: Any = liked or row
            one = rules.contribution_of(row.kind, by.support, share, number, branch=by.branch)
            sums = (getattr(one, name) for name in SUMS[:-1])
            found[post_id, row.skill_id] = (
                *(row.author_id, number, row.kind),
                *(*sums, by.like_count, by.liked_at),
                *(row.added_at, liked and liked.support),
            )
    return found


def _late(rows: OfSkill) -> dict[tuple[UUID, int], datetime]:
    """Those that an edit added, and when."""
    return {key: values[ADDED_AT] for key, values in rows.items() if values[ADDED_AT] is not None}


def _support(session: Session, before: OfSkill, now: OfSkill, turned: Turned, steps: Steps) -> None:
    """Voices that are heard now, or no more, on each skill; all of them where that is new."""
    late_before, late_now = _late(before), _late(now)
    # Skills that have the voices of their post.
    was, becomes = before.keys() - late_before.keys(), now.keys() - late_now.keys()
    voices = _voices(session, sorted({post_id for post_id, _ in was ^ becomes}))
    for key in was & becomes:
        _count(steps, key[1], now[key], turned.heard.get(key[0], {}))
    for key in becomes - was:
        _count(steps, key[1], now[key], dict.fromkeys(voices.get(key[0], ()), 1))
    for key in was - becomes:
        present, heard = voices.get(key[0], ()), turned.heard.get(key[0], {})
        earlier = {v for v in present if heard.get(v) != 1} | {v for v in heard if heard[v] < 0}
        _count(steps, key[1], before[key], dict.fromkeys(earlier, -1))
    since = {**dict.fromkeys(late_before), **late_now}
    for one in late_voices.find_changes(session, since=since):
        steps.late.append(one)
        values = now.get(one.key) or before[one.key]
        if one.count_before:
            _count(steps, one.key[1], values, {(one.voice_id, one.was_branch): -1})
        if one.like_count:
            _count(steps, one.key[1], values, {(one.voice_id, one.is_branch): 1})


def _count(steps: Steps, skill_id: int, values: Values, heard: Mapping[Heard, int]) -> None:
    for (voice_id, is_branch), step in heard.items():
        kind = attributions.BRANCH if is_branch else f"{values[2]}s"
        steps.supporters[values[0], skill_id, voice_id][kind] += step


def _voices(session: Session, post_ids: Sequence[UUID]) -> dict[UUID, list[Heard]]:
    found: dict[UUID, list[Heard]] = defaultdict(list)
    for row in _VOICES.rows(session, post_ids=list(post_ids)) if post_ids else ():
        found[row.post_id].append((row.voice_id, row.is_branch))
    return found


def _write(session: Session, writes: OfSkill, gone: Sequence[tuple[UUID, int]]) -> None:
    if gone:
        key = tuple_(Contribution.post_id, Contribution.skill_id)
        session.execute(delete(Contribution).where(key.in_(gone)))
    if writes:
        rows = [(*key, *values) for key, values in sorted(writes.items(), key=lambda one: one[0])]
        columns = zip(_WRITTEN, zip(*rows, strict=True), strict=True)
        _WRITE.rows(session, **{name: list(values) for name, values in columns})


_WRITTEN = ("post_id", "skill_id", *COLUMNS)
_VALUES: Callable[[Any], Values] = attrgetter(*COLUMNS)


def _posts() -> AnySelect:
    """Posts with what they are about, their support, and when the latest like was given."""
    liked = select(LikeRef.liked_at).where(
        LikeRef.post_id == PostRef.id, LikeRef.voice_id.is_not(None)
    )
    liked = liked.order_by(LikeRef.liked_at.desc()).limit(_ONE)
    accepted = select(AcceptRef.accepted_at).where(AcceptRef.counted_id == PostRef.id)
    latest = func.greatest(liked.scalar_subquery(), accepted.scalar_subquery())
    return (
        select(
            PostRef.id,
            PostRef.kind,
            PostRef.author_id,
            PostRef.published_at,
            PostRef.support,
            PostRef.branch,
            PostRef.like_count,
            Mention.skill_id,
            Mention.relevance,
            Mention.added_at,
            latest.label("liked_at"),
        )
        .join(Mention, Mention.post_id == PostRef.id)
        .where(_THESE, PostRef.removed_at.is_(None), PostRef.revision > 0, ~_is_taken_out())
        .order_by(PostRef.id, Mention.skill_id)
    )


def _is_taken_out() -> ColumnElement[bool]:
    """A moderator discounted the post for the skill, or for one that leads to it."""
    meant = func.coalesce(Skill.root_id, Skill.id) == Mention.skill_id
    standing = exists().where(Discount.post_id == PostRef.id, Discount.ended_at.is_(None))
    return standing.where(Skill.id == Discount.skill_id, meant)


def _upsert() -> Insert:
    new = insert_all(Contribution, _WRITTEN)
    changed = {name: new.excluded[name] for name in _WRITTEN[2:]}
    return new.on_conflict_do_update(index_elements=_WRITTEN[:2], set_=changed)


_IDS = bindparam("post_ids", type_=ARRAY(Uuid))
_THESE = PostRef.id == any_(_IDS)
_ONE: ColumnElement[int] = literal_column("1")
_BEFORE = Statement(
    select(*(getattr(Contribution, name) for name in _WRITTEN)).where(
        Contribution.post_id == any_(_IDS)
    )
)
_POSTS = Statement(_posts())
_VOICES = Statement(
    select(PostVoice.post_id, PostVoice.voice_id, PostVoice.is_branch).where(
        PostVoice.post_id == any_(_IDS), PostVoice.like_count > 0
    )
)
_WRITE = Statement(_upsert())
