"""Wall times over both changes of a year, in zones that change their clocks and that do not."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.notifications.calendar import (
    Quiet,
    after_running_hours,
    is_quiet,
    moment_of,
    quiet_ends,
)

PARIS, MONTREAL = ZoneInfo("Europe/Paris"), ZoneInfo("America/Montreal")
NOUMEA, KOLKATA = ZoneInfo("Pacific/Noumea"), ZoneInfo("Asia/Kolkata")
ZONES = (PARIS, MONTREAL, NOUMEA, KOLKATA)
CHANGES = {PARIS: (date(2026, 3, 29), date(2026, 10, 25))}
CHANGES |= {MONTREAL: (date(2026, 3, 8), date(2026, 11, 1))}
NIGHTS, QUIET = Quiet(on_weekends=False), Quiet()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def wall(day: date, hour: int, minute: int = 0, *, zone: ZoneInfo = PARIS) -> datetime:
    return moment_of(day, time(hour, minute), zone)


def test_a_skipped_time_moves_on_and_a_doubled_one_is_the_first():
    assert wall(date(2026, 3, 29), 2, 30) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert wall(date(2026, 10, 25), 2, 30) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert wall(date(2026, 3, 8), 2, 30, zone=MONTREAL) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert wall(date(2026, 11, 1), 1, 30, zone=MONTREAL) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_each_day_of_the_year_is_quiet_from_evening_until_morning(zone):
    for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365)):
        evening, morning = wall(day, 20, zone=zone), wall(day, 8, zone=zone)

        assert not is_quiet(evening - MINUTE, zone, NIGHTS)
        assert is_quiet(evening, zone, NIGHTS)
        assert is_quiet(morning - MINUTE, zone, NIGHTS)
        assert not is_quiet(morning, zone, NIGHTS)
        assert quiet_ends(evening, zone, NIGHTS) == wall(day + timedelta(days=1), 8, zone=zone)
        assert quiet_ends(morning, zone, NIGHTS) == morning


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_quiet_of_friday_ends_on_monday_morning(zone):
    friday = date(2026, 1, 2)
    while friday.year == 2026:
        monday = wall(friday + timedelta(days=3), 8, zone=zone)

        assert quiet_ends(wall(friday, 20, zone=zone), zone, QUIET) == monday
        assert is_quiet(wall(friday + timedelta(days=1), 12, zone=zone), zone, QUIET)
        assert is_quiet(wall(friday + timedelta(days=2), 12, zone=zone), zone, QUIET)
        friday += timedelta(days=7)


@pytest.mark.parametrize("zone", [PARIS, MONTREAL], ids=str)
def test_a_night_in_which_clocks_change_is_an_hour_shorter_or_longer(zone):
    spring, autumn = CHANGES[zone]

    for day, hours in ((spring, 11), (autumn, 13)):
        evening = wall(day - timedelta(days=1), 20, zone=zone)
        assert quiet_ends(evening, zone, NIGHTS) - evening == hours * HOUR


def test_quiet_that_ends_in_the_doubled_hour_ends_once():
    until_half_past_two = Quiet(time(20), time(2, 30), on_weekends=False)
    ends = wall(date(2026, 10, 25), 2, 30)

    assert is_quiet(ends - MINUTE, PARIS, until_half_past_two)
    assert not any(
        is_quiet(ends + n * MINUTE, PARIS, until_half_past_two) for n in range(120)
    )  # the second 2:00 to 2:30 among them


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_twenty_four_hours_run_in_two_working_days(zone):
    thursday, tuesday = date(2026, 5, 7), date(2026, 5, 12)
    asked = wall(thursday, 10, 15, zone=zone)
    assert after_running_hours(asked, 24, zone, QUIET) == wall(
        date(2026, 5, 11), 10, 15, zone=zone
    )  # Friday and, behind the weekend, Monday
    assert after_running_hours(wall(tuesday, 10, zone=zone), 48, zone, QUIET) == wall(
        date(2026, 5, 18), 10, zone=zone
    )


def test_what_is_asked_while_it_is_quiet_waits_from_its_end():
    saturday, night = wall(date(2026, 5, 9), 15), wall(date(2026, 5, 12), 3)

    assert after_running_hours(saturday, 6, PARIS, QUIET) == wall(date(2026, 5, 11), 14)
    assert after_running_hours(night, 6, PARIS, QUIET) == wall(date(2026, 5, 12), 14)


def test_the_last_hour_that_runs_out_with_the_day_is_up_in_the_morning():
    assert after_running_hours(wall(date(2026, 5, 12), 8), 12, PARIS, QUIET) == wall(
        date(2026, 5, 13), 8
    )


@pytest.mark.parametrize("zone", [PARIS, MONTREAL], ids=str)
def test_hours_run_as_they_pass_where_clocks_change(zone):
    """By day on a Sunday that changes: quiet at night alone, and nothing quiet at all."""
    never = Quiet(time(0), time(0), on_weekends=False)

    for day in CHANGES[zone]:
        noon_before = wall(day - timedelta(days=1), 12, zone=zone)
        assert after_running_hours(noon_before, 12, zone, NIGHTS) == wall(day, 12, zone=zone)
        assert after_running_hours(noon_before, 24, zone, never) == noon_before + 24 * HOUR


def test_nothing_comes_out_in_quiet_hours():
    starts = (wall(date(2026, 1, 1), 0) + n * timedelta(hours=7, minutes=13) for n in range(1200))

    for start in starts:
        for zone in ZONES:
            done = after_running_hours(start, 24, zone, QUIET)
            assert not is_quiet(done, zone, QUIET)
            assert done - start >= 24 * HOUR
