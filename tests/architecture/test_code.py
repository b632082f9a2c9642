"""What a reader may rely on in every module: docstrings, types, sizes, no swallowed failure."""

import ast
from collections.abc import Iterator

from tests.architecture.sources import ROOT, Module, code, files, modules

Function = ast.FunctionDef | ast.AsyncFunctionDef

LONGEST_OPENING = 3  # lines, until the first empty one
LONGEST_FUNCTION = 40
# A reminder to think, well above what most need; a clearer file that is longer stays whole.
LONGEST_FILE = 350
LONGER_FUNCTIONS = {"chassis/messaging/topology.py definitions": 45}
# Where everything is caught, because what comes from there must not end what goes on here.
BROAD = {
    "bench/__main__.py",  # what could not be measured is a line of the report
    "chassis/messaging/loops.py",  # a worker's loop outlives what it depends on
    "chassis/messaging/consumer.py",  # a handler's failure is stored, not the batch's
    "gateway/threads.py",  # one request's failure is no end of the thread
    "services/notifications/chores.py",  # one member's mails hold up nobody else's
    "gateway/upstream_wsgi.py",  # an application's failure in-process is one service's
}
# A drill lasts: what is harmed is what the load meets meanwhile.
SLEEPERS = {"chassis/testing/waiting.py", "tests/system/harms.py"}
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "XX" + "X")


def test_every_module_says_what_it_is_for() -> None:
    silent = {module.place for module in modules() if not ast.get_docstring(module.tree)}

    assert not silent


def test_a_module_says_first_what_it_is_for_and_then_more() -> None:
    openings = {
        module.place: (ast.get_docstring(module.tree) or "").partition("\n\n")[0].splitlines()
        for module in code()
    }

    assert not {place for place, lines in openings.items() if len(lines) > LONGEST_OPENING}


def test_files_fit_in_a_head() -> None:
    sizes = {module.place: len(module.text.splitlines()) for module in code()}

    assert not {p: n for p, n in sizes.items() if n > LONGEST_FILE}


def test_functions_fit_on_a_screen() -> None:
    """Migrations are lists of columns and may be long."""
    sizes = {
        f"{module.place} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module in code()
        for node in _functions(module)
        if "/migrations/" not in module.place
    }

    assert not {f: n for f, n in sizes.items() if n > LONGER_FUNCTIONS.get(f, LONGEST_FUNCTION)}


def test_everything_is_caught_only_where_a_loop_goes_on() -> None:
    """Cleaning up and raising again catches nothing."""
    broad = {
        module.place
        for module in code()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _raises_again(node)
    }

    assert broad == BROAD


def test_nothing_waits_for_a_fixed_time_in_tests() -> None:
    sleepers = {module.place for module in modules() if module.is_test and any(_sleeps(module))}

    assert sleepers == SLEEPERS


def test_nothing_is_left_to_be_done_in_comments() -> None:
    texts = (".py", ".md", ".yml", ".toml", ".sh", ".html", ".css", ".js", "Makefile", "Dockerfile")
    left = {
        f"{place}: {word}"
        for place in files()
        if place.endswith(texts)
        for word in UNFINISHED
        if word in (ROOT / place).read_text("utf-8")
    }

    assert not left


def _functions(module: Module) -> Iterator[Function]:
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def _is_broad(node: ast.ExceptHandler) -> bool:
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    names = {kind.id for kind in caught if isinstance(kind, ast.Name)}
    return node.type is None or bool(names & {"Exception", "BaseException"})


def _raises_again(node: ast.ExceptHandler) -> bool:
    return isinstance(last := node.body[-1], ast.Raise) and last.exc is None


def _sleeps(module: Module) -> Iterator[ast.AST]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "time.sleep":
            yield node
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (node for alias in node.names if alias.name == "sleep")
