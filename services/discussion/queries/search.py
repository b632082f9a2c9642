"""Searching posts by their words, in French and English, with filters."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Select,
    String,
    Uuid,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import REGCONFIG
from sqlalchemy.orm import Session

from chassis.folding import fold
from chassis.pages import Page, cursor_after, values_of
from chassis.slugs import slug_of
from services.discussion import access
from services.discussion.errors import SearchInvalid
from services.discussion.models import Keyword, MemberRef, Post, PostKeyword
from services.discussion.queries.posts import keyword_meant_by
from services.discussion.queries.views import PostView, shown
from services.discussion.rules import CONFIGURATIONS

# What is newest of all that was found, if it is more, is put in order.
MOST_FOUND = 500
KEY: dict[str, type] = {"place_title": int, "place_rank": float, "id": UUID}


@dataclass(frozen=True)
class Search:
    """What is looked for: words, and the filters beside them."""

    words: str
    author: str | None = None
    keyword: str | None = None
    is_unanswered: bool = False
    before: datetime | None = None
    after: datetime | None = None


def read_search(text: str) -> Search:
    """`words author:ID keyword:SLUG is:unanswered before:DATE after:DATE`; raises SearchInvalid."""
    words: list[str] = []
    filters: dict[str, Any] = {}
    for part in text.split():
        name, colon, value = part.partition(":")
        if not colon or name not in ("author", "keyword", "is", "before", "after"):
            words.append(part)
        elif name in ("before", "after"):
            filters[name] = _moment(value)
        elif name == "is":
            if value != "unanswered":
                raise SearchInvalid(errors={"q": ["After is: only unanswered may stand."]})
            filters["is_unanswered"] = True
        else:
            filters[name] = value
    return Search(" ".join(words), **filters)


def list_found(
    session: Session, *, viewer_id: UUID, search: Search, limit: int, cursor: str | None
) -> Page[PostView]:
    """Posts that match, as cards: those called so first, then by how well they match."""
    found = _found(search).subquery("found")
    ids = select(found.c.id, found.c.place_title, found.c.place_rank)
    order = (found.c.place_title, found.c.place_rank, found.c.id)
    if cursor is not None:
        title, rank, last = values_of(cursor, tuple(KEY.values()))
        behind = func.row(*order) > func.row(
            literal(title, Integer), literal(rank, Float), literal(last, Uuid)
        )
        ids = ids.where(behind)
    page = shown(ids.order_by(*order).limit(limit + 1), is_card=True)
    ordered = page.order_by("place_title", "place_rank", Post.id)
    rows = session.execute(ordered, {"viewer_id": viewer_id}).all()
    views = [PostView.of(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return Page(views, None)
    last_row = rows[limit - 1]
    key = [last_row.place_title, last_row.place_rank, last_row.id]
    return Page(views, cursor_after(key, tuple(KEY.values())))


def find_proposal(session: Session, *, search: Search) -> str | None:
    """The keyword that is spelt most like what was looked for, None where none is like it."""
    slug = slug_of(search.words)
    likeness = func.similarity(Keyword.slug, slug)
    nearest = select(Keyword.label).where(Keyword.slug.op("%")(slug), Keyword.slug != slug)
    nearest = nearest.where(Keyword.post_count > 0).order_by(likeness.desc(), Keyword.slug)
    return session.scalar(nearest.limit(1)) if slug else None


def _found(search: Search) -> Select[*tuple[Any, ...]]:
    """The newest that match, with their places."""
    folded = fold(search.words)
    title = case((func.lower(Post.title) == search.words.lower(), 0), else_=1)
    rank: ColumnElement[Any] = literal(0.0, Float)
    statement = select(Post.id, title.label("place_title")).where(access.is_visible())
    if folded.strip():
        query = _query(folded)
        rank = -cast(func.ts_rank_cd(Post.search, query), Float)
        statement = statement.where(Post.search.op("@@")(query))
    else:
        rank = -cast(func.extract("epoch", Post.published_at), Float)
    if search.is_unanswered:
        statement = statement.where(Post.kind == "question", Post.answer_count == 0)
    if search.before is not None:
        statement = statement.where(Post.published_at < search.before)
    if search.after is not None:
        statement = statement.where(Post.published_at >= search.after)
    if search.author is not None:
        statement = statement.where(_is_by(search.author))
    if search.keyword is not None:
        slug = literal(slug_of(search.keyword), String)
        tagged = select(PostKeyword.post_id).where(PostKeyword.keyword_id == keyword_meant_by(slug))
        statement = statement.where(func.coalesce(Post.question_id, Post.id).in_(tagged))
    newest = statement.add_columns(rank.label("place_rank"))
    return newest.order_by(Post.published_at.desc(), Post.id.desc()).limit(MOST_FOUND)


def _query(folded: str) -> ColumnElement[Any]:
    """The words in each language: whichever the post is in, its words are reduced alike.

    A word behind a minus stands in none of them.
    """
    wanted = " ".join(word for word in folded.split() if not word.startswith("-"))
    query = _in_any_language(wanted)
    for word in folded.split():
        if word.startswith("-") and word.strip("-"):
            unwanted = func.tsquery_not(_in_any_language(word.strip("-")))
            query = query.op("&&")(unwanted)
    return query


def _in_any_language(words: str) -> ColumnElement[Any]:
    french, english, simple = (
        func.websearch_to_tsquery(cast(name, REGCONFIG), words) for name in CONFIGURATIONS.values()
    )
    query: ColumnElement[Any] = french.op("||")(english).op("||")(simple)
    return query


def _is_by(author: str) -> ColumnElement[bool]:
    """By a member's id, by `me`, or by the beginning of a name."""
    if author == "me":
        return Post.author_id == access.viewer()
    try:
        return Post.author_id == UUID(author)
    except ValueError:
        name = func.lower(MemberRef.name)
        begin = func.lower(author.replace("_", " "))
        named = select(MemberRef.id).where(func.starts_with(name, begin))
        return Post.author_id.in_(named)


def _moment(value: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(value), time(), UTC)
    except ValueError as error:
        raise SearchInvalid(errors={"q": ["A date is written 2026-01-31."]}) from error
