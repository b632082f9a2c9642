"""Orders of the candidates of a skill: ours by `services.skills.rules`, and published ones.

Each takes what is known and returns a function from a skill to scores by member.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import combinations

import numpy as np

from bench.attribution.communities import DAY, Known, Post
from services.skills import rules

DAMPING = 0.85
Scores = Mapping[int, float]
Method = Callable[[Known], Callable[[str], Scores]]


def ours(known: Known) -> Callable[[str], Scores]:
    """Order Kb as the service ranks experts, with standing one for all.

    The data's skills are taken as given, with relevance 1; a vote is a voice where the data do
    not say whose it is, and an accept one more.
    """
    moment = _moment(known.until)
    voices = _voices(known)
    parts: dict[tuple[int, str], list[rules.Fortnight]] = defaultdict(list)
    for post in (*known.answers, *known.questions):
        share = rules.share_of(100, len(post.skills)) if post.skills else 0
        support = rules.FULL_VOICE * voices[post.id]
        number = rules.fortnight_of(_moment(post.at), moment)
        kind = "answer" if post.is_answer else "question"
        for skill in post.skills:
            part = rules.contribution_of(kind, support, share, number)
            parts[post.author, skill].append(part)
    order = {key: _order(found, moment) for key, found in parts.items()}
    related = _related(known)
    last = _last_posts(known)

    def of(skill: str) -> Scores:
        return {
            member: (
                order[member, skill]
                + sum(share * order.get((member, o), 0.0) for o, share in related[skill].items())
            )
            * rules.recency_of(_moment(last[member]), moment)
            for member in known.answered[skill]
        }

    return of


def _order(parts: list[rules.Fortnight], moment: datetime) -> float:
    by_number: dict[int, list[rules.Fortnight]] = defaultdict(list)
    for part in parts:
        by_number[part.number].append(part)
    summed = [
        rules.Fortnight(
            number,
            backed=sum(one.backed for one in found),
            asked=sum(one.asked for one in found),
            unbacked=sum(one.unbacked for one in found),
        )
        for number, found in sorted(by_number.items())
    ]
    return rules.order_at(rules.sum_up(summed).order, moment)


def _voices(known: Known) -> Counter[int]:
    """Distinct voices by post, without the author's own, and accepts."""
    heard: Counter[int] = Counter()
    named: dict[int, set[int]] = defaultdict(set)
    for vote in known.votes:
        author = known.community.posts[vote.post].author
        if vote.kind == "up" and vote.voter is not None:
            named[vote.post] |= {vote.voter} - {author}
        elif vote.kind in ("up", "accept"):
            heard[vote.post] += 1
    for post, voters in named.items():
        heard[post] += len(voters)
    return heard


def _related(known: Known) -> dict[str, dict[str, float]]:
    """The ten closest skills of each, by the questions about both."""
    singles: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for post in known.questions:
        singles.update(set(post.skills))
        pairs.update(combinations(sorted(set(post.skills)), 2))
    near: dict[str, dict[str, float]] = defaultdict(dict)
    for (one, other), together in pairs.items():
        share = rules.similarity(together, singles[one], singles[other])
        if share:
            near[one][other] = near[other][one] = share
    return defaultdict(
        dict,
        {
            skill: dict(sorted(of.items(), key=lambda kv: (-kv[1], kv[0]))[: rules.MOST_RELATED])
            for skill, of in near.items()
        },
    )


def _last_posts(known: Known) -> dict[int, int]:
    last: dict[int, int] = {}
    for post in (*known.answers, *known.questions):
        last[post.author] = max(last.get(post.author, 0), post.at)
    return last


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
    related = _related(known)
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


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


METHODS: Mapping[str, Method] = {
    "answer count": answer_count,
    "raw likes": raw_likes,
    "likes a post": likes_a_post,
    "ExpertiseRank": expertise_rank,
    "TSPR": topic_sensitive,
    "activity, faded, related": activity,
    "Skiller": ours,
}
