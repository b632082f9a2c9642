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


def _moderate(make: Make) -> ServiceUnderTest:
    """Max lets a skill lead to another, and calls that otherwise."""
    skills = make(SERVICE)
    max_ = person("Max", role="moderator")
    skills.deliver(joined(max_))
    client = skills.as_member(max_)
    merge = {"into": "apache-spark", "reason": "One thing."}
    assert client.put("/skills/apache-kafka/merge", merge).status_code == 200
    labels = {"en": "Spark the engine", "fr": "Le moteur Spark", "reason": "Clearer."}
    assert client.put("/skills/apache-spark/labels", labels).status_code == 200
    return skills


def _contest(make: Make) -> ServiceUnderTest:
    """Ada contests that her answer proves something; Max keeps it."""
    skills = make(SERVICE)
    ada, bob, max_ = person("Ada"), person("Bob"), person("Max", role="moderator")
    asked = question(bob, "PostgreSQL", at=clock.now())
    given = answer(ada, asked, "Use PostgreSQL.", at=clock.now())
    skills.deliver(joined(ada), joined(max_), asked, given, liked(given, bob, at=clock.now()))
    body = {"skill": "postgresql", "post_id": str(given.post_id)}
    contested = skills.as_member(ada).post("/contests", body)
    assert contested.status_code == 201, contested.json
    kept = {"outcome": "kept", "word": "It helps."}
    answered = skills.as_member(max_).put(f"/contests/{contested.json['id']}/answer", kept)
    assert answered.status_code == 204, answered.json
    return skills


def _ask(make: Make) -> ServiceUnderTest:
    """Ada asks of something that the catalogue knows."""
    skills = make(SERVICE)
    ada = person("Ada")
    skills.deliver(joined(ada), question(ada, "PostgreSQL or Kafka?", at=clock.now()))
    return skills


CAUSES: dict[str, Callable[[Make], ServiceUnderTest]] = {
    "skill.attributed": _prove_and_withdraw,
    "skill.withdrawn": _prove_and_withdraw,
    "question.understood": _ask,
    "skill.merged": _moderate,
    "skill.renamed": _moderate,
    "contest.answered": _contest,
}
