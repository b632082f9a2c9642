"""The network goes in the middle of a post: one sentence, the words kept, sent again one post."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.browsing import Visitor, Way, needs_chromium, some
from tests.browser.conftest import Community
from tests.browser.test_access import signed_in
from tests.system.journey import Client
from tests.system.machine import Machine

pytestmark = [needs_chromium, pytest.mark.timeout(120)]
BODY = "Words that took me an hour, and that I write no second time."
OFFLINE = "There is no network at the moment."


class Wire:
    """Between a browser and a machine: it can be cut, with what went through before or not."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cut = ""  # "before" the server hears of it, or "after": the answer alone is lost
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(browser,), daemon=True).start()

    def _carry(self, browser: socket.socket) -> None:
        machine = socket.create_connection(("127.0.0.1", self._port))
        with browser, machine, contextlib.suppress(OSError):
            while True:
                for end in select.select([browser, machine], [], [])[0]:
                    data = end.recv(65_536)
                    if not data or self.cut == "before":
                        return
                    if end is machine and self.cut == "after":
                        return
                    (machine if end is browser else browser).sendall(data)


@pytest.fixture
def wire(machine: Machine) -> Iterator[Wire]:
    wire = Wire(machine.port)
    yield wire
    wire.close()


@pytest.fixture
def asker(wire: Wire, machine: Machine, community: Community, browser: Browser) -> Visitor:
    visitor = signed_in(browser, machine, community.asker, Way("en", 390))
    visitor.url = wire.url
    visitor.go("/ask")
    visitor.page.evaluate("navigator.serviceWorker.ready")
    visitor.page.wait_for_function("navigator.serviceWorker.controller !== null")
    return visitor


def lose(visitor: Visitor, wire: Wire, how: str) -> None:
    if how == "offline":
        visitor.context.set_offline(offline=True)
    wire.cut = "before" if how == "offline" else how


def find_again(visitor: Visitor, wire: Wire) -> None:
    visitor.context.set_offline(offline=False)
    wire.cut = ""


def go_back(page: Page) -> None:
    page.go_back()
    assert page.locator("main [name=body]").input_value() == BODY
    with page.expect_navigation():
        page.locator("main form .btn.first").click()


def open_anew(page: Page) -> None:
    page.goto(page.url)
    assert page.locator("main [name=body]").input_value() == BODY
    with page.expect_navigation():
        page.locator("main form .btn.first").click()


def send_it_once_more(page: Page) -> None:
    page.reload()


@pytest.mark.parametrize(
    ("how", "again"),
    some(
        list(product(("before", "after", "offline"), (go_back, open_anew, send_it_once_more))),
        ("after", go_back),
        ("offline", send_it_once_more),
    ),
)
def test_a_question_whose_answer_is_lost_is_asked_once(
    how: str, again: Callable[[Page], None], wire: Wire, asker: Visitor, community: Community
) -> None:
    title = f"Is it asked once, {how}, {again.__name__}?"
    asker.fill(title=title, body=BODY, keywords="Network")

    lose(asker, wire, how)
    asker.send()
    assert OFFLINE in asker.text
    assert asker.overflow <= 0
    find_again(asker, wire)
    again(asker.page)

    assert asker.page.locator("main h1.say").inner_text() == title
    assert titles_of(community.asker).count(title) == 1
    asker.go("/ask")
    assert asker.page.locator("main [name=body]").input_value() == ""


def test_a_like_that_did_not_go_through_is_seen_to_be_none(
    wire: Wire, asker: Visitor, community: Community
) -> None:
    asker.go(f"/shares/{community.share_id}")
    button = asker.page.locator("main .like")

    lose(asker, wire, "before")
    button.click()

    asker.page.locator("#live.told", has_text="is the network there?").wait_for()
    assert asker.page.locator("main .like[aria-pressed=false]").count() == 1
    find_again(asker, wire)
    button.click()
    asker.page.locator("main .like[aria-pressed=true]").wait_for()
    asker.page.locator("#live.told").wait_for(state="detached")


def titles_of(author: Client) -> list[str]:
    found = author.ok("GET", f"/posts?kind=question&author={author.member['id']}&limit=50")
    return [post["title"] for post in found["items"]]
