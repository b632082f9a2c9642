"""For moderators: what may prove nothing: groups that like themselves, contested lines, and what
was taken out of the evidence."""

from typing import Any

from flask import Blueprint, request

from web.api import moderation
from web.api.client import api
from web.api.moderation_models import Alarm, DiscountTrial
from web.i18n import _
from web.moderating import (
    ActForm,
    find_listed,
    for_moderators,
    identifiers,
    skill_slug,
    state_of,
    take_back,
)
from web.rendering import cursor, done, render, shows_form

bp = Blueprint("doubts", __name__)
ALARMS, CONTESTS = "/moderation/alarms", "/moderation/contests"
DISCOUNTS = "/moderation/discounts"


@bp.get(ALARMS)
@for_moderators
def list_alarms() -> Any:
    """Groups that like themselves, as the night saw them."""
    state = state_of("open", "answered")
    found = moderation.list_alarms(api(), state=state, cursor=cursor())
    return render("moderation/alarms.html", found=found, state=state)


@bp.route(f"{ALARMS}/<uuid:alarm_id>", methods=["GET", "POST"])
@for_moderators
@shows_form
def answer_alarm(alarm_id: Any) -> Any:
    """Let a group be, or discount it: whose levels that changes, then for good."""
    wanted, form, trial = str(alarm_id), ActForm(outcome="dismissed"), None
    alarm = find_listed(moderation.list_alarms, wanted, state="open")
    if form.is_sent and form["outcome"] == "discounted" and not form.is_confirmed:
        trial = _try_group(form, alarm) if alarm else None
    elif form.is_sent:
        answer = {"outcome": form["outcome"], "reason": form.text("reason")}
        if form.done(moderation.answer_alarm, api(), wanted, key=form.key, **answer):
            return done(ALARMS, "done")
    return render("moderation/alarm.html", form=form, alarm=alarm, trial=trial)


def _try_group(form: ActForm, alarm: Alarm) -> DiscountTrial | None:
    return form.send(
        moderation.discount,
        api(),
        key=form.key,
        dry_run=True,
        skill=alarm.skill.slug,
        reason=form.text("reason"),
        member_ids=[member.id for member in alarm.members],
    )


@bp.get(CONTESTS)
@for_moderators
def list_contests() -> Any:
    """Lines of evidence that their authors contest."""
    state = state_of("open", "answered")
    found = moderation.list_contests(api(), state=state, cursor=cursor())
    return render("moderation/contests.html", found=found, state=state)


@bp.route(f"{CONTESTS}/<uuid:contest_id>", methods=["GET", "POST"])
@for_moderators
@shows_form
def answer_contest(contest_id: Any) -> Any:
    """Keep a line, or take it out."""
    wanted, form = str(contest_id), ActForm(outcome="kept")
    answer = {"key": form.key, "outcome": form["outcome"], "word": form.text("word")}
    if form.is_sent and form.done(moderation.answer_contest, api(), wanted, **answer):
        return done(CONTESTS, "done")
    contest = find_listed(moderation.list_contests, wanted, state="open")
    return render("moderation/contest.html", form=form, contest=contest)


@bp.get(DISCOUNTS)
@for_moderators
def list_discounts() -> Any:
    """What was taken out of the evidence, and what was put back."""
    state = state_of("standing", "ended")
    found = moderation.list_discounts(api(), state=state, cursor=cursor())
    return render("moderation/discounts.html", found=found, state=state)


@bp.route(f"{DISCOUNTS}/new", methods=["GET", "POST"])
@for_moderators
@shows_form
def make_discount() -> Any:
    """Take a post or a group out: whose levels that changes, then for good."""
    form = ActForm(skill=request.args.get("skill", ""), post=request.args.get("post", ""))
    trial = _discount(form) if form.is_sent else None
    if trial and form.is_confirmed:
        return done(DISCOUNTS, "done")
    return render("moderation/discount.html", form=form, trial=trial)


def _discount(form: ActForm) -> DiscountTrial | None:
    # The address of an answer names its question first.
    post = identifiers(form.text("post"))
    return form.send(
        moderation.discount,
        api(),
        key=form.key,
        dry_run=not form.is_confirmed,
        skill=skill_slug(form.text("skill")),
        reason=form.text("reason"),
        post_id=post[-1] if post else None,
        member_ids=identifiers(form.text("member_ids")),
    )


@bp.route(f"{DISCOUNTS}/<uuid:discount_id>/end", methods=["GET", "POST"])
@for_moderators
@shows_form
def end_discount(discount_id: Any) -> Any:
    """Put back what a discount took out."""
    title = _("Put this back into the evidence?")
    return take_back(title, DISCOUNTS, moderation.end_discount, str(discount_id))
