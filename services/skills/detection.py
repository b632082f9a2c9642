"""Finding the catalogue's labels and aliases in what people write.

Whole words, without regard to case and accents, the longest phrase first; `+`, `#` and
inner dots belong to a word, so that C++, C# and Node.js are found.
"""

import re
import unicodedata
from collections.abc import Mapping

# A word may begin with a dot (.NET) and contain dots or hyphens only between letters;
# a hyphen, apostrophe or slash separates words, as white space does.
_WORD = re.compile(r"\.?[^\W_]+(?:\.[^\W_]+)*(?:(?:\+\+?|#)(?![^\W_]))?")
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_URL = re.compile(r"https?://\S+")
_PARAGRAPHS = re.compile(r"\n\s*\n")


def normalise(text: str) -> list[str]:
    """The words of a text as they are compared."""
    # Decomposed before the case is folded: 𝑨 is a capital that only becomes one by it.
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = unicodedata.normalize("NFKD", folded.replace("œ", "oe").replace("æ", "ae"))
    unaccented = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _WORD.findall(unaccented)


def prose_of(markdown: str) -> str:
    """A post's Markdown without code blocks and addresses, which name things by chance."""
    return _URL.sub(" ", _CODE.sub(" ", markdown))


class Detector:
    """Finds skills by their terms; a term is its normalised words joined by spaces."""

    def __init__(self, terms: Mapping[str, int]) -> None:
        self._terms = {tuple(term.split(" ")): skill_id for term, skill_id in terms.items()}
        self._longest: dict[str, int] = {}
        for words in self._terms:
            known = self._longest.get(words[0], 0)
            self._longest[words[0]] = max(known, len(words))

    def find(self, text: str) -> set[int]:
        """The ids of the skills that a text mentions; no phrase goes beyond its paragraph."""
        found: set[int] = set()
        for paragraph in _PARAGRAPHS.split(text):
            words = normalise(paragraph)
            position = 0
            while position < len(words):
                position += self._match(words, position, found) or 1
        return found

    def _match(self, words: list[str], position: int, found: set[int]) -> int:
        """Try the longest phrase at a position; returns how many words it took."""
        for length in range(self._longest.get(words[position], 0), 0, -1):
            skill_id = self._terms.get(tuple(words[position : position + length]))
            if skill_id is not None:
                found.add(skill_id)
                return length
        return 0
