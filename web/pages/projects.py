"""Projects: the list, one's story, beginning, changing and closing it, who builds it, its news."""

from typing import Any

from flask import Blueprint, request

from web.api import opinions, project_moderation, projects
from web.api.client import api
from web.api.project_models import Call, Project
from web.forms import Form
from web.rendering import attempt, back, cursor, done, is_fragment, render, shows_form
from web.session import signed_in

bp = Blueprint("projects", __name__)
STAGES = ("idea", "concept", "test", "launched", "closed")
WHICH = {"followed": {"followed": "true"}, "needs": {"needs_me": "true"}}
WHICH["closed"] = {"stage": "closed"}


@bp.get("/projects")
@signed_in
def list_projects() -> Any:
    """What members build: all, those that one follows, those that need one, those that ended."""
    which, q = request.args.get("which", ""), request.args.get("q", "").strip()[:200]
    asked = WHICH.get(which, {})
    found = projects.list_projects(api(), q=q or None, cursor=cursor(), **asked)
    waiting = attempt(projects.list_my_invitations, api())
    return render(
        "projects/list.html",
        section="projects",
        found=found,
        which=which,
        q=q,
        waiting=waiting,
    )


@bp.get("/projects/news")
@signed_in
def list_feed() -> Any:
    """News of what one follows or builds."""
    return render(
        "projects/feed.html", section="projects", found=projects.list_feed(api(), cursor=cursor())
    )


@bp.route("/projects/new", methods=["GET", "POST"])
@signed_in
@shows_form
def begin() -> Any:
    """The form to begin one."""
    form = Form(stage=STAGES[0], visibility="members")
    if form.is_sent:
        begun = form.send(projects.begin, api(), key=form.key, **_typed(form))
        if begun:
            return done(f"/projects/{begun.id}", "begun")
    return render("projects/edit.html", section="projects", form=form, project=None)


@bp.get("/projects/<uuid:project_id>")
@signed_in
def get_project(project_id: Any) -> Any:
    """One project: what it looks for, what it asked, what it compares, who builds it."""
    name = str(project_id)
    project = projects.get_project(api(), name)
    calls = attempt(projects.list_calls, api(), name, limit=10)
    first = next((one for one in calls.items if one.state == "open"), None) if calls else None
    rounds = attempt(opinions.list_rounds, api(), name, limit=5)
    ended = next((one for one in rounds.items if one.may_see_results), None) if rounds else None
    benchmarks = attempt(opinions.list_benchmarks, api(), name, limit=5)
    latest = benchmarks.items[0] if benchmarks and benchmarks.items else None
    return render(
        "projects/project.html",
        section="projects",
        project=project,
        calls=calls,
        first_open=first.id if first else None,
        helpers=_helpers(project, first),
        rounds=rounds,
        ended=ended,
        results=attempt(opinions.get_results, api(), name, ended.id) if ended else None,
        benchmarks=benchmarks,
        table=attempt(opinions.get_table, api(), name, latest.id) if latest else None,
        people_shown=_people(name),
        updates=attempt(projects.list_updates, api(), name, limit=5),
        stages=STAGES,
        key=Form().key,
    )


def _people(project_id: str) -> Any:
    found = attempt(projects.list_people, api(), project_id, limit=4)
    return found.items if found else []


def _helpers(project: Project, call: Call | None) -> Any:
    """Who could help with the first call, for the project's people."""
    if call is None or project.role is None:
        return []
    return (attempt(projects.list_helpers, api(), project.id, call.id) or [])[:2]


@bp.route("/projects/<uuid:project_id>/edit", methods=["GET", "POST"])
@signed_in
@shows_form
def edit(project_id: Any) -> Any:
    """Change a project of one's own."""
    project = projects.get_project(api(), str(project_id))
    form = Form(
        title=project.title,
        pitch=project.pitch,
        description=project.description,
        stage=project.stage,
        visibility=project.visibility,
        keywords=", ".join(keyword.label for keyword in project.keywords),
        revision=project.revision,
    )
    if form.is_sent:
        revision = form.text("revision")
        if form.send(projects.change, api(), project.id, revision, **_typed(form)):
            return done(f"/projects/{project.id}", "edited")
    return render("projects/edit.html", section="projects", form=form, project=project)


@bp.route("/projects/<uuid:project_id>/close", methods=["GET", "POST"])
@signed_in
@shows_form
def close(project_id: Any) -> Any:
    """Close a project: what was learned, and whom to thank."""
    project = projects.get_project(api(), str(project_id))
    form = Form(learned=project.learned, revision=project.revision)
    if form.is_sent:
        changes = {"stage": "closed", "learned": form.text("learned")}
        if form.send(projects.change, api(), project.id, form.text("revision"), **changes):
            return done(f"/projects/{project.id}", "ended")
    return render(
        "projects/close.html",
        section="projects",
        form=form,
        project=project,
        calls=attempt(projects.list_calls, api(), project.id, state="answered"),
    )


@bp.post("/projects/<uuid:project_id>/reopen")
@signed_in
def reopen(project_id: Any) -> Any:
    """Open a project again that was closed lately."""
    revision = request.form.get("revision", "")
    projects.change(api(), str(project_id), revision, stage="test")
    return done(f"/projects/{project_id}", "done")


@bp.post("/projects/<uuid:project_id>/awake")
@signed_in
def wake(project_id: Any) -> Any:
    """Say that a project goes on."""
    projects.wake(api(), str(project_id))
    return done(f"/projects/{project_id}", "done")


@bp.post("/projects/<uuid:project_id>/follow")
@signed_in
def follow(project_id: Any) -> Any:
    """Hear of a project, or no more; a script gets the button as it is now."""
    is_following = bool(request.form.get("on"))
    projects.follow(api(), str(project_id), is_following=is_following)
    if is_fragment():
        return render(
            "fragments/follow_project.html",
            project_id=str(project_id),
            is_following=is_following,
            next=request.form.get("next", "/"),
        )
    return back(f"/projects/{project_id}")


@bp.get("/projects/<uuid:project_id>/history")
@signed_in
def list_history(project_id: Any) -> Any:
    """What was changed of a project, and by whom."""
    project = projects.get_project(api(), str(project_id))
    found = projects.list_changes(api(), project.id, cursor=cursor())
    acts = attempt(project_moderation.list_acts, api(), project.id)
    return render(
        "projects/history.html", section="projects", project=project, found=found, acts=acts
    )


@bp.get("/projects/<uuid:project_id>/people")
@signed_in
def list_people(project_id: Any) -> Any:
    """Who builds a project, and whom it asked."""
    project = projects.get_project(api(), str(project_id))
    asked = None
    if project.role is not None:
        asked = attempt(projects.list_invitations, api(), project.id)
    return render(
        "projects/people.html",
        section="projects",
        project=project,
        found=projects.list_people(api(), project.id, cursor=cursor()),
        asked=asked,
        key=Form().key,
    )


@bp.post("/projects/<uuid:project_id>/people/<uuid:member_id>/part")
@signed_in
def part(project_id: Any, member_id: Any) -> Any:
    """Leave a project, or remove a contributor from one's own."""
    projects.part_with(api(), str(project_id), str(member_id))
    return done(f"/projects/{project_id}", "done")


@bp.route("/projects/<uuid:project_id>/news", methods=["GET", "POST"])
@signed_in
@shows_form
def list_news(project_id: Any) -> Any:
    """The news of a project, and, for its people, the form to tell some."""
    project = projects.get_project(api(), str(project_id))
    form = Form()
    if form.is_sent:
        told = {"title": form.text("title"), "body": form.text("body")}
        if form.send(projects.tell, api(), project.id, key=form.key, **told):
            return done(f"/projects/{project.id}/news", "told")
    found = projects.list_updates(api(), project.id, cursor=cursor())
    return render("projects/news.html", section="projects", form=form, project=project, found=found)


@bp.post("/projects/<uuid:project_id>/news/<uuid:update_id>/like")
@signed_in
def like_update(project_id: Any, update_id: Any) -> Any:
    """Like news, or no more."""
    is_liked = bool(request.form.get("on"))
    projects.like_update(api(), str(project_id), str(update_id), is_liked=is_liked)
    return back(f"/projects/{project_id}/news")


@bp.post("/projects/<uuid:project_id>/news/<uuid:update_id>/remove")
@signed_in
def remove_update(project_id: Any, update_id: Any) -> Any:
    """Take news away."""
    projects.remove_update(api(), str(project_id), str(update_id))
    return done(f"/projects/{project_id}/news", "removed")


def _typed(form: Form) -> dict[str, Any]:
    return {
        "title": form.text("title"),
        "pitch": form.text("pitch"),
        "description": form.text("description"),
        "stage": form["stage"],
        "keywords": form.words("keywords"),
        "visibility": form["visibility"],
    }
