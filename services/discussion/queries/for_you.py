"""Open questions that a member could answer: near their skills, else near their keywords."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, any_, func, literal_column, or_, select, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession, viewer
from services.discussion import access
from services.discussion.models import (
    Keyword,
    KeywordFollowRef,
    Post,
    PostKeyword,
    SkillEntryRef,
    SkillRef,
)
from services.discussion.queries.tagged import newest_under
from services.discussion.queries.views import PostView, in_order

# Of the member's own posts the latest.
MOST_KEYWORDS, MOST_POSTS = 200, 50


def list_for_you(
    session: ReadSession, *, viewer_id: UUID, limit: int, cursor: str | None, is_card: bool = False
) -> Page[PostView]:
    """Others' questions that wait for an answer, newest first.

    Under keywords that name a skill attributed to the viewer; without any, under keywords that
    they follow or wrote under.
    """
    read = _CARDS if is_card else _WHOLE
    return read.page(session, viewer_id=viewer_id, limit=limit, cursor=cursor)


def _for_you(cut: Cut, *, is_card: bool) -> AnySelect:
    waiting = newest_under(cut, _near(), _waiting).subquery("waiting")
    return in_order(select(waiting.c.id), is_card=is_card)


def _waiting(keyword_id: Any) -> AnySelect:
    """Others' questions under a keyword that have no answer."""
    tag, post = aliased(PostKeyword), aliased(Post)
    waiting = select(tag.published_at, tag.post_id.label("id")).join(post, post.id == tag.post_id)
    waiting = waiting.where(tag.keyword_id == keyword_id, tag.is_waiting)
    return waiting.where(post.author_id != viewer(), access.is_visible(post))


def _near() -> AnySelect:
    """The keywords that are the viewer's: by skills, or else by what they follow and wrote."""
    held = select(SkillRef.slug, SkillRef.slug_en, SkillRef.slug_fr).where(
        SkillRef.member_id == viewer(), SkillRef.is_held
    )
    skills = held.subquery("skills")
    entries = _called_otherwise(skills.c.slug).subquery("entries")
    names = union(*(select(column) for column in (*skills.c, *entries.c)))
    slugs: Any = func.array(names.scalar_subquery(), type_=ARRAY(String))
    own = aliased(Post)
    latest = (
        select(own.id)
        .where(own.author_id == viewer(), own.removed_at.is_(None))
        .order_by(own.id.desc())
        .limit(literal_column(str(MOST_POSTS)))
    )
    written = select(PostKeyword.keyword_id).where(PostKeyword.post_id.in_(latest))
    followed = select(KeywordFollowRef.slug).where(
        KeywordFollowRef.member_id == viewer(), KeywordFollowRef.is_following
    )
    has_none = ~held.exists()
    by_interest = or_(Keyword.slug.in_(followed), Keyword.id.in_(written))
    mine = or_(Keyword.slug == any_(slugs), has_none & by_interest)
    return select(Keyword.id).where(mine).limit(literal_column(str(MOST_KEYWORDS)))


def _called_otherwise(slug: Any) -> AnySelect:
    """The names of these skills that moderators gave, and of those that lead to them."""
    entry = SkillEntryRef
    named = select(entry.slug, entry.slug_en, entry.slug_fr)
    held = select(slug).scalar_subquery()
    return named.where(or_(entry.slug.in_(held), entry.into_slug.in_(held)))


_KEY = {"published_at": datetime, "id": UUID}
_WHOLE = ListRead(lambda cut: _for_you(cut, is_card=False), PostView.of, key=_KEY)
_CARDS = ListRead(lambda cut: _for_you(cut, is_card=True), PostView.of, key=_KEY)
