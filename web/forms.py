"""A page's form: what was typed, what the API said of it, and a key that makes twice once."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from flask import g, request

from web import wording
from web.errors import Refused

P = ParamSpec("P")
T = TypeVar("T")
HOLD = "hold"  # a form that only is to be shown again, filled
KEY = "form-key"


class Form:
    """Made by each view that shows one; templates read its values and errors by field."""

    def __init__(self, **values: Any) -> None:
        """`values` is what stands in it before anything is typed."""
        self.is_typed = request.method == "POST"
        self.values: dict[str, Any] = dict(values)
        if self.is_typed:
            self.values |= request.form.to_dict()
        self.errors: Mapping[str, str] = {}
        self.fields: Mapping[str, str] = {}  # those that the API calls otherwise, by its names
        self.sentence: str = g.get("form_sentence", "")
        self.code = ""
        self.status = 400 if self.sentence else 200
        self.key = self.values.pop(KEY, "") or secrets.token_urlsafe(12)

    @classmethod
    def empty(cls) -> "Form":
        """One that nothing was typed in, on the page that says what came of the last."""
        form = cls()
        form.values, form.key = {}, secrets.token_urlsafe(12)
        return form

    @property
    def is_sent(self) -> bool:
        """Whether to act on it."""
        return self.is_typed and not g.get("form_held", False) and HOLD not in request.form

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name, "")

    def text(self, name: str) -> str:
        """What was typed in a field."""
        return str(self.values.get(name, "")).replace("\r\n", "\n").strip()

    def words(self, name: str) -> list[str]:
        """What was typed in a field with commas in it."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()]

    def is_on(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self.values.get(name))

    def send(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What the API answers; None where it refused, and the form says why.

        Raises SignInNeeded, and Refused for what no form can tell.
        """
        try:
            return call(*args, **kwargs)
        except Refused as refused:
            self.refuse(refused)
        return None

    def done(self, call: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> bool:
        """The same of a call that answers nothing: whether it was done."""
        return self.send(_and_true(call), *args, **kwargs) is not None

    def refuse(self, refused: Refused) -> None:
        """Say why the API did not do it."""
        problem = refused.problem
        self.status = 503 if problem.status in (502, 504) else problem.status
        self.code = problem.code
        named = [self.fields.get(field, field.split(".")[0]) for field in problem.errors]
        self.errors = {field: wording.rule(field) for field in named}
        self.sentence = wording.sentence(problem, refused.retry_after)
        if problem.code == "idempotency_key_reused":
            self.key = secrets.token_urlsafe(12)


def _and_true(call: Callable[P, Any]) -> Callable[P, bool]:
    def called(*args: P.args, **kwargs: P.kwargs) -> bool:
        call(*args, **kwargs)
        return True

    return called
