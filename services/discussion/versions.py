"""What posts said before they were edited, as events tell it: for skills, which reads it again."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, case, func, literal_column, select
from sqlalchemy.orm import Session

from chassis.markdown.text import NothingToShow, Text, TextHidden
from chassis.pages import AnySelect
from chassis.statements import Statement
from contracts.discussion import EarlierVersion, Keyword
from services.discussion.models import Post, PostVersion

MOST = 10  # of one post
Keywords = Mapping[UUID, Sequence[Keyword]]


def written(keywords: Sequence[Keyword]) -> list[str]:
    """Keywords as their author wrote them."""
    return [one.written or one.label for one in keywords]


def earlier_of(
    session: Session, post_ids: Sequence[UUID], *, keywords: Keywords
) -> dict[UUID, tuple[EarlierVersion, ...]]:
    """By post: what it said before, the oldest first; `keywords` are those that posts have now.

    Of more than ten the first and those that stood longest: one that is left out counts as said
    what the one before it did, until the next.
    """
    rows: dict[UUID, list[Any]] = defaultdict(list)
    for row in _EARLIER.rows(session, post_ids=list(post_ids)):
        rows[row.post_id].append(row)
    return {
        post_id: tuple(
            EarlierVersion(
                until=until,
                title=row.title,
                prose=_prose_of(row.body) if row.prose is None else row.prose,
                keywords=tuple(
                    written(keywords.get(post_id, [])) if row.keywords is None else row.keywords
                ),
            )
            for row, until in zip(found, _untils(found), strict=True)
        )
        for post_id, found in rows.items()
    }


def _untils(rows: Sequence[Any]) -> list[Any]:
    return [*(row.since for row in rows[1:]), rows[-1].last_replaced_at]


def _prose_of(body: str) -> str:
    """Of what an earlier release kept."""
    try:
        return Text.of(body).prose
    except (NothingToShow, TextHidden):
        return ""


def _earlier() -> AnySelect:
    of_post = PostVersion.post_id
    before = func.lag(PostVersion.replaced_at).over(
        partition_by=of_post, order_by=PostVersion.revision
    )
    last = func.max(PostVersion.replaced_at).over(partition_by=of_post)
    told = (
        select(
            *(getattr(PostVersion, name) for name in ("post_id", "revision", "title", "prose")),
            PostVersion.keywords,
            PostVersion.replaced_at,
            case((PostVersion.prose.is_(None), PostVersion.body)).label("body"),
            before.is_(None).label("is_first"),
            func.coalesce(before, Post.published_at).label("since"),
            last.label("last_replaced_at"),
        )
        .join(Post, Post.id == PostVersion.post_id)
        .where(PostVersion.post_id == any_(bindparam("post_ids", type_=ARRAY(Uuid))))
        .subquery("told")
    )
    stood = told.c.replaced_at - told.c.since
    order = told.c.is_first.desc(), stood.desc(), told.c.revision
    place = func.row_number().over(partition_by=told.c.post_id, order_by=order)
    ranked = select(told, place.label("place")).subquery("ranked")
    most: Any = literal_column(str(MOST))
    return (
        select(ranked).where(ranked.c.place <= most).order_by(ranked.c.post_id, ranked.c.revision)
    )


_EARLIER = Statement(_earlier())
