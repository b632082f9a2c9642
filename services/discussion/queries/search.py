"""Searching posts by their words, in French and English, with filters."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Float,
    String,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
)

from chassis.folding import fold
from chassis.pages import AnySelect, Page
from chassis.slugs import slug_of
from chassis.statements import Cut, ListRead, Read, ReadSession, viewer
from services.discussion import access
from services.discussion.errors import SearchInvalid
from services.discussion.models import Keyword, MemberRef, Post, PostKeyword
from services.discussion.queries.posts import keyword_meant_by
from services.discussion.queries.views import PostView, shown
from services.discussion.rules import CONFIGURATIONS

# What is newest of all that was found, if it is more, is put in order.
MOST_FOUND = 300
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
    session: ReadSession, *, viewer_id: UUID, search: Search, limit: int, cursor: str | None
) -> Page[PostView]:
    """Posts that match, as cards: those called so first, then by how well they match."""
    folded = fold(search.words).split()
    wanted = " ".join(word for word in folded if not word.startswith("-"))
    unwanted = " or ".join(word.strip("-") for word in folded if word.startswith("-"))
    values: dict[str, Any] = {"title": search.words.lower()}
    values |= {"wanted": wanted} if wanted else {}
    values |= {"unwanted": unwanted} if unwanted.strip() else {}
    for name in ("before", "after"):
        if (moment := getattr(search, name)) is not None:
            values[name] = moment
    if search.keyword is not None:
        values["slug"] = slug_of(search.keyword)
    if search.author is not None:
        values |= _author_of(search.author)
    read = _found(frozenset(values) - {"title"}, is_unanswered=search.is_unanswered)
    return read.page(session, viewer_id=viewer_id, limit=limit, cursor=cursor, **values)


def find_proposal(session: ReadSession, *, search: Search) -> str | None:
    """The keyword that is spelt most like what was looked for, None where none is like it."""
    slug = slug_of(search.words)
    return _NEAREST.find(session, slug=slug) if slug else None


@cache
def _found(given: frozenset[str], *, is_unanswered: bool) -> ListRead[PostView]:
    """The list for these filters; planned anew each time, for words are rare or frequent."""

    def build(cut: Cut) -> AnySelect:
        newest = _newest(given, is_unanswered=is_unanswered).subquery("newest")
        ids = select(newest.c.id, newest.c.place_title, newest.c.place_rank)
        order = (newest.c.place_title, newest.c.place_rank, newest.c.id)
        page = shown(cut(ids, *order), is_card=True)
        return page.order_by("place_title", "place_rank", Post.id)

    return ListRead(build, PostView.of, key=KEY, is_ascending=True, is_planned_anew=True)


def _newest(given: frozenset[str], *, is_unanswered: bool) -> AnySelect:
    """The newest that match, with their places."""
    is_called_so = func.lower(Post.title) == bindparam("title", type_=String)
    title = case((is_called_so, 0), else_=1).label("place_title")
    rank: ColumnElement[Any] = -cast(func.extract("epoch", Post.published_at), Float)
    found = select(Post.id, title).where(access.is_visible())
    if "wanted" in given:
        query = _in_any_language("wanted")
        rank = -cast(func.ts_rank(Post.search, query), Float)
        found = found.where(Post.search.bool_op("@@")(query))
    if "unwanted" in given:
        found = found.where(~Post.search.bool_op("@@")(_in_any_language("unwanted")))
    if is_unanswered:
        found = found.where(Post.kind == "question", Post.answer_count == 0)
    moment = DateTime(timezone=True)
    if "before" in given:
        found = found.where(Post.published_at < bindparam("before", type_=moment))
    if "after" in given:
        found = found.where(Post.published_at >= bindparam("after", type_=moment))
    if "author_id" in given:
        found = found.where(Post.author_id == bindparam("author_id", type_=Uuid))
    if "author" in given:
        name = func.lower(MemberRef.name)
        begun = func.starts_with(name, func.lower(bindparam("author", type_=String)))
        found = found.where(Post.author_id.in_(select(MemberRef.id).where(begun)))
    if "author_me" in given:
        found = found.where(Post.author_id == viewer())
    if "slug" in given:
        keyword_id = keyword_meant_by(bindparam("slug", type_=String))
        tagged = select(PostKeyword.post_id).where(PostKeyword.keyword_id == keyword_id)
        found = found.where(func.coalesce(Post.question_id, Post.id).in_(tagged))
    found = found.add_columns(rank.label("place_rank"))
    order = Post.published_at.desc(), Post.id.desc()
    return found.order_by(*order).limit(literal_column(str(MOST_FOUND)))


def _in_any_language(name: str) -> ColumnElement[Any]:
    """Words in each language: whichever the post is in, its words are reduced alike."""
    words = bindparam(name, type_=String)
    french, english, simple = (
        func.websearch_to_tsquery(literal_column(f"'{config}'::regconfig"), words)
        for config in CONFIGURATIONS.values()
    )
    query: ColumnElement[Any] = french.op("||")(english).op("||")(simple)
    return query


def _author_of(author: str) -> dict[str, Any]:
    """A member's id, `me`, or the beginning of a name."""
    if author == "me":
        return {"author_me": True}
    try:
        return {"author_id": UUID(author)}
    except ValueError:
        return {"author": author.replace("_", " ")}


def _moment(value: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(value), time(), UTC)
    except ValueError as error:
        raise SearchInvalid(errors={"q": ["A date is written 2026-01-31."]}) from error


def _nearest() -> AnySelect:
    slug = bindparam("slug", type_=String)
    alike = select(Keyword.label).where(Keyword.slug.op("%")(slug), Keyword.slug != slug)
    order = func.similarity(Keyword.slug, slug).desc(), Keyword.slug
    return alike.where(Keyword.post_count > 0).order_by(*order).limit(literal_column("1"))


_NEAREST: Read[str] = Read(_nearest(), lambda row: str(row.label))
