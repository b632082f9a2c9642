"""A small community's days over a change of summer time, as `bench.months` passes whole months."""

from datetime import UTC, datetime

import pytest

from bench.months import PROMISES, Month
from services.notifications.app import SERVICE


@pytest.mark.parametrize(
    "begins",
    [datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC)],
    ids=["Paris goes forward", "Montréal goes back"],
)
def test_days_of_mail_keep_every_promise(server, begins):
    with server.database(SERVICE) as url:
        month = Month(url, begins, members=16, days=3, busy=12)
        month.run()
        found = month.faults()
        month.database.close()

    assert {name: found[name] for name in PROMISES} == dict.fromkeys(PROMISES, 0)
    assert found["digests"] > 10 and found["mails of one thing, or of what waited"] > 50
