"""The address that is made of a label: every service makes the same one of the same label."""

import re
import unicodedata

# What distinguishes C, C++ and C# must survive in an address.
_SPOKEN = {"+": " plus ", "#": " sharp ", ".": " dot ", "&": " and "}


def slug_of(label: str) -> str:
    """Lower-case ASCII words joined by hyphens; may be empty.

    Accents and case distinguish nothing. Letters that have no ASCII form are written as
    their code points, so that no two alphabets fall together.
    """
    spoken = "".join(_SPOKEN.get(letter, letter) for letter in label)
    # Decomposed before the case is folded: ℂ is a capital that only becomes one by it.
    folded = unicodedata.normalize("NFKD", spoken).casefold()
    plain = unicodedata.normalize("NFKD", folded)
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    coded = "".join(
        f"u{ord(letter):x}" if letter.isalnum() and not letter.isascii() else letter
        for letter in kept
    )
    return "-".join(re.findall(r"[a-z0-9]+", coded))
