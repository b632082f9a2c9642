"""What moderators' pages share: whom they are for, trying before doing, the password once more."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from flask import abort, request

from chassis.slugs import slug_of
from web import session
from web.api import members, posts, sessions, skills
from web.api.client import api
from web.api.models import Page, Skill
from web.forms import Form
from web.rendering import attempt, cursor, done, render

P = ParamSpec("P")
T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., Any])
CONFIRM = "confirm"  # a form that was tried, and now is meant
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class _Told(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_Told)


def for_moderators(view: View) -> View:
    """For moderators: other members are told that the page is not for them."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not session.me().is_moderator:
            abort(403)
        return view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


class ActForm(Form):
    """A form whose act may ask for the password once more, and may be tried before it is meant.

    `is_confirmed` is False for what only is to be tried. Where the API asks for the password,
    `asks_password` lets the form show a field for it, with everything else as it was typed.
    """

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.is_confirmed = self.is_sent and CONFIRM in request.form
        self.asks_password = False
        self._password = str(self.values.pop("password", ""))

    @property
    def address(self) -> str:
        """Whose password is asked for, to what keeps passwords."""
        mine = attempt(members.get_myself, api())
        return mine.email if mine else ""

    def send(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """As `Form.send`, once the password is proved that was typed."""
        if self._password and not self._prove():
            return None
        answer = super().send(call, *args, **kwargs)
        self.asks_password = self.code == "password_needed"
        return answer

    def _prove(self) -> bool:
        password, self._password = self._password, ""
        granted = super().send(sessions.prove_again, api(), password=password)
        self.asks_password = granted is None
        if granted is not None:
            session.begin(granted)
        return granted is not None


def take_back(title: str, back: str, call: Callable[..., Any], *named: str, to: str = "") -> Any:
    """The page that asks whether, and why, something is undone; then `to`, else back."""
    form = ActForm()
    if form.is_sent and form.done(call, api(), *named, reason=form.text("reason")):
        return done(to or back, "done")
    return render("moderation/undo.html", form=form, title=title, back=back)


def state_of(*states: str) -> str:
    """Which of its lists a page shows: the one that is asked for, else the first."""
    asked = request.args.get("state", "")
    return asked if asked in states else states[0]


def find_listed(listing: Callable[..., Page[Item]], wanted: str, **asked: Any) -> Item | None:
    """One of a list, on the page of it that `?cursor=` names: the API has no other way to it."""
    page = attempt(listing, api(), cursor=cursor(), **asked)
    return next((one for one in page.items if one.id == wanted), None) if page else None


def find_skill(words: str) -> Skill | None:
    """The skill that is called exactly so, in either language, or has this slug."""
    found = attempt(skills.list_skills, api(), q=words[:100]) if words else None
    for skill in found.items if found else []:
        called = (skill.slug, skill.labels.en.casefold(), skill.labels.fr.casefold())
        if words.casefold() in called:
            return skill
    return None


def skill_slug(words: str) -> str:
    """The slug of what is called so; of nothing that is known, the one that it would have."""
    found = find_skill(words)
    return found.slug if found else slug_of(words)


def keyword_slug(words: str) -> str:
    """The same of a keyword."""
    found = attempt(posts.list_keywords, api(), q=words[:50]) if words else None
    named = (
        (one.slug for one in found.items if one.label.casefold() == words.casefold())
        if found
        else ()
    )
    return next(iter(named), slug_of(words))


def identifiers(text: str) -> list[str]:
    """The ids in what was pasted: addresses of pages, one or many."""
    return list(dict.fromkeys(found.lower() for found in UUID.findall(text)))
