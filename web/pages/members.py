"""Members: what is proved of them, what they wrote, who invited them, whom they follow."""

from typing import Any

from flask import Blueprint, abort, redirect, request

from web import session
from web.api import members, people, posts, projects, skills
from web.api.client import api
from web.rendering import attempt, back, cursor, is_fragment, render
from web.session import signed_in

bp = Blueprint("members", __name__)
KINDS = {"answers": "answer", "questions": "question", "shares": "share"}


@bp.get("/members/<uuid:member_id>")
@signed_in
def get_member(member_id: Any) -> Any:
    """Somebody's page, with what they answered lately."""
    return _show(str(member_id), "answers")


@bp.get("/members/<uuid:member_id>/<any(answers, questions, shares):tab>")
@signed_in
def list_written(member_id: Any, tab: str) -> Any:
    """The same, with what else they wrote."""
    return _show(str(member_id), tab)


def _show(member_id: str, tab: str) -> Any:
    member = members.get_member(api(), member_id)
    is_me = member_id == session.me().id
    return render(
        "members/member.html",
        section="me" if is_me else "",
        member=member,
        is_me=is_me,
        tab=tab,
        relation=attempt(people.get_relation, api(), member_id),
        held=attempt(skills.list_held, api(), member_id),
        past=attempt(skills.list_held, api(), member_id, state="past", limit=4),
        found=attempt(posts.list_posts, api(), author=member_id, kind=KINDS[tab], cursor=cursor()),
    )


@bp.get("/members/<uuid:member_id>/projects")
@signed_in
def list_projects(member_id: Any) -> Any:
    """What a member builds."""
    found = projects.list_projects(api(), member=str(member_id), cursor=cursor())
    member = attempt(members.get_member, api(), str(member_id)) or members.unnamed(str(member_id))
    return render("members/projects.html", member=member, found=found)


@bp.get("/me")
@signed_in
def get_myself() -> Any:
    """One's own page."""
    return redirect(f"/members/{session.me().id}", 303)


@bp.get("/members/<uuid:member_id>/tree")
@signed_in
def get_tree(member_id: Any) -> Any:
    """Who invited whom: sponsors up to the founders, and who joined by this member."""
    member = members.get_member(api(), str(member_id))
    ancestors = attempt(members.get_lineage, api(), member.id)
    invitees = members.list_invitees(api(), str(member_id), cursor=cursor())
    return render("members/tree.html", member=member, ancestors=ancestors, invitees=invitees)


@bp.get("/members/<uuid:member_id>/<any(followers, following):which>")
@signed_in
def list_people(member_id: Any, which: str) -> Any:
    """Who follows a member, or whom they follow."""
    listing = people.list_followers if which == "followers" else people.list_following
    found = listing(api(), str(member_id), cursor=cursor())
    member = attempt(members.get_member, api(), str(member_id)) or members.unnamed(str(member_id))
    relations = attempt(people.list_relations, api(), [one.id for one in found.items]) or {}
    return render(
        "members/people.html", member=member, which=which, found=found, relations=relations
    )


@bp.post("/members/<uuid:member_id>/follow")
@signed_in
def follow(member_id: Any) -> Any:
    """Follow a member, or no more; a script gets the button as it is now."""
    is_following = bool(request.form.get("on"))
    people.follow(api(), str(member_id), is_following=is_following)
    if is_fragment():
        return render(
            "fragments/follow.html",
            member_id=str(member_id),
            is_following=is_following,
            next=request.form.get("next", "/"),
        )
    return back(f"/members/{member_id}")


@bp.post("/members/<uuid:member_id>/block")
@signed_in
def block(member_id: Any) -> Any:
    """Block a member, or no more."""
    is_blocked = bool(request.form.get("on"))
    people.block(api(), str(member_id), is_blocked=is_blocked)
    return back("/settings/blocked", said="blocked" if is_blocked else "unblocked")


@bp.post("/suggestions/<uuid:member_id>/dismiss")
@signed_in
def dismiss(member_id: Any) -> Any:
    """Suggest a member no more."""
    people.dismiss(api(), str(member_id))
    return back()


@bp.get("/people")
@signed_in
def find_people() -> Any:
    """Members by name."""
    q = request.args.get("q", "").strip()[:100]
    if not q:
        abort(404)
    found = members.find_members(api(), q, cursor=cursor())
    relations = attempt(people.list_relations, api(), [one.id for one in found.items]) or {}
    return render("members/found.html", found=found, relations=relations, q=q)
