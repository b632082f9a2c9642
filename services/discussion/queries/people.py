"""Who liked a post, and what it said before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from chassis.pages import AnySelect, Page
from chassis.statements import Cut, ListRead, ReadSession, Statement
from services.discussion import access
from services.discussion.errors import PostNotFound
from services.discussion.models import Like, MemberRef, Post, PostVersion
from services.discussion.queries.views import AuthorView


@dataclass(frozen=True, slots=True)
class VersionView:
    """What a post said until it was replaced."""

    revision: int
    title: str
    body: str
    body_html: str
    replaced_at: datetime

    @classmethod
    def of(cls, row: Any) -> "VersionView":
        return cls(row.revision, row.title, row.body, row.body_html, row.replaced_at)


def list_likers(
    session: ReadSession, *, viewer_id: UUID, post_id: UUID, limit: int, cursor: str | None
) -> Page[AuthorView]:
    """Who likes a post, the latest first; raises PostNotFound."""
    page = _LIKERS.page(session, viewer_id=viewer_id, post_id=post_id, limit=limit, cursor=cursor)
    if not page.items:
        _require_visible(session, viewer_id=viewer_id, post_id=post_id)
    return page


def list_versions(
    session: ReadSession, *, viewer_id: UUID, post_id: UUID, limit: int, cursor: str | None
) -> Page[VersionView]:
    """What a post said before, the latest first; raises PostNotFound."""
    page = _VERSIONS.page(session, viewer_id=viewer_id, post_id=post_id, limit=limit, cursor=cursor)
    if not page.items:
        _require_visible(session, viewer_id=viewer_id, post_id=post_id)
    return page


def _require_visible(session: ReadSession, *, viewer_id: UUID, post_id: UUID) -> None:
    if _VISIBLE.first(session, viewer_id=viewer_id, post_id=post_id) is None:
        raise PostNotFound


def _likers(cut: Cut) -> AnySelect:
    likers = (
        select(MemberRef.id, MemberRef.name, MemberRef.headline, MemberRef.portrait_url)
        .add_columns(Like.liked_at)
        .join(Like, Like.member_id == MemberRef.id)
        .where(Like.post_id == _POST_ID, Like.is_liked, access.is_listed(), _IS_VISIBLE)
    )
    return cut(likers, Like.liked_at, Like.member_id)


def _versions(cut: Cut) -> AnySelect:
    versions = select(*PostVersion.__table__.c).where(PostVersion.post_id == _POST_ID, _IS_VISIBLE)
    return cut(versions.where(PostVersion.is_shown), PostVersion.replaced_at, PostVersion.revision)


_POST_ID = bindparam("post_id", type_=Uuid)
_FOUND = select(Post.id).where(Post.id == _POST_ID, access.is_visible())
_IS_VISIBLE = _FOUND.exists()
_VISIBLE = Statement(_FOUND)
_LIKERS = ListRead(
    _likers,
    lambda row: AuthorView(row.id, row.name, row.headline, row.portrait_url),
    key={"liked_at": datetime, "id": UUID},
)
_VERSIONS = ListRead(_versions, VersionView.of, key={"replaced_at": datetime, "revision": int})
