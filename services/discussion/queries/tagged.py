"""Posts under any of many keywords, newest first, each once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select

from chassis.pages import AnySelect
from chassis.statements import Cut

# Of each keyword, to see how far back a page reaches.
SOME = 3
PostsOf = Callable[[Any], AnySelect]


def newest_under(cut: Cut, keywords: AnySelect, posts_of: PostsOf) -> AnySelect:
    """A page of `published_at` and `id` of what stands under these keywords' ids.

    `posts_of(keyword_id)` selects the two. Some of each keyword fill a page, so nothing on it
    is older than the last of these, and no keyword is read further back.
    """
    each = keywords.subquery("each")
    some_of = _cut(cut, posts_of(each.c.id)).limit(literal_column(str(SOME))).lateral("some_of")
    found = select(each.c.id.label("keyword_id"), some_of.c.published_at, some_of.c.id)
    found = found.select_from(each).join(some_of, some_of.c.id.is_not(None))
    some = found.cte("some")
    reach = _reach(cut, some)
    near = select(some.c.keyword_id).where(some.c.published_at >= reach).distinct().subquery("near")
    of_near = posts_of(near.c.keyword_id)
    posts = _cut(cut, of_near.where(of_near.selected_columns.published_at >= reach)).lateral(
        "posts"
    )
    listed = select(posts.c.published_at, posts.c.id).select_from(near)
    return _cut(cut, listed.join(posts, posts.c.id.is_not(None)).distinct())


def _cut(cut: Cut, posts: AnySelect) -> AnySelect:
    published_at, post_id = posts.selected_columns
    return cut(posts, published_at, post_id)


def _reach(cut: Cut, some: Any) -> ColumnElement[datetime]:
    """When the last of a page of these posts was published; long ago if they fill none."""
    posts = select(some.c.published_at, some.c.id).distinct()
    posts = posts.order_by(some.c.published_at.desc(), some.c.id.desc())
    last = posts.offset(literal_column(str(cut.most - 1))).limit(literal_column("1"))
    found = select(last.subquery("last").c.published_at).scalar_subquery()
    return func.coalesce(found, literal_column("'-infinity'::timestamptz"))
