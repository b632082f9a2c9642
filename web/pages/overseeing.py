"""Projects and moderators: telling them of something, what was told, what they do there."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request

from web import links
from web.api import project_moderation as moderation
from web.api import projects
from web.api.client import api
from web.forms import Form
from web.i18n import _
from web.moderating import ActForm, find_listed, for_moderators, state_of, take_back
from web.rendering import attempt, cursor, done, render, shows_form
from web.session import signed_in

bp = Blueprint("overseeing", __name__)
KINDS = ("project", "update", "call", "round", "benchmark", "text")


@bp.route("/projects/<uuid:project_id>/report", methods=["GET", "POST"])
@signed_in
@shows_form
def report(project_id: Any) -> Any:
    """Tell the moderators of a project, or of something in it."""
    name = str(project_id)
    kind, object_id = _meant(name)
    form = Form(reason="unkind")
    if form.is_sent and form.done(
        moderation.report,
        api(),
        name,
        kind=kind,
        object_id=object_id,
        reason=form["reason"],
        word=form.text("word"),
    ):
        return done("/reports?of=projects", "reported")
    to_act = links.with_query(f"/moderation/projects/{name}", **_query(kind, object_id))
    return render("posts/report.html", form=form, kind=kind, to_act=to_act)


@bp.get("/moderation/projects")
@for_moderators
def list_reports() -> Any:
    """What members told of projects, that waits or was answered."""
    state = state_of("open", "answered")
    found = moderation.list_reports(api(), state=state, cursor=cursor())
    return render("moderation/project_reports.html", found=found, state=state)


@bp.route("/moderation/projects/reports/<uuid:report_id>", methods=["GET", "POST"])
@for_moderators
@shows_form
def answer_report(report_id: Any) -> Any:
    """One report with what stood there, and the form to answer."""
    wanted, form = str(report_id), ActForm(outcome="acted")
    answer = {"outcome": form["outcome"], "word": form.text("word")}
    if form.is_sent and form.done(moderation.answer_report, api(), wanted, **answer):
        return done("/moderation/projects", "done")
    told = find_listed(moderation.list_reports, wanted, state="open")
    return render("moderation/project_report.html", form=form, report=told)


@bp.route("/moderation/projects/<uuid:project_id>", methods=["GET", "POST"])
@for_moderators
@shows_form
def act(project_id: Any) -> Any:
    """What moderators did in a project, and the form to do more."""
    name = str(project_id)
    kind, object_id = _meant(name)
    form = ActForm(kind="hide" if kind != KINDS[0] else "close")
    wanted = _wanted(form, kind, object_id)
    if form.is_sent and form.done(moderation.act, api(), name, key=form.key, **wanted):
        return done(f"/moderation/projects/{name}", "done")
    people = attempt(projects.list_people, api(), name, limit=50)
    return render(
        "moderation/project_acts.html",
        form=form,
        meant=kind,
        project=attempt(projects.get_project, api(), name),
        project_id=name,
        heirs=[one.member for one in people.items if one.role != "owner"] if people else [],
        found=attempt(moderation.list_acts, api(), name, cursor=cursor()),
    )


@bp.route("/moderation/projects/<uuid:project_id>/acts/<uuid:act_id>/undo", methods=["GET", "POST"])
@for_moderators
@shows_form
def undo(project_id: Any, act_id: Any) -> Any:
    """The page that asks why something of a project is shown again, or may be opened again."""
    return take_back(
        _("Take it back"),
        f"/moderation/projects/{project_id}",
        moderation.undo,
        str(project_id),
        str(act_id),
    )


def _meant(project_id: str) -> tuple[str, str]:
    """What of a project the address names: itself, where it names nothing."""
    kind = request.args.get("type", KINDS[0])
    object_id = request.args.get("id", type=UUID)
    if kind not in KINDS or (object_id is None) is not (kind == KINDS[0]):
        abort(404)
    return kind, str(object_id) if object_id else project_id


def _query(kind: str, object_id: str) -> dict[str, str]:
    return {} if kind == KINDS[0] else {"type": kind, "id": object_id}


def _wanted(form: ActForm, kind: str, object_id: str) -> dict[str, Any]:
    """An act as the API takes it: each names what it is about, and nothing else."""
    wanted: dict[str, Any] = {"kind": form["kind"], "reason": form.text("reason")}
    if form["kind"] == "hide":
        wanted["object"] = {"type": kind, "id": object_id}
    if form["kind"] == "replace_owner":
        wanted["member_id"] = form["member_id"] or None
    return wanted
