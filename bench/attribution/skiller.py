"""Our order of a skill's members, by the service's own rules: before trust begins, and with it.

The skills of posts are taken as given. A vote is a voice where the data do not say
whose it is, and an accept is one of the asker's.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from datetime import UTC, datetime
from functools import cache
from itertools import combinations, groupby

from bench.attribution.communities import Known, Post
from bench.attribution.society import Society
from services.skills import rules
from services.skills.trust import Standings

Scores = Mapping[int, float]
Support = Mapping[int, tuple[int, int]]  # by post: in hundredths, and its author's branch in it
NOTHING = (0, 0)


class Skiller:
    """What the service would say of a community at a moment."""

    def __init__(
        self,
        known: Known,
        support: Support,
        standing: Mapping[int, rules.Standing] | None = None,
        *,
        is_shared: bool = True,
    ) -> None:
        """`is_shared`: whether a post's skills share its worth, as they do in the service."""
        self.known = known
        self.moment = moment(known.until)
        self.related = related_of(known)
        self._support = support
        self._standing = standing
        self._is_shared = is_shared
        self._last = _last_posts(known)
        self._sums: dict[tuple[str, int], rules.Sums] = {}

    def rank(self, skill: str, kept: Mapping[int, float] | None = None) -> Scores:
        """The place of each who answered in it; `kept` is what a guard leaves of the evidence."""
        answered = self.known.answered[skill]
        return {one: self.rank_of(skill, one, kept[one] if kept else 1.0) for one in answered}

    def holders(self, skill: str, kept: Mapping[int, float] | None = None) -> Scores:
        """The place of each who is liked for it, be it for what they asked."""
        written = self.known.answered.get(skill, {}).keys() | self.known.asked.get(skill, {}).keys()
        held = [one for one in written if self.sums(skill, one).order > 0]
        return {one: self.rank_of(skill, one, kept[one] if kept else 1.0) for one in held}

    def rank_of(self, skill: str, member: int, kept: float = 1.0) -> float:
        """The place of one member."""
        related = self.related[skill].items()
        return rules.rank_of(
            self._order(skill, member) * kept
            + sum(share * self._order(other, member) for other, share in related),
            moment(self._last[member]),
            self.moment,
            standing=self.standing(member),
        )

    def at(self, later: datetime) -> "Skiller":
        """The same at another moment: what was known has faded more."""
        found = copy(self)
        found.moment = later
        return found

    def standing(self, member: int) -> rules.Standing:
        """Full for all before trust begins."""
        return rules.FULL if self._standing is None else self._standing[member]

    def sums(self, skill: str, member: int) -> rules.Sums:
        """E and L, as of the beginning of forward decay."""
        key = skill, member
        if key not in self._sums:
            known = self.known
            written = known.answered.get(skill, {}).get(member, [])
            written = written + known.asked.get(skill, {}).get(member, [])
            self._sums[key] = rules.sum_up(_joined(self.part(one, skill) for one in written))
        return self._sums[key]

    def part(self, post: Post, skill: str) -> rules.Fortnight:
        """What a post brings to one of its skills."""
        support, branch = self._support.get(post.id, NOTHING)
        number = _number(post.at, self.known.until)
        skills = len(post.skills) if self._is_shared else 1
        share = rules.share_of(post.relevance(skill), skills)
        return _contribution(post.is_answer, support, branch, share, number)

    def _order(self, skill: str, member: int) -> float:
        return rules.order_at(self.sums(skill, member).order, self.moment)


def untrusting(known: Known) -> Callable[[str], Scores]:
    """Standing is one for all, and each their own voice."""
    return Skiller(known, anonymous_support(known)).rank


def trusted(
    known: Known,
    society: Society,
    standings: Standings | None = None,
    *,
    is_shared: bool = True,
) -> Skiller:
    """All as a night would leave it, long after trust began."""
    standings = standings or society.standings()
    thousandths = standings.thousandths.tolist()
    standing = {
        member: rules.standing_of(thousandths[place], rules.NIGHTS_TO_FULL_TRUST)
        for member, place in society.number.items()
    }
    return Skiller(known, society.support(standings), standing, is_shared=is_shared)


def anonymous_support(known: Known) -> Support:
    """Distinct voices by post, without the author's own; who is not named is one more."""
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
    return {post: (rules.FULL_VOICE * voices, 0) for post, voices in heard.items()}


def related_of(known: Known) -> dict[str, dict[str, float]]:
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


@cache
def moment(at: int) -> datetime:
    """Seconds of Unix as the services have them."""
    return datetime.fromtimestamp(at, UTC)


@cache
def _number(at: int, until: int) -> int:
    return rules.fortnight_of(moment(at), moment(until))


@cache
def _contribution(
    is_answer: bool, support: int, branch: int, share: int, number: int
) -> rules.Fortnight:
    kind = "answer" if is_answer else "question"
    return rules.contribution_of(kind, support, share, number, branch=branch)


def _joined(parts: Iterable[rules.Fortnight]) -> list[rules.Fortnight]:
    """One of each number, the earliest first."""
    ordered = sorted(parts, key=lambda part: part.number)
    found = []
    for number, of in groupby(ordered, key=lambda part: part.number):
        same = list(of)
        found.append(
            rules.Fortnight(
                number,
                backed=sum(one.backed for one in same),
                asked=sum(one.asked for one in same),
                unbacked=sum(one.unbacked for one in same),
                branch=sum(one.branch for one in same),
            )
        )
    return found


def _last_posts(known: Known) -> dict[int, int]:
    last: dict[int, int] = {}
    for post in (*known.answers, *known.questions):
        last[post.author] = max(last.get(post.author, 0), post.at)
    return last
