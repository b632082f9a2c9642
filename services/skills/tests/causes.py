"""What makes skills tell each of its events: by its API, or by events that it hears."""

from collections.abc import Callable

from chassis import clock
from chassis.testing.people import joined, person
from chassis.testing.service import ServiceUnderTest
from services.skills.app import SERVICE
from services.skills.tests.factories import answer, liked, question, unliked

Make = Callable[..., ServiceUnderTest]


def _prove_and_withdraw(make: Make) -> ServiceUnderTest:
    """Ada's answer of today gets likes of several members, who all take them back."""
    skills = make(SERVICE)
    ada, *likers = (person(name) for name in ("Ada", "Bob", "Cleo", "Dora", "Eve"))
    asked = question(likers[0], "PostgreSQL", at=clock.now())
    given = answer(ada, asked, "Use PostgreSQL.", at=clock.now())
    skills.deliver(joined(ada), asked, given)
    skills.deliver(*(liked(given, liker, at=clock.now()) for liker in likers))
    skills.deliver(*(unliked(given, liker, at=clock.now()) for liker in likers))
    return skills


CAUSES: dict[str, Callable[[Make], ServiceUnderTest]] = {
    "skill.attributed": _prove_and_withdraw,
    "skill.withdrawn": _prove_and_withdraw,
}
