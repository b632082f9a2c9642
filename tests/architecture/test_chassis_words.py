"""The chassis speaks no word of the domain.

Looked at: identifiers and strings of its code, word by word. Not looked at: docstrings
and comments, which may take an example, and the English of `answer`, `follow`, `like`,
`share` and `call`, which HTTP, replays and Python have as well: of these, only the forms
that the domain alone uses. A member is the one who asks: tokens and
replicas speak of members, and so may the chassis.
"""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import Module, modules_of

# An audience is a token's in the chassis, and a feed the consumer's.
DOMAIN = re.compile(
    r"(post|skill|project|question|asker|liker|follower|invitation|invitee|sponsor|keyword"
    r"|mention|attribution|expert|opinion|benchmark|suggestion|notice)s?"
    r"|evidence|catalogue|likes|(un)?liked?|(un)?follow(s|ed|ing)|unfollow"
)
ENGLISH = {"like"}
# `post` alone is the method of HTTP.
WHOLE_NAMES_ALLOWED = {"post", "POST"}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def test_the_chassis_has_no_word_of_the_domain() -> None:
    said = {
        f"{module.place}: {text}"
        for module in _chassis()
        for text in _texts(module)
        if text not in WHOLE_NAMES_ALLOWED
        and any(DOMAIN.fullmatch(word) for word in _words(text) - ENGLISH)
    }

    assert not said


def _chassis() -> list[Module]:
    return modules_of("chassis/*")


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def _texts(module: Module) -> Iterator[str]:
    """Its identifiers and strings, without docstrings and names that Python gave."""
    docstrings = {id(node) for node in _docstrings(module.tree)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in docstrings:
                yield node.value
        elif (name := _name(node)) and not name.startswith("__"):
            yield name


def _name(node: ast.AST) -> str | None:
    """The identifier that a node brings, if it brings one."""
    for field in ("id", "attr", "arg", "name"):
        if isinstance(value := getattr(node, field, None), str):
            return value
    return None


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value
