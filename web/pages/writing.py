"""Asking and sharing, with a preview and a look at which skills it would be about."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, jsonify, request

from web.api import posts, skills
from web.api.client import api
from web.forms import Form
from web.pieces import label
from web.rendering import attempt, done, render, shows_form
from web.session import signed_in

bp = Blueprint("writing", __name__)
AUDIENCES = ("members", "followers", "followers-only")


@bp.route("/ask", methods=["GET", "POST"])
@signed_in
@shows_form
def ask() -> Any:
    """The form to ask; a title may come along from the first page's box."""
    form = Form(title=request.args.get("title", ""), keywords=request.args.get("keywords", ""))
    if form.is_sent and "preview" not in request.form:
        question = form.send(posts.ask, api(), key=form.key, **_listed(form))
        if question:
            return done(f"/questions/{question.id}", "asked")
    return render("writing/ask.html", section="ask", form=form, **_preview(form))


@bp.route("/share", methods=["GET", "POST"])
@signed_in
@shows_form
def share() -> Any:
    """The form to share an experience, or a watch with its link."""
    form = Form(form="experience")
    if form.is_sent and "preview" not in request.form:
        what = {"form": form["form"], "link": form.text("link") or None}
        shared = form.send(posts.share, api(), key=form.key, **_listed(form), **what)
        if shared:
            return done(f"/shares/{shared.id}", "shared")
    return render("writing/share.html", section="ask", form=form, **_preview(form))


@bp.post("/preview")
@signed_in
def preview() -> Any:
    """What a script shows while one writes: the words as readers see them, and their skills."""
    form = Form()
    return render("writing/preview.html", **_preview(form, is_wanted=True))


@bp.get("/suggest/keywords")
@signed_in
def suggest_keywords() -> Any:
    """Keywords that begin so, for the field."""
    found = posts.list_keywords(api(), q=request.args.get("q", "")[:50])
    return jsonify([{"value": one.label, "words": one.label} for one in found.items[:8]])


@bp.get("/suggest/skills")
@signed_in
def suggest_skills() -> Any:
    """Skills that are called so, for the field."""
    found = skills.list_skills(api(), q=request.args.get("q", "")[:100])
    return jsonify([{"value": label(one), "words": label(one)} for one in found.items[:8]])


def _listed(form: Form) -> dict[str, Any]:
    return {
        "title": form.text("title"),
        "body": form.text("body"),
        "keywords": form.words("keywords"),
        "audience": form["audience"] or AUDIENCES[0],
    }


def _preview(form: Form, *, is_wanted: bool = False) -> Mapping[str, Any]:
    """The words as readers see them, where the form asks for that."""
    if not (is_wanted or "preview" in request.form) or not form.text("body"):
        return {"body_html": None, "subjects": None}
    body_html = attempt(posts.preview, api(), form.text("body"))
    subjects = attempt(
        skills.detect,
        api(),
        title=form.text("title")[:150],
        text=form.text("body")[:20_000],
        keywords=form.words("keywords")[:5],
    )
    return {"body_html": body_html, "subjects": subjects.items if subjects else None}
