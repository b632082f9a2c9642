"""Whatever is sent, the answer is a refusal that says why, and never a failure of ours."""

import json
from typing import Any
from uuid import uuid4

import pytest

from chassis.testing.service import ServiceUnderTest
from services.identity.tests.factories import PASSWORD, add_member, code_of


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


BODIES: dict[str, dict[str, Any]] = {
    "/members": {
        "token": "x" * 43,
        "name": "Grace",
        "email": "grace@example.org",
        "password": PASSWORD,
        "locale": "fr",
    },
    "/sessions": {"email": "ada@example.org", "password": PASSWORD},
    "/sessions/refresh": {"refresh_token": "x" * 43},
    "/invitations": {"email": "grace@example.org", "note": "Viens !"},
}
FIELDS = [(path, field) for path, body in BODIES.items() for field in body]
VALUES: list[Any] = [
    "\x00",
    "a\x00b@example.org",
    "\ud800",
    "x" * 1_000_000,
    "@" * 300_000,
    "a." * 500_000 + "@example.org",
    17,
    1e400,
    True,
    [],
    ["x"],
    {"a": {"\x00": 1}},
    {},
    nested(400),
    nested(800),
]


def post(identity: ServiceUnderTest, path: str, data: Any) -> Any:
    client = identity.as_stranger()
    if path == "/invitations":
        client = identity.as_member(add_member(identity, "Ada", email=f"{uuid4()}@example.org"))
    return client.post(path, data=data, content_type="application/json")


@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_no_value_of_a_field_breaks_anything(
    identity: ServiceUnderTest, path: str, field: str
) -> None:
    for value in VALUES:
        response = post(identity, path, json.dumps({**BODIES[path], field: value}))

        assert code_of(response) == (422, "invalid"), (value, response.text[:500])
        assert list(response.get_json()["errors"]) == [field], value
        assert len(response.data) < 2_000


@pytest.mark.parametrize("path", BODIES)
def test_no_body_breaks_anything(identity: ServiceUnderTest, path: str) -> None:
    bodies = [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b'{"\\u0000": 1}',
        b'{"\\ud800": 1}',
        b"[" * 100_000,
        b'{"name": NaN}',
    ]
    for body in bodies:
        response = post(identity, path, body)

        if path == "/invitations" and body == b"":
            assert response.status_code == 201
            continue
        status, _ = code_of(response)
        assert status in (400, 422), (body[:20], response.text[:300])


@pytest.mark.parametrize("path", BODIES)
def test_unknown_field_is_refused(identity: ServiceUnderTest, path: str) -> None:
    response = post(identity, path, json.dumps({**BODIES[path], "role": "administrator"}))

    assert code_of(response) == (422, "invalid")
    assert list(response.get_json()["errors"]) == ["role"]


@pytest.mark.parametrize(
    "token", ["%00", "%ED%A0%80", "%FF", "x" * 100_000, "%F0%9F%92%A5", "'", "..", "%2E%2E"]
)
def test_no_link_breaks_the_preview(identity: ServiceUnderTest, token: str) -> None:
    status, _ = code_of(identity.as_stranger().get(f"/invitations/preview/{token}"))

    assert status == 404


@pytest.mark.parametrize("path", ["/invitations", "/members/{me}/invitees"])
@pytest.mark.parametrize(
    "query",
    [
        "cursor=AAAA",
        "cursor=%00",
        "limit=0",
        "limit=51",
        "limit=x",
        "limit=1_0",
        "limit=+5",
        "limit=%20%35",
        "limit=%D9%A1",
        "unknown=1",
    ],
)
def test_no_query_breaks_a_list(identity: ServiceUnderTest, path: str, query: str) -> None:
    ada = add_member(identity, "Ada")

    response = identity.as_member(ada).get(f"{path.format(me=ada.id)}?{query}")

    assert code_of(response)[0] == 422


def test_body_of_another_kind_is_refused(identity: ServiceUnderTest) -> None:
    response = identity.as_stranger().post("/sessions", data={"email": "a", "password": "b"})

    assert code_of(response) == (415, "media_type_unsupported")
