"""Companies: being counted in one's own, what it knows, whom it knows outside."""

from typing import Any

from flask import Blueprint, redirect, request

from web.api import companies, people
from web.api.client import api
from web.forms import Form
from web.moderating import ActForm, for_moderators
from web.rendering import attempt, cursor, done, render, shows_form
from web.session import signed_in

bp = Blueprint("companies", __name__)


@bp.route("/settings/company", methods=["GET", "POST"])
@signed_in
@shows_form
def change_company() -> Any:
    """Whether one is counted in the company that one's address shows: never without asking."""
    form = Form()
    if form.is_sent and form.done(_choose, form):
        return done("/settings/company", "saved")
    return render("settings/company.html", form=form, mine=companies.get_agreement(api()))


def _choose(form: Form) -> None:
    if form.is_on("on"):
        companies.agree(api(), form["organisation"])
    else:
        companies.take_back(api())


@bp.get("/companies")
@signed_in
def get_own() -> Any:
    """One's own company, or the page that tells how to be counted in it."""
    mine = companies.get_agreement(api())
    if mine.organisation and mine.has_agreed:
        return redirect(f"/companies/{mine.organisation.slug}", 303)
    return redirect("/settings/company", 303)


@bp.get("/companies/<slug>")
@signed_in
def get_company(slug: str) -> Any:
    """What a company knows, and whom its people know outside; for them alone."""
    q = request.args.get("q", "").strip()[:200]
    found = companies.get_map(api(), slug, cursor=cursor())
    outside = attempt(companies.find_outside, api(), slug, q) if q else None
    ids = [one.expert.member.id for one in outside.items] if outside else []
    mine = attempt(companies.get_agreement, api())
    return render(
        "companies/company.html",
        slug=slug,
        name=mine.organisation.name if mine and mine.organisation else slug,
        found=found,
        q=q,
        outside=outside,
        relations=attempt(people.list_relations, api(), ids) or {},
    )


@bp.get("/moderation/companies")
@for_moderators
def list_companies() -> Any:
    """What is registered."""
    found = companies.list_companies(api(), cursor=cursor())
    return render("moderation/companies.html", found=found)


@bp.route("/moderation/companies/new", methods=["GET", "POST"])
@for_moderators
@shows_form
def register() -> Any:
    """Register a company."""
    form = _named(ActForm())
    if form.is_sent and form.done(companies.register, api(), key=form.key, **_wanted(form)):
        return done("/moderation/companies", "done")
    return render("moderation/company.html", form=form, company=None, acts=None)


@bp.route("/moderation/companies/<slug>", methods=["GET", "POST"])
@for_moderators
@shows_form
def change(slug: str) -> Any:
    """Change one, or close it; and what was done to it."""
    company = companies.get_company(api(), slug)
    form = ActForm(
        called=company.name,
        domains=", ".join(company.domains),
        is_closed="" if request.method == "POST" else company.is_closed,
        revision=company.revision,
    )
    if _named(form).is_sent and form.done(
        companies.change,
        api(),
        slug,
        revision=int(form["revision"]) if str(form["revision"]).isdecimal() else 0,
        is_closed=form.is_on("is_closed"),
        **_wanted(form),
    ):
        return done(f"/moderation/companies/{company.slug}", "done")
    acts = attempt(companies.list_acts, api(), slug, cursor=cursor())
    return render("moderation/company.html", form=form, company=company, acts=acts)


def _named(form: ActForm) -> ActForm:
    """The name is a company's, of which other rules are told than of one's own."""
    form.fields = {"name": "called"}
    return form


def _wanted(form: ActForm) -> dict[str, Any]:
    domains = [one for part in form.words("domains") for one in part.split()]
    return {"name": form.text("called"), "domains": domains, "reason": form.text("reason")}
