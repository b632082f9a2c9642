"""What a keyword can be called."""

import pytest

from services.social.rules import LONGEST_SLUG, is_slug


@pytest.mark.parametrize("text", ["sql", "c-plus-plus", "3d", "u0442u0435", "a" * LONGEST_SLUG])
def test_words_joined_by_single_hyphens_are_a_slug(text):
    assert is_slug(text)


@pytest.mark.parametrize(
    "text", ["", "-", "-sql", "sql-", "c--d", "SQL", "é", "a b", "a_b", "٣", "sql\n", "a" * 301]
)
def test_anything_else_is_none(text):
    assert not is_slug(text)
