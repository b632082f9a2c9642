"""How many of the first ten are fakes, by attack and method."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.random import Generator, default_rng

from bench.attribution.attacks import Attack, Honest, plot
from bench.attribution.communities import Known, queries_of, read_community
from bench.attribution.guards import GUARDS, Night, readers
from bench.attribution.methods import raw_likes, topic_sensitive
from bench.attribution.metrics import FIRST, ranked
from bench.attribution.skiller import Scores, Skiller
from bench.attribution.voters import with_voters

SPLIT = 0.5
SEEDS = (4242, 4243, 4244)
OF_EACH_SIZE = 5  # skills
NICHE, LARGE = 60, 200  # candidates: fewer, and at least

Defence = Callable[[Night, str], Scores]
Found = Mapping[tuple[Attack, str], float]


def untrusting(night: Night, skill: str) -> Scores:
    """Standing one for all, each their own voice."""
    support = night.society.support(night.society.alone())
    return Skiller(night.known, support).rank(skill)


DEFENCES: dict[str, Defence] = {
    "raw likes": lambda night, skill: raw_likes(night.known)(skill),
    "TSPR": lambda night, skill: topic_sensitive(night.known)(skill),
    "Skiller": untrusting,
    "Skiller, trust": lambda night, skill: night.skiller.rank(skill),
    "trust, readers": lambda night, skill: night.rank(skill, readers),
}
# Compared with the one above on what they were made for.
OTHER_GUARDS: dict[str, Defence] = {
    f"trust, {name}": partial(Night.rank, guard=guard)
    for name, guard in GUARDS.items()
    if guard is not readers
}


@dataclass(frozen=True)
class Task:
    """Some attacks on one skill of one draw."""

    data: Path
    seed: int
    place: int
    attacks: Sequence[Attack]
    defences: Sequence[str]


def fakes_of(
    data: Path, attacks: Sequence[Attack], defences: Sequence[str], *, seeds: Sequence[int] = SEEDS
) -> Sequence[Found]:
    """Of each draw, the mean over its skills of the fakes in the first ten."""
    skills = range(3 * OF_EACH_SIZE)
    # All of a draw one after another, so that each process reads it once.
    tasks = [Task(data, seed, place, attacks, defences) for seed in seeds for place in skills]
    with ProcessPoolExecutor(max_workers=2) as pool:
        done = list(pool.map(fakes_in, tasks))
    draws = []
    for seed in seeds:
        rows = [found for task, found in zip(tasks, done, strict=True) if task.seed == seed]
        draws.append({key: float(np.mean([row[key] for row in rows])) for key in rows[0]})
    return draws


def fakes_in(task: Task) -> Mapping[tuple[Attack, str], int]:
    """How many fakes come among the first ten of a skill, by attack and method."""
    honest, skills = _draw(task.data, task.seed)
    skill = skills[task.place]
    found: dict[tuple[Attack, str], int] = {}
    for attack in task.attacks:
        # By name, so that a further attack changes no other.
        name = f"{attack.name} {attack.size} {skill}".encode()
        made = plot(attack, honest, skill, default_rng([task.seed, *name]))
        night = Night(*made.carried_out(honest))
        for defence in task.defences:
            scores = (DEFENCES | OTHER_GUARDS)[defence](night, skill)
            first = ranked(list(night.known.answered[skill]), scores)[:FIRST]
            found[attack, defence] = len(set(first) & set(made.fakes))
    return found


@lru_cache(maxsize=1)
def _draw(data: Path, seed: int) -> tuple[Honest, Sequence[str]]:
    """A draw of who voted, and of the skills attacked: five niche ones, five larger, five large."""
    community = with_voters(read_community("travel", data), data, seed=seed)
    known = Known.before(community, community.split(SPLIT))
    return Honest.of(known), targets(known, default_rng(seed))


def targets(known: Known, random: Generator) -> Sequence[str]:
    """Of each size as many."""
    sizes: dict[int, list[str]] = defaultdict(list)
    for query in queries_of(known):
        size = len(query.candidates)
        sizes[(size >= NICHE) + (size >= LARGE)].append(query.skill)
    return [skill for _, skills in sorted(sizes.items()) for skill in _some(skills, random)]


def _some(skills: Sequence[str], random: Generator) -> Iterable[str]:
    return [skills[place] for place in random.permutation(len(skills))[:OF_EACH_SIZE]]
