"""Everything by keys: the focus is seen at each step, nothing traps it, nothing covers it."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.browsing import Way, needs_chromium, visit, ways
from tests.browser.conftest import Community
from tests.browser.test_access import email_of
from tests.system.journey import PASSWORD, Client
from tests.system.machine import Machine

pytestmark = [needs_chromium, pytest.mark.timeout(240)]
WAYS = ways(Way("en", 390), Way("en", 1280, has_script=False))
MOST_STEPS = 120
# What somebody who looks for it sees of the focus: a line around it, and nothing over it.
SEEN = """(element) => {
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const isIn = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const x = Math.min(Math.max((box.left + box.right) / 2, 1), innerWidth - 2);
  const y = Math.min(Math.max((box.top + box.bottom) / 2, 1), innerHeight - 2);
  const over = document.elementFromPoint(x, y);
  const isFree = over && (element.contains(over) || over.contains(element));
  const hasLine = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return [isIn ? "" : "out of view", isFree ? "" : `under ${over?.outerHTML.slice(0, 60)}`,
    hasLine ? "" : "no line"].filter(Boolean).join(", ");
}"""
NAME = "(element) => `${element.tagName} ${element.getAttribute('href') || element.name || ''}`"


class Keys:
    """Hands that have a keyboard and no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def step(self) -> str:
        """One Tab; what has the focus then. Empty once it has left the page's end."""
        self.page.keyboard.press("Tab")
        element = self.page.evaluate_handle("document.activeElement").as_element()
        assert element is not None
        name: str = element.evaluate(NAME)
        if name.startswith(("BODY", "HTML")):
            return ""
        wrong = element.evaluate(SEEN)
        assert not wrong, f"{self.page.url} {name}: {wrong}"
        return name

    def reach(self, selector: str) -> None:
        """Tab until the focus is there."""
        for _ in range(MOST_STEPS):
            self.step()
            if self.page.locator(f"{selector}:focus").count():
                return
        pytest.fail(f"{selector} is not reached on {self.page.url}")

    def skip(self) -> None:
        """The first Tab is the link to the content, and leads there."""
        assert self.step() == "A #main"
        self.page.keyboard.press("Enter")
        assert self.page.locator("main:focus").count() == 1

    def type(self, selector: str, words: str) -> None:
        """Tab to a field and type."""
        self.reach(selector)
        self.page.keyboard.type(words)

    def enter(self, selector: str, key: str = "Enter") -> None:
        """Tab to a button or a link and press it, which leads to another page."""
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def see_it_all(self) -> None:
        """Tab through the whole page and out of it: nothing keeps the focus."""
        seen = []
        for _ in range(MOST_STEPS):
            seen.append(self.step())
            if not seen[-1]:
                return
        pytest.fail(f"{self.page.url} does not let go: {seen[-5:]}")


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_member_needs_no_mouse(
    way: Way, machine: Machine, community: Community, likers: list[Client], browser: Browser
) -> None:
    member = likers[WAYS.index(way) % len(likers)]
    member.ok("PATCH", "/members/me", {"locale": "en"})
    visitor = visit(browser, machine.url, way)
    keys = Keys(visitor.page)

    sign_in(keys, visitor.url, email_of(member))
    ask(keys, visitor.url, f"Does it work by keys, {way}?", way)
    answer_and_like(keys, f"{visitor.url}/questions/{community.question_id}", way)
    find(keys, visitor.url, way)
    sign_out(keys, visitor.url)


def sign_in(keys: Keys, url: str, address: str) -> None:
    keys.page.goto(f"{url}/sign-in")
    keys.skip()
    keys.type("[name=email]", address)
    keys.type("[name=password]", PASSWORD)
    with keys.page.expect_navigation():
        keys.page.keyboard.press("Enter")
    assert keys.page.url == f"{url}/"
    keys.see_it_all()


def ask(keys: Keys, url: str, title: str, way: Way) -> None:
    keys.page.goto(f"{url}/ask")
    keys.skip()
    keys.type("[name=title]", title)
    keys.type("[name=body]", "I have no mouse.")
    keys.type("[name=keywords]", "Postg" if way.has_script else "PostgreSQL")
    if way.has_script:
        keys.page.locator("[role=option]").first.wait_for()
        keys.page.keyboard.press("ArrowDown")
        keys.page.keyboard.press("Enter")
        assert keys.page.locator("[name=keywords]").input_value() == "PostgreSQL, "
    keys.reach("[name=audience]")
    keys.page.keyboard.press("ArrowDown")
    assert keys.page.locator("[name=audience]").input_value() == "followers"
    keys.page.keyboard.press("ArrowUp")
    keys.enter("main .btn.first", "Space")
    assert keys.page.locator("main h1.say").inner_text() == title


def answer_and_like(keys: Keys, question: str, way: Way) -> None:
    keys.page.goto(question)
    keys.see_it_all()
    keys.page.goto(question)
    keys.skip()
    like = "main article.answer form[action$='/like'] button"
    was = keys.page.locator(like).first.get_attribute("aria-pressed")
    now = "false" if was == "true" else "true"
    if way.has_script:
        keys.reach(like)
        keys.page.keyboard.press("Space")
        # The button that comes in its place has the focus.
        keys.page.locator(f"{like}[aria-pressed={now}]:focus").wait_for()
    else:
        keys.enter(like)
        assert keys.page.locator(like).first.get_attribute("aria-pressed") == now
    keys.type("#answer [name=body]", f"Without a mouse, {way}.")
    keys.enter("#answer .btn.first")
    assert "said=answered" in keys.page.url


def find(keys: Keys, url: str, way: Way) -> None:
    keys.page.goto(f"{url}/find")
    keys.skip()
    keys.type("[name=q]", "postgresql")
    if way.has_script:
        keys.page.locator("[role=option]").first.wait_for()
        keys.page.keyboard.press("Escape")
        assert keys.page.locator("[role=option]:visible").count() == 0
    with keys.page.expect_navigation():
        keys.page.keyboard.press("Enter")
    keys.reach("main .offer .who a")
    keys.see_it_all()


def sign_out(keys: Keys, url: str) -> None:
    keys.page.goto(url)
    keys.enter("footer a[href='/settings']")
    keys.see_it_all()
    keys.page.goto(f"{url}/settings/sessions")
    keys.enter("form[action='/sign-out'] button")
    keys.page.goto(f"{url}/me")
    assert "/sign-in" in keys.page.url
