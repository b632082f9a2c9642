"""Whatever is sent, the answer is a problem and never a failure of ours."""

import json

from chassis.testing.people import person
from contracts.discussion import PostPublished
from services.discussion.tests.factories import ask

GOOD = {"title": "Which flour?", "body": "Rye or wheat?"}


def document(**fields):
    return json.dumps({**GOOD, **fields}).encode()


BODIES = {
    "nothing": b"",
    "no JSON": b"title=Which",
    "half": b'{"title": "Which',
    "not UTF-8": b'{"title": "\xff\xfe\xff\xfe\xff\xfe", "body": "x"}',
    "UTF-16": json.dumps(GOOD).encode("utf-16"),
    "null": b"null",
    "list": b"[]",
    "text": b'"x"',
    "number": b"1",
    "not a number": b'{"title": NaN, "body": "x"}',
    "NUL in title": document(title="Which\x00flour?"),
    "NUL in body": document(body="\x00"),
    "NUL in keyword": document(keywords=["a\x00"]),
    "NUL in a name": b'{"\\u0000": 1, "title": "Which flour?", "body": "x"}',
    "surrogate in title": document(title="Which \ud800 flour?"),
    "surrogate in keyword": document(keywords=["\udfff"]),
    "surrogate in audience": document(audience="\ud800"),
    "surrogate in a name": b'{"\\ud800": 1, "title": "Which flour?", "body": "x"}',
    "wrong types": document(title=True, body={"a": 1}, keywords="a"),
    "wrong inner types": document(keywords=[["a"], {"b": 1}, None, 5]),
    "missing body": b'{"title": "Which flour?"}',
    "unknown field": document(author_id="me", is_admin=True),
    "too long": document(body="x" * 20_001),
    "long name": document(**{"x" * 100_000: 1}),
    "many fields": document(**{f"field {number}": number for number in range(5_000)}),
    "nested beyond measure": b"[" * 100_000,
    "nested in title": b'{"body": "x", "title": ' + b"[" * 900 + b"]" * 900 + b"}",
    "nested in keywords": b'{"body": "x", "keywords": ' + b'{"a":' * 400 + b"1" + b"}" * 401,
    "number without end": b'{"body": "x", "title": ' + b"9" * 5_000 + b"}",
    "huge": document(body="x" * (5 * 1024 * 1024)),
}


def test_hostile_bodies_are_problems(discussion):
    client = discussion.as_member(person("Ana"))

    for name, body in BODIES.items():
        answer = client.request("POST", "/questions", data=body, content_type="application/json")

        assert 400 <= answer.status_code < 500, name
        assert answer.content_type == "application/problem+json", name
        assert answer.json["code"] and answer.json["correlation_id"], name

    assert discussion.published(PostPublished) == []


def test_other_media_types_are_not_read(discussion):
    client = discussion.as_member(person("Ana"))

    for content_type in ("text/plain", "application/x-www-form-urlencoded", None):
        answer = client.request("POST", "/questions", data=document(), content_type=content_type)

        assert (answer.status_code, answer.json["code"]) == (415, "media_type_unsupported")


def test_hostile_addresses_are_problems(discussion):
    ana = person("Ana")
    question_id = ask(discussion, ana, "Which flour?")
    client = discussion.as_member(ana)
    requests = [
        ("GET", "/questions/no-id"),
        ("GET", "/questions/%00"),
        ("GET", f"/questions/{question_id}%00"),
        ("PUT", "/posts/1/like"),
        ("PATCH", "/questions"),
        ("GET", "/questions?author=1"),
        ("GET", "/questions?keyword=%00"),
        ("GET", "/questions?keyword="),
        ("GET", "/questions?keyword=" + "x" * 5_000),
        ("GET", "/questions?unknown=1"),
        ("GET", "/questions?%00=1"),
        ("GET", "/questions?limit=" + "9" * 5_000),
        ("GET", "/feed?limit=-1"),
    ]

    for method, path in requests:
        answer = client.request(method, path)

        assert 400 <= answer.status_code < 500, path
        assert answer.content_type == "application/problem+json", path


def test_hostile_markdown_is_stored_as_written_and_shown_without_harm(discussion):
    ana = person("Ana")
    body = "<script>alert(1)</script> [x](javascript:alert(1)) [y](https://example.org)"

    question_id = ask(discussion, ana, "Which flour?", body=body)

    post = discussion.as_member(ana).get(f"/questions/{question_id}").json
    assert post["body"] == body
    assert "<script" not in post["body_html"] and 'href="javascript' not in post["body_html"]
    assert 'href="https://example.org"' in post["body_html"]


def test_title_is_text_whatever_it_looks_like(discussion):
    ana = person("Ana")
    title = "'; DROP TABLE posts; -- <b> %s {0}"

    question_id = ask(discussion, ana, title)

    assert discussion.as_member(ana).get(f"/questions/{question_id}").json["title"] == title
