"""Templates that speak one language each: what they always say is translated as they are compiled.

A page says a hundred texts and most of them never change; looked up at each rendering they took
a third of its time.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from web import i18n


class Speaking(Environment):
    """Flask's environment, in one language."""

    def __init__(self, app: Flask, translate: Callable[[str], str], **options: Any) -> None:
        super().__init__(app, **options)
        self._translate = translate

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        visited: nodes.Template = _Translator(self._translate).visit(parsed)
        return visited


class _Translator(NodeTransformer):
    def __init__(self, translate: Callable[[str], str]) -> None:
        self._translate = translate

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 (Jinja calls it so)
        self.generic_visit(node)
        is_text = isinstance(node.node, nodes.Name) and node.node.name == "_"
        if is_text and len(node.args) == 1 and not node.kwargs and not node.dyn_kwargs:
            [text] = node.args
            if isinstance(text, nodes.Const):
                # Ours, and may hold markup, as with what is looked up.
                return nodes.Const(Markup(self._translate(text.value)), lineno=node.lineno)
        return node


def environments(app: Flask) -> dict[str, Environment]:
    """One for each language, with all that the application's own has."""
    own = app.jinja_env
    made: dict[str, Environment] = {}
    for name in i18n.LOCALES:
        made[name] = env = Speaking(
            app,
            i18n.translator(name),
            autoescape=own.autoescape,
            extensions=list(own.extensions),
            trim_blocks=own.trim_blocks,
            lstrip_blocks=own.lstrip_blocks,
        )
        env.globals, env.filters, env.tests = own.globals, own.filters, own.tests
    return made
