"""Who may import whom: import-linter's contracts, and what they cannot say."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator

import pytest
from importlinter.application.use_cases import lint_imports
from importlinter.configuration import configure

from tests.architecture.sources import ROOT, Module, code, files, modules, modules_of, service_names

PYPROJECT = ROOT / "pyproject.toml"
LINTER = tomllib.loads(PYPROJECT.read_text("utf-8"))["tool"]["importlinter"]

# Who may read the process's environment beside chassis/settings.py, and why.
MAY_READ_ENVIRONMENT = {
    "chassis/settings.py": "the one place",
    "deploy/health.py": "runs alone, without the chassis, in 20 ms",
}


def test_imports_keep_the_contracts(capsys: pytest.CaptureFixture[str]) -> None:
    configure()

    kept = lint_imports(str(PYPROJECT), cache_dir=None, no_logo=True)

    assert kept, capsys.readouterr().out


def test_every_package_stands_in_the_order_of_layers() -> None:
    packages = {place.split("/")[0] for place in files() if place.endswith("/__init__.py")}
    top = {place for place in packages if f"{place}/__init__.py" in files()}

    layers = re.findall(r"\w+", " ".join(LINTER["contracts"][0]["layers"]))

    assert top == set(LINTER["root_packages"]) == set(layers)


def test_contracts_and_rules_need_little_beside_the_standard_library() -> None:
    pure = [*modules_of("contracts/*"), *modules_of("services/*/rules*")]
    allowed = {*sys.stdlib_module_names, "contracts", "msgspec"}

    foreign = {m.place: f for m in pure if (f := {n.split(".")[0] for n in m.imported} - allowed)}

    assert len(pure) > len(service_names())
    assert not foreign


def test_rules_know_nothing_of_events() -> None:
    assert not {
        m.place: i for m in modules_of("services/*/rules*") if (i := m.imports("contracts"))
    }


def test_migrations_import_no_code_that_changes() -> None:
    # What idna makes of a domain is a standard's, and in the world's name servers.
    allowed = ("sqlalchemy", "alembic", "chassis.first_tables", "chassis.table_changes", "idna")
    foreign = {
        module.place: found
        for module in modules_of("services/*/migrations/versions/*")
        if (found := module.imported - module.imports(*allowed) - module.imports(*_STANDARD))
        - {"chassis"}
    }

    assert not foreign


def test_a_handler_names_the_session_and_nothing_else_of_the_database() -> None:
    allowed = {"sqlalchemy.orm", "sqlalchemy.orm.Session"}

    assert not {
        module.place: more
        for module in modules_of("services/*/handlers*")
        if (more := module.imports("sqlalchemy") - allowed)
    }


def test_tests_of_a_part_lean_on_no_other_part() -> None:
    parts = [*(f"services.{name}" for name in service_names()), "gateway"]
    others = {
        module.place: found
        for module in modules()
        for own in parts
        if module.is_test
        and module.name.startswith(f"{own}.")
        and (found := module.imports(*(part for part in (*parts, "standalone") if part != own)))
    }

    assert not others


def test_only_the_door_and_the_web_client_speak_http_to_others() -> None:
    places = ("chassis/", "gateway/", "web/")

    assert not {
        module.place: found
        for module in code()
        if (found := module.imports("requests", "urllib3", "httpx", "aiohttp"))
        and not module.place.startswith(places)
    }


def test_pushes_are_sealed_in_one_place() -> None:
    """What pywebpush brings, clients of HTTP among it, is used nowhere else (ADR 0032)."""
    users = {m.place for m in code() if m.imports("pywebpush", "py_vapid", "http_ece")}

    assert users == {"services/notifications/pushing/sealing.py"}


def test_the_environment_is_read_in_one_place() -> None:
    readers = {module.place for module in code() if any(_environment(module))}

    assert readers == set(MAY_READ_ENVIRONMENT)


def test_only_the_database_commits() -> None:
    callers = {
        module.place
        for module in code()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "rollback")
    }

    assert not callers


def test_views_contain_no_try() -> None:
    tried = {
        f"{module.place}:{node.lineno}"
        for module in modules_of("services/*/api/*")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Try)
    }

    assert not tried


_STANDARD = tuple(sys.stdlib_module_names)


def _environment(module: Module) -> Iterator[ast.AST]:
    """Where a module reaches for the environment, imported or by attribute."""
    names = ("environ", "environb", "getenv", "getenvb", "putenv", "unsetenv")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (node for alias in node.names if alias.name in names)
        if isinstance(node, ast.Attribute) and node.attr in names:
            yield from [node] if isinstance(node.value, ast.Name) and node.value.id == "os" else []
