"""Questions with their answers, shares; liking, accepting, editing, taking away, reporting."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request

from web import noticing, session
from web.api import notices, people, posts, skills
from web.api.client import api
from web.api.models import Page, Post
from web.api.notices import Ladder
from web.forms import Form
from web.rendering import attempt, back, cursor, done, is_fragment, render, shows_form, spare
from web.session import signed_in

bp = Blueprint("posts", __name__)
EDITED = {"question": ("title", "body", "keywords"), "answer": ("body",)}
EDITED["share"] = (*EDITED["question"], "form", "link")
REASONS = ("unkind", "spam", "private", "illegal", "other")


@bp.route("/questions/<uuid:question_id>", methods=["GET", "POST"])
@signed_in
@shows_form
def get_question(question_id: Any) -> Any:
    """A question, its answers with what is proved of their authors, and the form to answer."""
    asked = str(question_id)
    form = Form()
    if form.is_sent and (
        answer := form.send(posts.answer, api(), asked, key=form.key, body=form.text("body"))
    ):
        return done(f"/questions/{asked}?from={answer.id}#post-{answer.id}", "answered")
    question = posts.get_question(api(), asked)
    noticing.opened(asked)
    sort = "oldest" if request.args.get("sort") == "oldest" else "best"
    answers = posts.list_answers(
        api(), asked, sort=sort, cursor=cursor(), first=request.args.get("from") or None
    )
    return render(
        "posts/question.html",
        form=form,
        question=question,
        answers=answers,
        sort=sort,
        levels=_levels(question, answers),
        experts=attempt(skills.list_who_could_answer, api(), asked),
        ladder=_ladder(question, answers),
    )


_TELLING = ("running", "done", "stopped")


def _ladder(question: Post, answers: Page[Post]) -> Ladder | None:
    """Of one's own question that nobody else answered: what is done for it, unless it ended."""
    my_id = session.me().id
    is_answered = any(one.author.id != my_id and not one.removed_at for one in answers.items)
    if question.author.id != my_id or question.removed_at or is_answered:
        return None
    ladder = spare(notices.get_ladder, api(), question.id)
    return ladder if ladder is not None and ladder.state in _TELLING else None


@bp.post("/questions/<uuid:question_id>/ladder")
@signed_in
def stop_ladder(question_id: Any) -> Any:
    """Let nobody be asked to answer one's question any more."""
    notices.stop_ladder(api(), str(question_id))
    return back(f"/questions/{question_id}", said="stopped")


def _levels(question: Post, answers: Page[Post]) -> Any:
    authors = [answer.author.id for answer in answers.items]
    slugs = [keyword.slug for keyword in question.keywords]
    return attempt(skills.list_levels, api(), authors, slugs) or {}


@bp.get("/shares/<uuid:share_id>")
@signed_in
def get_share(share_id: Any) -> Any:
    """An experience, or a watch."""
    share = posts.get_share(api(), str(share_id))
    noticing.opened(share.id)
    return render("posts/share.html", share=share)


@bp.post("/posts/<uuid:post_id>/like")
@signed_in
def put_like(post_id: Any) -> Any:
    """Like a post, or no more; a script gets the button as it is now."""
    liked = posts.like(api(), str(post_id), is_liked=bool(request.form.get("on")))
    if is_fragment():
        return render("fragments/like.html", liked=liked, next=request.form.get("next", "/"))
    return back()


@bp.get("/posts/<uuid:post_id>/likes")
@signed_in
def list_likes(post_id: Any) -> Any:
    """Who likes a post."""
    found = posts.list_likers(api(), str(post_id), cursor=cursor())
    relations = attempt(people.list_relations, api(), [one.id for one in found.items]) or {}
    return render("posts/likes.html", found=found, relations=relations)


@bp.get("/posts/<uuid:post_id>/history")
@signed_in
def list_history(post_id: Any) -> Any:
    """What a post said before it was edited."""
    return render(
        "posts/history.html", found=posts.list_history(api(), str(post_id), cursor=cursor())
    )


@bp.post("/answers/<uuid:answer_id>/accept")
@signed_in
def put_accept(answer_id: Any) -> Any:
    """Accept an answer to one's own question, or no more."""
    posts.accept(api(), str(answer_id), is_accepted=bool(request.form.get("on")))
    return back()


@bp.post("/questions/<uuid:question_id>/requests")
@signed_in
def request_answer(question_id: Any) -> Any:
    """Ask a member to answer."""
    member_id = request.form.get("member", "")
    posts.request_answer(api(), str(question_id), member_id=member_id)
    return back(f"/questions/{question_id}", said="requested")


@bp.route("/<any(questions, shares, answers):kinds>/<uuid:post_id>/edit", methods=["GET", "POST"])
@signed_in
@shows_form
def edit(kinds: str, post_id: Any) -> Any:
    """Change a post of one's own."""
    kind = kinds.removesuffix("s")
    post = _find_post(kind, str(post_id))
    form = Form(
        title=post.title,
        body=post.body,
        keywords=", ".join(keyword.label for keyword in post.keywords),
        form=post.form,
        link=post.link or "",
    )
    if form.is_sent:
        changes = {name: _typed(form, name) for name in EDITED[kind]}
        if form.send(posts.edit, api(), kind, post.id, **changes):
            return done(_place_of(post), "edited")
    return render("posts/edit.html", form=form, post=post, fields=EDITED[kind])


@bp.route("/<any(questions, shares, answers):kinds>/<uuid:post_id>/remove", methods=["GET", "POST"])
@signed_in
@shows_form
def remove(kinds: str, post_id: Any) -> Any:
    """Take a post of one's own away, asked once more."""
    kind = kinds.removesuffix("s")
    post = _find_post(kind, str(post_id))
    form = Form()
    if form.is_sent and form.done(posts.remove, api(), kind, post.id):
        place = f"/questions/{post.question_id}" if kind == "answer" else "/"
        return done(place, "removed")
    return render("posts/remove.html", form=form, post=post)


@bp.route("/report/<any(post, member):kind>/<uuid:object_id>", methods=["GET", "POST"])
@signed_in
@shows_form
def report(kind: str, object_id: Any) -> Any:
    """Tell the moderators of a post or a person."""
    form = Form(reason=REASONS[0])
    if form.is_sent and form.done(
        posts.report,
        api(),
        kind=kind,
        object_id=str(object_id),
        reason=form["reason"],
        word=form.text("word"),
    ):
        return done("/reports", "reported")
    return render("posts/report.html", form=form, kind=kind)


def _find_post(kind: str, post_id: str) -> Post:
    """A post of one's own, with its words."""
    if kind == "question":
        return posts.get_question(api(), post_id)
    if kind == "share":
        return posts.get_share(api(), post_id)
    # An answer is read at its question, which the link names.
    question_id = request.args.get("question", type=UUID)
    if question_id is None:
        abort(404)
    answers = posts.list_answers(api(), str(question_id), first=post_id)
    found = next((one for one in answers.items if one.id == post_id), None)
    if found is None or found.author.id != session.me().id:
        abort(404)
    return found


def _typed(form: Form, name: str) -> Any:
    if name == "keywords":
        return form.words(name)
    return form.text(name) or None if name == "link" else form.text(name)


def _place_of(post: Post) -> str:
    if post.kind == "answer":
        return f"/questions/{post.question_id}?from={post.id}#post-{post.id}"
    return f"/{post.kind}s/{post.id}"
