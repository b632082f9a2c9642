"""What a post is about: the skills that it names, each with how much and why."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from services.skills.detection.detector import Detector, Match

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
EARLY, SHORT = 25, 60  # words: what is named before, or in a text as short, is no passing word


@dataclass(frozen=True, slots=True)
class Subject:
    """A skill of a post; `relevance` in hundredths."""

    skill_id: int
    relevance: int
    reason: Reason


@dataclass(frozen=True)
class Fields:
    """Which skills are of one field: by category, or as broader and related ones."""

    categories: Mapping[int, str] = field(default_factory=dict)
    kin: Mapping[int, Collection[int]] = field(default_factory=dict)

    def share(self, one: int, other: int) -> bool:
        """Whether two different skills are of one field."""
        categories = self.categories
        is_same = one != other and one in categories and categories[one] == categories.get(other)
        return is_same or self.are_near(one, other)

    def are_near(self, one: int, other: int) -> bool:
        """Whether one of them is broader than the other, or related."""
        return one in self.kin.get(other, ()) or other in self.kin.get(one, ())


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
        found = [
            *_places(self._of_keywords(keywords), "keyword"),
            *_places(self.detector.find(title), "title"),
            *self._of_prose(prose),
        ]
        sure = {match.skill_id for match, _ in found if match.is_sure}
        sure |= {subject.skill_id for subject in main}
        best: dict[int, Subject] = {}
        for match, reason in found:
            if match.is_sure or self._has_what_it_needs(match, sure):
                _keep(best, Subject(match.skill_id, RELEVANCE[reason], reason))
        for subject in main:
            lent = subject.relevance * OF_THE_QUESTION // 100
            _keep(best, Subject(subject.skill_id, lent, "question"))
        ordered = sorted(best.values(), key=lambda one: (-one.relevance, one.skill_id))
        return ordered[:MOST_SKILLS]

    def unknown(self, keywords: Iterable[str]) -> list[str]:
        """Of these keywords those that name no skill, as they are written."""
        return [keyword for keyword in keywords if not self._of_keywords([keyword])]

    def _has_what_it_needs(self, match: Match, sure: Collection[int]) -> bool:
        if match.needs == "nothing helps":
            return False
        helps = self.fields.share if match.needs == "field" else self.fields.are_near
        return any(helps(match.skill_id, one) for one in sure)

    def _of_keywords(self, keywords: Iterable[str]) -> list[Match]:
        """A keyword is its author's choice: nothing in it is an everyday word."""
        found = []
        for keyword in keywords:
            whole = self.detector.means(keyword)
            ids = [whole.skill_id] if whole else [m.skill_id for m in self.detector.find(keyword)]
            found += [Match(skill_id, 0, is_sure=True) for skill_id in ids]
        return found

    def _of_prose(self, prose: str) -> list[tuple[Match, Reason]]:
        lines = prose.split("\n")
        quoted = "\n".join(line[2:] for line in lines if line.startswith("> "))
        own = "\n".join(line for line in lines if not line.startswith("> "))
        matches = self.detector.find(own)
        is_short = own.count(" ") < SHORT
        times = Counter(match.skill_id for match in matches)

        def reason(match: Match) -> Reason:
            is_meant = is_short or match.position < EARLY or times[match.skill_id] > 1
            return "body" if is_meant else "passing"

        said = [(match, reason(match)) for match in matches]
        return [*said, *_places(self.detector.find(quoted), "quote")]


def main_of(subjects: Sequence[Subject]) -> list[Subject]:
    """What a post is mainly about: at most three."""
    return [one for one in subjects if one.relevance >= LEAST_MAIN][:MOST_MAIN]


def _places(matches: Iterable[Match], reason: Reason) -> list[tuple[Match, Reason]]:
    return [(match, reason) for match in matches]


def _keep(best: dict[int, Subject], subject: Subject) -> None:
    known = best.get(subject.skill_id)
    if known is None or known.relevance < subject.relevance:
        best[subject.skill_id] = subject
