"""The links of mails: what ends mails, and what leads to what a notice is about."""

import re
from html import unescape
from typing import Any

import pytest

from web.tests.rig import Gateway, browser, proof_of, token

NOTICE = "0190f000-0000-7000-8000-000000000009"
PATH, CALL = "/unsubscribe/to-KEN_1", "/unsubscriptions/to-KEN_1"


def gateway_with(scope: str = "to_me", *, is_off: bool) -> Gateway:
    gateway = Gateway()
    for method, off in (("GET", is_off), ("POST", True), ("DELETE", False)):
        gateway.say(method, CALL, {"scope": scope, "is_off": off})
    return gateway


def writes(gateway: Gateway) -> list[tuple[str, str]]:
    return [(one.method, one.target) for one in gateway.asked if one.method != "GET"]


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("to_me", "ce qui vous touche"),
        ("my_circle", "votre cercle"),
        ("my_keywords", "vos mots-clés"),
        ("digest", "les résumés"),
    ],
)
def test_whoever_follows_the_link_reads_what_it_is_for_and_changes_nothing(
    scope: str, words: str
) -> None:
    gateway = gateway_with(scope, is_off=False)
    client = browser(gateway, access="")

    page = client.get(PATH, headers={"Accept-Language": "fr"})
    client.head(PATH)

    assert page.status_code == 200
    assert words in page.text and "Ne plus recevoir ces courriels</button>" in page.text
    assert "/sign-in?" not in page.text
    assert writes(gateway) == []
    # Its address is good for whoever has it.
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert set(re.findall(r'(?:href|src|action)="(\w+:|//)', page.text)) == set()


def test_a_stranger_ends_mails_by_the_button_and_takes_it_back() -> None:
    gateway = gateway_with(is_off=False)
    client = browser(gateway, access="")
    proof = proof_of(client.get(PATH).text)

    forged = client.post(PATH)
    assert (forged.status_code, writes(gateway)) == (400, [])

    ended = client.post(PATH, data={"csrf_token": proof})
    assert (ended.status_code, ended.headers["Location"]) == (303, PATH)
    assert writes(gateway) == [("POST", f"/api/v1{CALL}")]

    gateway.say("GET", CALL, {"scope": "to_me", "is_off": True})
    page = client.get(PATH, headers={"Accept-Language": "fr"}).text
    assert "Vous ne recevez plus ces courriels." in page and 'name="again" value="1"' in page
    assert 'href="/settings/notices"' in page

    back = client.post(PATH, data={"csrf_token": proof_of(page), "again": "1"})
    assert (back.status_code, back.headers["Location"]) == (303, f"{PATH}?said=mailed-again")
    assert writes(gateway)[1:] == [("DELETE", f"/api/v1{CALL}")]


def test_what_was_chosen_among_preferences_is_not_taken_back_by_a_link() -> None:
    gateway = gateway_with(is_off=True)
    gateway.say("DELETE", CALL, {"scope": "to_me", "is_off": True})
    client = browser(gateway, access="")
    proof = proof_of(client.get(PATH).text)

    answer = client.post(
        PATH, data={"csrf_token": proof, "again": "1"}, headers={"Accept-Language": "fr"}
    )

    assert answer.status_code == 409
    assert "Cela vient de vos réglages" in answer.text and "ne recevez plus" in answer.text


def test_a_link_that_is_none_is_one_sentence_and_no_button() -> None:
    gateway = Gateway()
    gateway.refuse("GET", CALL, 404, "unsubscription_invalid")
    client = browser(gateway, access="")

    absent = client.get(PATH, headers={"Accept-Language": "fr"})
    gateway.refuse("GET", CALL, 503, "upstream_unavailable")
    away = client.get(PATH, headers={"Accept-Language": "fr"})

    assert absent.status_code == 404 and "ne sert à rien" in absent.text
    assert "<button" not in absent.text.split("<main")[1].split("</main>")[0]
    assert away.status_code == 503 and "ne répond pas" in away.text
    assert away.headers["Cache-Control"] == absent.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        (
            f"/notices/{NOTICE}?to=%2Fquestions%2Fq%3Ffrom%3Da%23post-a",
            "/questions/q?from=a#post-a",
        ),
        (f"/notices/{NOTICE}?to=%2Fprojects%2Fp%2Fnews%23news-n", "/projects/p/news#news-n"),
        ("/settings/notices", None),
        ("/notices", None),
    ],
)
def test_a_link_of_a_mail_leads_through_signing_in_to_where_it_leads(
    link: str, leads: str | None
) -> None:
    gateway = Gateway()
    granted: dict[str, Any] = {"access_token": token(), "refresh_token": "r"}
    gateway.say("POST", "/sessions", granted, 201)
    gateway.say("PUT", f"/notices/{NOTICE}/read", None, 204)
    client = browser(gateway, access="")

    led = client.get(link)
    form = client.get(led.headers["Location"]).text
    assert led.status_code == 303 and gateway.asked == []  # a scanner has read nothing

    [next_] = re.findall(r'name="next" value="([^"]+)"', form)
    typed = {"email": "a", "password": "b", "next": unescape(next_)}
    back = client.post("/sign-in", data={"csrf_token": proof_of(form), **typed})
    assert (back.status_code, back.headers["Location"]) == (303, link)
    if leads is not None:
        there = client.get(back.headers["Location"])
        assert (there.status_code, there.headers["Location"]) == (303, leads)
        assert gateway.calls("PUT") == [f"/notices/{NOTICE}/read"]
