"""What goes wrong, as pages: what happened, what is kept, one way on."""

from typing import Any

from flask import Flask, Response, current_app, g, redirect, request
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from chassis import context
from chassis.logs import get_logger
from web import session, wording
from web.errors import Moved, Problem, Refused, SignInNeeded
from web.forms import HOLD, Form
from web.i18n import _
from web.links import with_query
from web.rendering import draw, is_fragment, render

KEPT_SECONDS = 24 * 3600
PASSWORDS = ("password", "new_password")
UNSEALED = ("csrf_token", *PASSWORDS)  # what is typed again
log = get_logger("web")


def register(app: Flask) -> None:
    """Let an application answer every failure as a page."""
    app.register_error_handler(Refused, on_refused)
    app.register_error_handler(Moved, on_moved)
    app.register_error_handler(SignInNeeded, on_sign_in_needed)
    app.register_error_handler(CSRFError, on_forged)
    app.register_error_handler(HTTPException, on_http_exception)
    app.register_error_handler(Exception, on_unexpected)


def on_refused(refused: Refused) -> Any:
    """A call that no form was waiting for."""
    problem = refused.problem
    status = 503 if problem.status in (502, 504) else problem.status
    sentence = wording.sentence(problem, refused.retry_after)
    if status == 503 and request.method == "GET" and problem.code != session.OVERTAKEN:
        sentence = _("Skiller does not answer at the moment: try again in a minute.")
    response = _page(status, sentence)
    if refused.retry_after:
        response.headers["Retry-After"] = str(refused.retry_after)
    if problem.code == session.OVERTAKEN and request.method == "GET":
        response.headers["Refresh"] = "1"  # by itself, with the cookies that have come by then
    return response


def on_moved(moved: Moved) -> AnyResponse:
    """What leads elsewhere by now."""
    return redirect(moved.target, 301)


def on_sign_in_needed(_needed: SignInNeeded) -> Any:
    """To the form to sign in, and back; what was typed goes along."""
    if is_fragment():
        return _page(401, _("You are signed out: load this page again to sign in."))
    if request.method in ("GET", "HEAD"):
        here = request.full_path.rstrip("?")
        return redirect(with_query("/sign-in", next=None if here == "/" else here), 303)
    form = Form()
    form.sentence = _("You were signed out meanwhile. Your text is kept: sign in to go on.")
    form.status, form.values = 401, {}
    return render("joining/sign_in.html", form=form, kept=seal(), next="")


def on_forged(_error: CSRFError) -> Any:
    """A form whose proof is missing or old: shown again, filled, where a view shows one."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "shows_form", False):
        g.form_held = True
        g.form_sentence = _(
            "This page was open for so long that Skiller asks once more: your text is "
            "here, send it again."
        )
        return current_app.ensure_sync(view)(**(request.view_args or {}))  # type: ignore[arg-type]
    return _page(
        400, _("This page was open for too long. Go back, load it again and try once more.")
    )


def on_http_exception(error: HTTPException) -> Any:
    """What Flask refuses itself."""
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    sentences = {
        403: _("This page is not for you."),
        404: _("There is nothing here, or nothing for you."),
        405: _("This address takes no such request."),
        413: wording.sentence(Problem(413, "body_too_large")),
    }
    return _page(status, sentences.get(status, _("Skiller could not do this.")))


def on_unexpected(error: Exception) -> Any:
    """A fault of ours."""
    log.error("unexpected failure", exc_info=error)
    return _page(500, _("This is a fault of Skiller's, and its operators can read of it."))


def seal() -> str:
    """The form at hand, signed, to be carried through signing in."""
    return str(_sealer().dumps({"path": request.full_path.rstrip("?"), "fields": _typed()}))


def unseal(kept: str) -> dict[str, Any] | None:
    """The form that was sealed; None for what is none of ours, or of yesterday."""
    try:
        found: dict[str, Any] = _sealer().loads(kept, max_age=KEPT_SECONDS)
    except BadData:
        return None
    return found


def _typed() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if name not in UNSEALED}


def _again(status: int) -> dict[str, Any] | None:
    """The form of a post that nobody could answer, to be sent once more; its key makes it one.

    Without its passwords it only is shown again. `words` names the field that is longest.
    """
    if request.method != "POST" or status not in (429, 500, 503):
        return None
    fields = _typed()
    if any(name in request.form for name in PASSWORDS):
        fields[HOLD] = "1"
    longest = max(fields, key=lambda name: len(fields[name]), default="")
    return {
        "path": request.full_path.rstrip("?"),
        "fields": fields,
        "words": longest if " " in fields.get(longest, "").strip() else "",
    }


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or b"", salt="kept form")


def _page(status: int, sentence: str) -> Response:
    if is_fragment():
        response = Response(sentence, status, mimetype="text/plain")
        response.headers["Cache-Control"] = "no-store"
        return response
    page = draw(
        "error.html",
        status=status,
        sentence=sentence,
        again=_again(status),
        correlation_id=context.correlation_id.get(),
        is_member="session" in g and session.find_me() is not None,
    )
    return Response(page, status)
