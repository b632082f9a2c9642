"""A service on a machine whose clock is an hour ahead: it writes nothing, and signs nobody out."""

import time
from collections.abc import Callable

import pytest

from chassis import clock, database
from chassis.service import Service
from chassis.testing import tokens
from chassis.testing.service import ServiceUnderTest
from services.social.app import SERVICE as SOCIAL
from services.social.tests.factories import follow, members
from tests.system.ahead import Ahead

MakeService = Callable[[Service], ServiceUnderTest]


def test_a_clock_ahead_is_told_by_its_name_and_nothing_is_written(
    service_under_test: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    social = service_under_test(SOCIAL)
    ada, bob = members(social, "Ada", "Bob")
    path = f"/members/{bob.id}/followers"
    social.database._clock_checked = -CLOCK_FORGOTTEN

    with monkeypatch.context() as ahead:
        for module in (clock, database):
            ahead.setattr(module, "datetime", Ahead)
        refused = [follow(social, ada, bob), social.as_member(ada).get(path)]

    assert [(r.status_code, r.json["code"]) for r in refused] == 2 * [(503, "clock_wrong")]
    assert social.as_member(ada).get(path).json["items"] == []


def test_a_token_that_is_too_old_or_too_new_is_refused_by_a_right_clock(
    service_under_test: MakeService,
) -> None:
    social = service_under_test(SOCIAL)
    [ada] = members(social, "Ada")
    now = int(time.time())
    old, new = tokens.token_for(ada, exp=now - 1), tokens.token_for(ada, iat=now + 3600)

    codes = []
    for token in (old, new):
        headers = {"Authorization": f"Bearer {token}"}
        refused = social.as_stranger().get("/members/me/blocked", headers=headers)
        codes.append((refused.status_code, refused.json["code"]))

    assert codes == [(401, "token_expired"), (401, "token_invalid")]


CLOCK_FORGOTTEN = 1e9  # seconds ago
