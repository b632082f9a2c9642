"""What a reader sees of a text, and where what nobody sees may stand."""

import sys
import unicodedata

import pytest
from marshmallow import ValidationError

from chassis.fields import LineString, TextString
from chassis.folding import fold, folded_phrase
from chassis.texts import count_seen, is_line, tidy_line

WRITTEN = [
    *("Ada Keeper", "O’Neill-Žižková 3", "d'Été", "Зоя", "李雷", "Ａｄａ", "ﷺ"),
    "Nguyễn Thị Ánh",
    "שָׁלוֹם",
    "ठाकुर",
    "ทดสอบที่",
    "ལྷ་ས་རྒྱུ",
    "လျှို့ဝှက်",
    "می\u200cخواهم",  # ZWNJ between letters that would join
    "ක්\u200dෂ",  # ZWJ after a virama
    "क्\u200cष",  # ZWNJ after a virama
]
EMOJI = ["❤️ Rust", "👩\u200d💻", "👩🏽\u200d💻 et 👍🏽", "🏳️\u200d🌈", "1️⃣", "🙂\u200d↔️", "©️"]
HIDING = [
    *("Ada\u200d Keeper", "Ada\ufe0f Keeper", "Ada\u200cKeeper", "\u200bx", "x\u00adx"),
    *("\u202egnp", "x\u2066", "x\u200e", "x\u061c", "\x1b[31m", "x\x07", "x\x7f", "x\x85y"),
    *("\u3164", "\u115f\u1160", "\u2800", "x\ufffc", "\u034fx", "x\U000e0100", "\U000e0041x"),
    *("\ue000", "\U000f0000", "\u0378", "\ufdd0", "\U0001fffe", "\ufff9x"),
    *("م\u200d\u200dم", "م\u200c\u200cم", "\u200c", "x\u200d", "\U0001f469\u200dx"),
]
COVERING = [
    "A" + "\u0300\u0315\u0321\u0335" * 12,
    "a" + "\u0301" * 5,
    "\u1ebf\u0301\u0301\u0301",  # has two of its own
    "\u0301a",
    "a \u0301b",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_what_people_write_in_any_script_is_a_line(text: str) -> None:
    for form in ("NFC", "NFD"):
        line = tidy_line(unicodedata.normalize(form, text))
        assert is_line(line) and is_line(line, has_emoji=False)


@pytest.mark.parametrize("text", EMOJI)
def test_emoji_keep_what_holds_them_together_where_they_are_welcome(text: str) -> None:
    assert is_line(text) and count_seen(text) > 0


@pytest.mark.parametrize("text", [text for text in EMOJI if "\u200d" in text or "\ufe0f" in text])
def test_emoji_that_need_what_is_not_seen_are_refused_elsewhere(text: str) -> None:
    assert not is_line(text, has_emoji=False)


@pytest.mark.parametrize("text", [*HIDING, *COVERING])
def test_what_hides_reorders_or_covers_is_no_line(text: str) -> None:
    assert not is_line(text) and not is_line(text, has_emoji=False)


def test_no_character_that_unicode_ignores_by_default_is_taken_between_letters() -> None:
    """By the ranges of DerivedCoreProperties.txt, Default_Ignorable_Code_Point."""
    ranges = [
        *[(0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5)],
        *[(0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F)],
        *[(0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0)],
        *[(0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)],
    ]

    taken = [
        hex(point)
        for first, last in ranges
        for point in range(first, last + 1)
        if is_line(f"a{chr(point)}b") or count_seen(chr(point))
    ]

    assert taken == []


def test_no_control_private_or_unassigned_character_is_taken() -> None:
    unseen = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    points = (point for point in range(sys.maxunicode + 1))

    assert not any(
        is_line(f"a{chr(point)}b") for point in points if unicodedata.category(chr(point)) in unseen
    )


def test_what_is_not_seen_is_not_counted() -> None:
    assert count_seen("\u200b" * 20) == count_seen("\u2800\u3164 \x1b\u202e") == 0
    assert count_seen(" a \u200b b\n\nc ") == len("a b c")
    assert count_seen("می\u200cخواهم") == 7


class TestFields:
    """Texts of requests."""

    @pytest.mark.parametrize(
        "text",
        ["\u200b" * 6, "\u2800" * 8, "a\u202ebcdef", "\x1b[31mred", "a b c", "x" * 11, "x " * 99],
    )
    def test_a_line_that_is_not_seen_or_not_of_its_length_is_refused(self, text: str) -> None:
        with pytest.raises(ValidationError):
            LineString(6, 10).deserialize(text)

    def test_a_line_is_tidied_and_composed(self) -> None:
        assert LineString(1, 10).deserialize(" a\n\tb\u00a0 e\u0301 ") == "a b \u00e9"
        assert LineString(51, 51).deserialize("e\u0301" * 51) == "\u00e9" * 51

    def test_a_text_keeps_its_lines_and_loses_what_steers(self) -> None:
        text = "\ufeff a\r\n\r\n\tb\x1b[31m\x07\x00\u202ec\r "

        assert TextString(1, 99).deserialize(text) == "a\n\n\tb[31m\u202ec"

    @pytest.mark.parametrize("text", ["\u200b", " \n\u2800\n ", "\ufeff", "\x1b"])
    def test_a_text_of_nothing_is_refused(self, text: str) -> None:
        with pytest.raises(ValidationError):
            TextString(1, 99).deserialize(text)

    def test_marks_without_end_are_refused_before_anything_is_done_with_them(self) -> None:
        with pytest.raises(ValidationError):
            LineString(0, 10).deserialize("a" + "\u0301\u0316" * 500_000)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Łukasz Żak", "lukasz zak"),
        ("Søren Kjær", "soren kjaer"),
        ("Işık Çelik", "isik celik"),
        ("IŞIK İnönü", "isik inonu"),
        ("Þórður Guðmundsson", "thordur gudmundsson"),
        ("Đặng Œuvre Straße", "dang oeuvre strasse"),
        ("Kɔfi Ɛdem Ɓala", "kofi edem bala"),
        ("Ħamrun Ŧ ﬁ", "hamrun t fi"),
        ("Ёлкин Ή", "елкин η"),
    ],
)
def test_folded_words_have_no_case_accents_strokes_or_ligatures(text: str, plain: str) -> None:
    assert fold(text) == plain


def test_a_phrase_is_in_another_by_whole_words() -> None:
    assert folded_phrase("Saint-Étienne (42)") == " saint etienne 42 "
    assert folded_phrase("étienne") in folded_phrase("Saint-Étienne (42)")
    assert folded_phrase("tienne") not in folded_phrase("Saint-Étienne (42)")
    assert folded_phrase("_ %!") == ""
