"""Whatever is sent as a picture is refused by name or becomes a clean one, and leaves nothing."""

import gc
from collections import Counter
from pathlib import Path

import pytest

from chassis.errors import Invalid
from chassis.testing.service import MemberClient, ServiceUnderTest
from services.identity import rules
from services.identity.portraits import to_portrait
from services.identity.tests.factories import add_member
from services.identity.tests.hostile_pictures import BOMBS, chunks_of, hostile_pictures, sound

COUNT = 2_000
SENT = 5  # every fifth comes with a request, and each that costs much
WARM_UP = 400  # with the first large ones, so that what is kept to be used again is there
Outcome = tuple[tuple[int, str], bytes]
REFUSALS = {(422, "portrait_unreadable"), (422, "portrait_too_large"), (413, "body_too_large")}
MOST_GROWTH = 60  # MB
PIXELS = [[b"VP8 "], [b"VP8L"], [b"VP8X", b"ALPH", b"VP8 "]]


def test_2000_damaged_and_hostile_pictures_are_refused_by_name_in_flat_memory(
    identity: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PORTRAITS", rules.Allowance("all of them", 10 * COUNT, rules.HOUR))
    client = identity.as_member(add_member(identity, "Ada"))
    for data in sound().values():
        assert client.put("/members/me/portrait", data=data).status_code == 200
    outcomes: Counter[tuple[int, str]] = Counter()
    resident = []

    for number, (name, data) in enumerate(hostile_pictures(COUNT), start=1):
        is_sent = number % SENT == 0 or name.partition(" ")[2] in BOMBS
        outcome, shown = send(client, data) if is_sent else make(data)
        outcomes[outcome] += 1
        assert outcome == (200, "taken") or outcome in REFUSALS, (name, outcome)
        if outcome == (200, "taken"):
            assert len(shown) <= 100_000, name
            assert chunks_of(shown) in PIXELS, name
        if number % 200 == 0:
            gc.collect()
            resident.append(resident_megabytes())

    print(f"\n{dict(outcomes)}\nresident, MB, each 200: {resident}")
    assert sum(outcomes.values()) == COUNT
    assert outcomes[422, "portrait_unreadable"] > COUNT / 3 and outcomes[422, "portrait_too_large"]
    assert max(resident) - resident[WARM_UP // 200 - 1] < MOST_GROWTH


def send(client: MemberClient, data: bytes) -> Outcome:
    """What the API answers, and the picture that it shows then."""
    answer = client.put("/members/me/portrait", data=data)
    body = answer.get_json()
    if answer.status_code != 200:
        return (answer.status_code, body["code"]), b""
    return (200, "taken"), client.get(body["portrait_url"].removeprefix("/api/v1")).data


def make(data: bytes) -> Outcome:
    """The same of the part that reads pictures, where no request is made for it."""
    try:
        return (200, "taken"), to_portrait(data)
    except Invalid as refused:
        return (refused.status, refused.code), b""


def resident_megabytes() -> int:
    """This process's memory, from the kernel."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 // 1_000_000
