"""Helping in projects: calls, who could help, who is asked and who offers, and thanks."""

import secrets
from typing import Any

from flask import Blueprint, request

from chassis.slugs import slug_of
from web import noticing
from web.api import projects, skills
from web.api.client import api
from web.api.project_models import Call, Project
from web.forms import Form
from web.rendering import attempt, back, cursor, done, render, shows_form
from web.session import signed_in

bp = Blueprint("helping", __name__)


@bp.get("/projects/invitations")
@signed_in
def list_invitations() -> Any:
    """What one is asked, and waits for an answer."""
    found = projects.list_my_invitations(api(), cursor=cursor())
    return render("projects/invitations.html", section="projects", found=found)


@bp.post("/projects/<uuid:project_id>/invitations/<uuid:invitation_id>")
@signed_in
def answer_invitation(project_id: Any, invitation_id: Any) -> Any:
    """Accept, decline, or leave it for later."""
    answer = {
        "answer": request.form.get("answer", ""),
        "word": request.form.get("word", "").strip()[:500],
        "again": request.form.get("again") or "after_90_days",
    }
    projects.answer_invitation(api(), str(project_id), str(invitation_id), **answer)
    is_in = answer["answer"] == "accepted"
    return done(f"/projects/{project_id}" if is_in else "/projects/invitations", "done")


@bp.post("/projects/<uuid:project_id>/invitations/<uuid:invitation_id>/withdraw")
@signed_in
def withdraw_invitation(project_id: Any, invitation_id: Any) -> Any:
    """Take an invitation back."""
    projects.withdraw_invitation(api(), str(project_id), str(invitation_id))
    return done(f"/projects/{project_id}/people", "revoked")


@bp.route("/projects/<uuid:project_id>/calls/new", methods=["GET", "POST"])
@signed_in
@shows_form
def open_call(project_id: Any) -> Any:
    """The form to look for help."""
    project = projects.get_project(api(), str(project_id))
    form = Form()
    if form.is_sent:
        called = form.send(projects.call, api(), project.id, key=form.key, **_wanted(form))
        if called:
            return done(f"/projects/{project.id}/calls/{called.id}", "called")
    return render("projects/call_new.html", section="projects", form=form, project=project)


@bp.route("/projects/<uuid:project_id>/calls/<uuid:call_id>", methods=["GET", "POST"])
@signed_in
@shows_form
def get_call(project_id: Any, call_id: Any) -> Any:
    """A call: for its project's people who could help and who offers, for others the form to."""
    project = projects.get_project(api(), str(project_id))
    form = Form()
    if form.is_sent:
        offered = {"call_id": str(call_id), "word": form.text("word")}
        if form.done(projects.offer, api(), project.id, key=form.key, **offered):
            return done(f"/projects/{project_id}/calls/{call_id}", "offered")
    call = projects.get_call(api(), project.id, str(call_id))
    noticing.opened(call.id)
    offers = attempt(projects.list_offers, api(), project.id, call.id)
    return render(
        "projects/call.html",
        section="projects",
        form=form,
        project=project,
        call=call,
        helpers=_helpers(project, call),
        offers=offers.items if offers else None,
        **_thanks(project, call),
    )


def _helpers(project: Project, call: Call) -> Any:
    if project.role is None or call.state != "open":
        return []
    return attempt(projects.list_helpers, api(), project.id, call.id)


def _thanks(project: Project, call: Call) -> dict[str, Any]:
    """Whom the owner could thank for an answered call, and who was thanked."""
    if call.state != "answered":
        return {"people_to_thank": [], "thanked": []}
    given = attempt(projects.list_thanks, api(), project.id)
    thanked = [one for one in given.items if one.call_id == call.id] if given else []
    if project.role != "owner":
        return {"people_to_thank": [], "thanked": thanked}
    found = attempt(projects.list_people, api(), project.id, limit=50)
    done_with = {one.member.id for one in thanked}
    helped = [one.member for one in found.items if one.role != "owner"] if found else []
    left = [one for one in helped if one.id not in done_with]
    return {"people_to_thank": left, "thanked": thanked}


@bp.post("/projects/<uuid:project_id>/calls/<uuid:call_id>/end")
@signed_in
def end_call(project_id: Any, call_id: Any) -> Any:
    """Say that a call was answered, or take it back."""
    projects.end_call(api(), str(project_id), str(call_id), state=request.form.get("state", ""))
    return done(f"/projects/{project_id}/calls/{call_id}", "done")


@bp.post("/projects/<uuid:project_id>/calls/<uuid:call_id>/invite")
@signed_in
def invite(project_id: Any, call_id: Any) -> Any:
    """Ask a member to help with a call."""
    asked = {"member_id": request.form.get("member", ""), "call_id": str(call_id)}
    projects.invite(api(), str(project_id), key=_key(), **asked)
    return back(f"/projects/{project_id}/calls/{call_id}", said="asked-to-help")


@bp.post("/projects/<uuid:project_id>/hand-over")
@signed_in
def hand_over(project_id: Any) -> Any:
    """Ask a contributor to own the project."""
    asked = {"member_id": request.form.get("member", ""), "as": "owner"}
    projects.invite(api(), str(project_id), key=_key(), **asked)
    return done(f"/projects/{project_id}/people", "asked-to-help")


@bp.post("/projects/<uuid:project_id>/offers/<uuid:offer_id>")
@signed_in
def answer_offer(project_id: Any, offer_id: Any) -> Any:
    """Accept or decline an offer, or withdraw one's own."""
    projects.answer_offer(
        api(), str(project_id), str(offer_id), answer=request.form.get("answer", "")
    )
    return back(f"/projects/{project_id}", said="done")


@bp.route("/projects/<uuid:project_id>/calls/<uuid:call_id>/thank", methods=["GET", "POST"])
@signed_in
@shows_form
def thank(project_id: Any, call_id: Any) -> Any:
    """Thank a contributor for an answered call, for up to three skills."""
    call = projects.get_call(api(), str(project_id), str(call_id))
    form = Form(member=request.args.get("member", ""))
    if form.is_sent:
        given = {
            "member_id": form.text("member"),
            "skills": request.form.getlist("skill")[:3],
            "word": form.text("word"),
        }
        if form.done(projects.thank, api(), str(project_id), call.id, key=form.key, **given):
            return done(f"/projects/{project_id}/calls/{call_id}", "thanked")
    found = projects.list_people(api(), str(project_id), limit=50)
    helped = [one.member for one in found.items if one.role != "owner"]
    return render(
        "projects/thank.html", section="projects", form=form, call=call, contributors=helped
    )


def _wanted(form: Form) -> dict[str, Any]:
    hours, until = form.text("hours"), form.text("until")
    is_number = hours.isascii() and hours.isdecimal() and len(hours) < 5
    return {
        "title": form.text("title"),
        "details": form.text("details"),
        "skills": [_slug_of(words) for words in form.words("skills")[:5]],
        # What is no number, or no day, the API says at its field.
        "hours": int(hours) if is_number else hours or None,
        "until": until or None,
    }


def _slug_of(words: str) -> str:
    """The skill that is called so in either language, else what its slug would be."""
    found = attempt(skills.list_skills, api(), q=words[:100])
    called = slug_of(words)
    for one in found.items if found else ():
        if called in {one.slug, slug_of(one.labels.en), slug_of(one.labels.fr)}:
            return one.slug
    return called


def _key() -> str:
    """Of a button: its page's, so that pressed twice it is done once."""
    return request.form.get("key", "")[:200] or secrets.token_urlsafe(12)
