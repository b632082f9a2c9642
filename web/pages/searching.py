"""Searching what was written."""

from typing import Any

from flask import Blueprint, request

from web.api import posts
from web.api.client import api
from web.forms import Form
from web.rendering import cursor, render
from web.session import signed_in

bp = Blueprint("searching", __name__)


@bp.get("/search")
@signed_in
def search() -> Any:
    """Posts that match, or how to search."""
    form = Form(q=request.args.get("q", "").strip()[:200])
    found = form.send(posts.search, api(), form["q"], cursor=cursor()) if form["q"] else None
    return render("searching/search.html", section="search", form=form, found=found)
