"""Nothing typed is lost."""

import re

import pytest

from web.tests.rig import QUESTION, Gateway, browser, proof_of, question, token, with_question

TYPED = {"title": "How do I find it?", "body": "My long words.", "keywords": "SQL, R"}


def ask(gateway: Gateway, **more: str) -> tuple[int, str]:
    client = browser(gateway)
    proof = proof_of(client.get("/ask").text)
    answer = client.post("/ask", data={**TYPED, "csrf_token": proof, **more})
    return answer.status_code, answer.text


def test_a_question_is_asked_with_the_form_s_key_and_leads_to_its_page() -> None:
    gateway = Gateway()
    gateway.say("POST", "/questions", question(), 201)
    client = browser(gateway)
    page = client.get("/ask").text
    key = re.search(r'name="form-key" value="([^"]+)"', page)[1]  # type: ignore[index]

    answer = client.post("/ask", data={**TYPED, "csrf_token": proof_of(page), "form-key": key})

    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/questions/{QUESTION}?said=asked",
    )
    [sent] = [one for one in gateway.asked if one.method == "POST"]
    assert sent.headers["Idempotency-Key"] == key
    assert b'"keywords":["SQL","R"]' in sent.body


def test_what_is_wrong_with_a_field_is_said_at_the_field_in_the_page_s_language() -> None:
    gateway = Gateway()
    gateway.refuse("POST", "/questions", 422, "invalid", errors={"title": ["Shorter than 6."]})

    status, page = ask(gateway)

    assert status == 422
    assert 'href="#f-title"' in page
    assert 'aria-invalid="true" aria-describedby="e-title"' in page
    assert "Un titre de 6 à 150 lettres." in page
    assert "Shorter" not in page
    assert "My long words." in page
    assert "<title>Erreur\u00a0: " in page


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (503, "upstream_unavailable"),
        (504, "upstream_timeout"),
        (429, "posts_too_fast"),
        (409, "posted_twice"),
        (413, "body_too_large"),
        (500, "internal"),
    ],
)
def test_what_was_typed_is_there_whatever_happens(status: int, code: str) -> None:
    gateway = Gateway()
    gateway.refuse("POST", "/questions", status, code)

    answered, page = ask(gateway)

    assert answered == (503 if status == 504 else status)
    assert "My long words." in page
    assert 'role="alert"' in page


def test_a_session_that_ended_meanwhile_gives_the_text_back_after_signing_in() -> None:
    gateway = Gateway()
    client = browser(gateway)
    proof = proof_of(client.get("/ask").text)
    gateway.refuse("POST", "/questions", 401, "session_closed")
    signed_out = client.post("/ask", data={**TYPED, "csrf_token": proof})
    kept = re.search(r'name="kept" value="([^"]+)"', signed_out.text)[1]  # type: ignore[index]
    gateway.say("POST", "/sessions", {"access_token": token(), "refresh_token": "r"}, 201)

    back = client.post(
        "/sign-in",
        data={"csrf_token": proof_of(signed_out.text), "email": "a", "password": "b", "kept": kept},
    )
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', back.text))
    asked_before = len(gateway.calls("POST"))
    filled = client.post("/ask", data=fields)

    assert signed_out.status_code == 401
    assert 'action="/ask"' in back.text
    assert filled.status_code == 200
    assert "My long words." in filled.text
    assert len(gateway.calls("POST")) == asked_before  # never sent by itself


def test_a_sealed_form_that_was_changed_is_none() -> None:
    gateway = Gateway()
    gateway.say("POST", "/sessions", {"access_token": token(), "refresh_token": "r"}, 201)
    client = browser(gateway, access="")
    proof = proof_of(client.get("/sign-in").text)

    answer = client.post(
        "/sign-in", data={"csrf_token": proof, "email": "a", "password": "b", "kept": "forged"}
    )

    assert answer.headers["Location"] == "/"


def test_a_key_that_was_used_with_other_words_gets_a_new_one() -> None:
    gateway = Gateway()
    gateway.refuse("POST", "/questions", 422, "idempotency_key_reused")

    _, page = ask(gateway, **{"form-key": "used-before"})

    assert 'value="used-before"' not in page
    assert "My long words." in page


def test_a_part_that_does_not_answer_is_a_sentence_on_the_page() -> None:
    gateway = with_question(Gateway())
    gateway.refuse("GET", f"/questions/{QUESTION}/experts", 503, "upstream_unavailable")

    answer = browser(gateway).get(f"/questions/{QUESTION}")

    assert answer.status_code == 200
    assert "Cette partie ne répond pas" in answer.text


def test_a_page_whose_first_call_fails_says_so_with_the_id_to_tell() -> None:
    gateway = Gateway()
    gateway.refuse("GET", f"/questions/{QUESTION}", 503, "upstream_unavailable")

    answer = browser(gateway).get(f"/questions/{QUESTION}", headers={"X-Correlation-Id": "tell-me"})

    assert answer.status_code == 503
    assert "tell-me" in answer.text


def test_what_moved_leads_to_where_it_is() -> None:
    gateway = Gateway()
    gateway.say("GET", "/keywords/pg", {}, 301, location="/api/v1/keywords/postgresql")

    answer = browser(gateway).get("/keywords/pg")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/keywords/postgresql")
