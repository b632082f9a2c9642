"""The tables of nDCG@10 by method, and of fakes by attack."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import numpy as np

from bench.attribution.attacks import AGAINST_READERS, AGAINST_US, FOREIGN, PAPER, WRITING, Attack
from bench.attribution.communities import (
    DAY,
    Known,
    Query,
    queries_of,
    read_community,
)
from bench.attribution.gaming import DEFENCES, OTHER_GUARDS, SEEDS, Found, fakes_of
from bench.attribution.methods import Scorer, by_methods, by_trust
from bench.attribution.metrics import interval, ndcg
from bench.attribution.voters import with_voters
from services.skills import rules

# The larger set at one split, the smaller ones at rolling origins with weaker demands.
LARGE, ORIGINS = 5 / 7, (0.4, 0.5, 0.6, 0.7, 0.8)
SMALL = {"candidates": 5, "winners": 2}
Values = Mapping[str, Sequence[float]]


def tell_travel(data: Path) -> None:
    """At one split; what needs to know who liked is the mean of three draws of voters."""
    plain = read_community("travel", data)
    drawn = [with_voters(plain, data, seed=seed) for seed in SEEDS]
    known, *named = (Known.before(one, one.split(LARGE)) for one in (plain, *drawn))
    scorers, by_draw = by_methods(known), [by_trust(one) for one in named]
    for title, queries in (
        ("", queries_of(known)),
        (", who wrote at most two answers", queries_of(known, winners=2, most_answers=2)),
    ):
        values = measure(queries, scorers)
        draws = [measure(queries, trusting) for trusting in by_draw]
        for name in draws[0]:
            values[name] = np.mean([draw[name] for draw in draws], axis=0).tolist()
            means = " ".join(f"{np.mean(draw[name]):.3f}" for draw in draws)
            click.echo(f"{name}: {means} by draw of voters")
        _tell(f"travel, split at 5/7{title}", values)


def tell_small(name: str, data: Path) -> None:
    """At rolling origins; with trust where the data say who liked."""
    community = read_community(name, data)
    is_named = any(vote.voter is not None for vote in community.votes if vote.kind == "up")
    values: dict[str, list[float]] = defaultdict(list)
    active = []
    for share in ORIGINS:
        known = Known.before(community, community.split(share))
        active.append(active_at(known))
        scorers = by_methods(known) | (by_trust(known) if is_named else {})
        for method, found in measure(queries_of(known, **SMALL), scorers).items():
            values[method] += found
    by_rule = sum(number >= rules.MEMBERS_FOR_TRUST for number in active)
    click.echo(f"\n{name}: {active} active members; trust by the rule at {by_rule} of 5 origins")
    _tell(f"{name}, rolling origins", values)


def active_at(known: Known) -> int:
    """Who posted or liked within 90 days."""
    since = known.until - rules.ACTIVE_DAYS * DAY
    acts = {post.author for post in (*known.answers, *known.questions) if post.at >= since}
    return len(acts | {vote.voter for vote in known.votes if vote.voter and vote.at >= since})


def measure(queries: Sequence[Query], scorers: Mapping[str, Scorer]) -> dict[str, list[float]]:
    """nDCG@10 of each query, by method."""
    return {
        name: [ndcg(query, scores(query.skill)) for query in queries]
        for name, scores in scorers.items()
    }


def tell_attacks(data: Path) -> None:
    """Fakes among the first ten: mean of three draws, and each draw of ours."""
    groups = (
        ("the paper's attacks", PAPER, [*DEFENCES]),
        ("writing without likes", WRITING, [*DEFENCES]),
        ("written against ours", AGAINST_US, [*DEFENCES]),
        ("of full standing", FOREIGN, [*DEFENCES, *OTHER_GUARDS]),
        ("written against readers", AGAINST_READERS, [*DEFENCES, *OTHER_GUARDS]),
    )
    for title, attacks, defences in groups:
        _tell_fakes(title, attacks, defences, fakes_of(data, attacks, defences))


def _tell_fakes(
    title: str, attacks: Sequence[Attack], defences: Sequence[str], draws: Sequence[Found]
) -> None:
    click.echo(f"\n### fakes in the first ten, {title}: mean of {len(draws)} draws\n")
    click.echo(f"| attack | {' | '.join(defences)} |")
    click.echo("|---|" + "---|" * len(defences))
    for attack in attacks:
        row = [np.mean([draw[attack, one] for draw in draws]) for one in defences]
        told = " | ".join(f"{number:.2f}" for number in row)
        click.echo(f"| {attack.name}, {attack.size} | {told} |")
    by_draw = [
        [float(np.mean([draw[attack, one] for attack in attacks])) for draw in draws]
        for one in defences
    ]
    told = " | ".join(
        f"**{np.mean(row):.2f}** ({' '.join(f'{number:.2f}' for number in row)})" for row in by_draw
    )
    click.echo(f"| **mean** (by draw) | {told} |")


def _tell(title: str, values: Values) -> None:
    ours = values["Skiller"]
    click.echo(f"\n### {title}: {len(ours)} queries\n")
    click.echo("| method | nDCG@10 | 95 % | Skiller's gain | 95 % |")
    click.echo("|---|---|---|---|---|")
    for name, found in values.items():
        mean, low, high = interval(found)
        gains = [mine - theirs for mine, theirs in zip(ours, found, strict=True)]
        gain, least, most = interval(gains)
        told = "" if name == "Skiller" else f"{gain:+.3f} | [{least:+.3f}, {most:+.3f}]"
        click.echo(f"| {name} | {mean:.3f} | [{low:.3f}, {high:.3f}] | {told or ' | '} |")
