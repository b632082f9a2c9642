"""Devices that are told at once: switching this one on, and any off."""

from typing import Any

from web.tests.rig import OTHER, Gateway, browser, proof_of

PATH, CHOSEN = "/notices/push-subscriptions", "/notices/preferences"
SAID = {"endpoint": "https://fcm.googleapis.com/fcm/send/x", "p256dh": "point", "auth": "secret"}


def gateway_with(*items: dict[str, Any], key: str | None = "BPub", is_pushed: bool = False) -> Any:
    gateway = Gateway()
    gateway.say("GET", PATH, {"public_key": key, "items": items})
    gateway.say("POST", PATH, device(), 201)
    gateway.say("DELETE", f"{PATH}/{OTHER}", None, 204)
    classes = {
        name: {"mail": "digest", "push": is_pushed and name == "my_circle"}
        for name in ("to_me", "my_circle")
    }
    chosen = {"classes": classes, "digest": "off", "version": 3, "mail_state": "ok"}
    gateway.say("GET", CHOSEN, chosen)
    gateway.say("PUT", CHOSEN, chosen)
    return gateway


def device(endpoint: str = SAID["endpoint"]) -> dict[str, Any]:
    at = "2026-11-20T10:00:00Z"
    return {"id": OTHER, "endpoint": endpoint, "is_current": True, "created_at": at}


def sent(gateway: Gateway, method: str, path: str) -> list[Any]:
    asked = (one for one in gateway.asked if one.method == method)
    return [one for one in asked if one.target == f"/api/v1{path}"]


def switch_on(gateway: Gateway, **said: str) -> Any:
    client = browser(gateway)
    proof = proof_of(client.get("/settings/devices").text)
    return client.post("/settings/devices", data={"csrf_token": proof, **SAID, **said})


def test_a_browser_is_switched_on_and_told_at_least_what_is_for_its_member() -> None:
    gateway = gateway_with()

    answer = switch_on(gateway)

    assert (answer.status_code, answer.location) == (303, "/settings/devices?said=told_here")
    [asked], [chosen] = sent(gateway, "POST", PATH), sent(gateway, "PUT", CHOSEN)
    assert b'"keys":{"p256dh":"point","auth":"secret"}' in asked.body
    assert chosen.headers["If-Match"] == '"3"' and b"version" not in chosen.body
    assert b'"to_me":{"mail":"digest","push":true}' in chosen.body
    assert b'"my_circle":{"mail":"digest","push":false}' in chosen.body


def test_who_chose_what_devices_are_told_keeps_it() -> None:
    gateway = gateway_with(is_pushed=True)

    assert switch_on(gateway).status_code == 303

    assert not sent(gateway, "PUT", CHOSEN)


def test_what_the_api_refuses_is_said_on_the_page() -> None:
    gateway = gateway_with()
    gateway.refuse("POST", PATH, 422, "endpoint_refused")

    answer = switch_on(gateway)

    assert answer.status_code == 422 and "un service qui n’est pas connu ici" in answer.text
    assert not sent(gateway, "PUT", CHOSEN)


def test_no_other_site_switches_anything_on_or_off() -> None:
    gateway = gateway_with()
    client = browser(gateway)

    for path in ("/settings/devices", f"/settings/devices/{OTHER}/off"):
        client.post(path, data=SAID)

    assert not gateway.calls("POST") and not gateway.calls("DELETE")


def test_devices_are_listed_and_switched_off_without_a_script() -> None:
    gateway = gateway_with(device(), device("https://new.example.org/x"))
    client = browser(gateway)

    page = client.get("/settings/devices").text
    off = {"csrf_token": proof_of(page)}
    answer = client.post(f"/settings/devices/{OTHER}/off", data=off)

    assert (
        "Chrome, Edge" in page and "Un autre navigateur" in page and "cet appareil</span>" in page
    )
    assert answer.status_code == 303 and gateway.calls("DELETE") == [f"{PATH}/{OTHER}"]


def test_without_a_key_no_button_is_there() -> None:
    page = browser(gateway_with(key=None)).get("/settings/devices").text

    assert "data-push" not in page and "Rien n’est envoyé aux appareils ici." in page
