"""The devices on which one is told at once."""

from datetime import datetime
from typing import Any

from web.api.client import Api
from web.api.models import Answer


class Device(Answer):
    """A browser that was switched on; `is_current` in the session that asks."""

    id: str
    endpoint: str
    is_current: bool
    created_at: datetime


class Devices(Answer):
    """All of one's, and the key with which a browser subscribes; null where nothing is pushed."""

    public_key: str | None
    items: list[Device]


def list_devices(api: Api) -> Devices:
    """One's own."""
    return api.get("/notices/push-subscriptions", Devices)


def add_device(api: Api, *, endpoint: str, p256dh: str, auth: str) -> None:
    """Tell a browser, by what it says of its subscription."""
    said = {"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}}
    api.send("POST", "/notices/push-subscriptions", Device, said)


def remove_device(api: Api, device_id: str) -> None:
    """Tell it no more."""
    api.send("DELETE", f"/notices/push-subscriptions/{device_id}", type(None))


def want_some(api: Api) -> None:
    """Let what is for oneself be told on devices, where nothing is wanted there yet."""
    chosen = api.get("/notices/preferences", dict[str, Any])
    version, _ = chosen.pop("version"), chosen.pop("mail_state")
    if any(wish["push"] for wish in chosen["classes"].values()):
        return
    chosen["classes"]["to_me"]["push"] = True
    headers = {"If-Match": f'"{version}"'}
    api.send("PUT", "/notices/preferences", dict[str, Any], chosen, headers=headers)
