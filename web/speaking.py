"""Templates that speak one language each: what they always say is translated as they are compiled.

A page says a hundred texts and most of them never change; looked up at each rendering they took
a third of its time. It calls macros and functions eight hundred times: half of what is left.
"""

import re
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import nodes
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from web import i18n

_NAMED = re.compile(r"%\((\w+)\)[sd]")


class _Context(Context):
    """Calls at once what wants nothing of it: Jinja asks each callable five times what it wants."""

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        kind = type(called)
        if kind is Macro or (kind is FunctionType and not hasattr(called, "jinja_pass_arg")):
            if kwargs:
                kwargs.pop("_block_vars", None)
                kwargs.pop("_loop_vars", None)
            return called(*args, **kwargs)
        return super().call(called, *args, **kwargs)


class Speaking(Environment):
    """Flask's environment, in one language."""

    context_class = _Context

    def __init__(self, app: Flask, translate: Callable[[str], str], **options: Any) -> None:
        super().__init__(app, **options)
        self._translate = translate

    def make_globals(self, d: Any) -> Any:
        """The same mapping for all templates: their imports compare it with their own."""
        return super().make_globals(d) if d else self.globals

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        visited: nodes.Template = _Translator(self._translate).visit(parsed)
        return visited


class _Translator(NodeTransformer):
    def __init__(self, translate: Callable[[str], str]) -> None:
        self._translate = translate

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 (Jinja calls it so)
        """What a text names is written where it stands, without a text made for it."""
        parts: list[nodes.Expr] = []
        for part in node.nodes:
            parts += self._parts_of(part) if self._is_text(part) else [part]
        node.nodes = parts
        self.generic_visit(node)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 (Jinja calls it so)
        self.generic_visit(node)
        if self._is_text(node) and not node.kwargs:
            # Ours, and may hold markup, as with what is looked up.
            text = Markup(self._translate(node.args[0].as_const()))
            return nodes.Const(text, lineno=node.lineno)
        return node

    def _is_text(self, node: nodes.Node) -> bool:
        """Whether it is `_("A text.", name=…)`."""
        return (
            isinstance(node, nodes.Call)
            and isinstance(node.node, nodes.Name)
            and node.node.name == "_"
            and len(node.args) == 1
            and isinstance(node.args[0], nodes.Const)
            and not node.dyn_args
            and not node.dyn_kwargs
        )

    def _parts_of(self, node: Any) -> Iterator[nodes.Expr]:
        named = {one.key: one.value for one in node.kwargs}
        texts = _NAMED.split(self._translate(node.args[0].value))
        for number, text in enumerate(texts):
            if number % 2:
                yield named[text]
            elif text:
                yield nodes.TemplateData(text.replace("%%", "%") if named else text)


def environments(app: Flask) -> dict[str, Environment]:
    """One for each language, with all that the application's own has."""
    own = app.jinja_env
    made: dict[str, Environment] = {}
    for name in i18n.LOCALES:
        made[name] = env = Speaking(
            app,
            i18n.translator(name),
            autoescape=own.autoescape,
            auto_reload=app.debug,
            extensions=list(own.extensions),
            trim_blocks=own.trim_blocks,
            lstrip_blocks=own.lstrip_blocks,
        )
        env.globals, env.filters, env.tests = own.globals, own.filters, own.tests
    return made
