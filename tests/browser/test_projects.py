"""Building together: a project from its beginning to thanks, by its pages."""

import pytest
from playwright.sync_api import Browser

from chassis.testing.waiting import eventually
from tests.browser.browsing import Visitor, Way, needs_chromium, ways
from tests.browser.conftest import Community
from tests.browser.test_access import signed_in
from tests.system.journey import Client
from tests.system.machine import Machine

pytestmark = [needs_chromium, pytest.mark.timeout(240)]
WAYS = ways(Way("fr", 390, has_script=False), Way("en", 1280))
FILE = "Nom;Prix (€);Ouvert\nOSM;1 234,56;oui\nPlan IGN;10,5;non\n"
SECOND = "Nom;Prix (€);Ouvert\nOSM;999,5;oui\nPlan IGN;10,5;non\nCadastre;3,25;oui\n"


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_project_is_begun_helped_asked_compared_and_closed(
    way: Way, machine: Machine, community: Community, likers: list[Client], browser: Browser
) -> None:
    # Asked once in each way, more often than by default in a week.
    community.expert.ok("PATCH", "/members/me", {"asks_per_week": 10})
    owner = signed_in(browser, machine, community.asker, way)
    helper = signed_in(browser, machine, community.expert, way)
    project = begin(owner)
    call = look_for_help(owner, project, community.expert.member["id"])
    accept(helper, project)
    answered = ask_and_answer(owner, helper, project)
    assert "4" in answered
    compare(owner, project)
    tell(owner, project)
    thank_and_close(owner, project, call)

    helper.go(project)
    assert "It rises by itself." in helper.text
    assert owner.complaints == [] and helper.complaints == []
    eventually(lambda: thanked(helper, community.expert.member["id"]), every=0.2)


def begin(owner: Visitor) -> str:
    owner.go("/projects")
    owner.page.locator("main a[href='/projects/new']").first.click()
    owner.fill(title="An atlas of slow queries", pitch="So that nobody waits twice.")
    owner.fill(description="We **collect** them.", keywords="Databases")
    owner.send()
    assert owner.page.locator(".ladder .here").count() == 1
    return owner.page.url.partition("?")[0]


def look_for_help(owner: Visitor, project: str, expert_id: str) -> str:
    owner.page.locator("main a[href$='/calls/new']").click()
    owner.fill(title="Two hours of somebody who reads plans", skills="PostgreSQL", hours="2")
    owner.send()
    call = owner.page.url.partition("?")[0]
    button = f"main form[action$='/invite']:has([value='{expert_id}']) button"

    def is_proposed() -> bool:
        owner.go(call)
        return owner.page.locator(button).count() == 1

    eventually(is_proposed, every=0.2)
    with owner.page.expect_navigation():
        owner.page.locator(button).click()
    owner.go(project + "/people")
    assert owner.page.locator("main form[action$='/withdraw']").count() == 1
    return call


def accept(helper: Visitor, project: str) -> None:
    helper.go("/projects")
    helper.page.locator("main a[href='/projects/invitations']").click()
    path = project.partition("/projects/")[2]
    form = f"main form[action^='/projects/{path}/invitations/']"
    with helper.page.expect_navigation():
        helper.page.locator(f"{form} button[value=accepted]").click()
    assert helper.page.url.startswith(project)


def ask_and_answer(owner: Visitor, helper: Visitor, project: str) -> str:
    owner.go(project)
    owner.page.locator("main a[href$='/rounds/new']").click()
    owner.fill(title="What should we collect first?")
    owner.page.locator("main [name=audience]").select_option("contributors")
    owner.page.locator("main [name=names]").select_option("early")
    owner.page.locator("main [name='q1-text']").fill("Is it useful?")
    owner.page.locator("main [name='q1-kind']").select_option("scale")
    with owner.page.expect_navigation():
        owner.page.locator("main button[name=more]").click()
    assert owner.page.locator("main [name='q4-text']").count() == 1
    assert owner.page.locator("main [name='q1-text']").input_value() == "Is it useful?"
    owner.page.locator("main [name='q4-text']").fill("What is missing?")
    owner.page.locator("main [name='q4-kind']").select_option("text")
    owner.send()
    place = owner.page.url.partition("?")[0]
    helper.go(place)
    # The browser is in another zone than the community: who has a script reads both hours.
    here = "chez vous" if helper.way.locale == "fr" else "where you are"
    assert (here in helper.text) is helper.way.has_script
    helper.page.locator("main [name=q1][value='4']").check()
    helper.page.locator("main [name=q2]").fill("Examples of plans.")
    helper.send()
    helper.page.locator("main a[href$='/question/2']").click()
    assert "Examples of plans." in helper.text
    helper.go(place)
    return helper.text


def compare(owner: Visitor, project: str) -> None:
    owner.go(project)
    owner.page.locator("main a[href$='/benchmarks/new']").click()
    owner.fill(title="Four maps compared")
    owner.send()
    for file in (FILE, SECOND):
        chosen = {"name": "maps.csv", "mimeType": "text/csv", "buffer": file.encode()}
        owner.page.locator("main [name=file]").set_input_files(files=[chosen])
        owner.send()
        assert owner.page.locator("main .note.wrong").count() == 0
        owner.send()
        owner.page.locator("main table").wait_for()
        benchmark = owner.page.url.partition("?")[0]
        owner.go(benchmark + "/import")
    owner.go(benchmark)
    shown = owner.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert ("999,5" if owner.way.locale == "fr" else "999.5") in shown
    owner.go(benchmark + "/versions")
    assert "Cadastre" in owner.text and "OSM" in owner.text


def tell(owner: Visitor, project: str) -> None:
    owner.go(project + "/news")
    owner.fill(title="Ten plans collected", body="With **words** on each.")
    owner.send()
    assert "Ten plans collected" in owner.text


def thank_and_close(owner: Visitor, project: str, call: str) -> None:
    owner.go(call)
    with owner.page.expect_navigation():
        owner.page.locator("form[action$='/end']:has([value=answered]) button").click()
    owner.page.locator("main a[href*='/thank']").first.click()
    owner.page.locator("main [name=skill]").first.check()
    owner.fill(word="You saw it at once.")
    owner.send()
    assert "You saw it at once." in owner.text
    owner.go(project + "/close")
    owner.fill(learned="It rises by itself.")
    owner.send()
    assert "It rises by itself." in owner.text


def thanked(helper: Visitor, member_id: str) -> bool:
    helper.go(f"/members/{member_id}/skills/postgresql")
    words = "Une aide dans un projet" if helper.way.locale == "fr" else "Help in a project"
    return words in helper.text
