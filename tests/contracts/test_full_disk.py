"""A database without room to write: reads go on, writes are refused, and both are told."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from chassis import metrics, web
from chassis.service import Service
from chassis.testing.full_disk import EMPTY_DISK, FILL_DISK
from chassis.testing.service import ServiceUnderTest
from services.social.app import SERVICE as SOCIAL
from services.social.tests.factories import follow, members


def troubles(kind: str) -> float:
    counted: float = metrics.database_troubles.labels("social", kind)._value.get()
    return counted


def test_a_full_disk_is_told_by_its_name_while_reading_goes_on(
    service_under_test: Callable[[Service], ServiceUnderTest],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    social = service_under_test(SOCIAL)
    ada, bob = members(social, "Ada", "Bob")
    health = social.app.test_client()
    assert health.get("/health/ready").json == {"status": "ready"}
    with social.session() as session:
        session.execute(text(FILL_DISK))
    full, away = troubles("full"), troubles("away")

    refused = follow(social, ada, bob)
    listed = social.as_member(ada).get(f"/members/{bob.id}/followers")

    assert (refused.status_code, refused.json["code"]) == (503, "unavailable")
    assert listed.status_code == 200 and listed.json["items"] == []
    assert (troubles("full"), troubles("away")) == (full + 1, away)
    assert "database full" in capsys.readouterr().out
    ready = health.get("/health/ready")
    assert (ready.status_code, ready.json) == (200, {"status": "ready", "database": "full"})

    with social.session() as session:
        session.execute(text(EMPTY_DISK))
    assert follow(social, ada, bob).status_code == 200
    monkeypatch.setattr(web, "FULL_FOR", 0)
    assert health.get("/health/ready").json == {"status": "ready"}
