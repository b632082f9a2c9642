"""Where the links of mails lead that end them: for whoever has the mail, signed in or not."""

from typing import Any

from flask import Blueprint, Response

from web import notice_wording
from web.api import notices
from web.api.client import api, part
from web.errors import Refused
from web.forms import Form
from web.i18n import _
from web.rendering import done, render, shows_form

bp = Blueprint("unsubscribing", __name__)


@bp.after_request
def hide(response: Response) -> Response:
    """Its address is a secret: no cache keeps what is there, no search engine tells it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.route("/unsubscribe/<token>", methods=["GET", "POST"])
@shows_form
def unsubscribe(token: str) -> Any:
    """What a link is for and a button that does it, or takes it back; looking changes nothing."""
    form = Form()
    is_again = form.is_on("again")
    act = notices.subscribe_again if is_again else notices.unsubscribe
    if form.is_sent and (changed := form.send(act, api(), token)):
        if changed.is_off is not is_again:
            return done(f"/unsubscribe/{part(token)}", "mailed-again" if is_again else None)
        form.status = 409
        form.sentence = _("It was chosen among your preferences: change it there.")
    try:
        found = notices.get_unsubscription(api(), token)
    except Refused as refused:
        if refused.problem.status != 404:
            raise
        form.refuse(refused)
        found = None
    return render("notices/unsubscribe.html", form=form, found=found, scope=_scope(found))


def _scope(found: notices.Unsubscription | None) -> str:
    return notice_wording.scope(found.scope) if found else ""
