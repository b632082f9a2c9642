"""Words as they are compared: without case, accents, endings of number and gender.

French and English alike, on both sides: what the catalogue says and what people write.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from chassis.folding import fold

# `+`, `#` and inner dots belong to a word, so that C++, C# and Node.js are found; a hyphen,
# apostrophe or slash separates words, as white space does.
_WORD = re.compile(r"\.?[^\W_]+(?:\.[^\W_]+)*(?:(?:\+\+?|#)\d*(?![^\W_]))?")
# Nothing is meant together across the end of a sentence, a comma, a bracket or a dash.
_BORDER = re.compile(r"[,;:!?…()\[\]{}\"«»“”|•·–—]+|\.(?=\s|$)|\s[-*]\s|\n")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu)['’ʼ](?=\w)", re.IGNORECASE)
# Mail addresses, addresses of pages without their scheme, and paths name things by chance.
_ADDRESS = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?::\S+)?"
    r"|(?<![\w.-])(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}/\S*"
    r"|(?<!\S)(?:~|\.{1,2})?/(?:[\w.-]{1,255}/)\S*|\b[A-Za-z]:\\\S+"
)
_VERSIONED = re.compile(r"([a-z]{2,}|c\+\+|c#)(\d+(?:\.\d+)*)")
# Endings that say number or gender, with what is left; the first that fits.
_ENDINGS = (
    *(("eaux", "eau"), ("aux", "al"), ("ies", "y"), ("ie", "y"), ("sses", "ss")),
    *(("trices", "teur"), ("trice", "teur"), ("euses", "eur"), ("euse", "eur")),
    *(("iennes", "ien"), ("ienne", "ien"), ("eres", "er"), ("ere", "er")),
    *(("ives", "if"), ("ive", "if"), ("ffes", "f"), ("ffe", "f"), ("elles", "el")),
    *(("elle", "el"), ("ees", "e"), ("ee", "e"), ("ss", "ss"), ("us", "us"), ("is", "is")),
    *(("s", ""), ("x", "")),
)
_SHORTEST = 4  # letters of a word that has endings


class Word(msgspec.Struct, frozen=True):
    """A word of a text: folded, its stem, and whether its capitals mean something."""

    folded: str
    stem: str
    is_capital: bool
    is_upper: bool = False
    begins: bool = False  # with a capital that means nothing, as at the start of a sentence


def normalise(text: str) -> list[str]:
    """The words of a label or alias as they are compared, not yet without their endings."""
    return [
        part
        for written in _WORD.findall(_ELISION.sub(" ", unicodedata.normalize("NFKC", text)))
        for part in _parts(fold(written))
    ]


def segments_of(line: str) -> Iterator[list[Word]]:
    """The words of a line, in stretches that nothing reaches across."""
    line = _ELISION.sub(" ", _ADDRESS.sub(" | ", unicodedata.normalize("NFKC", line)))
    stretches = [_WORD.findall(stretch) for stretch in _BORDER.split(line)]
    are_capitals_meant = _are_capitals_meant([word for words in stretches for word in words])
    for written in stretches:
        words = [
            Word(
                folded,
                stem,
                are_capitals_meant and number > 0 and has_capital,
                are_capitals_meant and is_upper,
                has_capital,
            )
            for number, one in enumerate(written)
            for folded, stem, has_capital, is_upper in _forms(one)
        ]
        if words:
            yield words


@lru_cache(65_536)
def stem_of(word: str) -> str:
    """A folded word without its ending; what is short, or no word of letters, stays whole."""
    if len(word) < _SHORTEST or not word.isalpha():
        return word
    for ending, left in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST - 2:
            return word[: len(word) - len(ending)] + left
    return word


@lru_cache(65_536)
def _forms(written: str) -> list[tuple[str, str, bool, bool]]:
    """Of each part of a word: folded, its stem, whether it has a capital or is all in capitals."""
    capitals = written[:1].isupper(), written.isupper()
    return [(part, stem_of(part), *capitals) for part in _parts(fold(written))]


def _parts(word: str) -> tuple[str, ...]:
    """`php8` is `php` and `8`; so is `python3.11`."""
    versioned = _VERSIONED.fullmatch(word)
    return versioned.groups() if versioned else (word,)


def _are_capitals_meant(written: list[str]) -> bool:
    """Not In A Title As This One, nor IN A LINE AS THIS."""
    if len(written) > 2 and all(word.isupper() for word in written):
        return False
    long = [word for word in written if len(word) >= _SHORTEST]
    return sum(word[:1].isupper() for word in long) * 5 < len(long) * 3 or len(long) < 3
