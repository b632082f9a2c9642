"""One pass over a text for all terms of the catalogue, whatever their number."""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Any, Literal

import msgspec
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from services.skills.detection.words import Passage, Word, family_of, framed, normalise, stem_of

# What a term proves by itself. A plain one its skill; a common noun the same, but for a capital,
# which makes it somebody's name (Mr Baker); a trade (a baker) if its people say that they
# have it, or beside a near skill; an everyday word (Excel) where it has a capital, or beside a
# near skill; a noun that means other things too, only the latter, and without a capital; a name
# (Pascal, Ruby) beside another skill of its field; an acronym that is a word (HAD) in capitals;
# a keyword nothing in a text: somebody has to choose it.
Kind = Literal["plain", "common", "person", "word", "noun", "name", "acronym", "keyword"]
Needs = Literal["field", "near", "capital", "nothing helps"]
# Before a trade, within four words: "je suis", "nous sommes", "I am a", "as a", "en tant que".
_OWN = {"suis", "sommes", "am", "tant", "as", "become", "devenir", "devenu"}
_LEAST_JOINED = 4  # letters of two words that may be one: "Dev Ops", "front-end"
LEAST_PART = 3  # of either, where the term is one word: "we're looking" is no "relooking"
# Points of a word that speaks of one skill alone; of several, each gets its part by the cube root.
CLUE, EVERYDAY_CLUE = 200, 100
WHOLE, HALF = 2, 1  # what it counts for where there have to be several


class Term(msgspec.Struct, frozen=True, gc=False):
    """A label or alias, its folded words joined by blanks."""

    text: str
    skill_id: int
    kind: Kind = "plain"


class Match(msgspec.Struct, frozen=True):
    """A term at its place, counted in words of the text."""

    skill_id: int
    position: int
    is_sure: bool
    # What it needs beside it otherwise: a skill of its field, or a near one; without a capital
    # where one is needed it says nothing else.
    needs: Needs = "field"
    size: int = 1


class Clue(msgspec.Struct, frozen=True):
    """A word that speaks of some skills, each of which it proves no more than a little."""

    family: str
    position: int
    skills: Sequence[tuple[int, int, int]]  # each with its points, and what it counts for


class Detector:
    """Finds terms: whole words, the longest phrase first, inflected or not; and clues."""

    def __init__(
        self, terms: Iterable[Term], clues: Iterable[tuple[int, Iterable[str]]] = ()
    ) -> None:
        """`clues` are folded words of skills, everyday ones with a `?` behind them."""
        self._exact: dict[str, Term] = {}
        self._parted: dict[str, Term] = {}
        self._terms, self._automaton = self._compile(terms)
        self._first_parts = {
            text[:size] for text in self._parted for size in range(LEAST_PART, len(text))
        }
        # Last: it takes the memory that the terms needed while they were compiled.
        self._clues = _clues_of(clues)

    def _compile(self, terms: Iterable[Term]) -> tuple[list[tuple[Term, ...]], AhoCorasick]:
        """What finds stems, and of each of its patterns the terms that have them."""
        by_stems: dict[str, tuple[Term, ...]] = {}
        # Not the cache of texts: so many words would push out what people write.
        stem = cache(stem_of.__wrapped__)
        for term in terms:
            words = term.text.split(" ")
            self._exact[term.text] = term
            if term.kind == "keyword":
                continue
            for spelt in _spellings(words):
                stems = "".join(framed(stem(word)) for word in spelt)
                by_stems[stems] = (*by_stems.get(stems, ()), term)
            if len(words) == 1 and len(term.text) >= 2 * LEAST_PART and term.text.isalpha():
                self._parted[stem(term.text)] = term
        automaton = AhoCorasick(
            by_stems,
            matchkind=MatchKind.LeftmostLongest,
            implementation=Implementation.ContiguousNFA,
        )
        return list(by_stems.values()), automaton

    def means(self, keyword: str) -> Term | None:
        """The term that a keyword is as a whole, but for a year or version, whatever its kind."""
        words = normalise(keyword)
        if known := self._exact.get(" ".join(words)):
            return known
        named = [word for word in words if not word.isdigit()]
        found = self._found_in(Passage(" ".join(named)))
        return next((term for _, size, term in found if size == len(named)), None)

    def find(self, passage: Passage) -> list[Match]:
        """Every term of a text."""
        return [_match(term, passage, at, size) for at, size, term in self._found_in(passage)]

    def clues(self, passage: Passage) -> list[Clue]:
        """Every word of a text that speaks of skills."""
        known = self._clues
        return [
            Clue(word.family, at, known[word.family])
            for at, word in enumerate(passage.words)
            if word.family in known
        ]

    def _found_in(self, passage: Passage) -> Iterator[tuple[int, int, Term]]:
        """Where a term begins, how many words it takes."""
        words = passage.words
        parts = [word.framed for word in words]
        for at in passage.starts[1:]:
            if at < len(parts):
                parts[at] = "\n" + parts[at]
        ends = list(accumulate(map(len, parts)))
        taken: set[int] = set()
        for pattern, start, end in self._automaton.find_matches_as_indexes("".join(parts)):
            at = bisect_right(ends, start)
            size = bisect_left(ends, end, at) + 1 - at
            if term := _meant(self._terms[pattern], words[at : at + size]):
                taken.update(range(at, at + size))
                yield at, size, term
        yield from self._found_parted(passage, taken)

    def _found_parted(self, passage: Passage, taken: set[int]) -> Iterator[tuple[int, int, Term]]:
        """Terms of one word that are written as two, as Dev Ops."""
        words, first_parts = passage.words, self._first_parts
        for at in range(len(words) - 1):
            first, second = words[at].folded, words[at + 1].folded
            if first not in first_parts or len(second) < LEAST_PART:
                continue
            term = self._parted.get(stem_of(first + second))
            if term and taken.isdisjoint((at, at + 1)) and at + 1 not in passage.starts:
                yield at, 2, term


def _match(term: Term, passage: Passage, at: int, size: int) -> Match:
    is_sure, needs = _proves(term.kind, passage, at)
    return Match(term.skill_id, at, is_sure, needs, size)


def _proves(kind: Kind, passage: Passage, at: int) -> tuple[bool, Needs]:
    """Whether a term of a kind is sure at its place, and what it needs otherwise."""
    if kind == "acronym":
        return passage.is_in_capitals(at), "nothing helps"
    if kind == "person":
        before = passage.words[max(passage.start_of(at), at - 4) : at]
        return any(word.folded in _OWN for word in before), "near"
    if kind == "word":
        needs: Needs = "field" if passage.words[at].is_capital else "capital"
        return passage.has_meant_capital(at), needs
    if kind == "noun":
        return False, "nothing helps" if passage.has_meant_capital(at) else "near"
    if kind == "name":
        return passage.words[at].is_versioned, "field"
    return kind == "plain" or not passage.has_meant_capital(at), "field"


def _clues_of(
    words: Iterable[tuple[int, Iterable[str]]],
) -> dict[str, Sequence[tuple[int, int, int]]]:
    """Of each family of words the skills that it speaks of, the less of each the more they are."""
    family = cache(family_of.__wrapped__)
    skills: dict[str, dict[int, bool]] = defaultdict(dict)
    for skill_id, own in words:
        for word in own:
            ones = skills[family(word.removesuffix("?"))]
            ones[skill_id] = word.endswith("?") and ones.get(skill_id, True)
    known: dict[str, Sequence[tuple[int, int, int]]] = {}
    alike: dict[Any, Any] = {}  # half of the parts are: one of them is kept for all
    while skills:
        word, ones = skills.popitem()
        parts = tuple(alike.setdefault(part, part) for part in _parts_of(ones))
        known[word] = alike.setdefault(parts, parts)
    return known


def _parts_of(skills: Mapping[int, bool]) -> Iterator[tuple[int, int, int]]:
    """What each skill gets of a word; an everyday one less."""
    root = math.cbrt(len(skills))
    of_everyday, of_rare = (int(EVERYDAY_CLUE / root), HALF), (int(CLUE / root), WHOLE)
    for one, is_everyday in skills.items():
        yield (one, *(of_everyday if is_everyday else of_rare))


def _spellings(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """A term as it is written: as it is, with its letters together, its two words as one."""
    yield words
    run, joined = _run_together(words), "".join(words)
    # "M&A" is not "ma".
    if run != words and len("".join(run)) >= _LEAST_JOINED:
        yield run
    if len(words) == 2 and len(joined) >= _LEAST_JOINED and joined.isalpha() and run == words:
        yield [joined]


def _run_together(words: Sequence[str]) -> list[str]:
    """Letters that stand alone as one word: `a b testing` is `ab testing`."""
    run: list[str] = []
    for number, word in enumerate(words):
        if len(word) == 1 and number and len(words[number - 1]) == 1:
            run[-1] += word
        else:
            run.append(word)
    return run


def _meant(terms: Sequence[Term], words: Sequence[Word]) -> Term | None:
    """Of terms with these stems the one that is written; one window is not Windows."""
    written = " ".join(word.folded for word in words)
    exact = (term for term in terms if term.text == written)
    inflected = (term for term in terms if not _is_proper(term, written))
    return next(exact, None) or next(inflected, None)


def _is_proper(term: Term, written: str) -> bool:
    """Whether a term is a name that ends as a plural does, and the text has no such ending."""
    is_noun = " " in term.text or term.kind in ("common", "person", "noun")
    return not is_noun and term.text.startswith(written)
