"""Every page, in both languages and themes: no barrier, no complaint, no wider than a phone."""

from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from chassis.settings import Secret
from services.notifications.links import Keys, unsubscribing_token
from tests.browser.browsing import Visitor, Way, needs_chromium, visit, ways
from tests.browser.conftest import Community
from tests.system.journey import PASSWORD, Client
from tests.system.machine import Machine

pytestmark = [needs_chromium, pytest.mark.timeout(300)]
WAYS = ways(Way("fr", 320, theme="light"), Way("en", 1280, theme="dark"))
STRANGERS = ("/", "/request", "/sign-in", "/reset", "/reset/x", "/confirm/x", "/join/x", "/charter")
STRANGERS += ("/offline", "/nothing-here", "/unsubscribe/x", "/unsubscribe/{u}")
MEMBERS = (
    "/",
    "/help-out",
    "/ask",
    "/share",
    "/questions/{q}",
    "/questions/{q}?sort=oldest",
    "/shares/{s}",
    "/posts/{a}/likes",
    "/posts/{a}/history",
    "/report/post/{a}",
    "/keywords",
    "/keywords/postgresql",
    "/keywords/postgresql?tab=shares",
    "/members/{m}",
    "/members/{m}/questions",
    "/members/{m}/shares",
    "/members/{m}/tree",
    "/members/{m}/followers",
    "/members/{m}/following",
    "/members/{m}/skills/postgresql",
    "/find",
    "/find?q=postgresql",
    "/find?q=nothing+known",
    "/skills",
    "/skills?q=post",
    "/skills/postgresql",
    "/search",
    "/search?q=queries",
    "/search?q=zzzz",
    "/people?q=Asker",
    "/invitations",
    "/reports",
    "/settings",
    "/settings/portrait",
    "/settings/language",
    "/settings/password",
    "/settings/address",
    "/settings/notices",
    "/settings/company",
    "/settings/sessions",
    "/settings/devices",
    "/settings/blocked",
    "/settings/data",
    "/settings/leave",
    "/members/{m}/skills/nothing",
    "/companies/nothing",
    "/members/{m}/projects",
    "/notices",
    "/notices?which=new",
    "/notices?class=my_circle",
    "/projects",
    "/projects?which=needs",
    "/projects/new",
    "/projects/news",
    "/projects/invitations",
    "/projects/{p}",
    "/projects/{p}/edit",
    "/projects/{p}/close",
    "/projects/{p}/history",
    "/projects/{p}/people",
    "/projects/{p}/report",
    "/projects/{p}/report?type=call&id={c}",
    "/projects/{p}/news",
    "/projects/{p}/calls/new",
    "/projects/{p}/calls/{c}",
    "/projects/{p}/calls/{t}/thank",
    "/projects/{p}/rounds/new",
    "/projects/{p}/rounds/{r}",
    "/projects/{p}/rounds/{r}/question/2",
    "/projects/{p}/benchmarks/new",
    "/projects/{p}/benchmarks/{b}",
    "/projects/{p}/benchmarks/{b}/versions",
    "/projects/{p}/benchmarks/{b}/copy",
    "/projects/{p}/benchmarks/{b}/import",
)
ABSENT = (
    "/nothing-here",
    "/join/x",
    "/unsubscribe/x",
    "/skills/nothing",
    "/companies/nothing",
)  # 404, each in its own words
TOLD = "Failed to load resource: the server responded with a status of 404 (NOT FOUND)"
# Of the asker's own.
VIOLATIONS = {"resultTypes": ["violations"]}  # what is well needs no telling
OWN = ("/questions/{q}/edit", "/questions/{q}/remove")
MODERATORS = (
    "/invitation-requests",
    "/moderation",
    "/moderation/reports",
    "/moderation/projects",
    "/moderation/projects/{p}?type=call&id={c}",
    "/moderation/acts",
    "/moderation/keywords",
    "/moderation/skills",
    "/moderation/candidates",
    "/moderation/companies",
    "/moderation/companies/new",
    "/moderation/alarms",
)


def findings(visitor: Visitor, path: str) -> list[str]:
    """What is wrong with a page."""
    visitor.complaints.clear()
    answer = visitor.page.goto(visitor.url + path)
    assert answer is not None
    expected = 404 if path.endswith(ABSENT) else 200
    found = [] if answer.status == expected else [f"status {answer.status}"]
    found += [
        f"{violation['id']}: {violation['nodes'][0]['html'][:120]}"
        for violation in Axe().run(visitor.page, options=VIOLATIONS).response["violations"]
    ]
    if visitor.overflow > 0:
        found.append(f"{visitor.overflow} px too wide")
    # That a page is not there is told by its status; Chromium says it once more.
    told = [TOLD] if expected == 404 else []
    return found + [one for one in visitor.complaints if one not in told]


def signed_in(browser: Browser, machine: Machine, person: Client, way: Way) -> Visitor:
    person.ok("PATCH", "/members/me", {"locale": way.locale})
    granted = person.ok("POST", "/sessions", {"email": email_of(person), "password": PASSWORD})
    visitor = visit(browser, machine.url, way)
    kept = {"skiller-access": granted["access_token"], "skiller-refresh": granted["refresh_token"]}
    visitor.context.add_cookies(
        [{"name": name, "value": value, "url": machine.url} for name, value in kept.items()]
    )
    return visitor


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_no_page_has_a_barrier(
    way: Way, machine: Machine, community: Community, root: Client, browser: Browser
) -> None:
    names = {
        "q": community.question_id,
        "a": community.answer_id,
        "s": community.share_id,
        "m": community.expert.member["id"],
        "u": unsubscribing_of(machine, community.asker),
        **community.built,
    }
    stranger = visit(browser, machine.url, way)
    asker = signed_in(browser, machine, community.asker, way)
    moderator = signed_in(browser, machine, root, way)

    found = {
        path: wrong
        for visitor, paths in (
            (stranger, STRANGERS),
            (asker, (*MEMBERS, *OWN)),
            (moderator, MODERATORS),
        )
        for path in paths
        if (wrong := findings(visitor, path.format(**names)))
    }

    assert found == {}


def unsubscribing_of(machine: Machine, person: Client) -> str:
    """The token of the link below mails of somebody's circle."""
    keys = Keys(Secret((machine.data / "keys" / "link-secret").read_text().strip()))
    return unsubscribing_token(keys, UUID(person.member["id"]), "my_circle")


def email_of(person: Client) -> str:
    address: str = person.ok("GET", "/members/me")["email"]
    return address
