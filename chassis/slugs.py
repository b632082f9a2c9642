"""The address that is made of a label: every service makes the same one of the same label."""

import re
import unicodedata

from chassis.folding import fold

# What distinguishes C, C++ and C# must survive in an address.
_SPOKEN = {"+": " plus ", "#": " sharp ", "♯": " sharp ", ".": " dot ", "&": " and "}
_ACCENTED = ("LATIN", "GREEK")


def slug_of(label: str) -> str:
    """Lower-case ASCII words joined by hyphens; empty where there is no letter or digit.

    Accents and case distinguish nothing, nor do ligatures and strokes: `cœur` is `coeur`. In
    other scripts a mark is part of its letter. Letters that have no ASCII form are written as
    their code points, so that no two alphabets fall together.
    """
    written = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).casefold())
    if not any(letter.isalnum() for letter in written):
        return ""
    return "-".join(re.findall(r"[a-z0-9]+", "".join(map(_spelt, written))))


def _spelt(letter: str) -> str:
    if letter.isascii():
        return _SPOKEN.get(letter, letter)
    if letter in _SPOKEN:
        return _SPOKEN[letter]
    kind = unicodedata.category(letter)
    # What nobody sees parts no word; an accent that is composed with no letter is none.
    if kind == "Cf" or "\u0300" <= letter <= "\u036f" or "\ufe00" <= letter <= "\ufe0f":
        return ""
    if unicodedata.name(letter, "").startswith(_ACCENTED):
        letter = fold(letter)
    return "".join(one if one.isascii() else _coded(one) for one in letter)


def _coded(letter: str) -> str:
    is_part_of_a_word = letter.isalnum() or unicodedata.category(letter).startswith("M")
    return f"u{ord(letter):x}" if is_part_of_a_word else " "
