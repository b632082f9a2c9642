"""One pass over a text for all terms of the catalogue, whatever their number."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from services.skills.detection.words import Word, normalise, segments_of, stem_of

# What a term proves by itself. A plain one its skill; a common noun the same, but for a capital,
# which makes it somebody's name (Mr Baker); a trade (a baker) if its people say that they
# have it, or beside a near skill; an everyday word (Excel) where it has a capital, or beside a
# near skill; a noun that means other things too, only the latter, and without a capital; a name
# (Pascal, Ruby) beside another skill of its field; an acronym that is a word (HAD) in capitals;
# a keyword nothing in a text: somebody has to choose it.
Kind = Literal["plain", "common", "person", "word", "noun", "name", "acronym", "keyword"]
# Before a trade, within four words: "je suis", "nous sommes", "I am a", "as a", "en tant que".
_OWN = {"suis", "sommes", "am", "im", "tant", "as", "become", "devenir", "devenu"}
_LEAST_JOINED = 4  # letters of two words that may be one: "Dev Ops", "front-end"
LEAST_PART = 3  # of either, where the term is one word: "we're looking" is no "relooking"


@dataclass(frozen=True, slots=True)
class Term:
    """A label or alias, its folded words joined by blanks."""

    text: str
    skill_id: int
    kind: Kind = "plain"


@dataclass(frozen=True, slots=True)
class Match:
    """A term at its place, counted in words of the text."""

    skill_id: int
    position: int
    is_sure: bool
    # What it needs beside it otherwise: a skill of its field, or a near one.
    needs: Literal["field", "near", "nothing helps"] = "field"


class Detector:
    """Finds terms: whole words, the longest phrase first, inflected or not."""

    def __init__(self, terms: Iterable[Term]) -> None:
        by_stems: dict[tuple[str, ...], list[Term]] = defaultdict(list)
        self._joined: dict[str, list[Term]] = defaultdict(list)
        self._exact: dict[str, Term] = {}
        for term in terms:
            words = term.text.split(" ")
            self._exact[term.text] = term
            if term.kind == "keyword":
                continue
            by_stems[tuple(map(stem_of, words))].append(term)
            run = _run_together(words)
            # "M&A" is not "ma".
            if run != words and len("".join(run)) >= _LEAST_JOINED:
                by_stems[tuple(map(stem_of, run))].append(term)
            joined = "".join(words)
            # Of two words the joined form as well, and of one the form in two words.
            if len(words) <= 2 and len(joined) >= _LEAST_JOINED and joined.isalpha():
                self._joined[stem_of(joined)].append(term)
        self._terms = list(by_stems.values())
        patterns = [_framed(stems) for stems in by_stems]
        self._automaton = AhoCorasick(
            patterns,
            matchkind=MatchKind.LeftmostLongest,
            implementation=Implementation.ContiguousNFA,
        )

    def means(self, keyword: str) -> Term | None:
        """The term that a keyword is as a whole, whatever its kind: its author chose it."""
        words = normalise(keyword)
        if known := self._exact.get(" ".join(words)):
            return known
        written = [Word(word, stem_of(word), is_capital=True) for word in words]
        whole = (term for _, size, term in self._found_in(written) if size == len(words))
        return next(whole, None)

    def find(self, text: str) -> list[Match]:
        """Every term of a text, a line for each paragraph, item and cell."""
        found: list[Match] = []
        position = 0
        for line in text.split("\n"):
            for words in segments_of(line):
                for at, _, term in self._found_in(words):
                    before = {word.folded for word in words[max(0, at - 4) : at]}
                    found.append(_match(term, words[at], position + at, before))
                position += len(words)
        return found

    def _found_in(self, words: Sequence[Word]) -> Iterator[tuple[int, int, Term]]:
        """Where a term begins, how many words it takes."""
        taken: set[int] = set()
        starts: dict[int, int] = {}
        length = 0
        for number, word in enumerate(words):
            starts[length] = number
            length += len(word.stem) + 2
        text = _framed([word.stem for word in words])
        for pattern, start, end in self._automaton.find_matches_as_indexes(text):
            at, behind = starts[start], starts.get(end, len(words))
            if term := _meant(self._terms[pattern], words[at:behind]):
                taken.update(range(at, behind))
                yield at, behind - at, term
        yield from self._found_joined(words, taken)

    def _found_joined(
        self, words: Sequence[Word], taken: set[int]
    ) -> Iterator[tuple[int, int, Term]]:
        for at, word in enumerate(words):
            if at in taken:
                continue
            if (alone := self._joined.get(word.stem)) and " " in alone[0].text:
                yield at, 1, alone[0]
            elif at + 1 < len(words) and at + 1 not in taken:
                pair = word.folded + words[at + 1].folded
                both = self._joined.get(stem_of(pair)) if len(pair) >= _LEAST_JOINED else None
                is_pair = min(len(word.folded), len(words[at + 1].folded)) >= LEAST_PART
                if both and is_pair and " " not in both[0].text:
                    yield at, 2, both[0]


def _match(term: Term, word: Word, position: int, before: set[str]) -> Match:
    """`before` are the words that stand before it."""
    if term.kind == "acronym":
        return Match(term.skill_id, position, word.is_upper, "nothing helps")
    if term.kind == "person":
        return Match(term.skill_id, position, bool(before & _OWN), "near")
    if term.kind == "word":
        return Match(term.skill_id, position, word.is_capital, "field" if word.begins else "near")
    if term.kind == "noun":
        return Match(term.skill_id, position, False, "nothing helps" if word.is_capital else "near")
    is_sure = term.kind == "plain" or (term.kind == "common" and not word.is_capital)
    return Match(term.skill_id, position, is_sure)


def _framed(stems: Sequence[str]) -> str:
    """Each word between blanks of its own, so that neighbours share none."""
    return "".join(f" {stem} " for stem in stems)


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
    inflected = (t for t in terms if " " in t.text or not t.text.startswith(written))
    return next(exact, None) or next(inflected, None)
