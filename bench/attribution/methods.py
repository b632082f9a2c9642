"""Published orders of the candidates of a skill, and ours beside them.

Each takes what is known and returns a function from a skill to scores by member.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from bench.attribution import skiller
from bench.attribution.communities import DAY, Known, Post
from bench.attribution.guards import GUARDS, Night
from bench.attribution.skiller import Scores, related_of
from bench.attribution.society import Society

DAMPING = 0.85
Scorer = Callable[[str], Scores]
Method = Callable[[Known], Scorer]


def _by_answers(score: Callable[[Known, list[Post]], float]) -> Method:
    def method(known: Known) -> Callable[[str], Scores]:
        return lambda skill: {
            member: score(known, written) for member, written in known.answered[skill].items()
        }

    return method


answer_count = _by_answers(lambda _, written: len(written))
raw_likes = _by_answers(lambda known, written: sum(known.up[one.id] for one in written))
likes_a_post = _by_answers(
    lambda known, written: sum(known.up[one.id] for one in written) / len(written)
)


def activity(known: Known) -> Callable[[str], Scores]:
    """Answers with our decay (270 days) and relatedness, likes left out."""
    related = related_of(known)
    faded: dict[tuple[int, str], float] = defaultdict(float)
    for post in known.answers:
        for skill in post.skills:
            faded[post.author, skill] += 2 ** (-(known.until - post.at) / DAY / 270)

    def of(skill: str) -> Scores:
        return {
            member: faded[member, skill]
            + sum(0.35 * by * faded.get((member, o), 0.0) for o, by in related[skill].items())
            for member in known.answered[skill]
        }

    return of


def _edges(known: Known, skill: str | None = None) -> Counter[tuple[int, int]]:
    """How often one answered another's question: asker to answerer."""
    found: Counter[tuple[int, int]] = Counter()
    for post in known.answers:
        question = known.community.posts.get(post.parent)
        if question is None or question.author == post.author:
            continue
        if skill is None or skill in post.skills:
            found[question.author, post.author] += 1
    return found


def _flow(
    edges: Mapping[tuple[int, int], int], teleport: Mapping[int, float] | None, rounds: int
) -> dict[int, float]:
    """PageRank."""
    if not edges:
        return {}
    names = sorted({one for edge in edges for one in edge})
    place = {name: number for number, name in enumerate(names)}
    size = len(names)
    source = np.array([place[one] for one, _ in edges])
    target = np.array([place[other] for _, other in edges])
    weight = np.array([float(count) for count in edges.values()])
    out = np.bincount(source, weight, size)
    start = np.full(size, 1 / size)
    if teleport is not None:
        start = np.array([teleport.get(name, 0.0) for name in names])
        if not start.sum():
            return {}
    # Sums in this order: equal members must come out equal in the last bit, or be no tie.
    start = start / start.sum()
    rank, share, dangling = start.copy(), weight / out[source], out == 0
    for _ in range(rounds):
        passed = np.bincount(target, rank[source] * share, size)
        rank = (1 - DAMPING) * start + DAMPING * (passed + rank[dangling].sum() * start)
    return dict(zip(names, rank.tolist(), strict=True))


def expertise_rank(known: Known) -> Callable[[str], Scores]:
    """Zhang 2007: PageRank from askers to answerers, for each skill."""
    by_skill: dict[str, Counter[tuple[int, int]]] = defaultdict(Counter)
    for post in known.answers:
        question = known.community.posts.get(post.parent)
        if question is not None and question.author != post.author:
            for skill in post.skills:
                by_skill[skill][question.author, post.author] += 1
    return lambda skill: _flow(by_skill[skill], None, 60)


def topic_sensitive(known: Known) -> Callable[[str], Scores]:
    """TSPR: one graph, teleporting to who writes about the skill."""
    edges = _edges(known)

    def of(skill: str) -> Scores:
        teleport: Counter[int] = Counter()
        for written in (known.answered.get(skill, {}), known.asked.get(skill, {})):
            for member, posts in written.items():
                teleport[member] += len(posts)
        return _flow(edges, teleport, 25)

    return of


METHODS: dict[str, Method] = {
    "answer count": answer_count,
    "raw likes": raw_likes,
    "likes a post": likes_a_post,
    "ExpertiseRank": expertise_rank,
    "TSPR": topic_sensitive,
    "activity, faded, related": activity,
    "Skiller": skiller.untrusting,
}


def by_methods(known: Known) -> dict[str, Scorer]:
    """Of each method what it says of a skill."""
    return {name: method(known) for name, method in METHODS.items()}


def by_trust(known: Known) -> dict[str, Scorer]:
    """The same of ours with trust, and of the guards: these need to know who liked."""
    night = Night(known, Society.of(known))
    guarded = {name: partial(night.rank, guard=guard) for name, guard in GUARDS.items()}
    return {
        "Skiller, trust": night.skiller.rank,
        **{f"trust, {name}": scorer for name, scorer in guarded.items()},
    }
