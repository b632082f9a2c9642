"""Words that were begun and left: offered again, and never put over others unasked."""

import pytest
from playwright.sync_api import Browser, Route

from chassis.testing.waiting import eventually
from tests.browser.browsing import Visitor, Way, needs_chromium
from tests.browser.conftest import Community
from tests.browser.test_access import signed_in
from tests.system.journey import Client
from tests.system.machine import Machine

pytestmark = [needs_chromium, pytest.mark.timeout(120)]
OFFER = "main form .note button"


@pytest.fixture
def asker(machine: Machine, community: Community, browser: Browser) -> Visitor:
    return signed_in(browser, machine, community.asker, Way("en", 390))


def leave(visitor: Visitor) -> None:
    visitor.page.locator("main [name=body]").blur()
    visitor.go("/charter")


def body_of(visitor: Visitor) -> str:
    return visitor.page.locator("main [name=body]").input_value()


def test_an_edit_that_was_left_is_offered_again_and_forgotten_once_it_is_sent(
    asker: Visitor, community: Community
) -> None:
    words = {"title": "What did I forget?", "body": "First words.", "keywords": []}
    question = community.asker.ok("POST", "/questions", words)
    edit = f"/questions/{question['id']}/edit"
    asker.go(edit)
    asker.fill(body="Second words.")
    leave(asker)

    asker.go(edit)
    assert body_of(asker) == "First words."
    asker.page.locator(OFFER).click()
    assert body_of(asker) == "Second words."
    asker.send()
    assert "Second words." in asker.text
    asker.go(edit)

    assert body_of(asker) == "Second words."
    assert asker.page.locator(OFFER).count() == 0
    assert asker.complaints == []


def test_a_question_begun_before_waits_while_another_is_asked(asker: Visitor) -> None:
    asker.go("/ask")
    asker.fill(title="The first question?", body="Its words.")
    leave(asker)

    asker.go("/ask?title=The+second+question%3F")

    assert body_of(asker) == ""
    assert asker.page.locator(OFFER).count() == 1
    asker.go("/ask")
    assert body_of(asker) == "Its words."


def test_a_report_that_was_begun_is_not_offered_for_another(
    asker: Visitor, community: Community, likers: list[Client]
) -> None:
    asker.go(f"/report/post/{community.answer_id}")
    asker.fill(word="This one.")
    asker.page.locator("main [name=word]").blur()

    asker.go(f"/report/member/{likers[0].member['id']}")

    assert asker.page.locator("main [name=word]").input_value() == ""
    asker.go(f"/report/post/{community.answer_id}")
    assert asker.page.locator("main [name=word]").input_value() == "This one."


def test_the_tab_that_is_shown_is_in_view(asker: Visitor) -> None:
    for path in ("/settings", "/settings/sessions", "/settings/data"):
        asker.go(path)
        box = asker.page.locator("main .tabs [aria-current]").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= asker.way.width


def test_nothing_moves_away_under_a_finger_that_sends_what_was_typed(
    asker: Visitor, community: Community
) -> None:
    asker.go(f"/questions/{community.question_id}")
    send, state = "#answer .btn.first", "[data-draft-state]"
    place = f"document.querySelector('{send}').getBoundingClientRect().left"
    place = f"[{place}, document.querySelector('{send}').offsetTop]"
    before = asker.page.evaluate(place)

    asker.page.locator("#answer [name=body]").press_sequentially("I found it.")
    asker.page.locator(state, has_text="Draft kept").wait_for()

    assert asker.page.evaluate(place) == before
    with asker.page.expect_navigation():
        asker.page.locator(send).click()
    assert "I found it." in asker.text


def test_proposals_that_come_once_somebody_went_on_lie_over_nothing(asker: Visitor) -> None:
    held: list[Route] = []
    asker.page.route("**/suggest/**", lambda route: held.append(route))
    asker.go("/ask")

    asker.page.locator("main [name=keywords]").fill("Postg")
    # Whoever asks the page something hears of its requests meanwhile.
    eventually(lambda: asker.page.evaluate("true") and held)
    asker.page.locator("main [name=title]").focus()
    let_timers_fire(asker)
    with asker.page.expect_response("**/suggest/**") as told:
        held[0].continue_()
    assert "PostgreSQL" in told.value.text()
    let_timers_fire(asker)

    assert asker.page.locator("[role=option]:visible").count() == 0


def let_timers_fire(visitor: Visitor) -> None:
    """What a page does a moment later is done: timers fire in the order of their times."""
    visitor.page.evaluate("new Promise((done) => setTimeout(done, 200))")
