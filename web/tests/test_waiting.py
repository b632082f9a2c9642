"""One's own question while nobody answers: what is done for it, and ending that."""

from typing import Any

import pytest

from web.tests.rig import ME, OTHER, QUESTION, Gateway, browser, proof_of, question, with_question

LADDER = f"/questions/{QUESTION}/ladder"
NOTICE = "0190f000-0000-7000-8000-000000000009"


def gateway_with(**ladder: Any) -> Gateway:
    author = {**question()["author"], "id": ME}
    gateway = with_question(Gateway(), author=author)
    told = {"state": "running", "steps": [], "next": None, **ladder}
    gateway.say("GET", LADDER, told)
    gateway.say("DELETE", LADDER, None, 204)
    gateway.say("PUT", f"/notices/{NOTICE}/not-me", None, 204)
    return gateway


def test_who_asked_reads_how_many_were_asked_and_when_the_next_are() -> None:
    step = {"step": 1, "taken_at": "2020-03-05T09:00:00Z", "asked_count": 5}
    later = {"at": "2030-03-11T09:00:00Z", "most": 10}
    client = browser(gateway_with(steps=[step], next=later))

    page = client.get(f"/questions/{QUESTION}", headers={"Accept-Language": "fr"}).text

    assert "5 personnes qui s’y connaissent ont été sollicitées" in page
    assert "10 de plus au maximum\u00a0: lundi 11 mars" in page
    first = {"at": "2030-03-01T09:00:00Z", "most": 10}
    page = browser(gateway_with(steps=[step], next=first)).get(f"/questions/{QUESTION}").text
    assert "10 de plus au maximum\u00a0: vendredi 1er mars" in page
    assert f'action="{LADDER}"' in page


@pytest.mark.parametrize("state", ["answered", "gone"])
def test_of_what_has_ended_nothing_is_promised(state: str) -> None:
    page = browser(gateway_with(state=state)).get(f"/questions/{QUESTION}").text

    assert "sollicit" not in page and LADDER not in page


def test_it_is_ended_by_a_button() -> None:
    gateway = gateway_with()
    client = browser(gateway)

    place = f"/questions/{QUESTION}"
    typed = {"csrf_token": proof_of(client.get(place).text), "next": place}
    answer = client.post(LADDER, data=typed)

    assert answer.status_code == 303
    assert gateway.calls("DELETE") == [LADDER]


def test_an_ask_has_a_button_that_spares_one_and_nothing_else_has() -> None:
    gateway = gateway_with()
    kinds = {NOTICE: "ask", OTHER: "unanswered"}
    gateway.say("GET", "/notices", {"items": [notice(*one) for one in kinds.items()], "next": None})
    client = browser(gateway)

    page = client.get("/notices").text
    spared = client.post(
        f"/notices/{NOTICE}/not-me", data={"csrf_token": proof_of(page), "next": "/notices"}
    )

    assert page.count("/not-me") == 1
    assert (spared.status_code, gateway.calls("PUT")) == (303, [f"/notices/{NOTICE}/not-me"])


def notice(notice_id: str, kind: str) -> dict[str, Any]:
    return {
        "id": notice_id,
        "kind": kind,
        "class": "my_keywords",
        "reason": "You know Rye.",
        "text": "You may know: How?",
        "object": {"type": "question", "id": QUESTION, "title": "How?", "url": "/"},
        "actors": [],
        "actor_count": 0,
        "happened_at": "2026-11-20T10:00:00Z",
        "is_unread": True,
        "read_at": None,
    }


def test_nobody_is_asked_about_it_for_others_or_once_it_is_answered() -> None:
    answers = {"items": [question(id=OTHER, kind="answer")], "next": None}
    of_others = with_question(Gateway())
    answered = gateway_with()
    answered.say("GET", f"/questions/{QUESTION}/answers", answers)

    for gateway in (of_others, answered):
        assert browser(gateway).get(f"/questions/{QUESTION}").status_code == 200
        assert LADDER not in gateway.calls("GET")


def test_while_it_does_not_come_the_page_says_nothing_of_it() -> None:
    gateway = gateway_with()
    whole = browser(gateway).get(f"/questions/{QUESTION}").text
    gateway.refuse("GET", LADDER, 503, "unavailable")

    page = browser(gateway).get(f"/questions/{QUESTION}")

    assert page.status_code == 200
    assert "sollicit" in whole and "sollicit" not in page.text
    assert "ne répond pas" not in page.text
