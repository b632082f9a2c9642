"""Pure decisions of discussion."""

from chassis.slugs import slug_of
from services.discussion.rules import LONGEST_SLUG, tidy_label


def test_longest_label_of_any_alphabet_has_a_slug_of_bearable_length():
    labels = ["x" * 50, "ж" * 50, "語" * 50, "\U00020000" * 50]

    lengths = [len(slug_of(label)) for label in labels]

    assert all(0 < length <= LONGEST_SLUG for length in lengths)


def test_label_keeps_its_letters_and_loses_spare_space():
    label = "  Économie \t sociale\n"

    tidy = tidy_label(label)

    assert tidy == "Économie sociale"
