"""One's own affairs: profile, portrait, language, theme, sessions, data, leaving."""

import io
import json
import zipfile
from typing import Any

from flask import Blueprint, Response, request

from chassis import clock
from web import session
from web.api import members, people, sessions
from web.api.client import api
from web.errors import Problem, Refused
from web.forms import Form
from web.i18n import LOCALES
from web.rendering import attempt, cursor, done, render, shows_form
from web.session import is_secure, signed_in
from web.templating import THEME, THEMES

bp = Blueprint("settings", __name__)
YEAR = 365 * 24 * 3600
PROFILE = ("name", "headline", "company", "location", "bio")
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")
LARGEST_PICTURE = 5 * 1024 * 1024


@bp.route("/settings", methods=["GET", "POST"])
@signed_in
@shows_form
def change_profile() -> Any:
    """How one is shown, and how often one may be asked."""
    mine = members.get_myself(api())
    form = Form(**{name: getattr(mine, name) for name in PROFILE})
    if not form.is_typed:
        form.values |= {
            "asks_per_week": mine.asks_per_week,
            "is_proposable": mine.is_proposable,
            "is_sharing_first_steps": mine.is_sharing_first_steps,
        }
    if form.is_sent and form.done(
        members.change_profile,
        api(),
        **{name: form.text(name) for name in PROFILE},
        asks_per_week=int(form["asks_per_week"]) if form.text("asks_per_week").isdecimal() else 0,
        is_proposable=form.is_on("is_proposable"),
        is_sharing_first_steps=form.is_on("is_sharing_first_steps"),
    ):
        attempt(session.renew)
        return done("/settings", "saved")
    return render("settings/profile.html", form=form, mine=mine)


@bp.route("/settings/portrait", methods=["GET", "POST"])
@signed_in
@shows_form
def change_portrait() -> Any:
    """A picture of oneself, or none."""
    form = Form()
    if form.is_sent and form.done(_put_portrait, form):
        attempt(session.renew)
        return done("/settings/portrait", "saved")
    return render("settings/portrait.html", form=form, mine=members.get_myself(api()))


def _put_portrait(form: Form) -> None:
    if form.is_on("none"):
        members.drop_portrait(api())
        return
    file = request.files.get("picture")
    picture = file.read(LARGEST_PICTURE + 1) if file else b""
    if len(picture) > LARGEST_PICTURE:
        raise Refused(Problem(413, "portrait_too_large"))
    if not picture or file is None or file.mimetype not in PICTURES:
        raise Refused(Problem(422, "portrait_unreadable"))
    members.put_portrait(api(), picture, kind=file.mimetype)


@bp.route("/settings/language", methods=["GET", "POST"])
@signed_in
@shows_form
def change_language() -> Any:
    """The language of pages and mails, and the theme, which is this browser's alone."""
    me = session.me()
    form = Form(locale=me.locale or LOCALES[0], theme=request.cookies.get(THEME, ""))
    if form.is_sent and form.done(members.change_profile, api(), locale=form["locale"]):
        attempt(session.renew)
        response = done("/settings/language", "saved")
        theme = form["theme"] if form["theme"] in THEMES else ""
        age = YEAR if theme else 0
        response.set_cookie(THEME, theme, max_age=age, samesite="Lax", secure=is_secure())
        return response
    return render("settings/language.html", form=form)


@bp.route("/settings/password", methods=["GET", "POST"])
@signed_in
@shows_form
def change_password() -> Any:
    """Another password; other sessions are closed."""
    form = Form()
    if form.is_sent and form.done(
        members.change_password,
        api(),
        password=form["password"],
        new_password=form["new_password"],
    ):
        return done("/settings/password", "saved")
    mine = attempt(members.get_myself, api())
    return render("settings/password.html", form=form, mine=mine)


@bp.route("/settings/address", methods=["GET", "POST"])
@signed_in
@shows_form
def change_address() -> Any:
    """Another address, once both are confirmed."""
    form = Form()
    if form.is_sent and form.done(
        members.change_address, api(), email=form.text("email"), password=form["password"]
    ):
        return done("/settings/address", "mailed")
    return render("settings/address.html", form=form, mine=members.get_myself(api()))


@bp.post("/settings/address/confirmation")
@signed_in
def mail_confirmation() -> Any:
    """Mail the link that confirms one's own address."""
    sessions.mail_confirmation(api())
    return done("/settings/address", "mailed")


@bp.get("/settings/sessions")
@signed_in
def list_sessions() -> Any:
    """Where one is signed in."""
    return render("settings/sessions.html", found=sessions.list_sessions(api(), cursor=cursor()))


@bp.post("/settings/sessions/<uuid:session_id>/close")
@signed_in
def close_session(session_id: Any) -> Any:
    """Sign out elsewhere."""
    sessions.close_session(api(), str(session_id))
    return done("/settings/sessions", "closed")


@bp.get("/settings/blocked")
@signed_in
def list_blocked() -> Any:
    """Whom one blocks."""
    return render("settings/blocked.html", found=people.list_blocked(api(), cursor=cursor()))


@bp.get("/settings/data")
@signed_in
def show_data() -> Any:
    """What is kept of one, to take along; and the way out."""
    return render("settings/data.html")


@bp.get("/settings/data/skiller.zip")
@signed_in
def get_export() -> Response:
    """Everything that is kept of one, a file for each service."""
    own = members.get_export(api())
    paths = json.loads(own)["others"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("identity.json", own)
        for path in paths:
            body = members.get_export(api(), path.removeprefix("/api/v1"))
            archive.writestr(f"{path.rpartition('/')[2]}.json", body)
    response = Response(packed.getvalue(), mimetype="application/zip")
    name = f"skiller-{clock.now().date()}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/settings/leave", methods=["GET", "POST"])
@signed_in
@shows_form
def leave() -> Any:
    """Leave for good: what goes and what stays, then the password, then a goodbye."""
    form = Form()
    if form.is_sent and form.done(
        members.leave, api(), password=form["password"], removes_posts=form.is_on("removes_posts")
    ):
        session.end()
        return render("settings/goodbye.html")
    mine = attempt(members.get_myself, api())
    return render("settings/leave.html", form=form, mine=mine)
