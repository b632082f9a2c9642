"""Keywords: what is written under one, who is liked there, following it."""

from typing import Any

from flask import Blueprint, request

from web.api import people, posts
from web.api.client import api
from web.rendering import attempt, back, cursor, is_fragment, render
from web.session import signed_in

bp = Blueprint("keywords", __name__)
TABS = ("questions", "shares")


@bp.get("/keywords")
@signed_in
def list_keywords() -> Any:
    """The most used, or those that begin so."""
    q = request.args.get("q", "").strip()[:50]
    found = posts.list_keywords(api(), q=q, cursor=cursor())
    return render("keywords/list.html", section="skills", found=found, q=q)


@bp.get("/keywords/<slug>")
@signed_in
def get_keyword(slug: str) -> Any:
    """One keyword; one that leads to another sends there."""
    keyword = posts.get_keyword(api(), slug)
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    listing = posts.list_shares if tab == "shares" else posts.list_questions
    return render(
        "keywords/keyword.html",
        section="skills",
        keyword=keyword,
        tab=tab,
        found=attempt(listing, api(), keyword=keyword.slug, cursor=cursor()),
        liked=attempt(posts.list_liked_there, api(), keyword.slug),
    )


@bp.post("/keywords/<slug>/follow")
@signed_in
def follow_keyword(slug: str) -> Any:
    """Follow a keyword, or no more."""
    is_following = bool(request.form.get("on"))
    people.follow_keyword(api(), slug, is_following=is_following)
    if is_fragment():
        return render(
            "fragments/follow_keyword.html",
            slug=slug,
            is_following=is_following,
            next=request.form.get("next", "/"),
        )
    return back(f"/keywords/{slug}")
