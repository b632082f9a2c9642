"""Skills: the evidence, who knows, the catalogue."""

from typing import Any

from flask import Blueprint, redirect, request

from chassis import clock
from web import session
from web.api import members, people, skills
from web.api.client import api
from web.forms import Form
from web.links import evidence
from web.pictures import timeline
from web.rendering import attempt, cursor, done, render, shows_form
from web.session import signed_in

bp = Blueprint("skills", __name__)


@bp.get("/members/<uuid:member_id>/skills/<slug>")
@signed_in
def get_evidence(member_id: Any, slug: str) -> Any:
    """What proves a skill of somebody's: when likes came, for which posts, what they are worth."""
    whose = str(member_id)
    proof = skills.get_proof(api(), whose, slug)
    months = timeline.filled(proof.months, clock.now().date()) if proof.months else []
    is_me = whose == session.me().id
    return render(
        "skills/evidence.html",
        member=attempt(members.get_member, api(), whose) or members.unnamed(whose),
        is_me=is_me,
        proof=proof,
        months=months,
        found=attempt(skills.list_evidence, api(), whose, slug, cursor=cursor()),
        held=attempt(skills.list_held, api(), whose, limit=7),
        relation=None if is_me else attempt(people.get_relation, api(), whose),
    )


@bp.post("/skills/<slug>/hide")
@signed_in
def hide(slug: str) -> Any:
    """Hide a skill of one's own from others, or show it."""
    is_hidden = bool(request.form.get("on"))
    skills.hide(api(), slug, is_hidden=is_hidden)
    return done(evidence(session.me().id, slug), "hidden" if is_hidden else "shown")


@bp.route("/skills/<slug>/contest/<uuid:post_id>", methods=["GET", "POST"])
@signed_in
@shows_form
def contest(slug: str, post_id: Any) -> Any:
    """Say that a post of one's own proves nothing here."""
    form = Form()
    if form.is_sent and form.done(
        skills.contest, api(), skill=slug, post_id=str(post_id), word=form.text("word")
    ):
        return done(evidence(session.me().id, slug), "contested")
    return render("skills/contest.html", form=form, slug=slug)


@bp.get("/find")
@signed_in
def find() -> Any:
    """Who knows…?"""
    q = request.args.get("q", "").strip()[:200]
    sort = "near" if request.args.get("sort") == "near" else "best"
    company, location = (request.args.get(one, "").strip()[:100] for one in ("company", "location"))
    knowing, relations = None, {}
    if q:
        knowing = skills.find_experts(api(), q, sort=sort, company=company, location=location)
        found = [expert.member.id for expert in knowing.items]
        relations = attempt(people.list_relations, api(), found) or {}
    return render(
        "skills/find.html",
        section="find",
        q=q,
        sort=sort,
        company=company,
        location=location,
        knowing=knowing,
        relations=relations,
    )


@bp.get("/skills")
@signed_in
def list_skills() -> Any:
    """The catalogue."""
    q = request.args.get("q", "").strip()[:100]
    found = skills.list_skills(api(), q=q, cursor=cursor())
    return render("skills/list.html", section="skills", found=found, q=q)


@bp.get("/skills/<slug>")
@signed_in
def get_skill(slug: str) -> Any:
    """One skill: who holds it, who asks, what is near."""
    skill = skills.get_skill(api(), slug)
    if skill.slug != slug:
        return redirect(f"/skills/{skill.slug}", 301)
    experts = attempt(skills.list_experts, api(), slug, cursor=cursor())
    found = [expert.member.id for expert in experts.items] if experts else []
    relations = attempt(people.list_relations, api(), found) or {}
    return render(
        "skills/skill.html", section="skills", skill=skill, experts=experts, relations=relations
    )
