"""Being told on a device: switched on by a click, shown by the service worker, opened by a click.

Chromium has no push service here: where it would ask for a subscription, a test answers; what is
pushed is handed to the worker by the browser itself (CDP).
"""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession

from chassis.testing.waiting import eventually
from tests.browser.browsing import Visitor, Way, needs_chromium
from tests.browser.conftest import Community
from tests.browser.test_access import signed_in
from tests.system.journey import Client
from tests.system.machine import Machine

pytestmark = [needs_chromium, pytest.mark.timeout(120)]
PATH = "/notices/push-subscriptions"
# The example of RFC 8291, 5: a point and a secret that are a browser's.
POINT = (
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNto" + "IAiw4"
)
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
ENDPOINT = "https://fcm.googleapis.com/fcm/send/browser-of-tests"
SAID = {"endpoint": ENDPOINT, "expirationTime": None, "keys": {"p256dh": POINT, "auth": SECRET}}
SUBSCRIBED = """
  const said = SAID;
  const made = () => ({
    endpoint: said.endpoint,
    toJSON: () => said,
    unsubscribe: async () => { delete sessionStorage.subscribed; return true; },
  });
  PushManager.prototype.getSubscription = async () => sessionStorage.subscribed ? made() : null;
  PushManager.prototype.subscribe = async (options) => {
    sessionStorage.subscribed = options.applicationServerKey.length;
    return made();
  };
""".replace("SAID", json.dumps(SAID))
SHOWN = """async () => {
  const worker = await navigator.serviceWorker.ready;
  const shown = await worker.getNotifications();
  return shown.map(({ title, tag, body, data }) => ({ title, tag, body, url: data.url }));
}"""


@pytest.fixture
def asker(machine: Machine, community: Community, browser: Browser) -> Visitor:
    visitor = signed_in(browser, machine, community.asker, Way("en", 390))
    visitor.context.grant_permissions(["notifications"], origin=machine.url)
    return visitor


def devices(member: Client) -> list[str]:
    return [one["endpoint"] for one in member.ok("GET", PATH)["items"]]


def test_a_click_switches_a_device_on_and_another_off(asker: Visitor, community: Community) -> None:
    asker.context.add_init_script(SUBSCRIBED)
    asker.go("/settings/devices")
    on = asker.page.locator("[data-push] form button")
    on.wait_for()

    with asker.page.expect_navigation():
        on.click()

    asker.page.locator("[data-push-on]").wait_for()
    assert "This device is told from now on." in asker.text and not on.is_visible()
    assert devices(community.asker) == [ENDPOINT]
    assert asker.page.evaluate("sessionStorage.subscribed") == "65"  # the server's own key
    chosen = community.asker.ok("GET", "/notices/preferences")
    assert chosen["classes"]["to_me"]["push"]
    with asker.page.expect_navigation():
        asker.page.get_by_role("button", name="Tell it no more").click()
    on.wait_for()
    assert devices(community.asker) == [] and asker.complaints == []
    assert asker.page.evaluate("sessionStorage.subscribed") is None


def test_who_forbids_it_is_told_where_to_allow_it(asker: Visitor) -> None:
    asker.context.add_init_script('Notification.requestPermission = async () => "denied";')
    asker.go("/settings/devices")

    asker.page.locator("[data-push] form button").click()

    asker.page.get_by_text("Your browser forbids it").wait_for()
    assert asker.complaints == []


def test_without_a_script_a_sentence_says_that_it_takes_one(
    machine: Machine, community: Community, browser: Browser
) -> None:
    plain = signed_in(browser, machine, community.asker, Way("en", 390, has_script=False))
    plain.go("/settings/devices")

    assert "That takes a script" in plain.text
    assert not plain.page.locator("[data-push] form button").is_visible()


def registration_of(visitor: Visitor) -> tuple[CDPSession, str]:
    """The browser's own way to the service worker, once it is there."""
    known: list[dict[str, Any]] = []
    cdp = visitor.context.new_cdp_session(visitor.page)
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: known.extend(told["registrations"]),
    )
    visitor.go("/settings/devices")
    visitor.page.evaluate("async () => Boolean(await navigator.serviceWorker.ready)")
    cdp.send("ServiceWorker.enable")
    ids = eventually(
        lambda: (
            [one["registrationId"] for one in known if one["scopeURL"] == f"{visitor.url}/"]
            or visitor.page.wait_for_timeout(20)
        )
    )
    return cdp, ids[-1]


def test_what_is_pushed_is_shown_once_for_each_thing_and_opens_its_page(asker: Visitor) -> None:
    cdp, registration = registration_of(asker)

    def push(data: str) -> None:
        its = {"origin": asker.url, "registrationId": registration}
        cdp.send("ServiceWorker.deliverPushMessage", {**its, "data": data})

    told = {"title": "Béa answered: Rye?", "url": "/notices/1?to=%2F", "tag": "rye"}
    push(json.dumps({**told, "title": "Somebody answered: Rye?"}))
    push(json.dumps(told))
    push(json.dumps({"title": "Elsewhere", "url": "https://evil.example/", "tag": "other"}))
    push("not JSON")

    shown = eventually(lambda: _shown(asker, 3))
    assert {**told, "body": ""} in shown and "Skiller" in {one["title"] for one in shown}
    [worker] = asker.context.service_workers
    worker.evaluate(
        """async () => {
          self.opened = [];
          /* What a browser allows after a real click alone. */
          self.clients.openWindow = async (url) => { self.opened.push(url); };
          for (const notification of await self.registration.getNotifications()) {
            self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
          }
        }"""
    )
    opened = {url.removeprefix(asker.url) for url in worker.evaluate("self.opened")}
    assert opened == {"/notices/1?to=%2F", "/notices"}
    assert eventually(lambda: _shown(asker, 0) == []) and asker.complaints == []


def _shown(visitor: Visitor, count: int) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = visitor.page.evaluate(SHOWN)
    assert len(shown) == count
    return shown
