"""What one is told: the list, the bell, and the way to what a notice is about."""

from datetime import date
from itertools import groupby
from typing import Any

from flask import Blueprint, redirect, request

from web import notice_wording, noticing
from web.api import notices
from web.api.client import api
from web.api.notices import Notice
from web.i18n import locale, zone
from web.rendering import attempt, back, cursor, done, render, spare
from web.security import local_path
from web.session import find_me, signed_in

bp = Blueprint("notices", __name__)


@bp.get("/notices")
@signed_in
def list_notices() -> Any:
    """What one is told, by day, the latest first; all, what is new, or what belongs to a class."""
    noticing.ask_anew()
    is_new, asked = request.args.get("which") == "new", request.args.get("class")
    class_ = asked if asked in notice_wording.KINDS else None
    found = notices.list_notices(
        api(), locale=locale(), unread=is_new, class_=class_, cursor=cursor()
    )
    return render(
        "notices/list.html",
        section="notices",
        found=found,
        days=[(day, list(told)) for day, told in groupby(found.items, _day_of)],
        is_new=is_new,
        class_=class_,
        classes=notice_wording.classes(),
        # Reading up to a moment reads all classes: more than a list of one shows.
        newest="" if class_ else notices.newest(found.items),
        kept=spare(notices.get_preferences, api()),
    )


def _day_of(one: Notice) -> date:
    return one.happened_at.astimezone(zone()).date()


@bp.post("/notices/read")
@signed_in
def read() -> Any:
    """Read all that the list showed."""
    notices.read_up_to(api(), request.form.get("up_to", ""))
    noticing.note_reading()
    return done("/notices", "done")


@bp.get("/notices/<uuid:notice_id>")
@signed_in
def open_notice(notice_id: Any) -> Any:
    """To what a notice is about, which is read by that."""
    attempt(notices.read_one, api(), str(notice_id))
    noticing.note_reading()
    return redirect(local_path(request.args.get("to")), 303)


@bp.post("/notices/<uuid:notice_id>/not-me")
@signed_in
def decline(notice_id: Any) -> Any:
    """Say that a question is not for oneself: its skill is spared one for a month."""
    notices.decline(api(), str(notice_id))
    noticing.note_reading()
    return back("/notices", said="spared")


@bp.get("/notices/bell")
def get_bell() -> Any:
    """The bell, for a script that looks from time to time; nothing where the token is over."""
    if find_me() is None:
        return "", 204
    noticing.ask_anew()
    return render("fragments/bell.html")
