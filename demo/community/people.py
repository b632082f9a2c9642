"""Who belongs to a synthetic community: each member is made up from their number alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from chassis.claims import Claims
from chassis.slugs import slug_of
from demo.community import words
from demo.community.scale import FOUNDERS, NAMED, Scale, days

DOMAIN = "community.example"  # where no mail can arrive
INVITED_BEFORE = days(2)  # of joining
# How many whoever joins invites in their turn, one after the other; never more than places.
INVITE = (5, 3, 0, 4, 2, 5, 1, 4)
SPREAD = 2_654_435_761  # mixes the bits of a number (Knuth, TAOCP 6.4)


@dataclass(frozen=True)
class Person:
    """A member; `place` is their number among those of one `domain`."""

    number: int
    name: str
    email: str
    headline: str
    company: str
    location: str
    bio: str
    language: str
    domain: int
    place: int
    sponsor: int | None
    joined: float
    organisation: int | None
    claims: Claims

    @property
    def is_writing(self) -> bool:
        return is_writing(self.number)


def is_writing(number: int) -> bool:
    """Whether a member ever posts: half of them do, the first all."""
    return number < FOUNDERS + NAMED or mixed(number) & 1 == 0


def mixed(number: int) -> int:
    """Bits that look like no number of the members' next to it."""
    return (number * SPREAD & 0xFFFFFFFF) >> 8


def sponsor_of(scale: Scale, number: int) -> int | None:
    """Who invited a member: the founders the first, then each so many as `INVITE` says."""
    first = FOUNDERS + max(4, scale.members // 50)
    if number < FOUNDERS:
        return None
    if number < first:
        return number % FOUNDERS
    round_, rest = divmod(number - first, sum(INVITE))
    place = 0
    while rest >= INVITE[place]:
        rest -= INVITE[place]
        place += 1
    return FOUNDERS + round_ * len(INVITE) + place


@lru_cache(maxsize=20_000)
def person(scale: Scale, number: int) -> Person:
    """A member by their number."""
    draw = scale.draw("who", number)
    known = words.names()
    language = "fr" if draw.random() < 0.7 else "en"
    name = _name(number, scale.seed, language)
    place, domain = divmod(number, len(words.domains()))
    headline = draw.choice(words.domains()[domain].trades[language])
    organisation = _organisation(number)
    company = f"{draw.choice(known['firms'][language])} {draw.choice(known['of'][language])}"
    host = DOMAIN
    if organisation is not None:
        company, host = known["organisations"][organisation]
    joined = scale.joined(number)
    role = "administrator" if number < FOUNDERS else "member"
    return Person(
        number=number,
        name=name,
        email=f"{slug_of(name).replace('-', '.')}@{host}",
        headline=headline,
        company=company,
        location=draw.choice(known["places"][language]),
        bio=_bio(language, headline, draw.randint(3, 25)),
        language=language,
        domain=domain,
        place=place,
        sponsor=sponsor_of(scale, number),
        joined=joined,
        organisation=organisation,
        claims=Claims(
            member_id(scale, number),
            scale.id_of(joined, "session", number),
            role,
            name,
            headline,
            0.0,
        ),
    )


@lru_cache(maxsize=200_000)
def member_id(scale: Scale, number: int) -> UUID:
    """The id that a member has in Skiller."""
    return scale.id_of(scale.joined(number), "member", number)


def members_of(scale: Scale, organisation: int) -> Iterator[Person]:
    """Who works in one of the organisations."""
    for number in range(scale.members):
        if _organisation(number) == organisation:
            yield person(scale, number)


def _organisation(number: int) -> int | None:
    """One of eight works in one of the organisations, but none of those whose news are told."""
    if number < FOUNDERS + NAMED or mixed(number) % 8:
        return None
    return mixed(number) // 8 % len(words.names()["organisations"])


def _name(number: int, seed: int, language: str) -> str:
    """Nobody has another's: the names are counted through, then once more with two last ones."""
    first, last = words.names()["first"][language], words.names()["last"]
    place = (number * 7_919 + seed) % (len(first) * len(last))
    given, family = divmod(place, len(last))
    again = number // (len(first) * len(last))
    double = f"-{last[(family + again) % len(last)]}" if again else ""
    return f"{first[given]} {last[family]}{double}"


def _bio(language: str, headline: str, years: int) -> str:
    if language == "fr":
        return f"{headline}, depuis {years} ans. J'aime les questions concrètes."
    return f"{headline}, for {years} years. I like questions with a place and a date."
