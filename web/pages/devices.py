"""Devices on which one is told at once: switching this one on, and any off."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint

from web.api import devices
from web.api.client import api
from web.forms import Form
from web.rendering import attempt, done, render, shows_form
from web.session import signed_in

bp = Blueprint("devices", __name__)
# Whose push service it is: a list of devices says which browsers they are.
BROWSERS = {
    "googleapis.com": "Chrome, Edge, Opera…",
    "mozilla.com": "Firefox",
    "apple.com": "Safari",
    "windows.com": "Edge",
}


@bp.route("/settings/devices", methods=["GET", "POST"])
@signed_in
@shows_form
def switch_on() -> Any:
    """The devices that are told, and a button for this one, which a script presses on."""
    form = Form()
    said = {name: form.text(name) for name in ("endpoint", "p256dh", "auth")}
    if form.is_sent and form.done(devices.add_device, api(), **said):
        attempt(devices.want_some, api())
        return done("/settings/devices", "told_here")
    return render(
        "settings/devices.html", form=form, found=devices.list_devices(api()), browser_of=browser_of
    )


@bp.post("/settings/devices/<uuid:device_id>/off")
@signed_in
def switch_off(device_id: Any) -> Any:
    """Tell a device no more."""
    devices.remove_device(api(), str(device_id))
    return done("/settings/devices", "told_no_more")


def browser_of(endpoint: str) -> str | None:
    """Which browsers have such an endpoint."""
    domain = ".".join((urlsplit(endpoint).hostname or "").split(".")[-2:])
    return BROWSERS.get(domain)
