"""The project that the community builds: help, opinions, a benchmark and news, at their times.

All of it is one transaction of `projects`: it is there whole, or not at all.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.claims import Claims
from chassis.markdown.text import Text
from demo.founding.story import typeset
from services.projects.actions import (
    answering,
    benchmarks,
    calls,
    follows,
    invitations,
    news,
    projects,
    rounds,
    thanks,
)
from services.projects.benchmarking.tables import Alternative, Cell, Criterion, Table
from services.projects.models import Project
from services.projects.opinions import Question

OWNER, HELPER, NEIGHBOUR = "yasmine", "ngoc", "bastien"
# Who hears of it and says what they think: by the number of an option, and a mark.
OPINIONS = {
    "claire": (1, 5),
    "helene": (1, 4),
    "ingrid": (2, 4),
    "tomas": (1, 5),
    "aminata": (3, 3),
    "jerome": (2, 2),
    "priya": (1, 4),
    "luc": (1, 5),
    "mehdi": (4, 3),
    "odile": (2, 4),
    "fatou": (1, 4),
}
WORDS = {
    "helene": "Prévoyez une photo, mais ne l’exigez pas : beaucoup n’oseront pas.",
    "jerome": "Sans un rappel chaque trimestre, la carte sera fausse en un an.",
    "fatou": "Dites à qui appartient le droit de corriger une fiche.",
}
BUILDERS = {OWNER, HELPER, NEIGHBOUR, *OPINIONS}
BEGUN, ASKED, ENDS = 60.0, 20.0, 6.0  # days ago
QUESTIONS = (
    Question(
        "choice",
        typeset("Qui remplirait la carte ?"),
        ("Les habitants, depuis leur téléphone", "Les communes", "Les agences", "Autre"),
    ),
    Question("scale", typeset("L’utiliseriez-vous pour chercher un local ?")),
    Question("text", typeset("Que manque-t-il ?")),
)
CRITERIA = (
    Criterion("ground", "Rez-de-chaussée distingués", "boolean"),
    Criterion("fresh", "Fraîcheur", "number", "jours"),
    Criterion("reuse", "Réutilisation", "text"),
    Criterion("mark", "Note de l’équipe", "note"),
)
MAPS = ("Carte libre", "Plan national", "Cadastre", "Photo aérienne")
VALUES: tuple[tuple[Any, ...], ...] = (
    (True, False, False, False),
    (12, 180, 90, 1_095),
    ("licence libre", "licence ouverte", "licence ouverte", "sur demande"),
    (4, 3, 2, 2),
)


def build_once(
    session: Session, *, people: dict[str, Claims], moment: Callable[[float], datetime]
) -> bool:
    """Build it where it is not there; whether it was built now. `moment` is of days ago."""
    with clock.at(moment(BEGUN)):
        begun = select(Project.id).where(
            Project.owner_id == people[OWNER].id, Project.created_at == clock.now()
        )
        if session.scalar(begun) is not None:
            return False
        project_id = _begin(session, people[OWNER])
    _Building(session, people, moment, project_id).run()
    return True


def _begin(session: Session, owner: Claims) -> UUID:
    return projects.create_project(
        session,
        actor=owner,
        title="Atlas des locaux vides",
        pitch="Cartographier les rez-de-chaussée inoccupés des petites villes, et dire à qui veut"
        " ouvrir un commerce ce qui a déjà été tenté là.",
        text=_text(
            "Nous commençons par **trois communes**. Chaque local a une fiche : surface, vitrine,"
            " dernier commerce, ce qui l’a fait fermer.\n\n- relevés à pied, le samedi matin\n"
            "- un modèle de données que tout le monde peut relire"
        ),
        stage="concept",
        keywords=["Urbanisme", "Données ouvertes"],
        visibility="members",
    )


class _Building:
    """What happens in the project, each act at its time."""

    def __init__(
        self,
        session: Session,
        people: dict[str, Claims],
        moment: Callable[[float], datetime],
        project_id: UUID,
    ) -> None:
        self.session, self.people, self.moment = session, people, moment
        self.project_id = project_id

    def run(self) -> None:
        """From the first follower to the outcome."""
        for number, key in enumerate(OPINIONS):
            self._do(58 - number, key, follows.follow_project)
        answered = self._call(55, "Relire notre modèle de données", ["data-modeling"])
        self._take_in(54, HELPER, answered)
        self._take_in(50, NEIGHBOUR, None)
        self._do(40, OWNER, calls.end_call, call_id=answered, state="answered")
        self._do(
            39,
            OWNER,
            thanks.thank_contributor,
            call_id=answered,
            member_id=self.people[HELPER].id,
            skills=["data-modeling", "postgresql"],
            word="Deux tables de moins, et l’on comprend tout.",
        )
        self._tell(24, "Nous renonçons à la photo obligatoire", "Trop de fiches restaient vides.")
        self._ask()
        self._compare()
        self._tell(3, "Premiers relevés : 31 vitrines en une matinée", "À **six**, sous la pluie.")
        self._call(2, "Deux heures d’une personne qui connaît PostgreSQL", ["postgresql"])

    def _call(self, days: float, title: str, skills: list[str]) -> UUID:
        call: UUID = self._do(
            days,
            OWNER,
            calls.open_call,
            title=title,
            text=None,
            skills=skills,
            hours=2,
            until=None,
        )
        return call

    def _take_in(self, days: float, key: str, call_id: UUID | None) -> None:
        asked = self._do(
            days,
            OWNER,
            invitations.invite_helper,
            member_id=self.people[key].id,
            call_id=call_id,
            role="contributor",
            word="",
        )
        self._do(
            days - 1,
            key,
            invitations.answer_invitation,
            invitation_id=asked,
            answer="accepted",
            word="",
            again="after_90_days",
        )

    def _tell(self, days: float, title: str, body: str) -> None:
        self._do(days, NEIGHBOUR, news.publish_update, title=typeset(title), text=_text(body))

    def _ask(self) -> None:
        wanted = {
            "title": typeset("Qui remplirait la carte ?"),
            "audience": "followers",
            "is_anonymous": True,
            "results": "after_closing",
            "closes_at": self.moment(ENDS),
        }
        asked = self._do(
            ASKED,
            OWNER,
            rounds.plan_round,
            text=_text("La carte est vide : par qui commencer ?"),
            questions=QUESTIONS,
            opens_at=None,
            wanted=wanted,
        )
        for number, (key, (option, mark)) in enumerate(OPINIONS.items()):
            said = [{"question": 1, "choices": [option]}, {"question": 2, "scale": mark}]
            said += [{"question": 3, "text": WORDS[key]}] if key in WORDS else []
            days = ASKED - 1 - number / 2
            self._do(days, key, answering.give_answer, round_id=asked, answers=said)
        outcome = (
            "La saisie par les **habitants** devient la page d’accueil ; les communes valident"
            " une fois par mois."
        )
        self._do(4, OWNER, rounds.put_outcome, round_id=asked, text=_text(outcome))

    def _compare(self) -> None:
        begun = self._do(
            15,
            OWNER,
            benchmarks.begin_benchmark,
            title="Quatre fonds de carte",
            origin=None,
            table=None,
        )
        for base, days in enumerate((14, 9)):
            table = _table(base, self.moment(days).date())
            self._do(
                days,
                OWNER,
                benchmarks.publish_version,
                benchmark_id=begun,
                base_version=base,
                table=table,
            )

    def _do(self, days: float, key: str, act: Callable[..., Any], **what: Any) -> Any:
        with clock.at(self.moment(days)):
            actor = self.people[key]
            return act(self.session, actor=actor, project_id=self.project_id, **what)


def _text(words: str) -> Text:
    return Text.of(typeset(words))


def _table(version: int, day: date) -> Table:
    """The first version lacks the last map."""
    maps = MAPS if version else MAPS[:-1]
    cells = {
        (f"map-{n}", criterion.id): Cell(values[n], "relevé de l’équipe", day - timedelta(days=n))
        for criterion, values in zip(CRITERIA, VALUES, strict=True)
        for n in range(len(maps))
    }
    return Table(CRITERIA, [Alternative(f"map-{n}", name) for n, name in enumerate(maps)], cells)
