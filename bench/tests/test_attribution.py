"""What the benchmark of attribution says of small communities made by hand."""

import csv
import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.random import default_rng

from bench.attribution.attacks import Attack, Honest, plot
from bench.attribution.communities import DAY, Community, Known, Post, Vote
from bench.attribution.guards import Liked, Night, not_in_two_steps, not_mutual, readers
from bench.attribution.levels import chances, log_loss, plain
from bench.attribution.outcomes import Proofs, gated, outcomes_of
from bench.attribution.society import Society
from bench.attribution.voters import with_voters
from services.skills import rules

NOW = 2_000 * DAY
SKILL = "visas"


def community(
    answers: Sequence[tuple[int, int]],
    likes: Mapping[int, Sequence[int]],
    *,
    joined: Sequence[int] = (),
) -> Known:
    """Answers, each to a question of its own: who asked and who answered; likers by answer.

    Answer number n is post 100 + n, its question post 200 + n; a day lies between two.
    """
    posts, votes = {}, []
    for number, (asker, author) in enumerate(answers):
        at = NOW - (len(answers) - number + 10) * DAY
        posts[200 + number] = Post(200 + number, False, 0, asker, at, (SKILL,))
        posts[100 + number] = Post(100 + number, True, 200 + number, author, at + 60, (SKILL,))
        for place, liker in enumerate(likes.get(number, ())):
            votes.append(Vote(at + 120 + place, 100 + number, liker, 1, "up"))
    since = {member: NOW - 1_000 * DAY + place for place, member in enumerate(joined)}
    return Known.before(Community("by hand", posts, votes, since), NOW)


def test_a_sponsor_is_the_first_earlier_member_met() -> None:
    known = community([(1, 2), (1, 3), (2, 3)], {0: [1], 1: [1], 2: [2]}, joined=[1, 2, 3])

    society = Society.of(known)

    founders = [one for one, place in society.number.items() if place in society.founders]
    # Founders are the earliest who are liked by another; a founder has no sponsor.
    assert founders == [2, 3] and society.sponsors[society.number[3]] == -1
    # Who came before all whom they met is the guest of a founder.
    assert society.sponsors[society.number[1]] in society.founders


def test_who_came_later_is_the_guest_of_whom_they_met_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rules, "FOUNDERS", 1)
    known = community([(1, 2), (2, 3), (1, 3)], {0: [1], 1: [1]}, joined=[1, 2, 3])

    society = Society.of(known)

    assert society.sponsors[society.number[3]] == society.number[2]


def test_a_branch_supports_its_own_as_one_voice_of_a_fifth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rules, "FOUNDERS", 1)
    known = community([(1, 2), (2, 3), (2, 4)], {0: [1], 1: [2, 4]}, joined=[2, 3, 4, 1])
    society = Society.of(known)

    support = society.support(society.standings())
    alone = society.support(society.alone())

    # 3 and 4 are guests of 2, so the answer of 3 is liked by its own branch alone.
    assert support[101] == (rules.BRANCH_VOICE, rules.BRANCH_VOICE)
    assert alone[101] == (2 * rules.FULL_VOICE, 0)


def test_a_vote_is_of_somebody_who_was_there_once_and_not_of_the_author(tmp_path: Path) -> None:
    _quantum(tmp_path)
    posts = {1: Post(1, False, 0, 1, NOW, ()), 2: Post(2, True, 1, 2, NOW + 60, ())}
    votes = [Vote(NOW, 2, None, 1, "up") for _ in range(3)]
    joined = {1: NOW - DAY, 2: NOW - DAY, 3: NOW - DAY, 4: NOW - DAY, 5: NOW + 9 * DAY}
    made = Community("by hand", posts, votes, joined)

    draws = [with_voters(made, tmp_path, seed=seed) for seed in range(20)]

    for draw in draws:
        voters = [vote.voter for vote in draw.votes if vote.voter]
        assert len(voters) == len(set(voters)) >= 2 and set(voters) <= {1, 3, 4}
    assert draws[1] == with_voters(made, tmp_path, seed=1) != draws[2]


def _quantum(folder: Path) -> None:
    """One who wrote, one who did not: both voted, and stayed."""
    users = [("user", "ts_created", "ts_last", "upvotes_cast")]
    users += [("1", "0", str(90 * DAY), "5"), ("2", "0", str(90 * DAY), "5")]
    tables = {"quantum_users": users, "quantum_posts": [("author",), ("1",)]}
    for name, rows in tables.items():
        with gzip.open(folder / f"{name}.csv.gz", "wt", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)


@pytest.fixture
def honest() -> Honest:
    """Sixty very active members, and forty who wrote once; the first three answer in the skill."""
    busy = [(1 + number % 60, 1 + (number + 1) % 60) for number in range(180)]
    posts = {}
    for number, (asker, author) in enumerate(busy + [(one, 1) for one in range(61, 101)]):
        at = NOW - (300 - number) * DAY
        skills = (SKILL,) if author <= 3 and number < 180 else ("food",)
        posts[1_000 + number] = Post(1_000 + number, False, 0, asker, at, skills)
        posts[number] = Post(number, True, 1_000 + number, author, at + 60, skills)
    votes = [Vote(post.at, post.id, 7, 1, "up") for post in posts.values() if post.is_answer]
    return Honest.of(Known.before(Community("by hand", posts, votes), NOW))


@pytest.mark.parametrize(("shape", "likes"), [("mutual", 9), ("one-way", 4.5), ("ladder", 4.5)])
def test_accomplices_like_as_the_shape_says(honest: Honest, shape: str, likes: float) -> None:
    made = plot(Attack("ring", 10, shape=shape), honest, SKILL, default_rng(1))

    assert len(made.fakes) == 10 and not set(made.fakes) & set(honest.celebrities)
    assert len(made.likes) == 10 * 6 * likes and _back(made.likes) == (shape == "mutual")
    assert all(one.at >= NOW - 120 * DAY for one in made.posts)


def _back(likes: Sequence[tuple[int, int, int]]) -> bool:
    pairs = {(liker, author) for _, liker, author in likes}
    return any((author, liker) in pairs for liker, author in pairs)


def test_nobody_cheats_where_they_answered_before(honest: Honest) -> None:
    made = plot(Attack("hijack", 5, celebrities=57), honest, SKILL, default_rng(1))

    assert not set(made.fakes) & set(honest.known.answered[SKILL]) and len(made.fakes) == 62


def test_new_accounts_are_of_the_branches_of_those_who_cheat(honest: Honest) -> None:
    made = plot(Attack("multibranch", 6, bosses=3), honest, SKILL, default_rng(1))

    _, society = made.carried_out(honest)

    bosses = {society.number[one] for one in made.fakes[:3]}
    for member in made.newcomers:
        place = society.number[member]
        while place not in bosses:
            place = int(society.sponsors[place])
    assert len(made.newcomers) == 6


def test_an_attack_leaves_the_honest_community_as_it_was(honest: Honest) -> None:
    before = len(honest.known.answers), len(honest.known.answered[SKILL]), honest.known.up.total()

    known, _ = plot(Attack("ring", 10), honest, SKILL, default_rng(1)).carried_out(honest)

    after = len(honest.known.answers), len(honest.known.answered[SKILL]), honest.known.up.total()
    assert after == before and len(known.answered[SKILL]) == before[1] + 10


def test_what_who_also_wins_says_counts_for_nothing() -> None:
    """1, 2 and 3 like one another in a ring, 4 is liked by 5 and 6, who are not liked."""
    answers = [(9, 1), (9, 2), (9, 3), (9, 4)]
    known = community(answers, {0: [2], 1: [3], 2: [1], 3: [5, 6]})
    society = Society.of(known)
    liked = Liked.of(known, society, society.alone(), SKILL)
    ring, other = society.number[1], society.number[4]

    assert readers(liked, ring) == 0.01 and readers(liked, other) == 1
    # A ring of three that goes one way is not mutual, but comes back in two steps.
    assert not_mutual(liked, ring) == 1 and not_in_two_steps(liked, ring) == 0.01


def test_a_guard_leaves_a_share_of_the_own_evidence() -> None:
    # 1, 2 and 3 are founders; the first who joined, but are not liked, are their guests in turn.
    answers, joined = [(9, 1), (9, 2), (9, 3)], [6, 7, 5, 1, 2, 3, 9]
    known = community(answers, {0: [2, 5], 1: [6], 2: [6]}, joined=joined)
    night = Night(known, Society.of(known))

    kept = night.kept(SKILL, readers)

    assert kept == {1: pytest.approx(0.5), 2: 1, 3: 1}
    assert night.rank(SKILL, readers)[1] < night.skiller.rank(SKILL)[1]


def test_other_cuts_are_applied_as_the_rule_applies_its_own() -> None:
    likes = {number: range(20, 20 + number % 14) for number in range(40)}
    known = community([(9, 1 + number % 7) for number in range(40)], likes)
    society = Society.of(known)
    pairs = outcomes_of(known, NOW).pairs
    proofs = gated(known, society, pairs)
    full, distrusted = (
        Proofs(proofs.worth, [rules.Standing(share, gate=1.0)] * len(pairs), proofs.held)
        for share in (1.0, 0.001)
    )

    for one in (proofs, full, distrusted):
        levels = one.levels_at([level.trusted for level in rules.LEVELS])
        assert levels.tolist() == one.levels().tolist()
    assert full.levels().max() >= 3 and distrusted.levels().max() == 1


def test_levels_that_foretell_have_the_smaller_loss() -> None:
    is_best = np.array([False] * 50 + [True] * 50)
    scores = np.arange(100.0)

    losses = []
    for cuts in ([50.0], [20.0], [1_000.0]):
        levels = plain(scores, cuts)
        losses.append(log_loss(chances(levels, is_best), levels, is_best))

    assert losses == sorted(losses) and losses[-1] == pytest.approx(np.log(2), abs=0.01)
