"""Reading posts one by one and in lists.

Every list first finds the ids of its page in an index, then shows those posts alone.
"""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Uuid, bindparam, case, func, select
from sqlalchemy.orm import aliased

from chassis.pages import AnySelect, Page, cursor_after
from chassis.slugs import slug_of
from chassis.statements import Cut, ListRead, Read, ReadSession, Statement
from services.discussion import access
from services.discussion.errors import PostNotFound, QuestionNotFound, ShareNotFound
from services.discussion.models import Keyword, KeywordAlias, Post, PostKeyword
from services.discussion.queries.views import PostView, in_order, shown

KEY = {"published_at": datetime, "id": UUID}
BEST = {"place_accepted": int, "place_likes": int, "published_at": datetime, "id": UUID}


def get_question(session: ReadSession, *, viewer_id: UUID, question_id: UUID) -> PostView:
    """One question, or the place of a removed one; raises QuestionNotFound."""
    question = _QUESTION.find(session, viewer_id=viewer_id, post_id=question_id)
    if question is None:
        raise QuestionNotFound
    return question


def get_share(session: ReadSession, *, viewer_id: UUID, share_id: UUID) -> PostView:
    """One share; raises ShareNotFound."""
    shared = _SHARE.find(session, viewer_id=viewer_id, post_id=share_id)
    if shared is None:
        raise ShareNotFound
    return shared


def get_answer(session: ReadSession, *, viewer_id: UUID, answer_id: UUID) -> PostView:
    """One answer; raises PostNotFound."""
    answer = _ANSWER.find(session, viewer_id=viewer_id, post_id=answer_id)
    if answer is None:
        raise PostNotFound
    return answer


def list_posts(
    session: ReadSession,
    *,
    viewer_id: UUID,
    kind: str,
    keyword: str | None = None,
    author: UUID | None = None,
    is_card: bool = False,
    limit: int,
    cursor: str | None,
) -> Page[PostView]:
    """Posts of one kind, newest first, of one keyword or one author where asked for.

    A keyword is meant by its slug, by any spelling that has this slug, or by an alias.
    """
    wanted: dict[str, Any] = {"slug": slug_of(keyword)} if keyword is not None else {}
    wanted |= {"author_id": author} if author is not None else {}
    read = _posts(
        kind, has_keyword=keyword is not None, has_author=author is not None, is_card=is_card
    )
    return read.page(session, viewer_id=viewer_id, limit=limit, cursor=cursor, **wanted)


def list_answers(
    session: ReadSession,
    *,
    viewer_id: UUID,
    question_id: UUID,
    sort: str = "oldest",
    first: UUID | None = None,
    is_card: bool = False,
    limit: int,
    cursor: str | None,
) -> Page[PostView]:
    """The answers to a question, oldest first, or the best: accepted, then most liked.

    `first` is the answer with which the page begins. Raises QuestionNotFound, or PostNotFound
    where that is none of its answers.
    """
    read = _answers(sort, is_card=is_card)
    if first is not None:
        cursor = _cursor_before(
            session, viewer_id=viewer_id, question_id=question_id, answer_id=first, sort=sort
        )
    page = read.page(
        session, viewer_id=viewer_id, question_id=question_id, limit=limit, cursor=cursor
    )
    if not page.items:
        get_question(session, viewer_id=viewer_id, question_id=question_id)
    return page


def keyword_meant_by(slug: ColumnElement[str]) -> ScalarSelect[UUID]:
    """The id of the keyword of a slug, or of the one to which the slug leads."""
    by_alias = select(KeywordAlias.keyword_id).where(KeywordAlias.slug == slug)
    own = select(Keyword.id).where(Keyword.slug == slug)
    meant = select(func.coalesce(own.scalar_subquery(), by_alias.scalar_subquery()))
    return meant.scalar_subquery()


def _of_one(kind: str, is_there: Any) -> Read[PostView]:
    found = select(Post.id).where(Post.id == bindparam("post_id", type_=Uuid), Post.kind == kind)
    return Read(shown(found.where(is_there)), PostView.of)


@cache
def _posts(kind: str, *, has_keyword: bool, has_author: bool, is_card: bool) -> ListRead[PostView]:
    """The list of posts of a kind, a statement for each set of filters."""

    def build(cut: Cut) -> AnySelect:
        ids = select(Post.id).where(Post.kind == kind, access.is_visible())
        if kind != "answer":
            ids = ids.where(Post.question_id.is_(None))  # as the index of listed posts says
        key: Any = (Post.published_at, Post.id)
        if has_keyword:
            # By the keyword's own index, which holds the time: the posts are not sorted.
            ids = ids.join(PostKeyword, PostKeyword.post_id == Post.id)
            slug = bindparam("slug", type_=Keyword.slug.type)
            ids = ids.where(PostKeyword.keyword_id == keyword_meant_by(slug))
            key = (PostKeyword.published_at, PostKeyword.post_id)
        if has_author:
            ids = ids.where(Post.author_id == bindparam("author_id", type_=Uuid))
        return in_order(cut(ids, *key), is_card=is_card)

    return ListRead(build, PostView.of, key=KEY)


@cache
def _answers(sort: str, *, is_card: bool) -> ListRead[PostView]:
    def build(cut: Cut) -> AnySelect:
        answers = select(Post.id, *_places()).where(
            Post.question_id == bindparam("question_id", type_=Uuid), access.is_visible()
        )
        if sort == "oldest":
            ids = cut(answers, Post.published_at, Post.id)
            return in_order(ids, is_ascending=True, is_card=is_card)
        accepted, likes = _places()
        page = shown(cut(answers, accepted, likes, Post.published_at, Post.id), is_card=is_card)
        return page.order_by("place_accepted", "place_likes", Post.published_at, Post.id)

    key = KEY if sort == "oldest" else BEST
    return ListRead(build, PostView.of, key=key, is_ascending=True)


def _places() -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Where an answer stands among the best, the lowest first: accepted, then by likes."""
    question = aliased(Post)
    accepted = select(question.accepted_answer_id).where(question.id == Post.question_id)
    is_first = case((accepted.scalar_subquery() == Post.id, 0), else_=1)
    return is_first.label("place_accepted"), (-Post.like_count).label("place_likes")


def _cursor_before(
    session: ReadSession, *, viewer_id: UUID, question_id: UUID, answer_id: UUID, sort: str
) -> str:
    """The cursor of the page that begins with an answer; raises PostNotFound."""
    row = _PLACE.first(session, viewer_id=viewer_id, question_id=question_id, answer_id=answer_id)
    if row is None:
        raise PostNotFound
    before = UUID(int=row.id.int - 1)
    if sort == "oldest":
        return cursor_after([row.published_at, before], tuple(KEY.values()))
    key = [row.place_accepted, row.place_likes, row.published_at, before]
    return cursor_after(key, tuple(BEST.values()))


_QUESTION = _of_one("question", access.is_readable())
_SHARE = _of_one("share", access.is_visible())
_ANSWER = _of_one("answer", access.is_visible())
_PLACE = Statement(
    select(Post.id, Post.published_at, *_places()).where(
        Post.id == bindparam("answer_id", type_=Uuid),
        Post.question_id == bindparam("question_id", type_=Uuid),
        access.is_visible(),
    )
)
