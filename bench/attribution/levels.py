"""The tables of levels: how rare each is, what came of it, and how much it says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from bench.attribution.communities import Known, read_community
from bench.attribution.gaming import SEEDS
from bench.attribution.outcomes import (
    Amounts,
    Counts,
    Outcomes,
    Proofs,
    gated,
    outcomes_of,
    paper_scores,
    ungated,
)
from bench.attribution.society import Society
from bench.attribution.voters import with_voters
from services.skills import rules, trust

# Chances are learned between the first two of these shares of all answers, and measured after.
FIT, MEASURE, END = 3 / 7, 5 / 7, 1.0
LEVELS = 6  # with none
# Of attribution-2, section 5: cuts of L before skills shared a post's worth, and of E0 × A.
UNSHARED = {"ungated": (0.08, 0.35, 0.87, 2.4, 6.0), "gated": (0.02, 0.15, 0.75, 2.25, 6.0)}
PAPER = (0.02, 0.3, 2.2, 7.0, 18.75)
Rule = Callable[["Window"], Counts]


@dataclass(frozen=True)
class Window:
    """What was known at a moment, by whichever rule, and what came of it."""

    outcomes: Outcomes
    proofs: Mapping[str, Proofs]
    unshared: Mapping[str, Proofs]
    paper: Amounts
    paper_by_standing: Amounts


def window_of(known: Known, until: int) -> Window:
    """Best answers from the moment to the end of the window."""
    society, outcomes = Society.of(known), outcomes_of(known, until)
    by_gate = {"ungated": ungated, "gated": gated}
    return Window(
        outcomes,
        {name: of(known, society, outcomes.pairs) for name, of in by_gate.items()},
        {name: of(known, society, outcomes.pairs, is_shared=False) for name, of in by_gate.items()},
        paper_scores(known, society, outcomes.pairs),
        paper_scores(known, society, outcomes.pairs, full_share=trust.FULL_SHARE),
    )


def refitted(window: Window, gate: str) -> tuple[float, ...]:
    """Cuts that leave each level as rare as it was before skills shared a post's worth."""
    before = window.unshared[gate].scores()
    rare = [float((before >= cut).mean()) for cut in UNSHARED[gate]]
    return tuple(float(np.quantile(window.proofs[gate].scores(), 1 - one)) for one in rare)


def chances(levels: Counts, is_best: NDArray[np.bool_]) -> Amounts:
    """Of each level, how many later wrote a best answer; a half is added for and against."""
    total = np.bincount(levels, minlength=LEVELS)
    return (np.bincount(levels, is_best, LEVELS) + 0.5) / (total + 1)


def log_loss(expected: Amounts, levels: Counts, is_best: NDArray[np.bool_]) -> float:
    """How badly the chances of levels foretell what came; smaller is better."""
    said = expected[levels]
    return float(-np.log(np.where(is_best, said, 1 - said)).mean())


def plain(scores: Amounts, cuts: Sequence[float]) -> Counts:
    """Levels by a score alone."""
    return np.searchsorted(np.asarray(cuts), scores, side="right").astype(np.int64)


def tell_levels(data: Path) -> None:
    """Learn chances in one window, measure in the next, by each draw of voters."""
    for seed in SEEDS:
        community = with_voters(read_community("travel", data), data, seed=seed)
        ends = [*(community.split(share) for share in (FIT, MEASURE)), 2**40]
        fit, measured = (
            window_of(Known.before(community, since), until) for since, until in pairwise(ends)
        )
        _tell(seed, fit, measured)


def _tell(seed: int, fit: Window, measured: Window) -> None:
    click.echo(f"\n### levels, voters {seed}: {len(measured.outcomes.pairs)} pairs\n")
    click.echo("| levels | cuts | share of 0 to 5 | a best answer later | log-loss |")
    click.echo("|---|---|---|---|---|")
    for name, cuts, levels in _rules(fit):
        known, found = levels(fit), levels(measured)
        expected = chances(known, fit.outcomes.is_best)
        is_best = measured.outcomes.is_best
        shares = np.bincount(found, minlength=LEVELS) / len(found)
        later = chances(found, is_best)
        loss = log_loss(expected, found, is_best)
        told = " | ".join(_numbers(row) for row in (cuts, shares, later))
        click.echo(f"| {name} | {told} | {loss:.4f} |")


def _rules(fit: Window) -> list[tuple[str, Sequence[float], Rule]]:
    new = {gate: refitted(fit, gate) for gate in UNSHARED}
    # Level 1 asks for no standing, so its cut is the same.
    whole = {"ungated": new["ungated"], "gated": (new["ungated"][0], *new["gated"][1:])}
    own = {
        "ungated": [one.score for one in rules.LEVELS],
        "gated": [one.trusted for one in rules.LEVELS],
    }
    found: list[tuple[str, Sequence[float], Rule]] = []
    for gate, old in UNSHARED.items():
        found += [
            (f"unshared, {gate}, score alone", old, partial(_by_unshared, gate, old)),
            (f"as rare, {gate}, score alone", new[gate], partial(_by_score, gate, new[gate])),
            (f"as rare, {gate}", whole[gate], partial(_by_cuts, gate, whole[gate])),
            (f"the rule, {gate}", own[gate], partial(_by_rule, gate)),
        ]
    found += [
        ("the paper's E0 × A", PAPER, lambda of: plain(of.paper, PAPER)),
        ("E0 × our standing", PAPER, lambda of: plain(of.paper_by_standing, PAPER)),
    ]
    return found


def _by_unshared(gate: str, cuts: Sequence[float], window: Window) -> Counts:
    return plain(window.unshared[gate].scores(), cuts)


def _by_score(gate: str, cuts: Sequence[float], window: Window) -> Counts:
    return plain(window.proofs[gate].scores(), cuts)


def _by_cuts(gate: str, cuts: Sequence[float], window: Window) -> Counts:
    return window.proofs[gate].levels_at(cuts)


def _by_rule(gate: str, window: Window) -> Counts:
    return window.proofs[gate].levels()


def _numbers(row: Sequence[float] | Amounts) -> str:
    return " ".join(f"{one:.3f}".lstrip("0") for one in row)
