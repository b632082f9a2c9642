"""What the API says of an imported community, beside what the benchmark says of the same events.

Every list of experts and every member's skills: who is there, in which order, worth how much. Both
fade, so the benchmark is asked for the moment at which the API answered.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

from bench.attribution.accepted import Accepted, Judged
from bench.attribution.outcomes import proofs_of
from services.skills import rules

TOLERANCE = 1e-6  # of what is compared: answers have a moment in whole seconds
PAGE = 50
# A path below /api/v1 → the answer, and when it was given.
Ask = Callable[[str], tuple[Any, datetime]]


class Worth(NamedTuple):
    """What a member holds of a skill."""

    worth: float
    score: float
    level: int


@dataclass
class Comparison:
    """What was compared, and what differs; orders are by skill, the best first."""

    said: dict[str, list[int]] = field(default_factory=dict)
    computed: dict[str, list[int]] = field(default_factory=dict)
    attributions: int = 0
    furthest: float = 0.0  # of worth or score, as a part of it
    differences: list[str] = field(default_factory=list)

    @property
    def places(self) -> int:
        """How many places in lists of experts."""
        return sum(map(len, self.said.values()))

    def weigh(self, what: str, said: Worth | None, computed: Worth | None) -> None:
        """Keep how far two worths are apart, of which one may be missing."""
        self.attributions += 1
        if said is None or computed is None:
            self.differences.append(f"{what}: the API {said}, the benchmark {computed}")
            return
        parts = ((said.worth, computed.worth), (said.score, computed.score))
        apart = max(abs(one - other) / max(one, other, 1e-12) for one, other in parts)
        self.furthest = max(self.furthest, apart)
        if apart > TOLERANCE or said.level != computed.level:
            self.differences.append(f"{what}: the API {said}, the benchmark {computed}")


def compare(accepted: Accepted, ask: Ask) -> Comparison:
    """All members and all skills that are held, as anybody who is signed in sees them."""
    _, moment = ask("/skills?limit=1")
    judged, found = accepted.judge(moment), Comparison()
    known = judged.skiller.known
    skills = known.answered.keys() | known.asked.keys()
    answered: dict[int, list[str]] = defaultdict(list)
    for skill, members in known.answered.items():
        for member in members:
            answered[member].append(skill)
    for number in range(len(accepted.people)):
        _compare_member(accepted, judged, ask, found, number, answered[number])
    for skill in sorted(skills):
        _compare_skill(accepted, judged, ask, found, skill)
    return found


def _compare_member(
    accepted: Accepted,
    judged: Judged,
    ask: Ask,
    found: Comparison,
    number: int,
    skills: Sequence[str],
) -> None:
    """What the member holds: no more and no less, and what it is worth."""
    person = accepted.people[number]
    items, moment = _pages(ask, f"/members/{person.id}/skills")
    said = {item["skill"]["slug"]: _worth(item) for item in items}
    least = rules.LEVELS[0].score - rules.TOLERANCE
    every = {accepted.slugs[one]: _computed(judged, one, number, moment) for one in skills}
    held = {slug: worth for slug, worth in every.items() if worth.worth >= least}
    for slug in sorted(said.keys() | held.keys()):
        found.weigh(f"{person.name} in {slug}", said.get(slug), held.get(slug))


def _compare_skill(
    accepted: Accepted, judged: Judged, ask: Ask, found: Comparison, skill: str
) -> None:
    """Who is listed, in which order, and what each holds."""
    slug, number = accepted.slugs[skill], accepted.number_of()
    items, moment = _pages(ask, f"/skills/{slug}/experts")
    said = [number[UUID(item["member"]["id"])] for item in items]
    ranks = _ranks(judged, skill, moment)
    # Those of one rank by their ids, the latest first, as the service has them.
    computed = sorted(ranks, key=lambda one: (ranks[one], one), reverse=True)
    if not said and not computed:
        return
    found.said[skill], found.computed[skill] = said, computed
    if set(said) != set(computed) or len(said) != len(computed):
        odd = ", ".join(accepted.people[one].name for one in set(said) ^ set(computed))
        found.differences.append(f"{slug}: listed by one alone: {odd or 'nobody, but twice'}")
        return
    for better, worse in pairwise(said):
        if ranks[better] < ranks[worse] - TOLERANCE * abs(ranks[worse]):
            names = (accepted.people[one].name for one in (better, worse))
            found.differences.append(f"{slug}: in another order: {' before '.join(names)}")
    for one, item in zip(said, items, strict=True):
        for held in item["attributions"]:
            what = f"{accepted.people[one].name} among the experts of {slug}"
            found.weigh(what, _worth(held), _computed(judged, skill, one, moment))


def _ranks(judged: Judged, skill: str, moment: datetime) -> Mapping[int, float]:
    """Of those who hold it, or hold what is related: likes of questions alone show nobody."""
    skiller = judged.skiller.at(moment)
    written = skiller.known.answered.get(skill, {}).keys() | skiller.known.asked.get(skill, {})
    kept = {one: judged.kept.get((one, skill), 1.0) for one in written}
    near = (skill, *skiller.related[skill])
    return {
        one: rank
        for one, rank in skiller.holders(skill, kept).items()
        if any(skiller.sums(other, one).answers > 0 for other in near)
    }


def _computed(judged: Judged, skill: str, member: int, moment: datetime) -> Worth:
    """By the benchmark's own code; nothing where the member never answered."""
    if member not in judged.skiller.known.answered.get(skill, {}):
        return Worth(0.0, 0.0, 0)
    proofs = proofs_of(judged.skiller.at(moment), judged.heard, [(member, skill)])
    total = proofs.worth[0].total
    return Worth(total, total * proofs.standing[0].share, int(proofs.levels()[0]))


def _worth(item: Mapping[str, Any]) -> Worth:
    return Worth(item["worth"], item["score"], item["level"])


def _pages(ask: Ask, path: str) -> tuple[list[Any], datetime]:
    """All items, and the moment of the first page, by which lists of experts are ordered."""
    pages = list(_each(ask, path))
    return [item for page, _ in pages for item in page["items"]], pages[0][1]


def _each(ask: Ask, path: str) -> Iterator[tuple[Any, datetime]]:
    page, moment = ask(f"{path}?limit={PAGE}")
    yield page, moment
    while page["next"]:
        page, _ = ask(f"{path}?limit={PAGE}&cursor={page['next']}")
        yield page, moment
