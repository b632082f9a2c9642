"""Whose voices are independent, and how far each member is trusted: a pure function of a night.

Members are numbers, 0 to n − 1 in the order of their ids, so that equal communities give equal
bits. Voices are the least fixpoint over the tree of invitations, standing is a flow of trust from
the founders along likes (docs/attribution.md, section 5, with what is measured of both).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Amounts = NDArray[np.floating]
# A member whom so many voices like, other than their own, is a voice themselves.
VOICES_TO_CONFIRM = 5
# The paper's flow: half of what a member has is passed on, most of the rest begins at founders.
# Teleport of voices alone let 5.3 of 10 fakes in, half and half 1.9, this .9.
PASSED_ON, BY_FOUNDERS = 0.5, 0.9
# What is missing after so many rounds is 2⁻⁴⁰ of all trust.
ROUNDS = 40
# Who is trusted half as much as the √N-th member stands in full.
FULL_SHARE = 0.5
THOUSAND = 1_000


@dataclass(frozen=True)
class Community:
    """Who invited whom (−1: nobody), who founded it, and how many likes one gave another.

    `likers`, `authors` and `counts` are of one length, a pair at most once; only likes that count.
    """

    sponsors: Numbers
    founders: Numbers
    is_suspended: Mask
    likers: Numbers
    authors: Numbers
    counts: Numbers

    @property
    def size(self) -> int:
        """How many members."""
        return len(self.sponsors)


@dataclass(frozen=True)
class Standings:
    """Of each member: whose voice theirs is, and their standing in thousandths."""

    voices: Numbers
    thousandths: Numbers


def numbers(values: Iterable[int]) -> Numbers:
    """An array of them."""
    return np.fromiter(values, np.int64)


def standings_of(community: Community, *, full_share: float = FULL_SHARE) -> Standings:
    """Voices and standing of all; the same for the same community, to the last bit.

    `full_share` of the anchor's trust is full standing; the benchmark asks for another.
    """
    voices, is_confirmed = _confirm(community)
    trust = _flow(community, voices, is_confirmed)
    return Standings(voices, _thousandths(trust, community.is_suspended, full_share))


def voices_of(sponsors: Numbers, is_confirmed: Mask) -> Numbers:
    """The nearest who is confirmed on the way up the tree; without one, its root."""
    everybody = np.arange(len(sponsors))
    above = np.where(is_confirmed | (sponsors < 0), everybody, sponsors)
    # Each step is twice as long as the one before; none is longer than the tree is high.
    for _ in range(len(sponsors).bit_length()):
        further = above[above]
        if np.array_equal(further, above):
            break
        above = further
    return above


def _confirm(community: Community) -> tuple[Numbers, Mask]:
    """Founders, and whoever enough voices like; each that is confirmed is one voice more.

    More voices make no voice fewer, so the order in which members are confirmed is nothing.
    """
    is_confirmed = np.zeros(community.size, bool)
    is_confirmed[community.founders] = True
    likers, authors = community.likers, community.authors
    while True:
        voices = voices_of(community.sponsors, is_confirmed)
        is_open = ~is_confirmed[authors]
        likers, authors = likers[is_open], authors[is_open]
        heard = voices[likers]
        is_others = heard != voices[authors]
        pairs = np.unique(authors[is_others] * community.size + heard[is_others])
        enough = np.bincount(pairs // community.size, minlength=community.size)
        found = enough >= VOICES_TO_CONFIRM
        if not found.any():
            return voices, is_confirmed
        is_confirmed |= found


def _flow(community: Community, voices: Numbers, is_confirmed: Mask) -> Amounts:
    """What trust each member has, of 1 in all; a branch gives none to itself."""
    size = community.size
    founders = np.zeros(size)
    founders[community.founders] = 1.0
    founders[community.is_suspended] = 0.0
    source = BY_FOUNDERS * _shared(founders) + (1 - BY_FOUNDERS) * _shared(is_confirmed * 1.0)
    heard = voices[community.likers]
    is_others = heard != voices[community.authors]
    pairs, place = np.unique(
        heard[is_others] * size + community.authors[is_others], return_inverse=True
    )
    likes = np.bincount(place, community.counts[is_others], len(pairs))
    givers, takers = np.divmod(pairs, max(size, 1))
    weights = np.log1p(likes)
    weights /= np.bincount(givers, weights, size)[givers]
    trust = source.copy()
    for _ in range(ROUNDS):
        passed = np.bincount(takers, trust[givers] * weights, size)
        trust = PASSED_ON * passed + (1 - PASSED_ON) * source
    return trust


def _shared(amounts: Amounts) -> Amounts:
    total = amounts.sum()
    return amounts / total if total else amounts


def _thousandths(trust: Amounts, is_suspended: Mask, full_share: float) -> Numbers:
    """Against the √N-th of those whom any trust reached; who is suspended has none."""
    reached = np.sort(trust[trust > 0])[::-1]
    if not len(reached):
        return np.zeros(len(trust), np.int64)
    anchor = reached[math.ceil(math.sqrt(len(reached))) - 1]
    standing = np.minimum(1.0, trust / (full_share * anchor))
    return np.where(is_suspended, 0, np.rint(THOUSAND * standing)).astype(np.int64)
