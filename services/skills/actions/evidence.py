"""What each like is worth on each skill: a function of the present posts, likes and members.

A suspended member's likes are left out as if they were not given, and are there again
when the member is. A like of someone who left stays.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Delete,
    any_,
    bindparam,
    delete,
    exists,
    func,
    select,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.orm import Session, aliased

from chassis import clock, members
from chassis.pages import AnySelect
from chassis.replicas import insert_all
from chassis.statements import Statement
from services.skills.actions import attributions
from services.skills.models import Attribution, Evidence, LikeRef, MemberRef, Mention, PostRef
from services.skills.rules import GivenLike, Liked, strength_of, weigh_likes

PAGE = 200  # posts


def weigh(
    session: Session, post_ids: Collection[UUID], *, author_ids: Collection[UUID] = ()
) -> None:
    """Bring the evidence of posts to what their mentions and likes say now.

    The caller holds the locks of the posts' rows. Attributions follow, all of them of
    the authors named; after the last post, for they are locked in an order of their own.
    """
    ordered = sorted(post_ids)
    touched = _attributed(session, author_ids)
    for start in range(0, len(ordered), PAGE):
        touched |= _weigh_page(session, ordered[start : start + PAGE])
    attributions.sum_up(session, touched)


def _attributed(session: Session, author_ids: Collection[UUID]) -> set[attributions.Key]:
    """What the evidence says of these members, or said of them before."""
    if not author_ids:
        return set()
    rows = _ATTRIBUTED.rows(session, author_ids=list(author_ids))
    return {(row.member_id, row.skill_id) for row in rows}


def _weigh_page(session: Session, post_ids: Sequence[UUID]) -> set[attributions.Key]:
    """Weigh the likes of some posts; returns whose evidence on what changed."""
    known = _known(session, post_ids)
    wanted = _wanted(session, post_ids)
    gone = [key for key in known if key not in wanted]
    changed = [row for key, row in wanted.items() if not _is_same(known.get(key), row)]
    _drop(session, gone)
    _write(session, changed)
    touched = {(known[key].member_id, key[2]) for key in gone}
    touched |= {(row["member_id"], row["skill_id"]) for row in changed}
    return touched


def _is_same(known: Any, wanted: dict[str, Any]) -> bool:
    return known is not None and (known.strength, known.liked_at) == (
        wanted["strength"],
        wanted["liked_at"],
    )


def _known(session: Session, post_ids: Collection[UUID]) -> dict[tuple[UUID, UUID, int], Any]:
    rows = _KNOWN.rows(session, post_ids=list(post_ids))
    return {(row.post_id, row.liker_id, row.skill_id): row for row in rows}


def _wanted(
    session: Session, post_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID, int], dict[str, Any]]:
    """The evidence that the posts' likes amount to."""
    ids = list(post_ids)
    skills = _grouped(_MENTIONS.rows(session, post_ids=ids))
    likes = _grouped(_LIKES.rows(session, post_ids=ids))
    now = clock.now()
    rows = {}
    for post in _POSTS.rows(session, post_ids=ids):
        given = likes.get(post.id, [])
        weights = weigh_likes(
            Liked(post.kind, post.author_id, post.asker_id),
            [GivenLike(like.liker_id, like.liked_at) for like in given],
        )
        for like in given:
            for mention in skills.get(post.id, []) if like.liker_id in weights else []:
                rows[post.id, like.liker_id, mention.skill_id] = {
                    "post_id": post.id,
                    "liker_id": like.liker_id,
                    "skill_id": mention.skill_id,
                    "member_id": post.author_id,
                    "weight": weights[like.liker_id],
                    "strength": strength_of(weights[like.liker_id], post.published_at, now),
                    "liked_at": like.liked_at,
                }
    return rows


def _grouped(rows: Sequence[Any]) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.post_id, []).append(row)
    return grouped


def _drop(session: Session, keys: Sequence[tuple[UUID, UUID, int]]) -> None:
    if keys:
        names = ("post_ids", "liker_ids", "skill_ids")
        _DROP.rows(session, **dict(zip(names, map(list, zip(*keys, strict=True)), strict=True)))


def _write(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        _WRITE.rows(session, **{name: [row[name] for row in rows] for name in _COLUMNS})


_COLUMNS = ("post_id", "liker_id", "skill_id", "member_id", "weight", "strength", "liked_at")
_KEY = (Evidence.post_id, Evidence.liker_id, Evidence.skill_id)


def _these(column: Any, name: str = "post_ids") -> ColumnElement[bool]:
    these: ColumnElement[bool] = column == any_(bindparam(name, type_=ARRAY(column.type)))
    return these


def _select_attributed() -> CompoundSelect[*tuple[Any, ...]]:
    held = select(Attribution.member_id, Attribution.skill_id)
    proven = select(Evidence.member_id, Evidence.skill_id)
    return union(
        held.where(_these(Attribution.member_id, "author_ids")),
        proven.where(_these(Evidence.member_id, "author_ids")),
    )


def _select_likes() -> AnySelect:
    suspended = exists().where(
        MemberRef.id == LikeRef.liker_id, MemberRef.state == members.SUSPENDED
    )
    given = select(LikeRef.post_id, LikeRef.liker_id, LikeRef.liked_at)
    return given.where(_these(LikeRef.post_id), LikeRef.is_liked, ~suspended)


def _select_posts() -> AnySelect:
    question = aliased(PostRef)
    columns = PostRef.id, PostRef.kind, PostRef.author_id, PostRef.published_at
    return (
        select(*columns, question.author_id.label("asker_id"))
        .outerjoin(question, question.id == PostRef.question_id)
        .where(_these(PostRef.id), PostRef.revision > 0, PostRef.removed_at.is_(None))
    )


def _delete() -> Delete:
    names = ("post_ids", "liker_ids", "skill_ids")
    given = zip(names, _KEY, strict=True)
    arrays = (func.unnest(bindparam(n, type_=ARRAY(column.type))) for n, column in given)
    return delete(Evidence).where(tuple_(*_KEY).in_(select(*arrays)))


def _upsert() -> Insert:
    new = insert_all(Evidence.__table__, _COLUMNS)  # type: ignore[arg-type]
    changed = {name: new.excluded[name] for name in _COLUMNS[3:]}
    return new.on_conflict_do_update(index_elements=_COLUMNS[:3], set_=changed)


_ATTRIBUTED = Statement(_select_attributed())
_KNOWN = Statement(
    select(*_KEY, Evidence.member_id, Evidence.strength, Evidence.liked_at).where(
        _these(Evidence.post_id)
    )
)
_MENTIONS = Statement(select(Mention.post_id, Mention.skill_id).where(_these(Mention.post_id)))
_LIKES = Statement(_select_likes())
_POSTS = Statement(_select_posts())
_DROP = Statement(_delete())
_WRITE = Statement(_upsert())
