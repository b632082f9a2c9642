"""How views answer: whole pages, pieces of them, and calls that a page can do without."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from flask import Response, current_app, g, redirect, request
from flask.templating import Environment
from werkzeug.wrappers import Response as AnyResponse

from web.errors import Refused
from web.forms import Form
from web.i18n import locale
from web.links import with_query
from web.security import local_path

P = ParamSpec("P")
T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., Any])


def render(template: str, **values: Any) -> Response:
    """A page; a form that was refused gives it its status."""
    form = values.get("form")
    status = form.status if isinstance(form, Form) else 200
    return Response(draw(template, **values), status)


def draw(template: str, **values: Any) -> str:
    """A template in the visitor's language."""
    env: Environment = current_app.extensions["speaking"][locale()]
    current_app.update_template_context(values)
    return env.get_template(template).render(values)


def shows_form(view: View) -> View:
    """Mark a view that shows its form again, filled, and acts by `Form.is_sent` alone."""
    view.shows_form = True  # type: ignore[attr-defined]
    return view


def is_fragment() -> bool:
    """Whether a script asks for a piece of a page."""
    return request.headers.get("X-Fragment") == "1"


def back(default: str = "/", *, said: str | None = None) -> AnyResponse:
    """To the page that a button stood on."""
    return redirect(with_query_of(local_path(request.form.get("next") or default), said), 303)


def done(path: str, said: str | None = None) -> AnyResponse:
    """To another page, once something was done; `said` names what it says of it."""
    return redirect(with_query_of(path, said), 303)


def with_query_of(path: str, said: str | None) -> str:
    """A path that says what was done."""
    if said is None:
        return path
    path, sign, anchor = path.partition("#")
    path, _, query = path.partition("?")
    kept = "&".join(one for one in query.split("&") if one and not one.startswith("said="))
    return with_query(path, said=said) + (f"&{kept}" if kept else "") + sign + anchor


def attempt(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """What a page can do without: None where it does not come, and the page says so."""
    g.api.is_trying = True
    try:
        return call(*args, **kwargs)
    except Refused as refused:
        g.lacks_part = g.get("lacks_part", False) or refused.problem.status >= 429
        return None
    finally:
        g.api.is_trying = False


def spare(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """The same of what nobody misses: the page says nothing of it."""
    lacked = lacks_part()
    try:
        return attempt(call, *args, **kwargs)
    finally:
        g.lacks_part = lacked


def say_absent() -> str:
    """Note that a page says in place which part of it did not come."""
    g.lacks_part = False
    return ""


def lacks_part() -> bool:
    """Whether something did not come, and the page has not said so in its place."""
    return bool(g.get("lacks_part", False))


def cursor() -> str | None:
    """Where a list goes on."""
    return request.args.get("cursor") or None
