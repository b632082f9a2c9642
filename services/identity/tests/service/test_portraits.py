"""Showing oneself by a picture."""

import io
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import text
from werkzeug.test import TestResponse

from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from contracts.identity import MemberUpdated
from services.identity.tests.factories import add_member, at_once, code_of, set_state
from services.identity.tests.hostile_pictures import png, saved

PATH = "/members/me/portrait"


def put(
    identity: ServiceUnderTest, person: Person, data: bytes, kind: str = "image/png"
) -> TestResponse:
    return identity.as_member(person).put(PATH, data=data, content_type=kind)


def url_of(response: TestResponse) -> str:
    """Where the portrait is, as the test's clients write paths."""
    assert response.status_code == 200, response.text
    url: str = response.get_json()["portrait_url"]
    assert url.startswith("/api/v1/portraits/") and url.endswith(".webp")
    return url.removeprefix("/api/v1")


def test_portrait_is_shown_to_strangers_who_know_its_path(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    url = url_of(put(identity, ada, saved("RGB", "JPEG", (800, 600))))
    shown = identity.as_stranger().get(url)

    assert shown.status_code == 200
    assert shown.headers["Content-Type"] == "image/webp"
    assert shown.headers["Cache-Control"] == "public, max-age=86400, immutable"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    image = Image.open(io.BytesIO(shown.data))
    assert (image.format, image.size) == ("WEBP", (512, 384))


def test_path_cannot_be_guessed(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    urls = {url_of(put(identity, ada, saved("RGB", "PNG"))) for _ in range(3)}

    assert len(urls) == 3
    assert all(len(url.removeprefix("/portraits/").removesuffix(".webp")) >= 32 for url in urls)


def test_everybody_is_told_of_each_new_portrait(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    urls = [url_of(put(identity, ada, saved(mode, "PNG"))) for mode in ("RGB", "L")]

    told = identity.published(MemberUpdated)
    assert [(event.member_id, event.revision) for event in told] == [(ada.id, 2), (ada.id, 3)]
    assert [event.portrait_url for event in told] == [f"/api/v1{url}" for url in urls]
    me = identity.as_member(ada).get("/members/me").get_json()
    assert me["portrait_url"] == told[-1].portrait_url


def test_new_portrait_ends_the_path_of_the_old_one(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    old = url_of(put(identity, ada, saved("RGB", "PNG")))

    new = url_of(put(identity, ada, saved("L", "PNG")))

    assert code_of(identity.as_stranger().get(old)) == (404, "portrait_not_found")
    assert identity.as_stranger().get(new).status_code == 200
    assert kept(identity) == 1


def test_portrait_taken_away_is_nowhere_and_everybody_is_told(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")
    url = url_of(put(identity, ada, saved("RGB", "PNG")))

    removed = identity.as_member(ada).delete(PATH)

    assert removed.status_code == 200
    assert removed.get_json()["portrait_url"] is None
    assert code_of(identity.as_stranger().get(url)) == (404, "portrait_not_found")
    last = identity.published(MemberUpdated)[-1]
    assert (last.revision, last.portrait_url) == (3, None)
    assert kept(identity) == 0


def test_taking_away_no_portrait_changes_and_tells_nothing(identity: ServiceUnderTest) -> None:
    ada = add_member(identity, "Ada")

    removed = identity.as_member(ada).delete(PATH)

    assert removed.status_code == 200
    assert identity.published(MemberUpdated) == []


def test_two_uploads_at_once_leave_the_portrait_that_was_told_last(
    identity: ServiceUnderTest,
) -> None:
    ada = add_member(identity, "Ada")

    answers = at_once(
        identity,
        "SELECT 1 FROM members FOR UPDATE",
        [lambda m=mode: put(identity, ada, saved(m, "PNG")) for mode in ("RGB", "L")],
    )

    assert [answer.status_code for answer in answers] == [200, 200]
    told = identity.published(MemberUpdated)
    assert [event.revision for event in told] == [2, 3]
    assert told[-1].portrait_url is not None
    last = told[-1].portrait_url.removeprefix("/api/v1")
    assert identity.as_stranger().get(last).status_code == 200


@pytest.mark.parametrize(
    "kind",
    ["", "text/html", "image/gif", "application/x-www-form-urlencoded", "multipart/form-data"],
)
def test_picture_is_known_by_its_content_alone(identity: ServiceUnderTest, kind: str) -> None:
    ada = add_member(identity, "Ada")

    assert put(identity, ada, saved("RGB", "JPEG"), kind).status_code == 200


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", (422, "portrait_unreadable")),
        (b"<svg/>", (422, "portrait_unreadable")),
        (saved("RGB", "GIF"), (422, "portrait_unreadable")),
        (png(30000, 1000, bits=1, colour=0), (422, "portrait_too_large")),
        (saved("RGB", "PNG") + bytes(5 * 1024 * 1024), (413, "body_too_large")),
    ],
    ids=["empty", "drawing", "gif", "pixels", "bytes"],
)
def test_refused_picture_changes_nothing(
    identity: ServiceUnderTest, data: bytes, refusal: tuple[int, str]
) -> None:
    ada = add_member(identity, "Ada")
    url = url_of(put(identity, ada, saved("RGB", "PNG")))

    assert code_of(put(identity, ada, data)) == refusal

    assert identity.as_stranger().get(url).status_code == 200
    assert len(identity.published(MemberUpdated)) == 1


def test_picture_of_exactly_5_mib_is_taken(identity: ServiceUnderTest) -> None:
    data = saved("RGB", "JPEG")

    whole = data + bytes(5 * 1024 * 1024 - len(data))

    assert put(identity, add_member(identity, "Ada"), whole).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_suspended_member_and_stranger_change_no_portrait(
    identity: ServiceUnderTest, method: str
) -> None:
    ada = add_member(identity, "Ada")
    url = url_of(put(identity, ada, saved("RGB", "PNG")))
    set_state(identity, ada, "suspended")
    body: dict[str, Any] = {"data": saved("L", "PNG")} if method == "PUT" else {}

    refused = identity.as_member(ada).request(method, PATH, **body)
    unknown = identity.as_stranger().request(method, PATH, **body)

    assert code_of(refused) == (403, "member_suspended")
    assert code_of(unknown) == (401, "token_invalid")
    assert identity.as_stranger().get(url).status_code == 200


@pytest.mark.parametrize("key", ["x.webp", "%00", "%FF", "..", "x" * 5000, str(UUID(int=7))])
def test_unknown_portrait_is_not_found(identity: ServiceUnderTest, key: str) -> None:
    refused = identity.as_stranger().get(f"/portraits/{key}")

    assert code_of(refused)[0] == 404
    assert "immutable" not in refused.headers.get("Cache-Control", "")


def kept(identity: ServiceUnderTest) -> int:
    """How many pictures there are."""
    with identity.session() as session:
        return session.execute(text("SELECT count(*) FROM portraits")).scalar_one()
