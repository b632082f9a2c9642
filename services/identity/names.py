"""What people may be called, by which words they are found, and who could be taken for whom.

Rules of letters alone; who is called what is looked up elsewhere. `lookalikes.txt` has, by
letter of ASCII, the letters that are drawn like it (Unicode's confusables, UTS 39).
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from chassis.folding import fold
from chassis.texts import is_line, tidy_line

LONGEST_KEY = 100
# What stands for the name of somebody who left.
FORMER_NAME = "A former member"
_PRODUCT = "Skiller"
_STAND_INS = (
    *(FORMER_NAME, "Former member", "A member"),
    *("Un ancien membre", "Une ancienne membre", "Ancien membre", "Ancienne membre", "Un membre"),
)

# Mails put theirs around a name, so that it ends where it ends.
_QUOTATION = str.maketrans(dict.fromkeys("“”„‟«»〝〞〟＂″", '"'))
_SLASHES = set("/\\@⁄∕⧸⧵╱／＼＠﹫")
_HOST = re.compile(r"\w[.。｡．․]\w{2}")

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼʻʹʽˈ`´′＇‛"), "'")
_SMALL_CAPITAL = re.compile(r"LATIN LETTER SMALL CAPITAL ([A-Z])")


def tidy_name(text: str) -> str:
    """A name on one line, with plain quotation marks where it has any."""
    return tidy_line(text).translate(_QUOTATION)


def find_mistake(name: str) -> str | None:
    """Why nobody may be called so, in a sentence, or None."""
    if not is_line(name, has_emoji=False) or not any(letter.isalnum() for letter in name):
        return "Not a name that can be shown."
    if not _SLASHES.isdisjoint(name) or _HOST.search(name):
        return "A name has no address: write a blank after a full stop, and no / or @."
    if _is_kept(name):
        return "This name is kept for Skiller itself."
    return None


def name_words(name: str) -> list[str]:
    """The words of a name as searches compare them, each once.

    What an apostrophe or a hyphen splits is there in parts and in one: O’Neill is `o`,
    `neill` and `oneill`.
    """
    return sorted({word for parts in split_name(name) for word in (*parts, "".join(parts))})


def name_key(name: str) -> str:
    """What members are sorted by: `d'Artagnan Élodie` is `dartagnan elodie`."""
    return " ".join("".join(parts) for parts in split_name(name))[:LONGEST_KEY]


def split_name(text: str) -> Iterator[list[str]]:
    """The words between blanks, folded, each in the parts that letters and digits make."""
    for chunk in fold(text.translate(_APOSTROPHES)).split():
        parts = [part[:LONGEST_KEY] for part in re.findall(r"[^\W_]+", chunk)]
        if parts:
            yield parts


def skeleton(name: str) -> str:
    """What two names have in common that a reader takes for one, whatever letters they use."""
    apart = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    latin = fold(bare.translate(_LOOKALIKES)).translate(_SMALL_LOOKALIKES)
    drawn = "".join(_as_drawn(letter) for letter in latin if letter.isalnum())
    return drawn.translate(_ALIKE).replace("rn", "m").replace("vv", "w")


def _is_kept(name: str) -> bool:
    words = [skeleton(word) for word in re.split(r"[\W_]+", name)]
    return skeleton(name) in _KEPT or any(_KEPT_WORD in word for word in words)


def _as_drawn(letter: str) -> str:
    if letter.isascii():
        return letter
    capital = _SMALL_CAPITAL.fullmatch(unicodedata.name(letter, ""))
    return capital[1].lower() if capital else letter


def _read_lookalikes() -> Iterator[tuple[int, str]]:
    for line in (Path(__file__).parent / "lookalikes.txt").read_text("utf-8").splitlines():
        letter, alike = line.split(" ")
        yield from ((ord(other), letter) for other in alike)


_LOOKALIKES = dict(_read_lookalikes())
# A capital's look-alike is one in small letters too, unless those are drawn like another.
_SMALL_LOOKALIKES = {
    ord(small): letter.lower()
    for point, letter in _LOOKALIKES.items()
    if len(small := chr(point).lower()) == 1 and ord(small) not in _LOOKALIKES
}
_ALIKE = str.maketrans("01i", "oll")
_KEPT_WORD = skeleton(_PRODUCT)
_KEPT = {_KEPT_WORD, *map(skeleton, _STAND_INS)}
