"""From a stranger's request to their goodbye, as people drive it, with scripts and without."""

import re
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser

from chassis.testing.waiting import eventually
from contracts.services import SERVICES
from tests.browser.browsing import Visitor, Way, needs_chromium, visit, ways
from tests.system import belonging
from tests.system.journey import PASSWORD, Client
from tests.system.machine import Machine

pytestmark = [needs_chromium, pytest.mark.timeout(300)]
WAYS = ways(Way("fr", 390, has_script=False), Way("en", 1280, has_script=True))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_stranger_becomes_an_expert_and_leaves(
    way: Way, machine: Machine, root: Client, likers: list[Client], browser: Browser
) -> None:
    number = WAYS.index(way)
    name = f"Nour Number{number}"
    sponsor = take_in(browser, machine, root, f"Sponsor Number{number}", way)
    other = take_in(browser, machine, root, f"Asker Number{number}", way)

    newcomer = ask_for_an_invitation(browser, machine, name, way)
    sponsor_the_request(sponsor, name)
    join_by_mail(newcomer, machine, name)
    follow(other, newcomer)
    question = ask(other)
    answer(newcomer, question)
    accept_and_like(other, question)
    like(sponsor, question, likers)

    read_what_happened(newcomer, question, way)
    see_the_skill_with_its_evidence(newcomer, way)
    find_the_expert(other, name, way)
    take_the_data_along(newcomer)
    leave(newcomer, way)
    assert [one.complaints for one in (newcomer, other, sponsor)] == [[], [], []]


def take_in(browser: Browser, machine: Machine, root: Client, name: str, way: Way) -> Visitor:
    """Somebody whom the administrator invites; they join by their browser."""
    link = root.ok("POST", "/invitations", {"note": "Bienvenue"})["url"]
    visitor = visit(browser, machine.url, way)
    visitor.go(link)
    assert "Racine" in visitor.text
    fill_in_and_join(visitor, name, f"{name.replace(' ', '.').lower()}@example.org")
    me = Client(machine.url, access_of(visitor)).ok("GET", "/members/me")
    belonging.let_a_week_pass(machine, Client(machine.url, member=me))
    return visitor


def access_of(visitor: Visitor) -> str:
    [token] = [c["value"] for c in visitor.context.cookies() if c["name"] == "skiller-access"]
    return token


def fill_in_and_join(visitor: Visitor, name: str, address: str) -> None:
    visitor.fill(name=name, email=address, password=PASSWORD)
    visitor.send()
    assert visitor.page.url.startswith(f"{visitor.url}/?said=joined")


def ask_for_an_invitation(browser: Browser, machine: Machine, name: str, way: Way) -> Visitor:
    visitor = visit(browser, machine.url, way)
    address = address_of(name)
    # All ways come from one address, from which five may ask in a day.
    with belonging.database_of(machine, "identity") as identity:
        identity.execute("DELETE FROM limits")
    visitor.go("/")
    visitor.page.click("main .btn.first")
    visitor.fill(name=name, email=address, motivation="To learn.", keywords="PostgreSQL")
    visitor.send()
    token = belonging.mailed_token(machine, address, "confirm")
    visitor.go(f"/confirm/{token}")
    visitor.send()
    return visitor


def address_of(name: str) -> str:
    return f"{name.replace(' ', '.').lower()}@example.org"


def sponsor_the_request(sponsor: Visitor, name: str) -> None:
    sponsor.go("/invitations")
    sponsor.page.click("aside a[href='/invitation-requests']")
    card = sponsor.page.locator("article", has_text=name)
    with sponsor.page.expect_navigation():
        card.locator("button.first").click()
    assert name in sponsor.text


def join_by_mail(newcomer: Visitor, machine: Machine, name: str) -> None:
    token = belonging.mailed_token(machine, address_of(name), "join")
    newcomer.go(f"/join/{token}")
    fill_in_and_join(newcomer, name, address_of(name))


def follow(follower: Visitor, followed: Visitor) -> None:
    followed.go("/me")
    button = follower.page.locator("main form[action$='/follow'] button")

    def is_known() -> bool:
        follower.go(followed.page.url)
        return button.count() == 1

    eventually(is_known, every=0.2)
    follower.press("main form[action$='/follow'] button")
    pressed = "main form[action$='/follow'] button[aria-pressed=true]"
    follower.page.locator(pressed).wait_for()


def ask(asker: Visitor) -> str:
    asker.go("/ask")
    asker.fill(
        title="How do I find slow queries in PostgreSQL?",
        body="Some pages take **seconds**. <script>alert(1)</script>",
        keywords="PostgreSQL",
    )
    with asker.page.expect_navigation():
        asker.page.locator("main form .btn.first").click()
    path = asker.page.url.removeprefix(asker.url).partition("?")[0]
    assert asker.page.locator("main article strong").inner_text() == "seconds"
    return path


def answer(answerer: Visitor, question: str) -> None:
    answerer.go(question)
    answerer.fill(body="Turn on `pg_stat_statements`, then read its longest lines.")
    with answerer.page.expect_navigation():
        answerer.page.locator("#answer .btn.first").click()
    assert answerer.page.locator("article.answer code").inner_text() == "pg_stat_statements"


def accept_and_like(asker: Visitor, question: str) -> None:
    asker.go(question)
    with asker.page.expect_navigation():
        asker.page.locator("form[action$='/accept'] button").click()
    asker.page.locator("article.best").wait_for()
    asker.press("article.answer form[action$='/like'] button")
    asker.page.locator("article.answer .like[aria-pressed=true]").wait_for()


def like(sponsor: Visitor, question: str, likers: list[Client]) -> None:
    sponsor.go(question)
    sponsor.press("article.answer form[action$='/like'] button")
    sponsor.page.locator("article.answer .like[aria-pressed=true]").wait_for()
    question_id = question.rpartition("/")[2]
    [given] = likers[0].ok("GET", f"/questions/{question_id}/answers")["items"]
    for liker in likers:
        liker.ok("PUT", f"/posts/{given['id']}/like")


def read_what_happened(newcomer: Visitor, question: str, way: Way) -> None:
    """The bell rings; what it tells leads to its place, and is read by that."""
    accepted = "a retenu votre réponse" if way.locale == "fr" else "accepted your answer"
    told = newcomer.page.locator("main a", has_text=accepted)

    def is_told() -> bool:
        newcomer.go("/notices")
        return told.count() == 1

    eventually(is_told, every=0.2)
    number = newcomer.page.locator("header .bell b")
    assert int(number.inner_text()) >= 2
    with newcomer.page.expect_navigation():
        told.click()
    assert question in newcomer.page.url
    newcomer.go("/notices")
    with newcomer.page.expect_navigation():
        newcomer.page.locator("main form[action='/notices/read'] button").click()
    assert number.count() == 0
    newcomer.go("/notices?which=new")
    assert told.count() == 0


def see_the_skill_with_its_evidence(newcomer: Visitor, way: Way) -> None:
    def has_skill() -> bool:
        newcomer.go("/me")
        return newcomer.page.locator(".garden a", has_text="PostgreSQL").count() == 1

    eventually(has_skill, every=0.2)
    newcomer.page.locator(".garden a", has_text="PostgreSQL").click()
    newcomer.page.locator(".worth").first.wait_for()
    evidence = newcomer.page.url

    def has_all() -> bool:
        newcomer.go(evidence)
        # Five people, and the one of them who accepted it: the level stood after three of them.
        return ("5 personnes" if way.locale == "fr" else "5 people") in newcomer.text

    eventually(has_all, every=0.2)
    assert newcomer.page.locator("main svg.head path.seed").count() == 1
    assert newcomer.page.locator("main svg.dots circle").count() >= 5


def find_the_expert(reader: Visitor, name: str, way: Way) -> None:
    words = "qui connaît postgrsql" if way.locale == "fr" else "who knows postgrsql"
    reader.go(f"/find?q={quote(words)}")
    assert name in reader.text


def take_the_data_along(member: Visitor) -> None:
    member.go("/settings/data")
    with member.page.expect_download() as download:
        member.page.click("a[download]")
    with ZipFile(Path(download.value.path())) as archive:
        assert set(archive.namelist()) == {f"{service}.json" for service in SERVICES}
        assert b"pg_stat_statements" in archive.read("discussion.json")


def leave(member: Visitor, way: Way) -> None:
    member.go("/settings/leave")
    member.fill(password=PASSWORD)
    member.send()
    assert re.search("Au revoir" if way.locale == "fr" else "Goodbye", member.text)
    member.go("/me")
    assert member.page.url.startswith(f"{member.url}/sign-in")
