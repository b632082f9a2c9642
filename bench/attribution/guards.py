"""What was tried against members of standing who help each other in a skill foreign to them.

Each guard says what remains, from 0 to 1, of a member's own evidence in a skill; what related
skills lend and standing stay as they are (docs/attribution.md, section 7).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bench.attribution.communities import Known
from bench.attribution.skiller import Scores, trusted
from bench.attribution.society import Society
from services.skills import rules, trust

# Of the flow into a skill: who gets half as much as the tenth keeps all.
PLACE, FULL_SHARE = 10, 0.5


@dataclass(frozen=True)
class Liked:
    """Likes of answers in a skill: of each liker whose voice is not the author's, by author."""

    society: Society
    standings: trust.Standings
    likers: Mapping[int, Collection[int]]

    @classmethod
    def of(cls, known: Known, society: Society, standings: trust.Standings, skill: str) -> "Liked":
        """Members are numbers."""
        written = known.answered.get(skill, {})
        posts = [post.id for of in written.values() for post in of]
        is_here = np.isin(society.posts, posts)
        authors, likers = society.authors[is_here], society.likers[is_here]
        is_others = standings.voices[authors] != standings.voices[likers]
        found: dict[int, set[int]] = defaultdict(set)
        for author, liker in zip(
            authors[is_others].tolist(), likers[is_others].tolist(), strict=True
        ):
            found[author].add(liker)
        return cls(society, standings, found)

    @cached_property
    def inflow(self) -> Mapping[int, float]:
        """What each gets of its voices' standing, which they share out over all whom they like."""
        return {
            author: sum(
                float(self.standings.thousandths[voice]) / self._liked_by[voice]
                for voice in self.voices(likers)
            )
            for author, likers in self.likers.items()
        }

    @cached_property
    def anchor(self) -> float:
        """What the tenth gets, or the last."""
        most = sorted(self.inflow.values(), reverse=True)[:PLACE]
        return max(most[-1], 1e-9) if most else 1.0

    @cached_property
    def _liked_by(self) -> Counter[int]:
        voices = self.standings.voices[self.society.likers]
        size = len(self.society.sponsors)
        pairs = np.unique(voices * size + self.society.authors)
        return Counter((pairs // size).tolist())

    def weight(self, voices: Collection[int]) -> float:
        """What they count, in hundredths."""
        return float(sum(rules.weight_of(int(self.standings.thousandths[v])) for v in voices))

    def voices(self, likers: Collection[int]) -> set[int]:
        """Whose voices they are."""
        return {int(self.standings.voices[one]) for one in likers}


Guard = Callable[[Liked, int], float]


def readers(liked: Liked, author: int) -> float:
    """Independent is who likes in the skill and is not liked there: they win nothing by it."""
    return _kept(liked, author, lambda liker: liker in liked.likers)


def not_mutual(liked: Liked, author: int) -> float:
    """Independent is whom the author does not like back in the skill."""
    return _kept(liked, author, lambda liker: author in liked.likers.get(liker, ()))


def not_in_two_steps(liked: Liked, author: int) -> float:
    """Independent is whom neither the author likes nor anybody whom the author likes."""
    return _kept(liked, author, lambda liker: _comes_back(liked, author, liker))


def flow_in_skill(liked: Liked, author: int) -> float:
    """No guard of likers, but trust by skill: what standing flows in by likes of it."""
    return min(1.0, liked.inflow.get(author, 0.0) / (FULL_SHARE * liked.anchor))


GUARDS: Mapping[str, Guard] = {
    "readers": readers,
    "flow in the skill": flow_in_skill,
    "not mutual": not_mutual,
    "not in two steps": not_in_two_steps,
}


class Night:
    """A community as a night leaves it, its skills' members in order with a guard or without."""

    def __init__(self, known: Known, society: Society) -> None:
        self.known, self.society = known, society
        self.standings = society.standings()
        self.skiller = trusted(known, society, self.standings)
        self._liked: dict[str, Liked] = {}

    def rank(self, skill: str, guard: Guard) -> Scores:
        """The place of each who answered in it."""
        return self.skiller.rank(skill, self.kept(skill, guard))

    def kept(self, skill: str, guard: Guard) -> Mapping[int, float]:
        """What the guard leaves of each member's evidence."""
        if skill not in self._liked:
            self._liked[skill] = Liked.of(self.known, self.society, self.standings, skill)
        liked = self._liked[skill]
        number = self.society.number
        return {member: guard(liked, number[member]) for member in self.known.answered[skill]}


def _kept(liked: Liked, author: int, is_dependent: Callable[[int], bool]) -> float:
    """A voice is as dependent as any whose voice it is."""
    likers = liked.likers.get(author, ())
    dependent = liked.voices([one for one in likers if is_dependent(one)])
    everybody = liked.voices(likers)
    total = liked.weight(everybody)
    if not total:
        return 1.0
    independent = liked.weight(everybody - dependent)
    return rules.kept_of(round(independent), round(total)) / rules.FULL_KEPT


def _comes_back(liked: Liked, author: int, liker: int) -> bool:
    backers = liked.likers.get(liker, ())
    if author in backers:
        return True
    return any(author in liked.likers.get(one, ()) for one in backers)
