"""Member × skill: what its fortnights add up to, announced when it reaches another level."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from operator import attrgetter
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.orm import Session

from chassis import clock, context, members
from chassis.messaging.outbox import record
from chassis.pages import AnySelect
from chassis.replicas import insert_all
from chassis.statements import Statement
from contracts import Event
from contracts.skills import Cause
from services.skills import rules
from services.skills.events import announcement
from services.skills.models import (
    Attribution,
    Contribution,
    Fortnight,
    LikeRef,
    MemberRef,
    Skill,
    Supporter,
)
from services.skills.standings import by_row, standing_of

Key = tuple[UUID, int]
Announced = tuple[Attribution, rules.Standing]
PAGE = 500  # attributions
ANSWERS, SHARES, QUESTIONS, BRANCH = "answers", "shares", "questions", "branch"
_KINDS = (ANSWERS, SHARES, QUESTIONS, BRANCH)


def lock_attributions(session: Session, keys: Collection[Key]) -> list[Any]:
    """The rows of these attributions, in the order of their keys; stubs where there were none.

    Before the fortnights that they sum up: two writers of one attribution see each other's.
    """
    ordered = sorted(keys)
    if not ordered:
        return []
    given = {"member_ids": [key[0] for key in ordered], "skill_ids": [key[1] for key in ordered]}
    rows = _LOCK.rows(session, **given)
    if len(rows) < len(ordered):
        _STUBS.rows(session, member_id=given["member_ids"], skill_id=given["skill_ids"])
        rows = _LOCK.rows(session, **given)
    return list(rows)


def add_steps(
    session: Session,
    *,
    fortnights: Mapping[tuple[UUID, int, int], Sequence[int]],
    supporters: Mapping[tuple[UUID, int, UUID], Mapping[str, int]],
) -> dict[Key, Counter[str]]:
    """Add to fortnights and supporters; by attribution: how many more voices are heard on what."""
    rows = [(*key, *steps) for key, steps in sorted(fortnights.items()) if any(steps)]
    if rows:
        _FORTNIGHTS.rows(session, **_columns(_FORTNIGHT, rows))
    voices = [
        (*key, *(steps.get(kind, 0) for kind in _KINDS))
        for key, steps in sorted(supporters.items())
        if any(steps.values())
    ]
    heard: dict[Key, Counter[str]] = defaultdict(Counter)
    for row in _SUPPORTERS.rows(session, **_columns(_SUPPORTER, voices)) if voices else ():
        steps = supporters[row.member_id, row.skill_id, row.voice_id]
        after = {kind: getattr(row, kind) for kind in _KINDS}
        before = {kind: after[kind] - steps.get(kind, 0) for kind in _KINDS}
        heard[row.member_id, row.skill_id].update(
            {name: how(after) - how(before) for name, how in _HEARD.items()}
        )
    return heard


def sum_up(
    session: Session,
    held: Sequence[Any],
    *,
    heard: Mapping[Key, Mapping[str, int]],
    cause: Cause = "like",
) -> None:
    """Sum up locked attributions; records what reached another level, and why.

    A leaver holds nothing, whatever the evidence.
    """
    for start in range(0, len(held), PAGE):
        _sum_up_page(session, held[start : start + PAGE], heard, cause)


def _sum_up_page(
    session: Session,
    held: Sequence[Any],
    heard: Mapping[Key, Mapping[str, int]],
    cause: Cause,
) -> None:
    now = clock.now()
    given = {
        "member_ids": [row.member_id for row in held],
        "skill_ids": [row.skill_id for row in held],
    }
    by_key: dict[Key, list[Any]] = defaultdict(list)
    for row in _OF_KEYS.rows(session, **given):
        by_key[row.member_id, row.skill_id].append(row)
    latest = {(r.member_id, r.skill_id): r for r in _LATEST.rows(session, **given)}
    changed: list[tuple[Any, ...]] = []
    announced: list[Announced] = []
    for row in held:
        key = (row.member_id, row.skill_id)
        last = latest[key]
        # No Attribution: SQLAlchemy would watch each of its values, for many that nobody hears of.
        after = SimpleNamespace(
            member_id=key[0], skill_id=key[1], **_summed(row, by_key[key], heard.get(key, {}), last)
        )
        standing, held_by = by_row(last), rules.held_of(after)
        after.level = rules.level_of(rules.worth_at(after, now), held=held_by, standing=standing)
        after.revision = row.revision + (after.level != row.level)
        values = _VALUES(after)
        if values != _VALUES(row):
            changed.append(values)
        if after.level != row.level:
            told = Attribution(**vars(after), is_hidden=row.is_hidden)
            announced.append((told, standing))
    if changed:
        _WRITE.rows(session, **_columns(_WRITTEN, changed))
    _announce(session, announced, cause)


def _summed(
    row: Any, fortnights: Sequence[Any], heard: Mapping[str, int], last: Any
) -> dict[str, Any]:
    if last.has_left:
        return {**dict.fromkeys(_SUMMED, 0), "last_evidence_at": None}
    sums = rules.sum_up(
        rules.Fortnight(one.number, one.backed, one.shared, one.asked, one.unbacked, one.branch)
        for one in fortnights
    )
    voices = {name: getattr(row, name) + heard.get(name, 0) for name in _HEARD}
    return {
        "evidence": sums.order,
        "strength": sums.answers + sums.shares,
        "by_answers": sums.answers,
        "by_branch": sums.branch,
        **voices,
        "evidence_count": sum(one.like_count for one in fortnights),
        "answer_count": sum(one.answer_count for one in fortnights),
        "fortnight_count": sum(one.answer_count > 0 for one in fortnights),
        "last_evidence_at": last.liked_at,
    }


def _announce(session: Session, announced: Sequence[Announced], cause: Cause) -> None:
    """Record them, as imported where the latest like behind one was.

    So whoever comes upon it, a night or a recount weeks later, knows what is nobody's news.
    """
    if not announced:
        return
    given = {
        "member_ids": [row.member_id for row, _ in announced],
        "skill_ids": [row.skill_id for row, _ in announced],
    }
    skills = {(one.member_id, one.skill_id): one for one in _TOLD.rows(session, **given)}
    news: list[Event] = []
    imported: list[Event] = []
    for row, standing in announced:
        skill = skills[row.member_id, row.skill_id]
        told = imported if skill.is_imported else news
        told.append(announcement(row, skill, standing, cause=cause))
    record(session, *news)
    with context.importing():
        record(session, *imported)


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


_KEY = ("member_id", "skill_id")
_FORTNIGHT = (
    *(*_KEY, "number", "backed", "shared", "asked", "unbacked", "branch"),
    *("like_count", "answer_count"),
)
_SUPPORTER = (*_KEY, "voice_id", *_KINDS)
_HEARD: Mapping[str, Callable[[Mapping[str, int]], int]] = {
    "voices": lambda on: int(on[ANSWERS] > 0),
    "all_voices": lambda on: int(on[ANSWERS] + on[SHARES] > 0),
    "liker_count": lambda on: int(sum(on.values()) > 0),
}
_SUMMED = (
    *("evidence", "strength", "by_answers", "by_branch", *_HEARD),
    *("evidence_count", "answer_count", "fortnight_count"),
)
_WRITTEN = (*_KEY, *_SUMMED, "last_evidence_at", "level", "revision")
_VALUES = attrgetter(*_WRITTEN)


def _keys() -> AnySelect:
    members_, skills = Attribution.member_id.type, Attribution.skill_id.type
    return select(
        func.unnest(bindparam("member_ids", type_=ARRAY(members_))).label("member_id"),
        func.unnest(bindparam("skill_ids", type_=ARRAY(skills))).label("skill_id"),
    )


def _select_held() -> AnySelect:
    columns = (getattr(Attribution, name) for name in (*_WRITTEN, "is_hidden"))
    key = tuple_(Attribution.member_id, Attribution.skill_id)
    order = Attribution.member_id, Attribution.skill_id
    return select(*columns).where(key.in_(_keys())).order_by(*order).with_for_update()


def _select_fortnights() -> AnySelect:
    key = tuple_(Fortnight.member_id, Fortnight.skill_id)
    columns = (getattr(Fortnight, name) for name in _FORTNIGHT)
    # A fixed order: the same fortnights give the same sums to the last bit.
    return select(*columns).where(key.in_(_keys())).order_by(Fortnight.number)


def _select_latest() -> AnySelect:
    """When the latest like of each was given, the member's standing, and whether they have left."""
    given = _keys().subquery("given")
    member_id, skill_id = given.c.member_id, given.c.skill_id
    liked = select(Contribution.liked_at).where(
        Contribution.member_id == member_id,
        Contribution.skill_id == skill_id,
        Contribution.liked_at.is_not(None),
    )
    liked = liked.order_by(Contribution.liked_at.desc()).limit(literal_column("1"))
    left = exists().where(MemberRef.id == member_id, MemberRef.state == members.LEFT)
    return select(
        member_id,
        skill_id,
        liked.scalar_subquery().label("liked_at"),
        left.label("has_left"),
        *standing_of(member_id),
    )


def _select_told() -> AnySelect:
    """The skills of these, and whether the latest like behind each was imported."""
    given = _keys().subquery("given")
    one: ColumnElement[int] = literal_column("1")
    # Looked up for each: joined, all likes would be read where many are announced.
    is_imported = select(LikeRef.is_imported).where(
        LikeRef.post_id == Contribution.post_id,
        LikeRef.liked_at == Contribution.liked_at,
        LikeRef.voice_id.is_not(None),
    )
    latest = select(is_imported.limit(one).scalar_subquery()).where(
        Contribution.member_id == given.c.member_id,
        Contribution.skill_id == given.c.skill_id,
        Contribution.liked_at.is_not(None),
    )
    latest = latest.order_by(Contribution.liked_at.desc()).limit(one)
    was_imported = func.coalesce(latest.scalar_subquery(), false()).label("is_imported")
    called = Skill.slug, Skill.label_en, Skill.label_fr
    return select(given.c.member_id, given.c.skill_id, *called, was_imported).join(
        Skill, Skill.id == given.c.skill_id
    )


def _add_to(model: type[Any], names: Sequence[str], keys: int) -> Insert:
    new = insert_all(model, names)
    added = {name: getattr(model, name) + new.excluded[name] for name in names[keys:]}
    return new.on_conflict_do_update(index_elements=names[:keys], set_=added)


def _upsert() -> Insert:
    new = insert_all(Attribution, _WRITTEN)
    changed = {name: new.excluded[name] for name in _WRITTEN if name not in _KEY}
    return new.on_conflict_do_update(index_elements=_KEY, set_=changed)


_LOCK = Statement(_select_held())
_OF_KEYS = Statement(_select_fortnights())
_LATEST = Statement(_select_latest())
_TOLD = Statement(_select_told())
_STUBS = Statement(insert_all(Attribution, _KEY).on_conflict_do_nothing())
_FORTNIGHTS = Statement(_add_to(Fortnight, _FORTNIGHT, 3))
_SUPPORTERS = Statement(
    _add_to(Supporter, _SUPPORTER, 3).returning(*(getattr(Supporter, name) for name in _SUPPORTER))
)
_WRITE = Statement(_upsert())
