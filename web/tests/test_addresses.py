"""One's own address: whether it is confirmed, the link to be mailed, and what its page says."""

from typing import Any

import pytest

from web.tests.rig import ME, Gateway, browser, proof_of, token

JOINER = {"name": "Ada Martin", "email": "ada@example.org", "password": "a pass phrase of mine"}
MAIL_ME = 'action="/settings/address/confirmation"'


def with_myself(gateway: Gateway, **changes: Any) -> Gateway:
    """A gateway that knows the member who visits."""
    mine = {
        "id": ME,
        "name": "Ada Martin",
        "headline": "",
        "portrait_url": None,
        "role": "member",
        "company": "",
        "location": "",
        "bio": "",
        "locale": "fr",
        "state": "active",
        "sponsor": None,
        "joined_at": "2026-11-20T10:00:00Z",
        "email": "ada@example.org",
        "is_proposable": True,
        "asks_per_week": 3,
        "is_sharing_first_steps": False,
        "inviting": {
            "places_left": 5,
            "hindrance": None,
            "reason": None,
            "from_at": "2026-11-27T10:00:00Z",
        },
        **changes,
    }
    gateway.say("GET", "/members/me", mine)
    return gateway


@pytest.mark.parametrize("path", ["/settings", "/settings/address"])
def test_pages_of_settings_ask_for_an_unconfirmed_address_and_for_no_other(path: str) -> None:
    asked = browser(with_myself(Gateway(), is_email_confirmed=False)).get(path).text
    confirmed = browser(with_myself(Gateway(), is_email_confirmed=True)).get(path).text
    unsaid = browser(with_myself(Gateway())).get(path).text

    assert MAIL_ME in asked and "n’est pas encore confirmée" in asked
    for page in (confirmed, unsaid):
        assert MAIL_ME not in page and "n’est pas encore confirmée" not in page
    assert ("confirmée</span>" in confirmed) is (path == "/settings/address")


def test_the_button_mails_the_link_and_says_so() -> None:
    gateway = with_myself(Gateway(), is_email_confirmed=False)
    gateway.say("POST", "/address-confirmations", {"expires_in": 172800}, 202)
    client = browser(gateway)
    proof = proof_of(client.get("/settings/address").text)

    answer = client.post("/settings/address/confirmation", data={"csrf_token": proof})

    assert (answer.status_code, gateway.calls("POST")) == (303, ["/address-confirmations"])
    assert answer.headers["Location"] == "/settings/address?said=mailed"
    gateway.refuse("POST", "/address-confirmations", 429, "too_many_tries")
    refused = client.post("/settings/address/confirmation", data={"csrf_token": proof})
    assert refused.status_code == 429 and "essais" in refused.text


@pytest.mark.parametrize(
    ("is_confirmed", "said"), [(False, "joined-mailed"), (True, "joined"), (None, "joined")]
)
def test_who_joined_unproven_is_told_that_a_link_was_mailed(
    is_confirmed: bool | None, said: str
) -> None:
    gateway = Gateway()
    if is_confirmed is not None:
        with_myself(gateway, is_email_confirmed=is_confirmed)
    preview = {"sponsor": None, "note": "", "expires_at": "2026-12-20T10:00:00Z"}
    gateway.say("GET", "/invitations/preview/x", preview)
    member = {"id": ME, "name": "Ada Martin", "headline": "", "portrait_url": None}
    member |= {"role": "member", "company": "", "location": "", "bio": "", "locale": "fr"}
    member |= {"state": "active", "sponsor": None, "joined_at": "2026-11-20T10:00:00Z"}
    gateway.say("POST", "/members", member, 201)
    granted = {"access_token": token(), "refresh_token": "r"}
    gateway.say("POST", "/sessions", granted, 201)
    client = browser(gateway, access="")
    proof = proof_of(client.get("/join/x").text)

    answer = client.post("/join/x", data={**JOINER, "csrf_token": proof})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/?said={said}")
    welcome = client.get(answer.headers["Location"]).text
    assert ("Un lien vous attend" in welcome) is (said == "joined-mailed")


def test_the_page_of_the_link_speaks_to_members_of_their_mail_and_to_strangers_of_both() -> None:
    gateway = Gateway()
    gateway.say("PUT", "/address-confirmations/x", None, 204)

    said = []
    for client in (browser(gateway), browser(gateway, access="")):
        proof = proof_of(client.get("/confirm/x").text)
        assert gateway.calls("PUT") == ["/address-confirmations/x"] * len(said)
        said.append(client.post("/confirm/x", data={"csrf_token": proof}).text)

    assert all("vous y écrire" in page for page in said)
    assert ["demandé une invitation" in page for page in said] == [False, True]
