"""How one is told, chosen in Chromium: the zone of a device, and mails ended by their link."""

import pytest
from playwright.sync_api import Browser

from tests.browser.browsing import Visitor, Way, needs_chromium, visit, ways
from tests.browser.conftest import Community
from tests.browser.test_access import signed_in, unsubscribing_of
from tests.system.machine import Machine

pytestmark = [needs_chromium, pytest.mark.timeout(120)]
WAYS = ways(Way("fr", 390), Way("en", 390, has_script=False))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_member_chooses_their_zone_and_a_stranger_ends_their_mails_by_the_link(
    way: Way, machine: Machine, community: Community, browser: Browser
) -> None:
    member = signed_in(browser, machine, community.asker, way)
    preferences = "/notices/preferences"
    before = community.asker.ok("GET", preferences)

    # A device's zone is proposed by a script; without one it is typed.
    member.go("/settings/notices")
    if way.has_script:
        member.press("button[data-zone-for]")
        assert member.page.input_value("[name=time_zone]") == "America/Toronto"
    else:
        assert not member.page.locator("button[data-zone-for]").is_visible()
        member.fill(time_zone="America/Cayenne")
    member.fill(quiet_from="21:30")
    member.page.locator("[name=mail_my_circle]").select_option("now")
    save(member)
    chosen = community.asker.ok("GET", preferences)
    zone = "America/Toronto" if way.has_script else "America/Cayenne"
    assert chosen["version"] == before["version"] + 1
    assert (chosen["time_zone"], chosen["quiet"]["from"]) == (zone, "21:30")

    # Whoever has the mail ends what it is of; what was chosen is there when they take that back.
    stranger = visit(browser, machine.url, way)
    stranger.go(f"/unsubscribe/{unsubscribing_of(machine, community.asker)}")
    assert community.asker.ok("GET", preferences)["version"] == chosen["version"]
    stranger.send()
    assert community.asker.ok("GET", preferences)["classes"]["my_circle"]["mail"] == "off"
    # What a page showed that was open meanwhile is not sent over it.
    save(member)
    assert "21:30" in member.page.content() and member.page.locator("[role=alert]").is_visible()
    stranger.press("[name=again]")
    assert community.asker.ok("GET", preferences)["classes"] == chosen["classes"]
    assert stranger.complaints == []


def save(member: Visitor) -> None:
    with member.page.expect_navigation():
        member.page.click("main .btn.first")
