"""How one is told: the form, what is refused of it, a change meanwhile, whether mails arrive."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from chassis import clock
from web.tests.rig import Gateway, browser, proof_of

PATH, CALL = "/settings/notices", "/notices/preferences"
KEPT: dict[str, Any] = {
    "version": 3,
    "classes": {
        "to_me": {"mail": "now", "push": True},
        "my_circle": {"mail": "digest", "push": False},
        "my_keywords": {"mail": "off", "push": False},
    },
    "kinds": {"like": "off"},
    "digest": "working_days",
    "digest_hour": 8,
    "time_zone": "Europe/Paris",
    "quiet": {"from": "20:00", "until": "08:00", "weekends": True},
    "paused_until": None,
    "mail_state": "ok",
}


def gateway_with(**changes: Any) -> Gateway:
    gateway = Gateway()
    gateway.say("GET", CALL, {**KEPT, **changes})
    gateway.say("PUT", CALL, {**KEPT, **changes})
    gateway.say("GET", "/notices/count", {"unread": 0})
    gateway.say("GET", "/notices", {"items": [], "next": None})
    return gateway


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    form = page.split('<form method="post" class="stack narrow">')[1].split("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    fields |= dict(re.findall(r'name="([^"]+)" type="[a-z]+" value="([^"]*)"', form))
    fields |= dict.fromkeys(re.findall(r'name="([^"]+)" value="1" checked', form), "1")
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.findall(r'value="([^"]*)" selected', options)
        fields[name] = chosen[0] if chosen else re.findall(r'value="([^"]*)"', options)[0]
    return fields


def sent(gateway: Gateway) -> tuple[str, Any]:
    """Of the last PUT its version and its body."""
    request = [one for one in gateway.asked if one.method == "PUT"][-1]
    return request.headers["If-Match"], json.loads(request.body)


def choose(client: FlaskClient, **typed: str) -> Any:
    return client.post(PATH, data={**fields_of(client.get(PATH).text), **typed})


def test_a_form_that_nobody_touches_sends_what_is_kept() -> None:
    pause = (clock.now() + timedelta(days=9)).replace(hour=23, minute=0, second=0, microsecond=0)
    gateway = gateway_with(paused_until=pause.isoformat(), kinds={"like": "off", "later": "now"})

    answer = choose(browser(gateway))
    version, body = sent(gateway)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PATH}?said=saved")
    assert version == '"3"'
    # 23:00 UTC is midnight in Paris in winter; a kind that pages have no word for stays.
    assert body.pop("paused_until").startswith((pause + timedelta(hours=1)).date().isoformat())
    kept = {name: KEPT[name] for name in body}
    assert body == {**kept, "kinds": {"like": "off", "later": "now"}}


def test_what_is_typed_is_sent_and_a_pause_ends_as_a_day_begins_for_the_member() -> None:
    gateway = gateway_with()
    typed = {"mail_my_circle": "off", "push_my_circle": "1", "kind_like": "", "kind_skill": "off"}
    typed |= {"digest": "weekly", "digest_hour": "17", "time_zone": "Indian/Reunion"}
    typed |= {"quiet_from": "22:30", "quiet_until": "06:00", "paused_until": "2026-12-24"}

    choose(browser(gateway), **typed)
    _version, body = sent(gateway)

    assert body["classes"]["my_circle"] == {"mail": "off", "push": True}
    assert (body["kinds"], body["digest"], body["digest_hour"]) == ({"skill": "off"}, "weekly", 17)
    assert body["quiet"] == {"from": "22:30", "until": "06:00", "weekends": True}
    assert body["paused_until"] == "2026-12-24T00:00:00+04:00"


def test_what_is_refused_stands_at_its_field_and_nothing_typed_is_lost() -> None:
    gateway = gateway_with()
    wrong = ("time_zone", "quiet", "quiet.from", "paused_until")
    errors = {field: ["No."] for field in wrong}
    gateway.refuse("PUT", CALL, 422, "preferences_invalid", errors=errors)

    answer = choose(browser(gateway), time_zone="Paris, <b>", paused_until="soon", mail_to_me="off")
    page, body = answer.text, sent(gateway)[1]

    assert answer.status_code == 422
    assert (body["time_zone"], body["paused_until"]) == ("Paris, <b>", "soon")
    for field in ("time_zone", "quiet_from", "quiet_until", "paused_until"):
        assert f'href="#f-{field}"' in page
        assert f'aria-invalid="true" aria-describedby="e-{field}"' in page
    assert "Europe/Paris, pris dans la liste" in page
    fields = fields_of(page)
    assert (fields["time_zone"], fields["mail_to_me"]) == ("Paris, &lt;b&gt;", "off")


def test_after_a_change_meanwhile_both_are_seen_and_the_form_can_be_sent_once_more() -> None:
    gateway = gateway_with()
    client = browser(gateway)
    fields = fields_of(client.get(PATH).text)
    classes = {**KEPT["classes"], "to_me": {"mail": "off", "push": False}}
    gateway.say("GET", CALL, {**KEPT, "version": 4, "classes": classes, "digest": "off"})
    gateway.refuse("PUT", CALL, 412, "version_outdated")

    answer = client.post(PATH, data={**fields, "time_zone": "Europe/Rome"})
    version, _body = sent(gateway)
    page = answer.text
    again = fields_of(page)

    assert (answer.status_code, version) == (412, '"3"')
    kept = re.findall(r"<li>([^<]+)</li>", page.split('<div class="note">')[1].split("</div>")[0])
    assert kept == [
        "Pour vous\u00a0: Pas par courriel",
        "Pour vous, sur vos appareils\u00a0: non",
        "Résumé\u00a0: Jamais",
        "Votre fuseau horaire\u00a0: Europe/Paris",
    ]
    assert again["version"] == "4"
    assert {name: again[name] for name in ("mail_to_me", "digest", "time_zone")} == {
        "mail_to_me": "now",
        "digest": "working_days",
        "time_zone": "Europe/Rome",
    }


@pytest.mark.parametrize("session", ["good", "forged", "away"])
def test_what_was_typed_is_there_whatever_happens(session: str) -> None:
    gateway = gateway_with()
    client = browser(gateway)
    fields = {**fields_of(client.get(PATH).text), "time_zone": "Asia/Tokyo", "kind_like": "now"}
    gateway.refuse("PUT", CALL, 503, "upstream_unavailable")
    if session == "forged":
        fields["csrf_token"] = "old"
    if session == "away":
        gateway.refuse("GET", CALL, 503, "upstream_unavailable")

    answer = client.post(PATH, data=fields)
    again = fields_of(answer.text)

    assert answer.status_code == (400 if session == "forged" else 503)
    assert (again["time_zone"], again["kind_like"], again["version"]) == ("Asia/Tokyo", "now", "3")
    assert len(gateway.calls("PUT")) == (session != "forged")


def test_pages_of_notices_alone_say_when_no_mail_arrives() -> None:
    bounced, unconfirmed = "reviennent", "pas encore confirmée"
    for state, words in (("bounced", bounced), ("none", unconfirmed), ("ok", None)):
        client = browser(gateway_with(mail_state=state))

        for path in ("/notices", PATH):
            page = client.get(path).text
            assert [word for word in (bounced, unconfirmed) if word in page] == [words] * bool(
                words
            )
            assert ('href="/settings/address">C' in page) is bool(words)
    gateway = gateway_with(mail_state="bounced")
    browser(gateway).get("/charter")
    assert CALL not in gateway.calls("GET")


def test_a_pause_is_said_with_the_day_on_which_it_ends_for_the_member() -> None:
    gateway = gateway_with(paused_until="2096-12-23T23:00:00Z")
    page = browser(gateway).get(PATH).text
    over = browser(gateway_with(paused_until="2020-12-24T00:00:00Z")).get(PATH).text

    assert "le 24 déc. 2096" in page and 'value="2096-12-24"' in page
    assert "en pause" not in over and 'name="paused_until" type="date" value=""' in over


def test_the_list_can_be_of_one_class_which_reads_nothing_of_the_others() -> None:
    gateway = gateway_with()
    gateway.say("GET", "/notices/count", {"unread": 1})
    actor = {"id": "0190f000-0000-7000-8000-000000000002", "name": "Bo"}
    told = {"id": actor["id"], "kind": "like", "reason": "r", "text": "t", "is_unread": True}
    told |= {"object": {"type": "member", "id": actor["id"], "title": "", "url": "/"}}
    told |= {"actors": [actor], "actor_count": 1, "happened_at": "2026-11-20T10:00:00Z"}
    gateway.say("GET", "/notices", {"items": [told], "next": None})
    client = browser(gateway)

    whole, some = (client.get(f"/notices{query}").text for query in ("", "?class=my_circle"))
    client.get("/notices?class=whatever")

    assert [one for one in gateway.calls("GET") if one.startswith("/notices?")] == [
        "/notices?class=my_circle"
    ]
    assert 'action="/notices/read"' in whole and 'action="/notices/read"' not in some
    assert 'href="/notices?class=my_circle&amp;which=new"' in some
    assert proof_of(whole) and 'href="/settings/notices"' in whole
