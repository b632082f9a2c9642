"""Moderators at work by their pages: acts are tried, then meant, and the password is asked for."""

import pytest
from playwright.sync_api import Browser

from chassis.testing.waiting import eventually
from tests.browser.browsing import Visitor, Way, needs_chromium, visit
from tests.system import belonging
from tests.system.journey import PASSWORD, Client, token_of
from tests.system.machine import Machine

pytestmark = [needs_chromium, pytest.mark.timeout(300)]
WAYS = [Way("en", 390, has_script=False), Way("en", 1280, has_script=True)]
PAGES = ("", "/reports", "/projects", "/contests", "/alarms", "/candidates", "/acts", "/keywords")
MORE = ("/skills", "/discounts", "/discounts/new")
REFUSED = "Failed to load resource: the server responded with a status of 403 (FORBIDDEN)"


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.width}-{way.has_script}")
def test_an_administrator_answers_merges_and_suspends(
    way: Way, machine: Machine, root: Client, browser: Browser
) -> None:
    author, teller = (join(root, f"{name} {way.width}") for name in ("Author", "Teller"))
    question = ask(author, teller)
    administrator = sign_in(browser, machine, "root@example.org", way)

    report(browser, machine, teller, question, way)
    answer_the_report(administrator, machine, author)
    read_what_came_of_it(browser, machine, teller, way)
    merge_keywords(administrator)
    hide_what_was_told_of(browser, machine, teller, author, administrator, way)
    suspend(administrator, machine, author)
    look_at_every_page(administrator)
    # Chromium tells of each page that comes with a refusal: the password was asked for thrice.
    assert administrator.complaints == [REFUSED] * 3


def test_a_member_is_told_that_the_pages_are_not_for_them(
    machine: Machine, root: Client, browser: Browser
) -> None:
    member = join(root, "Member")

    visitor = sign_in(browser, machine, address_of("Member"), WAYS[0])

    for path in (*PAGES, *MORE):
        answer = visitor.page.goto(f"{machine.url}/moderation{path}")
        assert answer is not None
        assert answer.status == 403, path
    visitor.go(f"/members/{member.member['id']}")
    assert visitor.page.locator("a[href^='/moderation']").count() == 0


def join(root: Client, name: str) -> Client:
    token = token_of(root.ok("POST", "/invitations", {})["url"])
    body = {"token": token, "name": name, "email": address_of(name)}
    stranger = Client(root.url)
    member = stranger.ok("POST", "/members", body | {"password": PASSWORD, "locale": "en"})
    body = {"email": address_of(name), "password": PASSWORD}
    access = stranger.ok("POST", "/sessions", body)["access_token"]
    return Client(root.url, access, member)


def address_of(name: str) -> str:
    return f"{name.replace(' ', '.').lower()}@example.org"


def sign_in(browser: Browser, machine: Machine, address: str, way: Way) -> Visitor:
    visitor = visit(browser, machine.url, way)
    visitor.go("/sign-in")
    visitor.fill(email=address, password=PASSWORD)
    visitor.send()
    return visitor


def ask(author: Client, reader: Client) -> str:
    def is_known() -> bool:
        title = f"How do I speed it up, {author.member['name']}?"
        body = {"title": title, "body": "It is slow.", "keywords": ["psql", "PostgreSQL"]}
        answer = author.call("POST", "/questions", body)
        if answer.status_code == 201:
            asked.append(answer.json()["id"])
        return bool(asked)

    asked: list[str] = []
    eventually(is_known, every=0.2)
    eventually(lambda: reader.call("GET", f"/questions/{asked[0]}").status_code == 200)
    return asked[0]


def report(browser: Browser, machine: Machine, teller: Client, question: str, way: Way) -> None:
    visitor = sign_in(browser, machine, address_of(teller.member["name"]), way)
    visitor.go(f"/report/post/{question}")
    visitor.fill(word="Look at this, please.")
    visitor.send()
    assert visitor.page.url.startswith(f"{visitor.url}/reports")
    assert "Look at this, please." in visitor.text


def answer_the_report(administrator: Visitor, machine: Machine, author: Client) -> None:
    """The password was given long ago: it is asked for in place, and nothing typed is lost."""
    let_the_password_age(administrator, machine)
    administrator.go("/moderation")
    administrator.page.locator("main a[href^='/moderation/reports/']").first.click()
    assert author.member["name"] in administrator.text
    assert "It is slow." in administrator.text
    administrator.page.locator("main [name=outcome]").select_option("unfounded")
    administrator.fill(word="Thank you, it is only a question.")
    administrator.send()

    field = administrator.page.locator("main [name=word]")
    assert field.input_value() == "Thank you, it is only a question."
    assert administrator.page.locator("main [name=outcome]").input_value() == "unfounded"
    administrator.fill(password="something else altogether")
    administrator.send()
    assert field.input_value() == "Thank you, it is only a question."
    administrator.fill(password=PASSWORD)
    administrator.send()
    assert "said=done" in administrator.page.url
    assert author.member["name"] not in administrator.text


def let_the_password_age(visitor: Visitor, machine: Machine) -> None:
    """An hour passes over the session; the next page asks for a token that says so."""
    with belonging.database_of(machine, "identity") as identity:
        aged = "opened_at - interval '1 hour'"
        identity.execute(f"UPDATE sessions SET opened_at = {aged}, proved_at = {aged}")  # type: ignore[arg-type]
    visitor.context.clear_cookies(name="skiller-access")


def read_what_came_of_it(browser: Browser, machine: Machine, teller: Client, way: Way) -> None:
    visitor = sign_in(browser, machine, address_of(teller.member["name"]), way)
    visitor.go("/reports")
    assert "Nothing to be done" in visitor.text
    assert "Thank you, it is only a question." in visitor.text


def hide_what_was_told_of(
    browser: Browser,
    machine: Machine,
    teller: Client,
    owner: Client,
    administrator: Visitor,
    way: Way,
) -> None:
    """A call is reported, hidden, and shown again; its project's people read why."""
    about = {"title": "Bread for beginners", "pitch": "A course that anybody can give."}
    project_id = owner.ok("POST", "/projects", about)["id"]
    call = {"title": "Somebody who bakes rye bread"}
    call_id = owner.ok("POST", f"/projects/{project_id}/calls", call)["id"]
    visitor = sign_in(browser, machine, address_of(teller.member["name"]), way)
    visitor.go(f"/projects/{project_id}/calls/{call_id}")
    visitor.page.locator("main a[href*='/report?type=call']").click()
    visitor.fill(word="It is a joke.")
    visitor.send()
    assert "It is a joke." in visitor.text

    administrator.go("/moderation")
    administrator.page.locator("main a[href^='/moderation/projects/reports/']").first.click()
    assert "Somebody who bakes rye bread" in administrator.text
    administrator.page.locator("main a[href*='type=call']").click()
    administrator.fill(reason="It hurts bakers.")
    administrator.send()
    assert "Hidden: A call for help" in administrator.text

    assert visitor.page.goto(f"{visitor.url}/projects/{project_id}/calls/{call_id}").status == 404
    keeper = sign_in(browser, machine, address_of(owner.member["name"]), way)
    keeper.go(f"/projects/{project_id}/history")
    assert "It hurts bakers." in keeper.text

    administrator.page.locator("main a[href$='/undo']").click()
    administrator.fill(reason="It was a quotation.")
    administrator.send()
    visitor.go(f"/projects/{project_id}/calls/{call_id}")
    assert "Somebody who bakes rye bread" in visitor.text


def merge_keywords(administrator: Visitor) -> None:
    administrator.go("/moderation/keywords?q=psql")
    administrator.page.locator("main a[href='/moderation/keywords/psql/merge']").click()
    administrator.fill(into="PostgreSQL")
    administrator.send()
    assert "“psql” will lead to “postgresql”." in administrator.text
    assert "go there" in administrator.text or "goes there" in administrator.text
    administrator.send()
    assert "said=done" in administrator.page.url
    assert "“psql” leads to “postgresql”." in administrator.text

    administrator.page.locator("main a[href='/moderation/keywords/psql/part']").click()
    administrator.send()
    link = administrator.page.locator("main a[href='/moderation/keywords/psql/merge']")
    assert link.count() == 1


def suspend(administrator: Visitor, machine: Machine, author: Client) -> None:
    member_id = author.member["id"]
    administrator.go(f"/members/{member_id}")
    administrator.page.locator(f"main a[href='/moderation/acts?member={member_id}']").click()
    administrator.fill(reason="Advertising,\nagain.")
    administrator.send()
    assert "Suspend: it concerns 1 member." in administrator.text
    assert state_of(machine, author) == "active"

    with administrator.page.expect_navigation():
        administrator.page.locator("main button[name=hold]").click()
    assert administrator.page.locator("main [name=reason]").input_value() == "Advertising,\nagain."
    administrator.send()
    let_the_password_age(administrator, machine)
    administrator.send()
    assert "Suspend: it concerns 1 member." in administrator.text
    assert state_of(machine, author) == "active"
    administrator.fill(password=PASSWORD)
    administrator.send()

    assert "said=done" in administrator.page.url
    assert state_of(machine, author) == "suspended"
    assert "suspended" in administrator.text
    assert "Advertising, again." in administrator.text


def state_of(machine: Machine, person: Client) -> str:
    with belonging.database_of(machine, "identity") as identity:
        row = identity.execute(
            "SELECT state FROM members WHERE id = %s", [person.member["id"]]
        ).fetchone()
    assert row
    return str(row[0])


def look_at_every_page(administrator: Visitor) -> None:
    for path in (*PAGES, *MORE):
        answer = administrator.page.goto(f"{administrator.url}/moderation{path}")
        assert answer is not None
        assert answer.status == 200, path
        assert administrator.overflow <= 0, path
