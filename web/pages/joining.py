"""Becoming a member, signing in and out, a new password, a confirmed address."""

from typing import Any

from flask import Blueprint, request

from web import session
from web.api import members, sessions
from web.api.client import api
from web.errors import Refused
from web.failures import unseal
from web.forms import Form
from web.i18n import locale
from web.rendering import attempt, done, render, shows_form
from web.security import local_path

bp = Blueprint("joining", __name__)


@bp.route("/join/<token>", methods=["GET", "POST"])
@shows_form
def join(token: str) -> Any:
    """Who invites, and the form to accept."""
    form = Form(is_sharing_first_steps="1")
    try:
        preview = members.get_preview(api(), token)
    except Refused as refused:
        form.refuse(refused)
        return render("joining/no_invitation.html", form=form)
    if form.is_sent and form.done(
        members.join,
        api(),
        token=token,
        name=form.text("name"),
        email=form.text("email"),
        password=form["password"],
        locale=locale(),
        is_sharing_first_steps=form.is_on("is_sharing_first_steps"),
    ):
        if granted := form.send(
            sessions.sign_in, api(), email=form.text("email"), password=form["password"]
        ):
            session.begin(granted)
            mine = attempt(members.get_myself, api())
            is_asked = mine is not None and not mine.is_email_confirmed
            return done("/", "joined-mailed" if is_asked else "joined")
        return done("/sign-in")
    return render("joining/join.html", form=form, preview=preview)


@bp.route("/sign-in", methods=["GET", "POST"])
@shows_form
def sign_in() -> Any:
    """The form to sign in; then to where one wanted to go, or to what one had typed."""
    form = Form(next=request.args.get("next", ""))
    kept = form["kept"]
    if form.is_sent and (
        granted := form.send(
            sessions.sign_in, api(), email=form.text("email"), password=form["password"]
        )
    ):
        session.begin(granted)
        if kept and (typed := unseal(kept)):
            return render(
                "joining/go_on.html", path=local_path(typed["path"]), typed=typed["fields"]
            )
        return done(local_path(form["next"]))
    return render("joining/sign_in.html", form=form, kept=kept, next=form["next"])


@bp.post("/sign-out")
def sign_out() -> Any:
    """End this session; whether the API could be told or not, the browser forgets it."""
    if session.find_me() is not None:
        attempt(sessions.sign_out, api())
    session.end()
    return done("/")


@bp.route("/reset", methods=["GET", "POST"])
@shows_form
def forget_password() -> Any:
    """Ask for a link to set a new password; the same answer for every address."""
    form = Form()
    if form.is_sent and form.done(sessions.forget_password, api(), email=form.text("email")):
        return render("joining/mailed.html")
    return render("joining/forgotten.html", form=form)


@bp.route("/reset/<token>", methods=["GET", "POST"])
@shows_form
def reset_password(token: str) -> Any:
    """The form for a new password; looking at it uses nothing up."""
    form = Form()
    if form.is_sent and form.done(
        sessions.reset_password, api(), token=token, password=form["password"]
    ):
        return done("/sign-in", "password")
    return render("joining/reset.html", form=form)


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@shows_form
def confirm_address(token: str) -> Any:
    """A button to confirm an address: programs that scan mails only look."""
    form = Form()
    if form.is_sent and form.done(sessions.confirm_address, api(), token):
        return render("joining/confirmed.html")
    return render("joining/confirm.html", form=form)
