"""For whoever comes by: asking for an invitation, the charter, the language."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Blueprint, abort, redirect, request

from web.api import invitations
from web.api.client import api
from web.forms import Form
from web.i18n import COOKIE, LOCALES, locale
from web.rendering import render, shows_form
from web.security import local_path
from web.session import is_secure

bp = Blueprint("welcome", __name__)
YEAR = 365 * 24 * 3600


@bp.route("/request", methods=["GET", "POST"])
@shows_form
def ask_for_invitation() -> Any:
    """Ask to be invited; the same thanks for everybody."""
    form = Form()
    if form.is_sent and form.done(
        invitations.ask_for_invitation,
        api(),
        name=form.text("name"),
        email=form.text("email"),
        motivation=form.text("motivation"),
        keywords=form.words("keywords"),
        link=form.text("link") or None,
        locale=locale(),
    ):
        return render("welcome/requested.html")
    return render("welcome/request.html", form=form)


@bp.get("/charter")
def get_charter() -> Any:
    """What members promise each other."""
    return render("welcome/charter.html")


@bp.get("/language/<name>")
def choose_language(name: str) -> Any:
    """Read pages in another language, from here."""
    if name not in LOCALES:
        abort(404)
    # The page before, where the browser tells it: it is ours, or none (`local_path`).
    came_from = urlsplit(request.referrer or "")
    path = (
        urlunsplit(("", "", came_from.path, came_from.query, ""))
        if came_from.netloc == request.host
        else "/"
    )
    response = redirect(local_path(path), 303)
    response.set_cookie(COOKIE, name, max_age=YEAR, samesite="Lax", secure=is_secure())
    return response
