"""How one wants to be told."""

from typing import Any

from flask import Blueprint

from web import notice_wording, preferring
from web.api import notices
from web.api.client import api
from web.api.notices import Preferences
from web.forms import Form
from web.i18n import _
from web.rendering import attempt, done, render, shows_form
from web.session import signed_in

bp = Blueprint("preferences", __name__)
PATH = "/settings/notices"


@bp.route(PATH, methods=["GET", "POST"])
@signed_in
@shows_form
def choose() -> Any:
    """What is mailed, when, and what is shown on devices; and whether mails arrive."""
    form = Form()
    form.fields = preferring.FIELDS
    if form.is_sent and form.done(
        notices.put_preferences, api(), form.text("version"), **preferring.chosen(form)
    ):
        return done(PATH, "saved")
    # What was typed stands there also when it does not come what is kept.
    kept = (attempt if form.is_typed else _call)(notices.get_preferences, api())
    if kept is not None and not form.is_typed:
        form.values |= preferring.fields_of(kept)
    return render(
        "settings/notices.html",
        form=form,
        kept=kept,
        changed=_changed(form, kept),
        wording=notice_wording,
        preferring=preferring,
    )


def _call(get: Any, *args: Any) -> Preferences:
    found: Preferences = get(*args)
    return found


def _changed(form: Form, kept: Preferences | None) -> list[tuple[str, str]]:
    """After a change elsewhere: what is kept now; the form is sent for that, if once more."""
    if form.code != preferring.OUTDATED or kept is None:
        return []
    form.values["version"] = kept.version
    form.sentence = _(
        "This was changed meanwhile, maybe by the link of a mail. What you chose stands below and "
        "is not kept yet: send it again to have it so."
    )
    return preferring.differences(form, kept)
