"""Rounds of opinions: asking, answering, results, and what came of them."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, request

from chassis import clock
from web import noticing
from web.api import opinions, projects
from web.api.client import api
from web.api.opinion_models import Question, Round
from web.forms import Form
from web.rendering import attempt, cursor, done, render, shows_form
from web.session import signed_in

bp = Blueprint("rounds", __name__)
KINDS = ("choice", "scale", "text")
MOST_QUESTIONS, FIRST_SHOWN = 20, 3
DAYS = (3, 7, 14, 30, 60, 90)


@bp.route("/projects/<uuid:project_id>/rounds/new", methods=["GET", "POST"])
@signed_in
@shows_form
def ask(project_id: Any) -> Any:
    """The form to ask for opinions; more questions come by a button of it."""
    project = projects.get_project(api(), str(project_id))
    form = Form(audience="followers", names="none", days="7", count=str(FIRST_SHOWN))
    count = min(MOST_QUESTIONS, max(1, _number(form.text("count"), FIRST_SHOWN)))
    if "more" in request.form:
        count = min(MOST_QUESTIONS, count + 1)
    elif form.is_sent:
        asked = form.send(opinions.ask, api(), project.id, key=form.key, **_wanted(form, count))
        if asked:
            return done(f"/projects/{project.id}/rounds/{asked.id}", "opinion-asked")
    return render(
        "projects/round_new.html",
        section="projects",
        form=form,
        project=project,
        count=count,
        days=DAYS,
    )


@bp.route("/projects/<uuid:project_id>/rounds/<uuid:round_id>", methods=["GET", "POST"])
@signed_in
@shows_form
def get_round(project_id: Any, round_id: Any) -> Any:
    """A round: its form while it is open, its results once they are shown."""
    project = projects.get_project(api(), str(project_id))
    one = opinions.get_round(api(), project.id, str(round_id))
    form = Form(**_given(one, project.id))
    if form.is_sent:
        answers = [answer for question in one.questions if (answer := _answer(question))]
        if form.done(opinions.give_opinion, api(), project.id, one.id, answers=answers):
            return done(f"/projects/{project_id}/rounds/{round_id}", "opinion-given")
    noticing.opened(one.id)
    results = None
    if one.may_see_results:
        results = attempt(opinions.get_results, api(), project.id, one.id)
    return render(
        "projects/round.html",
        section="projects",
        form=form,
        project=project,
        one=one,
        results=results,
        days=DAYS,
        may_end=one.closes_at > clock.now() + timedelta(days=1, minutes=2),
        picked={q.number: request.form.getlist(f"q{q.number}") for q in one.questions},
    )


@bp.get("/projects/<uuid:project_id>/rounds/<uuid:round_id>/question/<int:number>")
@signed_in
def list_answers(project_id: Any, round_id: Any, number: int) -> Any:
    """What was written to a question, or, with names, who took what."""
    name = str(project_id)
    one = opinions.get_round(api(), name, str(round_id))
    question = next((q for q in one.questions if q.number == number), None)
    is_text = question is not None and question.kind == "text"
    listing = opinions.list_texts if is_text else opinions.list_choices
    found = listing(api(), name, one.id, number, cursor=cursor())
    return render(
        "projects/answers.html",
        section="projects",
        one=one,
        question=question,
        found=found,
        is_text=is_text,
    )


@bp.post("/projects/<uuid:project_id>/rounds/<uuid:round_id>/end")
@signed_in
def move_end(project_id: Any, round_id: Any) -> Any:
    """Let a round last so many days from now, or withdraw it."""
    if request.form.get("state") == "withdrawn":
        changes: dict[str, Any] = {"state": "withdrawn"}
    else:
        changes = {"closes_at": _in_days(request.form.get("days", ""))}
    opinions.change_round(api(), str(project_id), str(round_id), **changes)
    return done(f"/projects/{project_id}/rounds/{round_id}", "done")


@bp.route("/projects/<uuid:project_id>/rounds/<uuid:round_id>/outcome", methods=["GET", "POST"])
@signed_in
@shows_form
def put_outcome(project_id: Any, round_id: Any) -> Any:
    """Say what came of a round."""
    one = opinions.get_round(api(), str(project_id), str(round_id))
    form = Form(outcome=one.outcome)
    if form.is_sent and form.done(
        opinions.put_outcome, api(), str(project_id), one.id, outcome=form.text("outcome")
    ):
        return done(f"/projects/{project_id}/rounds/{round_id}", "saved")
    return render("projects/outcome.html", section="projects", form=form, one=one)


def _wanted(form: Form, count: int) -> dict[str, Any]:
    questions = [_question(form, number) for number in range(1, count + 1)]
    return {
        "title": form.text("title"),
        "concept": form.text("concept"),
        "audience": form["audience"],
        "is_anonymous": form["names"] == "none",
        "results": "after_answer" if form["names"] == "early" else "after_closing",
        "closes_at": _in_days(form.text("days")),
        "questions": [one for one in questions if one["text"]],
    }


def _question(form: Form, number: int) -> dict[str, Any]:
    kind = form.text(f"q{number}-kind") or KINDS[0]
    asked: dict[str, Any] = {"kind": kind, "text": form.text(f"q{number}-text")}
    if kind == "choice":
        lines = form.text(f"q{number}-options").splitlines()
        asked["options"] = [line.strip() for line in lines if line.strip()]
        asked["most"] = max(1, _number(form.text(f"q{number}-most"), 1))
    return asked


def _in_days(words: str) -> str:
    """So many days from now; a minute later, for the way to the service."""
    days = min(max(1, _number(words, 7)), DAYS[-1])
    if days == DAYS[-1]:
        return (clock.now() + timedelta(days=days) - timedelta(minutes=1)).isoformat()
    return (clock.now() + timedelta(days=days, minutes=1)).isoformat()


def _answer(question: Question) -> dict[str, Any] | None:
    """What was picked or written; None where nothing was."""
    name = f"q{question.number}"
    picked = [_number(one, 0) for one in request.form.getlist(name)]
    words = request.form.get(name, "").replace("\r\n", "\n").strip()
    if question.kind == "text":
        return {"question": question.number, "text": words} if words else None
    if not picked:
        return None
    if question.kind == "scale":
        return {"question": question.number, "scale": picked[0]}
    return {"question": question.number, "choices": picked}


def _given(one: Round, project_id: str) -> dict[str, Any]:
    """What one answered before, where names are shown."""
    if one.is_anonymous or not one.is_given:
        return {}
    mine = attempt(opinions.get_opinion, api(), project_id, one.id)
    if mine is None:
        return {}
    return {f"q{g.question}": g.text or [str(n) for n in g.choices] for g in mine.answers}


def _number(words: str, otherwise: int) -> int:
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 5 else otherwise
