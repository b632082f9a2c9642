"""What each like is worth on each skill: a function of the present posts, likes and members.

A suspended member's likes are left out as if they were not given, and are there again
when the member is. A like of someone who left stays.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import cast, delete, exists, func, select, tuple_, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from chassis import clock, members
from chassis.replicas import insert_all
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
    held = select(Attribution.member_id, Attribution.skill_id)
    proven = select(Evidence.member_id, Evidence.skill_id)
    either = union(
        held.where(Attribution.member_id.in_(author_ids)),
        proven.where(Evidence.member_id.in_(author_ids)),
    )
    return {(row[0], row[1]) for row in session.execute(either)} if author_ids else set()


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
    statement = select(
        Evidence.post_id,
        Evidence.liker_id,
        Evidence.skill_id,
        Evidence.member_id,
        Evidence.strength,
        Evidence.liked_at,
    ).where(Evidence.post_id.in_(post_ids))
    return {tuple(row[:3]): row for row in session.execute(statement)}


def _wanted(
    session: Session, post_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID, int], dict[str, Any]]:
    """The evidence that the posts' likes amount to."""
    skills = _grouped(session, select(Mention).where(Mention.post_id.in_(post_ids)))
    suspended = exists().where(
        MemberRef.id == LikeRef.liker_id, MemberRef.state == members.SUSPENDED
    )
    likes = _grouped(
        session, select(LikeRef).where(LikeRef.post_id.in_(post_ids), LikeRef.is_liked, ~suspended)
    )
    question = aliased(PostRef)
    posts = session.execute(
        select(PostRef, question.author_id)
        .outerjoin(question, question.id == PostRef.question_id)
        .where(PostRef.id.in_(post_ids), PostRef.revision > 0, PostRef.removed_at.is_(None))
    )
    rows = {}
    for post, asker_id in posts:
        given = likes.get(post.id, [])
        weights = weigh_likes(
            Liked(post.kind, post.author_id, asker_id),
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
                    "strength": strength_of(weights[like.liker_id], post.published_at, clock.now()),
                    "liked_at": like.liked_at,
                }
    return rows


def _grouped(session: Session, statement: Any) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = {}
    for row in session.scalars(statement.execution_options(populate_existing=True)):
        grouped.setdefault(row.post_id, []).append(row)
    return grouped


def _drop(session: Session, keys: Sequence[tuple[UUID, UUID, int]]) -> None:
    if keys:
        columns = (Evidence.post_id, Evidence.liker_id, Evidence.skill_id)
        gone = select(
            *(
                func.unnest(cast(list(part), ARRAY(column.type)))
                for part, column in zip(zip(*keys, strict=True), columns, strict=True)
            )
        )
        session.execute(delete(Evidence).where(tuple_(*columns).in_(gone)))


def _write(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        names = list(rows[0])
        statement = insert_all(Evidence.__table__, names)  # type: ignore[arg-type]
        new = {
            name: statement.excluded[name]
            for name in ("member_id", "weight", "strength", "liked_at")
        }
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["post_id", "liker_id", "skill_id"], set_=new
            ),
            {name: [row[name] for row in rows] for name in names},
        )
