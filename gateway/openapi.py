"""One OpenAPI 3.1 document made of the services' documents."""

from collections.abc import Mapping, Sequence
from typing import Any

Document = dict[str, Any]
Name = tuple[str, str]  # section of `components`, name in it

INTRODUCTION = "A private network where people share professional skills."


def merge(documents: Mapping[str, Document], unavailable: Sequence[str] = ()) -> Document:
    """Documents by service as one; services that did not answer are named in it.

    Components that several services define alike stand once; where they differ, each
    is called `<service>.<name>`. A `.` is no part of the services' own names.
    """
    renamed = _apart(documents)
    merged: Document = {
        "openapi": "3.1.0",
        "info": {"title": "Skiller", "version": "1", "description": _describe(unavailable)},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "tags": [],
        "paths": {},
        "components": {},
    }
    if unavailable:
        merged["x-unavailable"] = list(unavailable)
    for document in renamed.values():
        for path, item in document.get("paths", {}).items():
            merged["paths"].setdefault(path, {}).update(item)
        for section, entries in document.get("components", {}).items():
            merged["components"].setdefault(section, {}).update(entries)
        known = {tag["name"] for tag in merged["tags"]}
        merged["tags"] += [tag for tag in document.get("tags", []) if tag["name"] not in known]
    return merged


def _describe(unavailable: Sequence[str]) -> str:
    if not unavailable:
        return INTRODUCTION
    return f"{INTRODUCTION}\n\nNot answering at the moment, so missing here: " + ", ".join(
        unavailable
    )


def _apart(documents: Mapping[str, Document]) -> dict[str, Document]:
    """The documents with conflicting components renamed.

    Repeated until nothing conflicts: two components may read alike and yet refer to
    ones that were just told apart.
    """
    conflicting: set[Name] = set()
    while True:
        renamed = {
            service: _rename(document, service, conflicting)
            for service, document in documents.items()
        }
        found = _conflicts(renamed)
        if not found:
            return renamed
        conflicting |= found


def _conflicts(documents: Mapping[str, Document]) -> set[Name]:
    seen: dict[Name, Any] = {}
    found: set[Name] = set()
    for document in documents.values():
        for section, entries in document.get("components", {}).items():
            for name, entry in entries.items():
                if seen.setdefault((section, name), entry) != entry:
                    found.add((section, name))
    return found


def _rename(document: Document, service: str, names: set[Name]) -> Document:
    references = {
        f"#/components/{section}/{name}": f"#/components/{section}/{service}.{name}"
        for section, name in names
    }
    copy: Document = _refer(document, references)
    for section, entries in copy.get("components", {}).items():
        copy["components"][section] = {
            f"{service}.{name}" if (section, name) in names else name: entry
            for name, entry in entries.items()
        }
    return copy


def _refer(value: Any, references: Mapping[str, str]) -> Any:
    """A copy in which references point to the new names, also in discriminators' mappings."""
    if isinstance(value, dict):
        return {key: _refer(inner, references) for key, inner in value.items()}
    if isinstance(value, list):
        return [_refer(inner, references) for inner in value]
    return references.get(value, value) if isinstance(value, str) else value
