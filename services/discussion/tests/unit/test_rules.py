"""The addresses of keywords."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.discussion.rules import LONGEST_SLUG, slug_of, tidy_label


def test_c_and_its_relatives_are_told_apart():
    labels = ["C", "C++", "C#", "F#", ".NET", "NET", "ASP.NET", "R&D", "R D"]

    slugs = [slug_of(label) for label in labels]

    assert slugs == [
        "c",
        "c-plus-plus",
        "c-sharp",
        "f-sharp",
        "dot-net",
        "net",
        "asp-dot-net",
        "r-and-d",
        "r-d",
    ]


def test_case_accents_and_space_do_not_tell_keywords_apart():
    labels = [
        "Économie  sociale",
        "economie sociale",
        " ÉCONOMIE SOCIALE ",
        "économie-sociale",
        "𝑬𝒄𝒐𝒏𝒐𝒎𝒊𝒆 𝑺𝒐𝒄𝒊𝒂𝒍𝒆",
    ]

    slugs = {slug_of(label) for label in labels}

    assert slugs == {"economie-sociale"}


def test_other_alphabets_are_told_apart():
    labels = ["кофе", "чай", "咖啡", "茶", "コーヒー", "قهوة", "καφές", "커피"]

    slugs = [slug_of(label) for label in labels]

    assert len(set(slugs)) == len(labels)
    assert all(slugs)


def test_longest_label_of_any_alphabet_has_a_slug_of_bearable_length():
    labels = ["x" * 50, "ж" * 50, "語" * 50, "\U00020000" * 50]

    lengths = [len(slug_of(label)) for label in labels]

    assert all(0 < length <= LONGEST_SLUG for length in lengths)


def test_label_without_letter_or_digit_has_no_slug():
    labels = ["", "!!", "—", "🎉", "\u200b", "   "]

    slugs = [slug_of(label) for label in labels]

    assert slugs == [""] * len(labels)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=50))
def test_slug_is_an_address_whatever_the_label(label):
    slug = slug_of(label)

    assert slug == "" or all(part.isascii() and part.isalnum() for part in slug.split("-"))
    assert slug == slug.lower()


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=50))
def test_slug_of_a_slug_is_itself(label):
    slug = slug_of(label)

    assert slug_of(slug) == slug


def test_label_keeps_its_letters_and_loses_spare_space():
    label = "  Économie \t sociale\n"

    tidy = tidy_label(label)

    assert tidy == "Économie sociale"
