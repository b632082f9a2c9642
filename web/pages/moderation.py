"""For moderators: what waits, what was reported, what is done to members; and one's own reports."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, request

from web import links
from web.api import members, moderation, project_moderation
from web.api.client import api
from web.api.moderation_models import Concerned
from web.moderating import ActForm, find_listed, for_moderators, state_of
from web.rendering import attempt, cursor, done, render, shows_form
from web.session import signed_in

bp = Blueprint("moderation", __name__)


@bp.get("/moderation")
@for_moderators
def get_overview() -> Any:
    """What waits, of each kind what came last."""
    return render(
        "moderation/overview.html",
        reports=attempt(moderation.list_reports, api(), state="open"),
        project_reports=attempt(project_moderation.list_reports, api(), state="open"),
        contests=attempt(moderation.list_contests, api(), state="open"),
        alarms=attempt(moderation.list_alarms, api(), state="open"),
        candidates=attempt(moderation.list_candidates, api(), state="open"),
    )


@bp.get("/reports")
@signed_in
def list_own_reports() -> Any:
    """What one told moderators of posts, members, projects or proofs, and what they answered."""
    of = request.args.get("of", "members")
    lists: dict[str, Callable[..., Any]] = {
        "projects": project_moderation.list_reports,
        "skills": moderation.list_contests,
    }
    found = lists.get(of, moderation.list_reports)(api(), state="mine", cursor=cursor())
    return render("moderation/own_reports.html", found=found, of=of if of in lists else "members")


@bp.get("/moderation/reports")
@for_moderators
def list_reports() -> Any:
    """What members told, that waits or was answered."""
    state = state_of("open", "answered")
    found = moderation.list_reports(api(), state=state, cursor=cursor())
    return render("moderation/reports.html", found=found, state=state)


@bp.route("/moderation/reports/<uuid:report_id>", methods=["GET", "POST"])
@for_moderators
@shows_form
def answer_report(report_id: Any) -> Any:
    """One report with what was said, and the form to answer."""
    wanted, form = str(report_id), ActForm(outcome="acted")
    answer = {"outcome": form["outcome"], "word": form.text("word")}
    if form.is_sent and form.done(moderation.answer_report, api(), wanted, **answer):
        return done("/moderation/reports", "done")
    report = find_listed(moderation.list_reports, wanted, state="open")
    return render("moderation/report.html", form=form, report=report)


@bp.get("/moderation/posts/<uuid:post_id>")
@for_moderators
def show_post(post_id: Any) -> Any:
    """To where a post stands, of which reports and contests know the id alone."""
    author = request.args.get("author", type=UUID)
    post = moderation.find_post(api(), str(post_id), author=str(author) if author else None)
    if post is None:
        abort(404)
    return redirect(links.post(post), 303)


@bp.route("/moderation/acts", methods=["GET", "POST"])
@for_moderators
@shows_form
def act() -> Any:
    """What was done to members; with `?member=` to one, and the form to do more."""
    asked = request.args.get("member", type=UUID)
    member_id = str(asked) if asked else None
    form = ActForm(act="suspend", role="member")
    trial = _act(form, member_id) if form.is_sent and member_id else None
    if trial and form.is_confirmed:
        return done(f"/moderation/acts?member={member_id}", "done")
    return _show_acts(form, member_id, trial)


def _act(form: ActForm, member_id: str) -> Concerned | None:
    return form.send(
        moderation.act,
        api(),
        key=form.key,
        dry_run=not form.is_confirmed,
        act=form["act"],
        member_id=member_id,
        reason=form.text("reason"),
        role=form["role"] if form["act"] == "change_role" else None,
    )


def _show_acts(form: ActForm, member_id: str | None, trial: Concerned | None) -> Any:
    q = request.args.get("q", "").strip()[:100]
    return render(
        "moderation/acts.html",
        form=form,
        member_id=member_id,
        member=attempt(members.get_member, api(), member_id) if member_id else None,
        trial=trial,
        q=q,
        people_found=attempt(members.find_members, api(), q) if q else None,
        found=attempt(moderation.list_acts, api(), member=member_id, cursor=cursor()),
    )
