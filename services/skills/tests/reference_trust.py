"""Voices and standing once more, slow and plain, sharing nothing with the service's code."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from math import ceil, floor, log, sqrt
from uuid import UUID

from contracts import Event
from contracts.discussion import AnswerAccepted, PostLiked, PostPublished
from contracts.identity import MemberEvent
from services.skills.tests.reference import Trusted, final_state


def trust(events: Iterable[Event], founders: Collection[UUID]) -> Trusted:
    """Of each member whose voice theirs is, and their standing in thousandths."""
    state = final_state(events)
    members = {e.member_id: e for e in state if isinstance(e, MemberEvent)}
    authors = {e.post_id: e.author_id for e in state if isinstance(e, PostPublished)}
    given = [(e.liker_id, authors.get(e.post_id)) for e in state if isinstance(e, PostLiked)]
    given += [
        (e.asker_id, authors.get(e.answer_id)) for e in state if isinstance(e, AnswerAccepted)
    ]
    likes = [
        (liker, author)
        for liker, author in given
        if author in members
        and liker in members
        and liker != author
        and members[liker].state != "suspended"
    ]
    sponsors = {one: e.sponsor_id for one, e in members.items()}
    confirmed = {one for one in founders if one in members}
    while True:
        voices = {one: _voice(one, sponsors, confirmed) for one in members}
        new = {
            one
            for one in members
            if len({voices[a] for a, b in likes if b == one} - {voices[one]}) >= 5
        }
        if new <= confirmed:
            break
        confirmed |= new
    suspended = {one for one, e in members.items() if e.state == "suspended"}
    standing = _standing(members, confirmed, set(founders) - suspended, voices, likes)
    return {one: (voices[one], 0 if one in suspended else standing[one]) for one in members}


def _voice(one: UUID, sponsors: Mapping[UUID, UUID | None], confirmed: Collection[UUID]) -> UUID:
    while one not in confirmed and sponsors[one] in sponsors:
        one = sponsors[one]  # type: ignore[assignment]
    return one


def _standing(
    members: Iterable[UUID],
    confirmed: Collection[UUID],
    founders: Collection[UUID],
    voices: Mapping[UUID, UUID],
    likes: Iterable[tuple[UUID, UUID]],
) -> dict[UUID, int]:
    counts: Counter[tuple[UUID, UUID]] = Counter()
    for liker, author in likes:
        if voices[liker] != voices[author]:
            counts[voices[liker], author] += 1
    total: Counter[UUID] = Counter()
    for (voice, _), count in counts.items():
        total[voice] += log(1 + count)  # type: ignore[assignment]
    source = dict.fromkeys(members, 0.0)
    for group, share in ((founders, 0.9), (confirmed, 0.1)):
        for one in group:
            source[one] += share / len(group)
    flow = dict(source)
    for _ in range(60):
        passed = dict.fromkeys(source, 0.0)
        for (voice, author), count in counts.items():
            passed[author] += flow[voice] * log(1 + count) / total[voice]
        flow = {one: 0.5 * passed[one] + 0.5 * source[one] for one in source}
    reached = sorted((x for x in flow.values() if x > 0), reverse=True)
    if not reached:
        return dict.fromkeys(flow, 0)
    anchor = reached[ceil(sqrt(len(reached))) - 1]
    return {one: floor(1000 * min(1, x / anchor / 0.5) + 0.5) for one, x in flow.items()}
