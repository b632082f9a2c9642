"""What people may be called, how they are found and sorted, and who is taken for whom."""

import pytest

from services.identity.names import find_mistake, name_key, name_words, skeleton, tidy_name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Ada",
            "Зоя",
            "李雷",
            "O'Neil-d'Été 3",
            "می\u200cنا",
            "J.R.R. Tolkien",
            "Dr. Ann St. John",
        ),
        *('Robert "Bob" Smith', "Kaʻiulani", "Ask Iller", "Rask Illerup", "Ada K. (she)", "3.0"),
    ],
)
def test_names_of_people_are_names(name: str) -> None:
    assert find_mistake(tidy_name(name)) is None


@pytest.mark.parametrize(
    "name",
    [
        *("\u200b", "...", "Ada\x1b[31m", "Ada\u202egnikcah", "\u2067Ada", "", "🙂"),
        *("Ada\u200d Keeper", "Ada\ufe0f Keeper", "A" + "\u0300\u0315\u0321\u0335" * 12),
    ],
)
def test_what_hides_reorders_or_covers_is_no_name(name: str) -> None:
    assert find_mistake(tidy_name(name)) == "Not a name that can be shown."


@pytest.mark.parametrize(
    "name",
    [
        "Free gift http://evil.example/x",
        "Account locked, verify at https://evil.example/login now",
        *(
            "www.evil.example",
            "evil.example",
            "Évil。example",
            "see evil．co",
            "ada@example",
            "a＠b",
        ),
        *("A/B", "A\\B", "A∕B", "Ann.Lee"),
    ],
)
def test_what_mail_programs_make_a_link_of_is_no_name(name: str) -> None:
    assert "address" in str(find_mistake(tidy_name(name)))


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Skiller",
            "SKILLER",
            "Sкiller",
            "SkiIIer",
            "The Skiller Team",
            "Équipe Skiller",
            "Sk1ller",
        ),
        *("A former member", "a  FORMER Member", "Un ancien membre", "Une ancienne membre"),
        *("А former member", "A-former-member", "A member"),
    ],
)
def test_what_stands_for_skiller_or_for_those_who_left_is_nobodys_name(name: str) -> None:
    assert "kept for Skiller" in str(find_mistake(tidy_name(name)))


def test_quotation_marks_in_a_name_are_plain_for_mails_put_theirs_around_it() -> None:
    assert tidy_name(" Robert  “Bob” «Smith» ") == 'Robert "Bob" "Smith"'


@pytest.mark.parametrize(
    "other",
    [
        *(
            "ada keeper",
            "Ada  Keeper",
            "Ada-Keeper",
            "AdaKeeper",
            "Áda Këeper",
            "Ａｄａ Ｋｅｅｐｅｒ",
        ),
        *("Аda Keeper", "Ada Кеерer", "Αda Keeper", "ᴀda keeper", "Ada Keepeг", "𝐀𝐝𝐚 𝐊𝐞𝐞𝐩𝐞𝐫"),
        *("Ꭺda Keeper", "ꓮda Keeper", "ɑda Keeper"),
    ],
)
def test_names_that_a_reader_takes_for_one_have_one_skeleton(other: str) -> None:
    assert skeleton(other) == skeleton("Ada Keeper")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Will Born", "WiII Bom"), ("Olivier", "0livier"), ("Vivian Wood", "Vivian VVood")],
)
def test_letters_and_digits_that_are_drawn_alike_count_as_one(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize("other", ["Ada Keepers", "Ida Keeper", "Ada Kepler", "Ада", "李雷"])
def test_names_that_differ_to_the_eye_have_other_skeletons(other: str) -> None:
    assert skeleton(other) != skeleton("Ada Keeper")


def test_what_an_apostrophe_or_a_hyphen_splits_is_there_in_parts_and_in_one() -> None:
    for name in ("Jean-Pierre O’Neill", "Jean‑Pierre O'Neill", "Jean–Pierre OʼNeill"):
        assert name_words(name) == ["jean", "jeanpierre", "neill", "o", "oneill", "pierre"]
    assert name_words("Kaʻiulani") == ["iulani", "ka", "kaiulani"]
    assert name_key("d'Artagnan  Élodie") == "dartagnan elodie"


@pytest.mark.parametrize("letter", ["\u00e9", "\U0001f1e6", "ﷺ", "㌖", "\U00010400", "ẞ"])
def test_words_and_keys_have_their_bounds_whatever_letters_a_name_has(letter: str) -> None:
    name = letter * 100

    assert len(name_key(name)) <= 100
    assert all(len(word) <= 100 for word in name_words(name))
