"""Words without what people leave out when they search: case, accents, strokes, ligatures."""

import re
import unicodedata
from functools import lru_cache

# Letters of Latin that Unicode does not take apart, beyond those "with" something, whose
# names tell what is left.
_SPELT = {"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ȷ": "j", "ŋ": "n", "ĸ": "k"}
_SPELT |= {"ə": "e", "ɛ": "e", "ɔ": "o", "ɪ": "i", "ʊ": "u", "ʒ": "z", "ɑ": "a"}
_WITH = re.compile(r"LATIN SMALL LETTER ([A-Z]) WITH .+")


def fold(text: str) -> str:
    """Letters as searches compare them: `Łukasz Kjær` is `lukasz kjaer`, `IŞIK` is `isik`."""
    # Decomposed before the case is folded: ℂ is a capital that only becomes one by it.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(_plain(letter) for letter in apart if not unicodedata.combining(letter))


def folded_phrase(text: str) -> str:
    """The folded words of a text with a blank before and after each; empty where it has none.

    A text has the words of another, one after the other, where its phrase has the other's.
    """
    words = re.findall(r"[^\W_]+", fold(text))
    return f" {' '.join(words)} " if words else ""


@lru_cache(4096)
def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    with_something = _WITH.fullmatch(unicodedata.name(letter, ""))
    return with_something[1].lower() if with_something else _SPELT.get(letter, letter)
