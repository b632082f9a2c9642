"""What each like is worth on each skill: rows that are a function of the present likes."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from services.skills.actions import attributions
from services.skills.models import Evidence, LikeRef, Mention, PostRef
from services.skills.rules import GivenLike, Liked, strength_of, weigh_likes


def weigh(session: Session, post_ids: Collection[UUID]) -> None:
    """Bring the evidence of posts to what their mentions and likes say now.

    The caller holds the locks of the posts' rows. Attributions follow.
    """
    known = _known(session, post_ids)
    wanted = _wanted(session, post_ids)
    gone = [key for key in known if key not in wanted]
    changed = [row for key, row in wanted.items() if not _is_same(known.get(key), row)]
    if gone:
        key = tuple_(Evidence.post_id, Evidence.liker_id, Evidence.skill_id)
        session.execute(delete(Evidence).where(key.in_(gone)))
    if changed:
        _write(session, changed)
    touched = {(known[key].member_id, key[2]) for key in gone}
    touched |= {(row["member_id"], row["skill_id"]) for row in changed}
    attributions.sum_up(session, touched)


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
    likes = _grouped(
        session, select(LikeRef).where(LikeRef.post_id.in_(post_ids), LikeRef.is_liked)
    )
    question = aliased(PostRef)
    posts = session.execute(
        select(PostRef, question.author_id)
        .outerjoin(question, question.id == PostRef.question_id)
        .where(PostRef.id.in_(post_ids), PostRef.revision > 0)
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
                    "strength": strength_of(weights[like.liker_id], post.published_at),
                    "liked_at": like.liked_at,
                }
    return rows


def _grouped(session: Session, statement: Any) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = {}
    for row in session.scalars(statement.execution_options(populate_existing=True)):
        grouped.setdefault(row.post_id, []).append(row)
    return grouped


def _write(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    statement = insert(Evidence).values(list(rows))
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["post_id", "liker_id", "skill_id"],
            set_={
                name: statement.excluded[name]
                for name in ("member_id", "weight", "strength", "liked_at")
            },
        )
    )
