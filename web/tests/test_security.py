"""Strangers' hands: other sites, forged forms, links that lead away, words that are script."""

import re

import pytest

from web.security import local_path
from web.tests.rig import QUESTION, Gateway, browser, proof_of, token, with_question


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "evil",
        "",
        None,
        "http:evil.example",
        "/\n//evil.example",
    ],
)
def test_nobody_is_led_away(path: str | None) -> None:
    assert local_path(path) == "/"


def test_a_path_of_ours_stays() -> None:
    assert local_path("/questions/1?sort=oldest#post-2") == "/questions/1?sort=oldest#post-2"


def test_signing_in_leads_nowhere_else() -> None:
    gateway = Gateway()
    gateway.say("POST", "/sessions", {"access_token": token(), "refresh_token": "r"}, 201)
    client = browser(gateway, access="")
    proof = proof_of(client.get("/sign-in?next=//evil.example").text)

    answer = client.post(
        "/sign-in",
        data={"csrf_token": proof, "email": "a", "password": "b", "next": "//evil.example"},
    )

    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("proof", [None, "stale"])
def test_a_form_without_its_proof_is_shown_again_filled_and_not_sent(proof: str | None) -> None:
    gateway = with_question(Gateway())
    typed = {"body": "Turn on the log."} | ({"csrf_token": proof} if proof else {})

    answer = browser(gateway).post(f"/questions/{QUESTION}", data=typed)

    assert answer.status_code == 400
    assert "Turn on the log." in answer.text
    assert gateway.calls("POST") == []


def test_no_view_writes_anything_without_a_proof() -> None:
    gateway = Gateway()
    client = browser(gateway, access=token(role="administrator"))
    posted = {
        rule.rule
        for rule in client.application.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint != "static"
    }

    for path in sorted(posted):
        named = re.sub(r"<any\((\w+).*?>", r"\1", path)
        named = re.sub(r"<uuid:\w+>", QUESTION, named)
        named = re.sub(r"<\w+>", "x", named)
        client.post(named, data={"on": "1", "confirm": "1", "password": "x", "outcome": "acted"})

    assert len(posted) > 40
    assert {request.method for request in gateway.asked} <= {"GET"}


def test_a_button_without_its_proof_does_nothing() -> None:
    gateway = Gateway()

    answer = browser(gateway).post(f"/posts/{QUESTION}/like", data={"on": "1"})

    assert answer.status_code == 400
    # The page that says so has its bell.
    assert [call.method for call in gateway.asked] == ["GET"]


def test_another_site_s_form_is_refused() -> None:
    gateway = with_question(Gateway())
    client = browser(gateway)
    proof = proof_of(client.get(f"/questions/{QUESTION}").text)

    answer = client.post(
        f"/questions/{QUESTION}",
        data={"csrf_token": proof, "body": "x"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert gateway.calls("POST") == []


def test_pages_say_what_browsers_may_do_with_them() -> None:
    answer = browser(Gateway(), access="").get("/")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_words_that_are_script_stay_words() -> None:
    evil = '"><script>alert(1)</script>'
    author = {"id": QUESTION, "name": evil, "headline": evil, "portrait_url": None}
    gateway = with_question(
        Gateway(), title=evil, author=author, keywords=[{"slug": "x", "label": evil}]
    )
    client = browser(gateway, access=token(name=evil))

    for path in (f"/questions/{QUESTION}", f"/find?q={evil}", f"/ask?title={evil}"):
        assert "<script>alert" not in client.get(path).text


def test_no_template_writes_a_style_or_a_handler() -> None:
    from web.tests.test_templates import TEMPLATES

    for name, text in TEMPLATES.items():
        assert " style=" not in text, name
        assert " onclick=" not in text, name
        assert "<script>" not in text, name
