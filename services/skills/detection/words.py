"""Words as they are compared: without case, accents, endings of number and gender.

French and English alike, on both sides: what the catalogue says and what people write.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property, lru_cache

import msgspec

from chassis.folding import fold

# `+`, `#` and inner dots belong to a word, so that C++, C# and Node.js are found; a hyphen,
# apostrophe or slash separates words, as white space does.
_WORD = r"\.?[^\W_]+(?:\.[^\W_]+)*(?:(?:\+\+?|#)\d*(?![^\W_]))?"
# Nothing is meant together across the end of a sentence, a comma, a bracket or a dash; after
# most of them a sentence begins.
_BORDER = r"[,;:!?…()\[\]{}\"«»“”|•·–—\n]+|\.(?=\s|$)|\s[-*](?=\s)"
_NO_BEGINNING = frozenset(",;()–—")
_ELISION = r"\b(?i:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu)['’ʼ](?=\w)"
# What English leaves of a verb or a genitive: it's, we've; "I'm a" is no M&A.
_CLIPPED = r"(?<=\w)['’ʼ](?i:s|re|ve|ll|d|t|(m))\b"
_TOKENS = re.compile(f"{_ELISION}|({_WORD})|{_CLIPPED}|({_BORDER})")
# Mail addresses, addresses of pages without their scheme, and paths name things by chance.
_ADDRESS = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?::\S+)?"
    r"|(?<![\w.-])(?:[\w-]{1,63}\.){1,8}(?!js/)[a-z]{2,24}/\S*"
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
# Endings of verbs, and of who does what they say: soudeur, souder and soudage are one family.
_FAMILY_ENDING = re.compile(
    r"(?<=.{4})(?:ations?|e?ments?|ages?|eu[rs]e?s?|trices?|ers?|ings?|ed|e?es?|s|antes?|ants?"
    r"|ents?|ies|y|ions?|ables?|istes?|ists?|i?eres?|iers?|al(?:es?)?|aux|iques?|ic(?:al)?"
    r"|it[ey]s?|ness|i[vf]e?s?|ons|ez|ait|ors?|ly)$"
)


class Word(msgspec.Struct, frozen=True):
    """A word of a text: folded, its stem between blanks, its family, and how it is written."""

    folded: str
    stem: str
    framed: str
    family: str
    is_capital: bool
    is_upper: bool
    is_versioned: bool


class Passage:
    """The words of a text, a line for each paragraph, item and cell, in stretches.

    Nothing reaches across the end of a stretch.
    """

    def __init__(self, text: str) -> None:
        self.words: list[Word] = []
        self.starts: list[int] = [0]
        self._lines: list[int] = [0]
        self._begins: set[int] = {0}
        self._read(text)

    def _read(self, text: str) -> None:
        words, starts, begins = self.words, self.starts, self._begins
        for word, am, border in _tokens_of(text):
            if word or am:
                words.extend(_forms(word or "am"))
            elif border:
                at = len(words)
                if starts[-1] != at:
                    starts.append(at)
                if not _NO_BEGINNING.issuperset(border):
                    begins.add(at)
                if "\n" in border and self._lines[-1] != at:
                    self._lines.append(at)

    def start_of(self, at: int) -> int:
        """Where the stretch of a word begins."""
        return self.starts[bisect_right(self.starts, at) - 1]

    def begins(self, at: int) -> bool:
        """Whether a sentence begins with the word, so that its capital means nothing."""
        return at in self._begins

    def has_meant_capital(self, at: int) -> bool:
        """Whether the word has a capital that says something."""
        word = self.words[at]
        is_marked = word.is_versioned or (word.is_capital and not self.begins(at))
        return is_marked and self._are_capitals_meant[self._line_of(at)]

    def is_in_capitals(self, at: int) -> bool:
        """Whether the word alone is written in capitals."""
        return self.words[at].is_upper and self._are_capitals_meant[self._line_of(at)]

    def _line_of(self, at: int) -> int:
        return bisect_right(self._lines, at) - 1

    @cached_property
    def _are_capitals_meant(self) -> list[bool]:
        ends = [*self._lines[1:], len(self.words)]
        pairs = zip(self._lines, ends, strict=True)
        return [_are_capitals_meant(self.words[start:end]) for start, end in pairs]


def normalise(text: str) -> list[str]:
    """The words of a label or alias as they are compared, not yet without their endings."""
    tokens = _TOKENS.findall(unicodedata.normalize("NFKC", text))
    written = (word or (am and "am") for word, am, _ in tokens)
    return [part for one in written if one for part in _parts(fold(one))]


@lru_cache(4096)  # as `family_of`: of words as they are written, `_forms` keeps both
def stem_of(word: str) -> str:
    """A folded word without its ending; what is short, or no word of letters, stays whole."""
    if len(word) < _SHORTEST or not word.isalpha():
        return word
    for ending, left in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST - 2:
            return word[: len(word) - len(ending)] + left
    return word


@lru_cache(4096)
def family_of(word: str) -> str:
    """What a folded word has in common with the verb, and with who does it."""
    return _FAMILY_ENDING.sub("", word) if word.isalpha() else word


def _tokens_of(text: str) -> list[tuple[str, str, str]]:
    """The words, what is left of "am", and the borders of a text, without what is no prose."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if "/" in text or "@" in text or "\\" in text:
        text = _ADDRESS.sub(" | ", text)
    return _TOKENS.findall(text)


@lru_cache(32_768)  # 20 MB of words as rare as the last of these
def _forms(written: str) -> tuple[Word, ...]:
    parts = _parts(fold(written))
    return tuple(_word(part, written, is_versioned=len(parts) > 1) for part in parts)


def _word(folded: str, written: str, *, is_versioned: bool) -> Word:
    stem = stem_of(folded)
    return Word(
        folded,
        stem,
        framed(stem),
        family_of(folded),
        is_capital=written[:1].isupper(),
        is_upper=written.isupper(),
        is_versioned=is_versioned,
    )


def framed(stem: str) -> str:
    """A stem between blanks of its own, so that neighbours share none."""
    return f" {stem} "


def _parts(word: str) -> tuple[str, ...]:
    """`php8` is `php` and `8`; so is `python3.11`."""
    versioned = _VERSIONED.fullmatch(word)
    return versioned.groups() if versioned else (word,)


def _are_capitals_meant(written: Sequence[Word]) -> bool:
    """Not In A Title As This One, nor IN A LINE AS THIS."""
    if len(written) > 2 and all(word.is_upper for word in written):
        return False
    long = [word for word in written if len(word.folded) >= _SHORTEST]
    return sum(word.is_capital for word in long) * 5 < len(long) * 3 or len(long) < 3
