"""What people write, as it meets the eye: what nobody sees neither counts nor hides.

The requests of every service take their texts by these rules. What a character is, Python's
`unicodedata` says; where a joiner has a meaning, `idna`.
"""

import re
import unicodedata

from idna.core import valid_contextj

# On one letter: Vietnamese has two, Hebrew three, Burmese four.
MOST_MARKS = 4

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_PRESENTATIONS = "\ufe0e\ufe0f"  # of a symbol: as text, as picture
_KEYCAP = "\u20e3"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Controls, formats (all that reorder are among them), surrogates, private and unassigned.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# What Unicode ignores by default, or draws as nothing, although it is called a letter, a
# mark or a symbol: fillers and vowels of Hangul and Khmer, variation selectors, blanks.
_EMPTY = {
    *("\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u3164", "\uffa0"),
    *("\u180b", "\u180c", "\u180d", "\u180f", *map(chr, range(0xFE00, 0xFE10))),
    *map(chr, range(0xE0100, 0xE01F0)),
    *("\u2800", "\ufffc", "\U00016fe4", "\U0001d159"),
}
# A joiner's meaning depends on its neighbours, beyond marks, which are few.
_NEAR = 2 * MOST_MARKS


def tidy_line(text: str) -> str:
    """A text on one line, composed (NFC), with one blank where there were more."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def is_line(text: str, *, has_emoji: bool = True) -> bool:
    """Whether a tidied text shows all that it has, in its order, and nothing beside its line.

    Joiners and variation selectors stay where the eye sees what they do: joiners between
    letters as RFC 5892 (A.1, A.2) has them, and both in an emoji, where those are welcome.
    """
    if not text.isascii() and not _has_few_marks(text):
        return False
    return all(
        letter == " " or _is_seen(letter) or _has_effect(text, at, has_emoji=has_emoji)
        for at, letter in enumerate(text)
    )


def count_seen(text: str) -> int:
    """How many characters a reader sees, with single blanks between them."""
    seen = "".join(letter for letter in text if letter.isspace() or _is_seen(letter))
    return len(" ".join(seen.split()))


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can keep it: no NUL, no lone surrogate."""
    return _UNSTORABLE.search(text) is None


def without_controls(text: str) -> str:
    """A text of several lines without what steers a terminal, its lines ended by `\\n`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        letter for letter in lines if letter in "\n\t" or unicodedata.category(letter) != "Cc"
    ).lstrip("\ufeff")


def _is_seen(letter: str) -> bool:
    if letter.isascii():
        return letter.isprintable()
    return (
        unicodedata.category(letter) not in _UNSEEN
        and letter not in _EMPTY
        and not letter.isspace()
    )


def _has_few_marks(text: str) -> bool:
    """None before the first letter, and few on each; those that take room are no trouble."""
    count = MOST_MARKS
    for letter in unicodedata.normalize("NFD", text):
        kind = unicodedata.category(letter)
        if kind in ("Mn", "Me"):
            count += 1
            if count > MOST_MARKS:
                return False
        elif kind != "Mc":
            # A mark has nothing to stand on after a blank.
            count = MOST_MARKS if letter == " " else 0
    return True


def _has_effect(text: str, at: int, *, has_emoji: bool) -> bool:
    letter, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if letter in (_ZWNJ, _ZWJ):
        first = max(0, at - _NEAR)
        near = text[first : at + _NEAR]
        if before and after and valid_contextj(near, at - first):
            return True
    if not has_emoji:
        return False
    if letter == _ZWJ:
        return _is_symbol(before, more=_PRESENTATIONS) and _is_symbol(after)
    if letter in _PRESENTATIONS:
        return _is_symbol(before) or (before in "0123456789#*" and after == _KEYCAP)
    return False


def _is_symbol(letter: str, *, more: str = "") -> bool:
    if not letter or letter.isascii():
        return False
    return letter in more or unicodedata.category(letter) in ("So", "Sm", "Sk")
