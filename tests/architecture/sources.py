"""What the architecture tests look at: the repository's files, its modules, its services."""

import ast
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from chassis.service import Service
from chassis.settings import Secret
from standalone.services import SERVICES

ROOT = Path(__file__).resolve().parent.parent.parent
OWN_HIDDEN_FOLDERS = {".ci", ".github"}  # what other tools leave in a checkout is not ours


@dataclass(frozen=True)
class Module:
    """A Python file; `place` is its path from the root, with slashes."""

    place: str

    @cached_property
    def text(self) -> str:
        return (ROOT / self.place).read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.place)

    @property
    def name(self) -> str:
        """As it is imported."""
        return self.place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def is_test(self) -> bool:
        """Whether it serves tests alone."""
        parts = self.place.split("/")
        return "tests" in parts or parts[-1] == "conftest.py" or parts[:2] == ["chassis", "testing"]

    @cached_property
    def imported(self) -> set[str]:
        """The modules that it names in imports, and each name taken `from` one."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found |= {node.module or "", *(f"{node.module}.{a.name}" for a in node.names)}
        return found

    def imports(self, *packages: str) -> set[str]:
        """What it imports of the packages."""
        return {name for name in self.imported if _top(name, packages)}


def _top(name: str, packages: Sequence[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@cache
def files() -> tuple[str, ...]:
    """Every file that belongs to the repository, as a path from its root."""
    return tuple(sorted(_walk(ROOT, ())))


def _walk(folder: Path, ignored: tuple[str, ...]) -> Iterator[str]:
    """Files below a folder, without what .gitignore names (by plain patterns, as ours are)."""
    if (folder / ".gitignore").exists():
        ignored += tuple((folder / ".gitignore").read_text("utf-8").split())
    for entry in os.scandir(folder):
        place = str(Path(entry.path).relative_to(ROOT))
        is_folder = entry.is_dir(follow_symlinks=False)
        is_foreign = is_folder and entry.name[0] == "." and entry.name not in OWN_HIDDEN_FOLDERS
        is_foreign |= entry.name == ".git"  # a file where the checkout is a worktree
        if is_foreign or any(_fits(place, is_folder, pattern) for pattern in ignored):
            continue
        if is_folder:
            yield from _walk(Path(entry.path), ignored)
        else:
            yield place


def _fits(place: str, is_folder: bool, pattern: str) -> bool:
    if pattern.endswith("/") and not is_folder:
        return False
    pattern = pattern.rstrip("/")
    return fnmatch(place if "/" in pattern else place.rpartition("/")[2], pattern)


@cache
def modules() -> tuple[Module, ...]:
    """Every Python module of the repository."""
    return tuple(Module(place) for place in files() if place.endswith(".py"))


def modules_of(pattern: str) -> list[Module]:
    """The modules whose place fits; `*` stands for anything but tests."""
    return [m for m in modules() if fnmatch(m.place, pattern) and not m.is_test]


def code() -> list[Module]:
    """Every module that is no test."""
    return [module for module in modules() if not module.is_test]


def service_names() -> list[str]:
    """The services that have a folder."""
    return sorted(
        {place.split("/")[1] for place in files() if place.startswith("services/")}
        - {"__init__.py"}
    )


SERVICE_BY_NAME: Mapping[str, Service] = {service.name: service for service in SERVICES}


def openapi(service: Service) -> dict[str, Any]:
    """The service's own document; no database is asked. Nobody changes it: it is kept."""
    return _openapi(service.name)


@cache
def _openapi(name: str) -> dict[str, Any]:
    service = SERVICE_BY_NAME[name]
    settings = service.settings(database_url=Secret("postgresql://nobody@localhost/none"))
    answer = service.create_app(settings).test_client().get(f"/api/openapi/{service.name}.json")
    document: dict[str, Any] = answer.get_json()
    return document


def operations(service: Service) -> dict[tuple[str, str], dict[str, Any]]:
    """What the service's document tells, by method and path (`/api/v1/…`)."""
    return {
        (method.upper(), path): operation
        for path, item in openapi(service)["paths"].items()
        for method, operation in item.items()
        if method in ("get", "put", "post", "patch", "delete")
    }
