"""What moderators of a synthetic community see: companies, requests, reports, an act of theirs."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from chassis.claims import Claims
from chassis.slugs import slug_of
from demo.community import words
from demo.community.arriving import Arrival, Count
from demo.community.discussing import id_of
from demo.community.people import Person, members_of, person
from demo.community.scale import days
from demo.community.threads import chapter
from demo.community.words import LANGUAGES
from services.discussion.actions import reports
from services.discussion.models import Report
from services.identity.access import get_active
from services.identity.actions import addresses, agreements, moderation, organisations, requests
from services.identity.models import Credentials, InvitationRequest, ModerationAct, Organisation
from services.notifications import preferences
from services.notifications.actions import choosing
from services.notifications.models import Preference

ZONE = "Europe/Paris"
REQUESTS, REPORTS = 4, 3
MOTIVATION = {
    "fr": "Une amie m'a parlé de vous. Je cherche des gens avec qui comparer ma pratique.",
    "en": "A friend told me about you. I look for people to compare my practice with.",
}


def found_companies(arrival: Arrival, count: Count) -> None:
    """Register organisations, whose people agree to be counted in them.

    Their addresses are confirmed then; first they choose to be mailed nothing.
    """
    for number, (name, domain) in enumerate(words.names()["organisations"]):
        people = list(members_of(arrival.scale, number))
        count(_mail_nothing(arrival, people))

        def register(
            session: Session,
            name: str = name,
            domain: str = domain,
            people: Sequence[Person] = people,
        ) -> None:
            _register(session, arrival, name, domain, people)

        arrival.once("identity", (Organisation, slug_of(name)), register, is_news=False)
        count(len(people))


def moderate(arrival: Arrival, count: Count) -> None:
    """Let strangers ask for an invitation, members report posts, and a founder act."""
    for number in range(REQUESTS):
        _request(arrival, number)
    _report(arrival)
    _act(arrival)
    count(REQUESTS + REPORTS + 1)


def _mail_nothing(arrival: Arrival, people: Sequence[Person]) -> int:
    chosen = preferences.Preferences(time_zone=ZONE)
    for scope in preferences.SCOPES:
        chosen, _ = preferences.without(chosen, scope)

    def choose(session: Session) -> None:
        for who in people:
            with arrival.at(who.joined, "choice", who.number):
                choosing.choose(session, actor=who.claims, chosen=chosen, version=0, zone=ZONE)

    if people:
        first = Preference, people[0].claims.id
        arrival.once("notifications", first, choose, is_news=False)
    return len(people)


def _register(
    session: Session, arrival: Arrival, name: str, domain: str, people: Sequence[Person]
) -> None:
    with arrival.at(1 - days(3), "organisation", domain):
        slug = organisations.register_organisation(
            session,
            actor=_proved(arrival),
            name=name,
            domains=[domain],
            reason="Plusieurs membres y travaillent.",
        )
    for who in people:
        with arrival.at(1 - days(1), "agreement", who.number):
            get_active(session, who.claims.id, is_locked=True)
            known = session.get_one(Credentials, who.claims.id)
            addresses.believe_address(session, known=known)
            session.flush()
            agreements.agree(session, actor=who.claims, slug=slug)


def _proved(arrival: Arrival) -> Claims:
    """A founder who has just given their password."""
    return replace(person(arrival.scale, 0).claims, proved_at=arrival.scale.now.timestamp())


def _request(arrival: Arrival, number: int) -> None:
    draw, known = arrival.scale.draw("request", number), words.names()
    language, at = LANGUAGES[number % 2], 1 - days(1 + number)
    name = f"{draw.choice(known['first'][language])} {draw.choice(known['last'])}"
    topics = draw.choice(words.domains()).topics
    request_id = arrival.scale.id_of(at, "request", number)

    def ask(session: Session) -> None:
        with arrival.at(at, "request", number):
            requests.ask_for_invitation(
                session,
                client=f"192.0.2.{number + 1}",  # a network for examples: nobody else tried there
                name=name,
                email=f"{slug_of(name).replace('-', '.')}.{number}@stranger.example",
                motivation=MOTIVATION[language],
                keywords=[topic.said[language].keyword for topic in topics],
                link=None,
                locale=language,
            )
            requests.confirm_request(session, request_id=request_id)

    arrival.once("identity", (InvitationRequest, request_id), ask, is_news=False)


def _report(arrival: Arrival) -> None:
    """Some of the latest answers."""
    scale = arrival.scale
    answered = [one for one in chapter(scale, scale.chapters - 1) if one.answers]
    threads = [one for one in answered if one.answers[0].by is not one.first.by][:REPORTS]

    def report(session: Session) -> None:
        for number, thread in enumerate(threads):
            with arrival.at(1 - days(0.01), "report", number):
                reports.report_object(
                    session,
                    actor=thread.first.by.claims,
                    object_type="post",
                    object_id=id_of(scale, thread.answers[0]),
                    reason="spam" if number else "other",
                    word="",
                )

    first = scale.id_of(1 - days(0.01), "report", 0)
    arrival.once("discussion", (Report, first), report, is_news=False)


def _act(arrival: Arrival) -> None:
    """A founder lets somebody invite no more."""
    who, at = person(arrival.scale, arrival.scale.members - 2), 1 - days(0.01)

    def act(session: Session) -> None:
        with arrival.at(at, "act"):
            moderation.perform_act(
                session,
                actor=_proved(arrival),
                act="stop_inviting",
                member_id=who.claims.id,
                reason="Des invitations sont parties à toute une liste d'adresses.",
            )

    first = ModerationAct, arrival.scale.id_of(at, "act")
    arrival.once("identity", first, act, is_news=False)
