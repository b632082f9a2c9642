"""Which language a text is in, by its most frequent words: good enough to read it aloud by."""

import re
from collections import defaultdict
from functools import cache
from operator import itemgetter

from stop_words import get_stop_words

LANGUAGES = ("fr", "en", "other")
# Those that people here may write, so that Spanish is not taken for French.
_KNOWN = ("fr", "en", "de", "es", "it", "nl", "pt")
# More than so much of a text tells no more.
_ENOUGH = 4_000
_WORD = re.compile(r"[^\W\d_]+")
# Of a hundred words, how many must speak for a language, each shared by those that have it.
_LEAST = 0.12


def guess_language(text: str) -> str:
    """`fr`, `en`, or `other` for another one and where it cannot be told."""
    words = _WORD.findall(text[:_ENOUGH].lower())
    spoken: dict[str, float] = defaultdict(float)
    for word in words:
        languages = _frequent().get(word, ())
        for language in languages:
            spoken[language] += 1 / len(languages)
    best = sorted(spoken.items(), key=itemgetter(1), reverse=True)[:2]
    if not best or best[0][1] < max(0.5, _LEAST * len(words)):
        return "other"
    if len(best) > 1 and best[0][1] == best[1][1]:
        return "other"
    return best[0][0] if best[0][0] in LANGUAGES else "other"


@cache
def _frequent() -> dict[str, tuple[str, ...]]:
    """By word: the languages in which it is frequent."""
    found: dict[str, tuple[str, ...]] = {}
    for language in _KNOWN:
        for word in get_stop_words(language):
            # Of elisions the part that stands alone: l', qu', isn't.
            for part in {word, *_WORD.findall(word)}:
                known = found.get(part, ())
                found[part] = known if language in known else (*known, language)
    return found
