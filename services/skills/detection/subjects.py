"""What a post is about: the skills that it names or speaks of, each with how much and why."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from services.skills.detection.detector import Detector, Match
from services.skills.detection.weighing import SHORT, Fields, Place, Weighing
from services.skills.detection.words import Passage

# Counted up when the same words may be read otherwise: then older posts are read again.
READING = 3
Reason = Literal["keyword", "title", "body", "passing", "quote", "question"]
# How much a post is about a skill by where it names it; the most counts. Not measured: a
# choice, in the order of the places, beside which the benchmark's data are taken as 1.
RELEVANCE: Mapping[Reason, int] = {
    "keyword": 100,
    "title": 80,
    "body": 60,
    "passing": 30,
    "quote": 10,
}
OF_THE_QUESTION = 50  # percent of its main skills' relevance, for an answer to it
MOST_SKILLS, MOST_MAIN = 8, 3
LEAST_MAIN = 60
EARLY = 25  # words: what is named before, or in a short text, is no passing word


@dataclass(frozen=True, slots=True)
class Subject:
    """A skill of a post; `relevance` in hundredths."""

    skill_id: int
    relevance: int
    reason: Reason


@dataclass(frozen=True)
class Reader:
    """Reads what is written with the whole catalogue."""

    detector: Detector
    fields: Fields = field(default_factory=Fields)

    def subjects(
        self,
        *,
        title: str = "",
        prose: str = "",
        keywords: Iterable[str] = (),
        question: Sequence[Subject] = (),
    ) -> list[Subject]:
        """What a post is about, the most relevant first; `question` is what one it answers is.

        `prose` has a line for each paragraph, item and cell, and `> ` before what is quoted.
        A word that is also an everyday one counts beside another skill of its field.
        """
        main = main_of(question)
        own, quoted = _apart(prose)
        post = _Post(self, title, own, keywords)
        sure = post.sure | {subject.skill_id for subject in main}
        best: dict[int, Subject] = {}
        about = post.chosen(sure, [subject.skill_id for subject in main])
        for skill_id in about:
            reason = post.reason(skill_id)
            best[skill_id] = Subject(skill_id, RELEVANCE[reason], reason)
        for match in self.detector.find(Passage(quoted)) if quoted else ():
            helps = self.fields.share
            if match.is_sure and any(helps(match.skill_id, one) for one in about):
                _keep(best, Subject(match.skill_id, RELEVANCE["quote"], "quote"))
        for subject in main:
            lent = subject.relevance * OF_THE_QUESTION // 100
            _keep(best, Subject(subject.skill_id, lent, "question"))
        ordered = sorted(best.values(), key=lambda one: (-one.relevance, one.skill_id))
        return ordered[:MOST_SKILLS]

    def unknown(self, keywords: Iterable[str]) -> list[str]:
        """Of these keywords those that name no skill, as they are written."""
        return [keyword for keyword in keywords if not self._knows(keyword)]

    def _knows(self, keyword: str) -> bool:
        detector = self.detector
        return detector.means(keyword) is not None or bool(detector.find(Passage(keyword)))


class _Post:
    """A post's own words, as they are weighed."""

    def __init__(self, reader: Reader, title: str, body: str, keywords: Iterable[str]) -> None:
        self._reader = reader
        detector = reader.detector
        self._keywords: set[int] = set()
        written: list[tuple[Passage, Place]] = [(Passage(title), "title"), (Passage(body), "body")]
        for keyword in keywords:
            if whole := detector.means(keyword):
                self._keywords.add(whole.skill_id)
            else:
                written.append((Passage(keyword), "part"))
        self._read = [(one, place, detector.find(one)) for one, place in written]
        self._body = written[1][0]

    @property
    def sure(self) -> set[int]:
        """The skills that it names beyond doubt."""
        named = {m.skill_id for _, _, matches in self._read for m in matches if m.is_sure}
        return named | self._keywords

    def chosen(self, sure: Collection[int], question: Iterable[int]) -> set[int]:
        """The skills that it is about."""
        reader = self._reader
        in_title = len(self._read[0][0].words)
        words = in_title + len(self._body.words)
        weighing = Weighing(reader.fields, words=words, has_title=in_title > 0)
        for skill_id in self._keywords:
            weighing.add_keyword(skill_id)
        for passage, place, matches in self._read:
            for match in matches:
                is_sure = match.is_sure or self._has_company(match, sure)
                weighing.add_match(match, place, is_sure=is_sure)
            weighing.add_clues(reader.detector.clues(passage), matches, place)
        return weighing.chosen(question)

    def reason(self, skill_id: int) -> Reason:
        """Where it names or speaks of the skill."""
        if skill_id in self._keywords:
            return "keyword"
        places = [
            (place, match.position)
            for _, place, matches in self._read
            for match in matches
            if match.skill_id == skill_id
        ]
        if any(place == "title" for place, _ in places):
            return "title"
        said = [position for place, position in places if place == "body"]
        is_passing = len(said) == 1 and said[0] >= EARLY and len(self._body.words) > SHORT
        return "passing" if is_passing else "body"

    def _has_company(self, match: Match, sure: Collection[int]) -> bool:
        if match.needs == "nothing helps":
            return False
        fields = self._reader.fields
        helps = fields.share if match.needs == "field" else fields.are_near
        return any(helps(match.skill_id, one) for one in sure)


def main_of(subjects: Sequence[Subject]) -> list[Subject]:
    """What a post is mainly about: at most three."""
    return [one for one in subjects if one.relevance >= LEAST_MAIN][:MOST_MAIN]


def _apart(prose: str) -> tuple[str, str]:
    """A post's own words, and those that it quotes."""
    lines = prose.split("\n")
    own = "\n".join(line for line in lines if not line.startswith("> "))
    return own, "\n".join(line[2:] for line in lines if line.startswith("> "))


def _keep(best: dict[int, Subject], subject: Subject) -> None:
    known = best.get(subject.skill_id)
    if known is None or known.relevance < subject.relevance:
        best[subject.skill_id] = subject
