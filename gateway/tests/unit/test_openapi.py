"""Documents of several services as one."""

from typing import Any

from gateway.openapi import merge


def document(path: str, **schemas: Any) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{next(iter(schemas))}"}
    content = {"application/json": {"schema": reference}}
    answer = {"200": {"description": "OK", "content": content}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "One", "version": "1"},
        "tags": [{"name": "all"}, {"name": path}],
        "paths": {path: {"get": {"responses": answer}}},
        "components": {"schemas": schemas},
    }


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def schema_of(merged: dict[str, Any], path: str) -> str:
    answer = merged["paths"][path]["get"]["responses"]["200"]
    return str(answer["content"]["application/json"]["schema"]["$ref"]).rpartition("/")[2]


TEXT, NUMBER = {"type": "string"}, {"type": "number"}


def test_alike_schemas_stand_once() -> None:
    merged = merge({"a": document("/a", Problem=TEXT), "b": document("/b", Problem=TEXT)})

    assert merged["components"]["schemas"] == {"Problem": TEXT}
    assert set(merged["paths"]) == {"/a", "/b"}
    assert [tag["name"] for tag in merged["tags"]] == ["all", "/a", "/b"]


def test_schemas_that_differ_are_told_apart_where_they_are_used() -> None:
    merged = merge({"a": document("/a", Member=TEXT), "b": document("/b", Member=NUMBER)})

    assert merged["components"]["schemas"] == {"a.Member": TEXT, "b.Member": NUMBER}
    assert (schema_of(merged, "/a"), schema_of(merged, "/b")) == ("a.Member", "b.Member")


def test_schemas_that_read_alike_and_mean_others_are_told_apart() -> None:
    page = {"type": "array", "items": {"$ref": "#/components/schemas/Member"}}
    first = document("/a", Page=page, Member=TEXT)
    second = document("/b", Page=page, Member=NUMBER)

    merged = merge({"a": first, "b": second})

    schemas = merged["components"]["schemas"]
    assert schemas["a.Page"]["items"]["$ref"] == "#/components/schemas/a.Member"
    assert schemas["b.Page"]["items"]["$ref"] == "#/components/schemas/b.Member"


def test_every_reference_leads_somewhere() -> None:
    page = {"type": "array", "items": {"$ref": "#/components/schemas/Member"}}
    merged = merge(
        {"a": document("/a", Page=page, Member=TEXT), "b": document("/b", Member=NUMBER)}
    )

    for reference in references(merged):
        _, _, section, name = reference.split("/")
        assert name in merged["components"][section]


def test_the_services_own_documents_stay_as_they_are() -> None:
    first = document("/a", Member=TEXT)

    merge({"a": first, "b": document("/b", Member=NUMBER)})

    assert first == document("/a", Member=TEXT)


def test_what_is_missing_is_named() -> None:
    merged = merge({"a": document("/a", Problem=TEXT)}, ["b"])

    assert merged["x-unavailable"] == ["b"]
    assert merged["info"]["description"].endswith("missing here: b")
