"""How much a text says of each skill, and which of them it is about.

Points of evidence, and what they are held against, were fitted to labelled posts by logistic
regression and rounded (docs/attribution.md, section 4). Whole numbers, so that the same text
gives the same skills whatever the order.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import msgspec

from services.skills.detection.detector import Clue, Match

# Categories that are one field to their readers: R, Go and PostgreSQL.
TOOLS = ("software", "infrastructure", "security", "data")
# What speaks of a skill: its term as a keyword, in the title and in the body, in a part of a
# keyword; more of a phrase; its term where that may mean something else; words that are clues.
NAMED, PHRASE, UNSURE, MOST_OF_CLUES = 200, 100, 100, 600
# A skill is weighed that has as much; by clues alone only if they are several (two, of which
# two everyday ones are one), and more.
LEAST_HEARD, LEAST_WEIGHED, LEAST_CLUES, LEAST_OF_CLUES, MOST_COUNTED = 100, 200, 4, 220, 800
# What is added: a part of its strongest neighbour, and of its field in the text; what is taken
# away: a part of the strongest of the others, for each that is stronger, and in a post whose
# title says nothing of it; what must be left.
NEAR_PART, MOST_NEAR, FIELD_PART, MOST_FIELD, OTHER_PART = 3, 400, 5, 600, 2
STRONGER, MOST_STRONGER, NOT_IN_TITLE, NEEDED = 40, 4, 135, 100
LEAST_SHARE = 90  # percent of the strongest's points, for a skill that is not named beyond doubt
SHORT = 60  # words: in a longer text each clue says less
BRIEF = 15  # words: a text as brief names nothing in passing


@dataclass(frozen=True)
class Fields:
    """Which skills are of one field: by category, or as broader and related ones."""

    categories: Mapping[int, str] = field(default_factory=dict)
    kin: Mapping[int, Collection[int]] = field(default_factory=dict)

    def field_of(self, skill_id: int) -> str:
        """The category; those of tools are one."""
        category = self.categories.get(skill_id, "")
        return TOOLS[0] if category in TOOLS else category

    @cached_property
    def _near(self) -> Mapping[int, Collection[int]]:
        near: dict[int, set[int]] = defaultdict(set)
        for one, others in self.kin.items():
            for other in others:
                near[one].add(other)
                near[other].add(one)
        return near

    def near(self, skill_id: int) -> Collection[int]:
        """The skills that are broader, narrower or related."""
        return self._near.get(skill_id, ())

    def share(self, one: int, other: int) -> bool:
        """Whether two different skills are of one field."""
        its = self.field_of(one)
        is_same = one != other and its != "" and its == self.field_of(other)
        return is_same or self.are_near(one, other)

    def are_near(self, one: int, other: int) -> bool:
        """Whether one of them is broader than the other, or related."""
        return other in self.near(one)


Place = Literal["title", "body", "part"]


class Named(msgspec.Struct):
    """Where a text names a skill."""

    is_keyword: bool = False
    is_in_title: bool = False
    is_in_body: bool = False
    is_part: bool = False
    is_phrase: bool = False
    is_unsure: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether it is more than a word that may mean something else."""
        return self.is_keyword or self.is_in_title or self.is_in_body or self.is_part

    @property
    def points(self) -> int:
        """What that proves."""
        places = NAMED * (self.is_in_title + self.is_in_body) or NAMED * self.is_part
        return NAMED * self.is_keyword + places + PHRASE * self.is_phrase + UNSURE * self.is_unsure


class Weighing:
    """The evidence of one text, as it is gathered; `words` is how many it has."""

    def __init__(self, fields: Fields, *, words: int, has_title: bool) -> None:
        self._fields, self._has_title, self._words = fields, has_title, words
        self._named: dict[int, Named] = defaultdict(Named)
        self._clues: dict[int, int] = defaultdict(int)
        self._clue_counts: dict[int, int] = defaultdict(int)
        self._families: set[str] = set()
        self._in_title: set[int] = set()

    def add_keyword(self, skill_id: int) -> None:
        """Count what its author chose."""
        self._named[skill_id].is_keyword = True

    def add_match(self, match: Match, place: Place, *, is_sure: bool) -> None:
        """Count a term; what by its capital or for want of one means else counts for nothing."""
        if not is_sure and match.needs in ("capital", "nothing helps"):
            return
        named = self._named[match.skill_id]
        if not is_sure:
            named.is_unsure = True
        elif place == "title":
            named.is_in_title = True
        elif place == "body":
            named.is_in_body = True
        else:
            named.is_part = True
        named.is_phrase |= is_sure and match.size > 1
        if place == "title":
            self._in_title.add(match.skill_id)

    def add_clues(self, clues: Iterable[Clue], terms: Iterable[Match], place: Place) -> None:
        """Count words that speak of skills, but for a skill those of the terms that name it."""
        owners = {
            at: term.skill_id
            for term in terms
            for at in range(term.position, term.position + term.size)
        }
        points_of, counts = self._clues, self._clue_counts
        for clue in clues:
            if clue.family in self._families:
                continue
            self._families.add(clue.family)
            owner = owners.get(clue.position)
            for skill_id, points, count in clue.skills:
                if skill_id != owner:
                    points_of[skill_id] += points
                    counts[skill_id] += count
            if place == "title":
                self._in_title.update(skill_id for skill_id, *_ in clue.skills)

    def chosen(self, question: Iterable[int] = ()) -> set[int]:
        """The skills that the text is about; `question` are those of what it answers."""
        heard = {one: self._of_clues(n) for one, n in self._clues.items() if n >= LEAST_HEARD}
        for one, named in self._named.items():
            heard[one] = named.points + self._of_clues(self._clues.get(one, 0))
        heard = {one: n for one, n in heard.items() if n >= LEAST_HEARD}
        rivals = Rivals(self._fields, heard, question)
        return {
            one
            for one, n in heard.items()
            if self._is_surely_meant(one)
            or (self._is_weighed(one, n, rivals) and self._balance(one, n, rivals) >= NEEDED)
        }

    def _of_clues(self, points: int) -> int:
        return min(points * SHORT // max(self._words, SHORT), MOST_OF_CLUES)

    def _is_surely_meant(self, skill_id: int) -> bool:
        named = self._named.get(skill_id)
        return named is not None and (named.is_keyword or (named.is_sure and self._words <= BRIEF))

    def _is_weighed(self, skill_id: int, points: int, rivals: "Rivals") -> bool:
        if skill_id in self._named and self._named[skill_id].is_sure:
            return points >= LEAST_WEIGHED
        is_heard = points >= LEAST_OF_CLUES and self._clue_counts[skill_id] >= LEAST_CLUES
        return is_heard and points * 100 >= rivals.strongest * LEAST_SHARE

    def _balance(self, skill_id: int, points: int, rivals: "Rivals") -> int:
        is_elsewhere = self._has_title and skill_id not in self._in_title
        return (
            min(points, MOST_COUNTED)
            + rivals.near(skill_id) // NEAR_PART
            + rivals.field(skill_id, points) // FIELD_PART
            - rivals.strongest_but(points) // OTHER_PART
            - STRONGER * rivals.count_stronger(points)
            - NOT_IN_TITLE * is_elsewhere
        )


class Rivals:
    """The skills of one text, as each is held against the others."""

    def __init__(self, fields: Fields, heard: Mapping[int, int], question: Iterable[int]) -> None:
        self._fields = fields
        self._near = {**dict.fromkeys(question, MOST_NEAR), **heard}
        self._ranked = sorted(heard.values(), reverse=True)
        self._by_field: dict[str, int] = defaultdict(int)
        for one, n in heard.items():
            if n >= LEAST_WEIGHED:
                self._by_field[fields.field_of(one)] += n

    @property
    def strongest(self) -> int:
        """The points of the strongest of all."""
        return self._ranked[0]

    def near(self, skill_id: int) -> int:
        """The points of its strongest neighbour."""
        near = self._near
        kin = (near[one] for one in self._fields.near(skill_id) if one in near)
        return min(max(kin, default=0), MOST_NEAR)

    def field(self, skill_id: int, points: int) -> int:
        """The points of the others of its field."""
        return min(self._by_field[self._fields.field_of(skill_id)] - points, MOST_FIELD)

    def strongest_but(self, points: int) -> int:
        """The points of the strongest of the others."""
        others = self._ranked[1:] if points == self._ranked[0] else self._ranked
        return min(others[0], MOST_COUNTED) if others else 0

    def count_stronger(self, points: int) -> int:
        """How many are stronger."""
        return min(sum(n > points for n in self._ranked), MOST_STRONGER)
