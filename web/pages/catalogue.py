"""For moderators: what keywords and skills are called, what leads where, what may be a skill."""

from typing import Any

from flask import Blueprint, request

from chassis.slugs import slug_of
from web.api import moderation, posts, skills
from web.api.client import api
from web.api.models import Labels
from web.i18n import _
from web.links import with_query
from web.moderating import (
    ActForm,
    find_listed,
    find_skill,
    for_moderators,
    keyword_slug,
    skill_slug,
    state_of,
    take_back,
)
from web.rendering import attempt, cursor, done, render, shows_form

bp = Blueprint("catalogue", __name__)
KEYWORDS, SKILLS = "/moderation/keywords", "/moderation/skills"
CANDIDATES = "/moderation/candidates"
OUTCOMES = ("accepted", "alias", "refused")


@bp.get(KEYWORDS)
@for_moderators
def list_keywords() -> Any:
    """A keyword by its name; one that was merged is told apart."""
    q = request.args.get("q", "").strip()[:50]
    slug = slug_of(q)
    return render(
        "moderation/keywords.html",
        q=q,
        slug=slug,
        moved=attempt(moderation.find_moved, api(), slug) if slug else None,
        found=posts.list_keywords(api(), q=q, cursor=cursor()),
    )


@bp.route(f"{KEYWORDS}/<slug>", methods=["GET", "POST"])
@for_moderators
@shows_form
def rename_keyword(slug: str) -> Any:
    """What a keyword is called."""
    keyword = attempt(posts.get_keyword, api(), slug)
    form = ActForm(label=keyword.label if keyword else "")
    if form.is_sent and form.done(moderation.rename_keyword, api(), slug, label=form.text("label")):
        return done(KEYWORDS, "done")
    return render("moderation/keyword.html", form=form, slug=slug, keyword=keyword)


@bp.route(f"{KEYWORDS}/<slug>/merge", methods=["GET", "POST"])
@for_moderators
@shows_form
def merge_keyword(slug: str) -> Any:
    """Let a keyword lead to another: how much goes there, then for good."""
    form, trial = ActForm(), None
    if form.is_sent:
        into = form.text("target") or keyword_slug(form.text("into"))
        dry_run = not form.is_confirmed
        trial = form.send(moderation.merge_keyword, api(), slug, into=into, dry_run=dry_run)
    if trial and form.is_confirmed:
        return done(with_query(KEYWORDS, q=slug), "done")
    return render("moderation/merge_keyword.html", form=form, slug=slug, trial=trial)


@bp.route(f"{KEYWORDS}/<slug>/part", methods=["GET", "POST"])
@for_moderators
@shows_form
def part_keyword(slug: str) -> Any:
    """Take that back."""
    form = ActForm()
    if form.is_sent and form.done(moderation.part_keyword, api(), slug):
        return done(with_query(KEYWORDS, q=slug), "done")
    title = _("Take the merge of “%(slug)s” back?", slug=slug)
    return render("moderation/undo.html", form=form, title=title, back=KEYWORDS, is_told_why=False)


@bp.get(SKILLS)
@for_moderators
def list_skills() -> Any:
    """A skill by its name, and what was done to the catalogue."""
    q = request.args.get("q", "").strip()[:100]
    slug = request.args.get("slug", "")[:200] or None
    return render(
        "moderation/skills.html",
        q=q,
        slug=slug,
        skills=attempt(skills.list_skills, api(), q=q) if q else None,
        found=attempt(moderation.list_catalogue_acts, api(), slug=slug, cursor=cursor()),
    )


@bp.route(f"{SKILLS}/<slug>/labels", methods=["GET", "POST"])
@for_moderators
@shows_form
def rename_skill(slug: str) -> Any:
    """What a skill is called: whom it concerns, then for good."""
    skill = attempt(skills.get_skill, api(), slug)
    called = skill.labels if skill and skill.slug == slug else Labels("", "")
    form, trial = ActForm(en=called.en, fr=called.fr), None
    if form.is_sent:
        said: Any = {name: form.text(name) for name in ("en", "fr", "reason")}
        said |= {"key": form.key, "dry_run": not form.is_confirmed}
        trial = form.send(moderation.rename_skill, api(), slug, **said)
    if trial and form.is_confirmed:
        return done(with_query(SKILLS, slug=slug), "done")
    return render("moderation/labels.html", form=form, slug=slug, trial=trial)


@bp.route(f"{SKILLS}/<slug>/restore", methods=["GET", "POST"])
@for_moderators
@shows_form
def restore_labels(slug: str) -> Any:
    """Call a skill as the catalogue does."""
    title = _("Call “%(slug)s” as the catalogue does again?", slug=slug)
    to = with_query(SKILLS, slug=slug)
    return take_back(title, SKILLS, moderation.restore_labels, slug, to=to)


@bp.route(f"{SKILLS}/<slug>/merge", methods=["GET", "POST"])
@for_moderators
@shows_form
def merge_skill(slug: str) -> Any:
    """Let a skill lead to another: who would gain or lose which level, then for good."""
    form, trial = ActForm(), None
    if form.is_sent:
        into = form.text("target") or skill_slug(form.text("into"))
        how: Any = {"key": form.key, "reason": form.text("reason")}
        how["dry_run"] = not form.is_confirmed
        trial = form.send(moderation.merge_skill, api(), slug, into=into, **how)
    if trial and form.is_confirmed:
        return done(with_query(SKILLS, slug=slug), "done")
    return render("moderation/merge_skill.html", form=form, slug=slug, trial=trial)


@bp.route(f"{SKILLS}/<slug>/part", methods=["GET", "POST"])
@for_moderators
@shows_form
def part_skill(slug: str) -> Any:
    """Take that back."""
    title = _("Take the merge of “%(slug)s” back?", slug=slug)
    return take_back(title, SKILLS, moderation.part_skill, slug, to=with_query(SKILLS, slug=slug))


@bp.get(CANDIDATES)
@for_moderators
def list_candidates() -> Any:
    """Keywords that name no skill."""
    state = state_of("open", "answered")
    found = moderation.list_candidates(api(), state=state, cursor=cursor())
    return render("moderation/candidates.html", found=found, state=state)


@bp.route(f"{CANDIDATES}/<slug>", methods=["GET", "POST"])
@for_moderators
@shows_form
def answer_candidate(slug: str) -> Any:
    """Make a skill of a keyword, let it mean one that there is, or refuse it."""
    candidate = find_listed(moderation.list_candidates, slug, state="open")
    label = candidate.label if candidate else slug
    asked = request.args.get("outcome", "")
    outcome, form = asked if asked in OUTCOMES else OUTCOMES[0], ActForm(en=label, fr=label)
    if form.is_sent and form.done(
        moderation.answer_candidate, api(), slug, key=form.key, **_answer(form, outcome)
    ):
        return done(CANDIDATES, "done")
    return render("moderation/candidate.html", form=form, slug=slug, called=label, outcome=outcome)


def _answer(form: ActForm, outcome: str) -> dict[str, Any]:
    answer: dict[str, Any] = {"outcome": outcome, "reason": form.text("reason")}
    if outcome == "alias":
        answer["into"] = skill_slug(form.text("into"))
    if outcome == "accepted":
        near = find_skill(form.text("category"))
        answer["skill"] = {
            "en": form.text("en"),
            "fr": form.text("fr"),
            "category": near.category if near else form.text("category"),
            "is_everyday": form.is_on("is_everyday"),
        }
    return answer


@bp.route(f"{CANDIDATES}/<slug>/reopen", methods=["GET", "POST"])
@for_moderators
@shows_form
def reopen_candidate(slug: str) -> Any:
    """Take an answer back."""
    title = _("Take the answer to “%(slug)s” back?", slug=slug)
    return take_back(title, CANDIDATES, moderation.reopen_candidate, slug)
