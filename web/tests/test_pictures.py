"""What likes draw."""

import re
from datetime import date

import pytest

from web.pictures.seeds import mark, seed_head
from web.pictures.timeline import Still, filled, strip, timeline


def seeds_of(picture: str, kind: str) -> int:
    found = re.search(rf'class="{kind}" d="([^"]*)"', picture)
    return found[1].count("M") if found else 0


@pytest.mark.parametrize(
    ("likes", "voices", "dark", "pale"),
    [(0, 0, 0, 0), (1, 1, 1, 0), (37, 22, 22, 15), (55, 55, 55, 0), (110, 22, 11, 44)],
)
def test_a_seed_for_each_like_dark_where_it_is_a_new_voice(
    likes: int, voices: int, dark: int, pale: int
) -> None:
    picture = seed_head(likes=likes, voices=voices, level=3)

    assert (seeds_of(picture, "seed"), seeds_of(picture, "again")) == (dark, pale)
    assert picture.count('class="petal on"') == 3
    assert picture.count('class="petal') == 5


def test_a_picture_is_small_hidden_from_readers_and_has_no_style() -> None:
    for picture in (seed_head(likes=55, voices=40, level=5), mark(), strip(9, 2.0)):
        assert len(picture) < 1700
        assert 'aria-hidden="true"' in picture
        assert "style" not in picture


def test_months_without_likes_are_there_and_the_oldest_comes_first() -> None:
    known = [Still("2026-11", 3, 2, 1.5), Still("2026-09", 1, 1, 0.5)]

    months = filled(known, date(2026, 11, 26))

    assert len(months) == 24
    assert [month.month for month in months[-3:]] == ["2026-09", "2026-10", "2026-11"]
    assert months[0].month == "2024-12"


def test_more_than_two_years_are_all_shown() -> None:
    months = filled([Still("2024-01", 1, 1, 0.1)], date(2026, 11, 26))

    assert (len(months), months[0].month) == (35, "2024-01")


def test_a_full_month_stays_within_the_picture() -> None:
    picture = timeline([Still("2026-11", 500, 10, 400.0)])

    tops = [float(y) - float(r) for y, r in re.findall(r'cy="([\d.]+)" r="([\d.]+)"', picture)]
    assert tops
    assert min(tops) >= 0
