"""The formulas of attribution once more, slow and plain, from the final state alone.

Written from the formulas, without a look at the service's code, and sharing none of it.
Suspended likers are left out, a member who left holds nothing, and a removed post is there
for its author alone. Posts of the tests have a title (questions) or a short text (answers), so
that each skill that one names has relevance .8 or .6, and an answer half of its question's.
A skill that an edit added is counted by the likes from then on alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import floor, sqrt
from typing import Any
from uuid import UUID

from contracts import Event
from contracts.discussion import AnswerAccepted, PostLiked, PostPublished
from contracts.identity import MemberEvent

T0 = datetime(2015, 1, 1, tzinfo=UTC)
# Of each level the score without trust and with it, the voices, the fortnights.
LEVELS = [
    (1, 0.05, 0.05, 0, 1),
    (2, 0.20, 0.10, 2, 1),
    (3, 0.55, 0.40, 4, 2),
    (4, 1.4, 1.2, 8, 3),
    (5, 3.6, 3.5, 12, 4),
]
# By member: whose voice theirs is, and their standing in thousandths. None before trust begins.
Trusted = Mapping[UUID, tuple[UUID, int]]


@dataclass
class Expected:
    """What the service's rows should say; skills by slug."""

    mentions: dict[tuple[UUID, str], tuple[int, datetime | None]] = field(default_factory=dict)
    post_counts: Counter[str] = field(default_factory=Counter)
    pairs: Counter[frozenset[str]] = field(default_factory=Counter)
    voices: dict[tuple[UUID, UUID], tuple[int, int, bool]] = field(default_factory=dict)
    contributions: dict[tuple[UUID, str], dict[str, Any]] = field(default_factory=dict)
    attributions: dict[tuple[UUID, str], dict[str, Any]] = field(default_factory=dict)


def final_state(events: Iterable[Event]) -> list[Event]:
    """The highest revision of each subject, in the order of subjects: the owners' history."""
    newest: dict[tuple[str, str, str], Event] = {}
    for event in events:
        # An accept is a question's, and so is its text: their subjects are the same.
        kind = "accept" if event.type.startswith("answer.") else ""
        key = (event.source, event.subject, kind)
        if key not in newest or newest[key].revision < event.revision:  # type: ignore[attr-defined]
            newest[key] = event
    return [newest[key] for key in sorted(newest)]


def expect(
    events: Iterable[Event],
    speaks_of: Mapping[str, str],
    now: datetime,
    trusted: Trusted | None = None,
) -> Expected:
    """What follows from events; `speaks_of` tells the phrases that texts hold, with their slugs."""
    state = final_state(events)
    posts = {event.post_id: event for event in state if isinstance(event, PostPublished)}
    members = {e.member_id: e.state for e in state if isinstance(e, MemberEvent)}
    expected = Expected()
    worths: dict[tuple[UUID, str], list[tuple[int, str, int, int, int, int]]] = defaultdict(list)
    heard: dict[tuple[UUID, str], Counter[UUID]] = defaultdict(Counter)
    likers: dict[tuple[UUID, str], set[UUID]] = defaultdict(set)  # of answers
    latest: dict[tuple[UUID, str], datetime] = {}
    for post in posts.values():
        skills = dict.fromkeys(_named(post, speaks_of), 80 if post.kind == "question" else 60)
        if post.question_id in posts:
            for one in _named(posts[post.question_id], speaks_of):
                skills[one] = max(skills.get(one, 0), 40)
        since = _since(post, posts.get(post.question_id), speaks_of)
        expected.mentions |= {
            (post.post_id, one): (worth, since.get(one)) for one, worth in skills.items()
        }
        if post.kind == "question":
            expected.post_counts.update(skills.keys())
            expected.pairs.update(frozenset(pair) for pair in combinations(skills, 2))
        every = _given(post, state, members)
        own = _voice(post.author_id, trusted)
        all_voices = Counter(_voice(liker, trusted) for liker, _ in every)
        weight_of = {voice: 20 if voice == own else _weight(voice, trusted) for voice in all_voices}
        expected.voices |= {
            (post.post_id, voice): (count, weight_of[voice], voice == own)
            for voice, count in all_voices.items()
        }
        fortnight = floor((min(post.published_at, now) - T0) / timedelta(days=14))
        for one, relevance in skills.items():
            given = [(liker, at) for liker, at in every if one not in since or at >= since[one]]
            voices = {_voice(liker, trusted) for liker, _ in given}
            y = _worth(sum(weight_of[voice] for voice in voices))
            others = _worth(sum(weight_of[voice] for voice in voices - {own}))
            r = round(relevance * 10_000 / max(1, sqrt(len(skills))))
            gained, lacking = r * y // 1_000_000, r * (1_000_000 - y) // 1_000_000
            by_others = r * others // 1_000_000
            is_answer = post.kind == "answer"
            expected.contributions[post.post_id, one] = {
                "member_id": post.author_id,
                "number": fortnight,
                "backed": gained if is_answer else 0,
                "asked": 0 if is_answer else by_others * 20 // 100,
                "unbacked": lacking if is_answer else 0,
                "branch": gained - by_others if is_answer else 0,
                "like_count": len(given),
            }
            key = (post.author_id, one)
            worths[key].append((fortnight, post.kind, gained, lacking, len(given), by_others))
            if is_answer:
                heard[key].update(voices - {own})
                likers[key] |= {liker for liker, _ in given}
            for liker, at in given:
                heard[key][_voice(liker, trusted)] += 0
                latest[key] = max(latest.get(key, at), at)
    liked = {
        key
        for key, rows in worths.items()
        if members.get(key[0]) != "left" and any(r[1] == "answer" and r[2] > 0 for r in rows)
    }
    for key, rows in worths.items():
        if any(row[4] for row in rows) and members.get(key[0]) != "left":
            standing = None if trusted is None else trusted[key[0]][1] / 1000
            held = _attribution(rows, heard[key], latest[key], now, standing)
            if trusted is not None:
                held["kept"] = _kept(key, heard[key], likers[key], liked, trusted)
            expected.attributions[key] = held
    return expected


def _kept(
    key: tuple[UUID, str],
    heard: Counter[UUID],
    likers: set[UUID],
    liked: set[tuple[UUID, str]],
    trusted: Trusted,
) -> int:
    """The hundredths of weight of voices none of whose likers is liked on an answer there."""
    weights = {voice: _weight(voice, trusted) for voice, count in heard.items() if count}
    if not weights:
        return 100
    dependent = {_voice(one, trusted) for one in likers if (one, key[1]) in liked}
    outside = sum(weight for voice, weight in weights.items() if voice not in dependent)
    return max(1, floor(100 * outside / sum(weights.values()) + 0.5))


def _voice(member_id: UUID, trusted: Trusted | None) -> UUID:
    return trusted[member_id][0] if trusted and member_id in trusted else member_id


def _weight(voice: UUID, trusted: Trusted | None) -> int:
    if trusted is None:
        return 100
    return 20 + 8 * floor(trusted.get(voice, (voice, 0))[1] / 100 + 0.5)


def _worth(support: int) -> int:
    return round(1_000_000 * (support / 100) / (support / 100 + 1))


def _named(post: PostPublished, speaks_of: Mapping[str, str]) -> set[str]:
    text = "\n".join([post.title, post.body, *(keyword.label for keyword in post.keywords)])
    return {slug for phrase, slug in speaks_of.items() if phrase in text}


def _since(
    post: PostPublished, asked: PostPublished | None, speaks_of: Mapping[str, str]
) -> dict[str, datetime]:
    """The skills that edits added, the last time that they did, and after it was published."""
    own = _added(post, speaks_of)
    lent = _added(asked, speaks_of) if asked else {}
    since: dict[str, datetime] = {}
    for one in own.keys() | lent.keys():
        moments = [added[one] for added in (own, lent) if one in added]
        if min(moments) > post.published_at:
            since[one] = min(moments)
    return since


def _added(post: PostPublished, speaks_of: Mapping[str, str]) -> dict[str, datetime]:
    """By skill that the post itself names: since when it does so without a break."""
    beginnings = [T0, *(version.until for version in post.earlier)]
    texts = [
        "\n".join([version.title, version.prose, *version.keywords]) for version in post.earlier
    ]
    added: dict[str, datetime] = {}
    for one in _named(post, speaks_of):
        without = [
            number
            for number, text in enumerate(texts, start=1)
            if one not in {slug for phrase, slug in speaks_of.items() if phrase in text}
        ]
        added[one] = beginnings[max(without, default=0)]
    return added


def _given(
    post: PostPublished, state: list[Event], members: Mapping[UUID, str]
) -> list[tuple[UUID, datetime]]:
    """Whose voices like a post, once for each like or accept, and when."""
    likes = [
        (e.liker_id, e.liked_at)
        for e in state
        if isinstance(e, PostLiked) and e.post_id == post.post_id
    ]
    likes += [
        (e.asker_id, e.changed_at)
        for e in state
        if isinstance(e, AnswerAccepted) and e.answer_id == post.post_id
    ]
    return [
        (voice, at)
        for voice, at in likes
        if voice != post.author_id and members.get(voice) != "suspended"
    ]


def _attribution(
    rows: list[tuple[int, str, int, int, int, int]],
    heard: Counter[UUID],
    last: datetime,
    now: datetime,
    standing: float | None,
) -> dict[str, Any]:
    age = (now - T0) / timedelta(days=1)
    numbers = sorted({row[0] for row in rows})

    def sat(x: float) -> float:
        return 3 * x / 1e6 / (x / 1e6 + 2)

    def half(number: int, days: float) -> float:
        return float(2 ** (14 * number / days))  # as it is kept: what it will be is age's

    b = u = level_sum = by_others = 0.0
    for number in numbers:
        of = [row for row in rows if row[0] == number]
        backed = sum(row[2] for row in of if row[1] == "answer")
        asked = sum(row[5] * 20 // 100 for row in of if row[1] == "question")
        b += half(number, 180) * sat(backed + asked)
        u += half(number, 180) * sat(sum(row[3] for row in of if row[1] == "answer"))
        level_sum += half(number, 270) * backed / 1e6
        others = sum(row[5] for row in of if row[1] == "answer")
        by_others += half(number, 270) * others / 1e6
    voices = sum(1 for count in heard.values() if count)
    liked = [row for row in rows if row[1] == "answer" and row[2] > 0]
    fortnights = len({row[0] for row in liked})
    faded = 2 ** (age / 270)
    reached = [
        level
        for level, alone, gated, least, least_fortnights in LEVELS
        if (level_sum if level == 1 else by_others * (1 if standing is None else standing)) / faded
        >= (alone if standing is None else gated) - 1e-9
        and voices >= least
        and fortnights >= least_fortnights
    ]
    return {
        "evidence": b + 0.5 * min(u, 2 * b),
        "strength": level_sum,
        "by_branch": level_sum - by_others,
        "voices": voices,
        "liker_count": len(heard),
        "evidence_count": sum(row[4] for row in rows),
        "answer_count": len(liked),
        "fortnight_count": fortnights,
        "last_evidence_at": last,
        # Each level asks for those below it.
        "level": next((n for n in range(5, 0, -1) if set(range(1, n + 1)) <= {*reached}), 0),
    }
