"""`/keywords`: as one types, on their own page, and who is active there."""

from typing import Any

from flask import redirect, request

from chassis.auth import current_member
from chassis.pages import Page
from chassis.transactions import reading, transaction
from chassis.web import Blueprint
from services.discussion.actions import keyword_acts
from services.discussion.errors import KeywordMoved
from services.discussion.queries import keywords as queries
from services.discussion.queries.keywords import CountedKeywordView, KeywordPageView
from services.discussion.schemas.answers import KeywordSchema
from services.discussion.schemas.keywords import (
    ActiveMemberListSchema,
    KeywordChanges,
    KeywordFilters,
    KeywordListPageSchema,
    KeywordPageSchema,
    MergeRequest,
    MergeSchema,
)

bp = Blueprint("keywords", "What things are about")


@bp.get("/keywords")
@bp.arguments(KeywordFilters, location="query")
@bp.response(200, KeywordListPageSchema)
def list_keywords(filters: dict[str, Any]) -> Page[CountedKeywordView]:
    """Keywords, the most used first; with `?q=` those that begin so, as one types."""
    words = filters.pop("q")
    with reading() as session:
        return queries.list_keywords(session, viewer_id=current_member().id, words=words, **filters)


@bp.get("/keywords/<slug>")
@bp.response(200, KeywordPageSchema)
def get_keyword(slug: str) -> KeywordPageView:
    """One keyword with those beside it; 301 where the slug leads to another."""
    with reading() as session:
        return queries.get_keyword(session, viewer_id=current_member().id, slug=slug)


@bp.get("/keywords/<slug>/members")
@bp.response(200, ActiveMemberListSchema)
def get_members(slug: str) -> dict[str, Any]:
    """Up to 20 members, the most liked there lately first, each with why."""
    with reading() as session:
        found = queries.list_active_members(session, viewer_id=current_member().id, slug=slug)
    return {"items": found}


@bp.patch("/keywords/<slug>")
@bp.arguments(KeywordChanges)
@bp.response(200, KeywordSchema)
def patch_keyword(changes: dict[str, Any], slug: str) -> dict[str, Any]:
    """Say what a keyword is called, as a moderator."""
    with transaction() as session:
        keyword_acts.rename_keyword(session, actor=current_member(), slug=slug, **changes)
    return {"slug": slug, **changes}


@bp.put("/keywords/<slug>/merge")
@bp.arguments(MergeRequest)
@bp.response(200, MergeSchema)
def put_merge(merge: dict[str, Any], slug: str) -> dict[str, Any]:
    """Let a keyword lead to another with its posts, as a moderator; a dry run counts alone."""
    with transaction() as session:
        effect = keyword_acts.merge_keywords(session, actor=current_member(), slug=slug, **merge)
    return {**vars(effect), "is_merged": not merge["is_dry_run"]}


@bp.delete("/keywords/<slug>/merge")
@bp.response(200, MergeSchema)
def delete_merge(slug: str) -> dict[str, Any]:
    """Take a merge back, as a moderator."""
    with transaction() as session:
        effect = keyword_acts.part_keywords(session, actor=current_member(), slug=slug)
    return {**vars(effect), "is_merged": False}


@bp.errorhandler(KeywordMoved)  # type: ignore[untyped-decorator]
def on_moved(moved: KeywordMoved) -> Any:
    """The same page of the keyword that the slug leads to."""
    before, _, after = request.path.partition("/keywords/")
    rest = after.partition("/")[2]
    return redirect(f"{before}/keywords/{moved.slug}{rest and '/' + rest}", code=301)
