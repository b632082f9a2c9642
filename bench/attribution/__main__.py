"""`python -m bench.attribution`: the tables of docs/attribution.md."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from bench.attribution.communities import DATA, Known, Query, queries_of, read_community
from bench.attribution.methods import METHODS
from bench.attribution.metrics import interval, ndcg

# The larger set at one split, the smaller ones at rolling origins with weaker demands.
LARGE, ORIGINS = 5 / 7, (0.4, 0.5, 0.6, 0.7, 0.8)
SMALL = {"candidates": 5, "winners": 2}
SETS = ("travel", "quantum", "sourcecred", "cofacts")
Values = Mapping[str, Sequence[float]]


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=DATA, show_default=False)
@click.option("--only", default=",".join(SETS), show_default=True, help="Which data sets.")
def main(data: Path, only: str) -> None:
    """Measure every method on every set: nDCG@10, its 95 % interval, and what ours gains."""
    for name in only.split(","):
        community = read_community(name, data)
        if name == "travel":
            known = Known.before(community, community.split(LARGE))
            _tell(f"{name}, split at 5/7", measure([(known, queries_of(known))]))
            cold = queries_of(known, winners=2, most_answers=2)
            _tell(f"{name}, who wrote at most two answers", measure([(known, cold)]))
        else:
            splits = [Known.before(community, community.split(share)) for share in ORIGINS]
            asked = [(known, queries_of(known, **SMALL)) for known in splits]
            _tell(f"{name}, rolling origins", measure(asked))


def measure(asked: Sequence[tuple[Known, Sequence[Query]]]) -> Values:
    """nDCG@10 of each query, by method."""
    values: dict[str, list[float]] = {name: [] for name in METHODS}
    for known, queries in asked:
        for name, method in METHODS.items():
            scores = method(known)
            values[name] += [ndcg(query, scores(query.skill)) for query in queries]
    return values


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


if __name__ == "__main__":
    main()
