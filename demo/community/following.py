"""Whom and which keywords each member of a synthetic community follows, and since when."""

from collections.abc import Iterator
from dataclasses import dataclass

from chassis.slugs import slug_of
from demo.community import words
from demo.community.people import Person
from demo.community.scale import Scale, days
from demo.community.threads import soon

MEMBERS, KEYWORDS = 9, 3  # as often as not some fewer


@dataclass(frozen=True)
class Followed:
    """A member by their number, or a keyword by its slug."""

    what: int | str
    at: float

    @property
    def is_keyword(self) -> bool:
        return isinstance(self.what, str)


def follows_of(scale: Scale, who: Person) -> Iterator[Followed]:
    """Of one member: of their own trade mostly, and the early ones more often than others."""
    draw = scale.draw("follows", who.number)
    taken, fields = {who.number}, words.domains()
    for _ in range(draw.randint(MEMBERS - 4, MEMBERS + 4)):
        at = soon(who.joined, days(draw.expovariate(0.08)), draw)
        number = int(scale.present(at) * draw.random() ** 2)
        if draw.random() < 0.6:
            number += who.domain - number % len(fields)
        if 0 <= number < scale.present(at) and number not in taken:
            taken.add(number)
            yield Followed(number, at)
    known = fields[who.domain]
    topics = draw.sample([*known.topics, *known.others], draw.randint(KEYWORDS - 2, KEYWORDS + 1))
    for topic in topics:
        at = soon(who.joined, days(draw.expovariate(0.1)), draw)
        yield Followed(slug_of(topic.said[who.language].keyword), at)
