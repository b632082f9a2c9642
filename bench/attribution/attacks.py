"""How members cheat: made-up accomplices among real members (docs/attribution.md, section 6).

In the last 120 days each writes two questions and some answers in one skill, to accomplices. All
are the paper's (section 6.1), but for those that were written against ours afterwards.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from numpy.random import Generator

from bench.attribution.communities import DAY, Known, Post
from bench.attribution.society import Society

DAYS, QUESTIONS, ANSWERS = 120, 2, 6
ACCEPTED = 0.7  # of the answers, by the accomplice who asked
CELEBRITIES = 60  # the most active members
CAMOUFLAGE = 10  # likes of honest posts, by each new account
FIRST_FAKE = 10**9  # ids of new accounts and of their posts

Like = tuple[int, int, int]  # post, liker, author


@dataclass(frozen=True)
class Attack:
    """Who takes part, and what they do for each other."""

    name: str
    size: int
    kind: str = "ordinary"  # who the real members are: ordinary, or of full standing
    bosses: int = 0  # real members who invite `size` new accounts
    celebrities: int = 0  # of the most active members, who write and like too
    fans: int = 0  # of the most active members, who like and do not write
    answers: int = ANSWERS
    silent: int = 0  # of the members, who like and do not write
    shape: str = "mutual"  # who likes whom: see _SHAPES
    is_liked: bool = True  # else they only write
    is_for_boss: bool = False  # only the boss answers


PAPER = (
    *(Attack("ring", size) for size in (10, 25, 50)),
    *(Attack("one-way ring", size, shape="one-way") for size in (10, 25, 50)),
    Attack("hijack", 25, celebrities=1),
    *(Attack("sybil", size, bosses=1) for size in (10, 25, 50)),
    Attack("boost", 50, bosses=1, is_for_boss=True),
    Attack("multibranch, 3 bosses", 50, bosses=3),
    Attack("multibranch, 8 bosses", 50, bosses=8),
)
WRITING = tuple(Attack("writing without likes", size, is_liked=False) for size in (10, 25, 50))
AGAINST_US = (
    *(Attack("adaptive", size, bosses=7, celebrities=1, shape="one-way") for size in (25, 50)),
    Attack("one-way ring, 30 answers", 25, answers=30, shape="one-way"),
    Attack("ring liked by 3 celebrities", 25, fans=3),
    Attack("ring, 30 answers, 1 celebrity", 10, answers=30, celebrities=1),
)
FOREIGN = (
    Attack("full standing, foreign skill", 10, kind="full"),
    Attack("full standing, foreign, one-way", 10, kind="full", shape="one-way"),
    Attack("full standing, foreign, writing", 10, kind="full", is_liked=False),
)
# Written against counting only who is not liked in the skill.
AGAINST_READERS = (
    Attack("ladder", 50, shape="ladder"),
    Attack("half of a ring only likes", 50, silent=25),
    Attack("full standing, foreign, ladder", 10, kind="full", shape="ladder"),
    Attack("full standing, foreign, half only like", 10, kind="full", silent=5),
    Attack("full standing, foreign, silent guests", 50, kind="full", bosses=10, silent=50),
)


@dataclass(frozen=True)
class Honest:
    """A community before anybody cheats, and who could be won for it."""

    known: Known
    society: Society
    celebrities: Sequence[int]
    ordinary: Sequence[int]
    full: Sequence[int]

    @classmethod
    def of(cls, known: Known) -> "Honest":
        """Members who wrote, by how much, and those of full standing."""
        society = Society.of(known)
        wrote: dict[int, int] = {}
        for post in (*known.answers, *known.questions):
            wrote[post.author] = wrote.get(post.author, 0) + 1
        ordered = sorted(wrote, key=lambda member: (-wrote[member], member))
        standing = society.standings().thousandths
        full = [one for one in sorted(wrote) if standing[society.number[one]] == 1000]
        return cls(known, society, ordered[:CELEBRITIES], sorted(ordered[CELEBRITIES:]), full)


@dataclass
class Plot:
    """What an attack adds to a community."""

    fakes: list[int] = field(default_factory=list)  # who write in the skill
    newcomers: dict[int, int] = field(default_factory=dict)  # and who invited each
    posts: list[Post] = field(default_factory=list)
    likes: list[Like] = field(default_factory=list)
    accepts: list[Like] = field(default_factory=list)

    def carried_out(self, honest: Honest) -> tuple[Known, Society]:
        """The community with it."""
        known = honest.known.with_more(self.posts, [post for post, _, _ in self.likes])
        society = honest.society.joined_by(self.newcomers, self.likes + self.accepts)
        return known, society


def plot(attack: Attack, honest: Honest, skill: str, random: Generator) -> Plot:
    """One attack on one skill; nobody takes part who answered in it before."""
    made = Plot()
    at_home = honest.known.answered[skill]
    real = honest.full if attack.kind == "full" else honest.ordinary
    real = [one for one in real if one not in at_home]
    famous = [one for one in honest.celebrities if one not in at_home]
    chosen = _some(famous, attack.celebrities + attack.fans, random)
    writers, fans = chosen[: attack.celebrities], chosen[attack.celebrities :]
    # The same may be famous and of full standing, but takes part once.
    real = [one for one in real if one not in chosen]
    bosses = _some(real, attack.bosses or attack.size, random)
    if attack.bosses:
        made.newcomers.update(_invite(bosses, attack.size, random))
    members = bosses + writers + list(made.newcomers)
    made.fakes = bosses if attack.is_for_boss else members[: len(members) - attack.silent]
    likers = _likers(attack, members, fans, random)
    _write(made, attack, honest.known.until, skill, likers, random)
    if attack.is_liked:
        _like(made, likers)
        _hide(made, honest, random)
    return made


def _some(members: Sequence[int], number: int, random: Generator) -> list[int]:
    return [members[place] for place in random.permutation(len(members))[:number]]


def _invite(bosses: Sequence[int], size: int, random: Generator) -> Mapping[int, int]:
    """Each boss's branch is as large; half of it is invited by the boss, half by earlier guests."""
    branches = [[boss] for boss in bosses]
    invited = {}
    for number in range(size):
        branch = branches[number % len(branches)]
        member = FIRST_FAKE + number
        place = 0 if random.random() < 0.5 else int(random.integers(len(branch)))
        invited[member] = branch[place]
        branch.append(member)
    return invited


def _one_way(random: Generator) -> tuple[bool, bool]:
    first_likes = bool(random.random() < 0.5)
    return first_likes, not first_likes


# Of two members: does the first like the second, and the second the first?
_SHAPES: Mapping[str, Callable[[Generator], tuple[bool, bool]]] = {
    "mutual": lambda _: (True, True),
    "one-way": _one_way,
    # Nobody likes who was there before them, so that no likes come back by whatever way.
    "ladder": lambda _: (False, True),
}


def _likers(
    attack: Attack, members: Sequence[int], fans: Sequence[int], random: Generator
) -> Mapping[int, list[int]]:
    """Who likes each of them."""
    likers: dict[int, list[int]] = {one: list(fans) for one in members}
    for place, one in enumerate(members):
        for other in members[place + 1 :]:
            first_likes, second_likes = _SHAPES[attack.shape](random)
            if first_likes:
                likers[other].append(one)
            if second_likes:
                likers[one].append(other)
    return likers


def _write(
    made: Plot,
    attack: Attack,
    until: int,
    skill: str,
    likers: Mapping[int, list[int]],
    random: Generator,
) -> None:
    """All ask; on a ladder nobody accepts an answer of whom they do not like."""
    ids = count(FIRST_FAKE)
    since = until - DAYS * DAY
    for member in likers:
        for at in random.integers(since, until, QUESTIONS).tolist():
            made.posts.append(Post(next(ids), False, 0, member, at, (skill,)))
    questions = list(made.posts)
    for member in made.fakes:
        asked = [post for post in questions if post.author != member]
        for place in random.integers(0, len(asked), attack.answers).tolist():
            question = asked[place]
            at = int(random.integers(question.at, until))
            answer = Post(next(ids), True, question.id, member, at, (skill,))
            made.posts.append(answer)
            may_accept = attack.shape != "ladder" or question.author in likers[member]
            if attack.is_liked and may_accept and random.random() < ACCEPTED:
                made.accepts.append((answer.id, question.author, member))


def _like(made: Plot, likers: Mapping[int, list[int]]) -> None:
    for post in made.posts:
        if post.is_answer:
            made.likes += [(post.id, liker, post.author) for liker in likers[post.author]]


def _hide(made: Plot, honest: Honest, random: Generator) -> None:
    """New accounts like honest posts too."""
    answers = honest.known.answers
    for member in made.newcomers:
        for place in random.integers(0, len(answers), CAMOUFLAGE).tolist():
            post = answers[place]
            made.likes.append((post.id, member, post.author))
