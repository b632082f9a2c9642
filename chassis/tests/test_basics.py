"""Clock, identifiers and settings: small parts that everything stands on."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from chassis import clock, settings
from chassis.database import is_unreachable
from chassis.identifiers import new_id
from chassis.settings import NO_SECRET, Secret, SettingsError

MOMENT = datetime(2015, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Oven:
    degrees: int
    is_gas: bool = False
    key: Secret = NO_SECRET


def test_the_clock_travels_and_comes_back() -> None:
    with clock.at(MOMENT.astimezone(timezone(timedelta(hours=5)))):
        assert clock.now() == MOMENT and clock.now().tzinfo is UTC
        with clock.at(MOMENT + timedelta(days=1)):
            assert clock.now().day == 2
        assert clock.now() == MOMENT
    assert datetime.now(UTC) - clock.now() < timedelta(seconds=5)


def test_only_the_travelling_thread_travels() -> None:
    seen: list[datetime] = []
    with clock.at(MOMENT):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()

    assert seen[0] > MOMENT


def test_identifiers_are_uuid7_and_sort_by_the_clock() -> None:
    ids = []
    for microseconds in range(0, 5_000, 7):
        with clock.at(MOMENT + timedelta(microseconds=microseconds)):
            ids.append(new_id())

    assert ids == sorted(ids)
    assert {(made.version, made.variant) for made in ids} == {(7, "specified in RFC 4122")}


def test_identifiers_of_one_moment_differ() -> None:
    with clock.at(MOMENT):
        assert len({new_id() for _ in range(1_000)}) == 1_000


def test_settings_are_read_from_the_environment() -> None:
    read = settings.read(Oven, {"SKILLER_DEGREES": "200", "SKILLER_IS_GAS": "Yes"})

    assert read == Oven(degrees=200, is_gas=True)


def test_a_secret_is_read_from_a_file_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush\n")

    read = settings.read(Oven, {"SKILLER_DEGREES": "1", "SKILLER_KEY_FILE": str(tmp_path / "key")})

    assert read.key == "hush" and "hush" not in repr(read)


def test_all_mistakes_are_told_together() -> None:
    with pytest.raises(SettingsError) as caught:
        settings.read(Oven, {"SKILLER_IS_GAS": "perhaps", "SKILLER_KEY_FILE": "/nowhere"})

    assert len(caught.value.mistakes) == 3
    assert caught.value.mistakes[0] == "SKILLER_DEGREES: is required and not set"


def test_an_ordinary_error_is_no_unreachable_database() -> None:
    assert not is_unreachable(ValueError("of a handler"))
