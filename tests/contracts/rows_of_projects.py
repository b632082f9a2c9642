"""Rows of projects for tests that count statements: so many of each kind, in one project."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.identifiers import new_id
from chassis.testing.people import joined
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person
from services.identity.tests.factories import JOINED
from services.projects.models import (
    Belonging,
    Benchmark,
    BenchmarkVersion,
    Call,
    HelpInvitation,
    ModerationAct,
    NamedAnswer,
    Offer,
    OptionCount,
    ProjectChange,
    ProjectUpdate,
    Report,
    Round,
    Thanks,
)


def fill_projects(projects: ServiceUnderTest, size: int) -> tuple[Person, dict[str, object]]:
    """Ada's project has so many of everything, and she is asked by as many."""
    ada, *others = (Person(f"Member {number}", new_id()) for number in range(size))
    projects.deliver(*map(joined, (ada, *others)))
    client = projects.as_member(ada)
    about = {"title": "Bread for beginners", "pitch": "A course.", "keywords": ["Bread"]}
    project_id = client.post("/projects", about).json["id"]
    wanted = {"title": "Somebody for rye", "skills": ["bread-baking"]}
    call_id = client.post(f"/projects/{project_id}/calls", wanted).json["id"]
    rounds = [_round_of(UUID(project_id), ada, number) for number in range(size)]
    shared = [_benchmark_of(UUID(project_id), ada, size) for _ in range(size)]
    with projects.session() as session:
        session.add_all([*rounds, *shared])
        session.flush()
        session.add_all(_versions_of(shared[0], ada))
        for number in range(size):
            session.add_all(_of_project(UUID(project_id), UUID(call_id), ada, number))
            session.add_all(_moderated(UUID(project_id), ada))
        session.flush()
        session.add_all(_answers_of(rounds[0], [ada, *others]))
        for other in others:
            theirs = projects.as_member(other)
            theirs.post("/projects", {**about, "title": f"A course by {other.name}"})
            session.add_all(_by_others(UUID(project_id), UUID(call_id), ada, other))
    named = {"round_id": rounds[0].id, "benchmark_id": shared[0].id}
    return ada, {"project_id": project_id, "call_id": call_id, **named}


def _moderated(project_id: UUID, ada: Person) -> Iterator[Any]:
    its = {"project_id": project_id, "object_type": "update", "object_id": new_id()}
    yield Report(
        id=new_id(),
        reporter_id=ada.id,
        subject_id=ada.id,
        **its,
        project_title="Bread for beginners",
        is_from_inside=True,
        reason="unkind",
        word="",
        said="",
        reported_at=JOINED,
    )
    yield ModerationAct(
        id=new_id(),
        kind="hide",
        **its,
        member_id=ada.id,
        moderator_id=ada.id,
        reason="Unkind.",
        revision=1,
        acted_at=JOINED,
        changed_at=JOINED,
    )


def _benchmark_of(project_id: UUID, ada: Person, size: int) -> Benchmark:
    return Benchmark(
        id=new_id(),
        project_id=project_id,
        author_id=ada.id,
        title="Four maps",
        lang="en",
        version=size,
        created_at=JOINED,
        changed_at=JOINED,
    )


def _versions_of(one: Benchmark, ada: Person) -> Iterator[BenchmarkVersion]:
    for version in range(1, one.version + 1):
        yield BenchmarkVersion(
            benchmark_id=one.id,
            version=version,
            author_id=ada.id,
            content={"criteria": [], "alternatives": [], "cells": []},
            alternative_count=0,
            criterion_count=0,
            cell_count=0,
            published_at=JOINED,
        )


def _round_of(project_id: UUID, ada: Person, number: int) -> Round:
    """A round with names that is over."""
    questions = [
        {"kind": "text", "text": "What is missing?", "options": [], "most": 1},
        {"kind": "scale", "text": "Is it good?", "options": [], "most": 1},
    ]
    return Round(
        id=new_id(),
        project_id=project_id,
        author_id=ada.id,
        title=f"{number}",
        lang="en",
        concept="",
        concept_html="",
        audience="contributors",
        is_anonymous=False,
        results="after_closing",
        questions=questions,
        opens_at=JOINED - timedelta(days=9),
        closes_at=JOINED - timedelta(days=1),
        sealed_at=JOINED - timedelta(days=1),
        revision=2,
        asked_at=JOINED - timedelta(days=9),
        changed_at=JOINED,
    )


def _answers_of(one: Round, people: list[Person]) -> Iterator[Any]:
    for question in (1, 2):
        yield OptionCount(round_id=one.id, question=question, option=0, count=len(people))
        for member in people:
            its = {"round_id": one.id, "member_id": member.id, "question": question}
            yield NamedAnswer(**its, choices=[3] if question == 2 else [], text="It is good.")


def _of_project(project_id: UUID, call_id: UUID, ada: Person, number: int) -> Iterator[Any]:
    at = {"changed_at": JOINED, "revision": 1}
    its = {"project_id": project_id, "lang": "en", "author_id": ada.id, "title": f"{number}"}
    yield ProjectUpdate(
        id=new_id(), **its, body="", body_html="", excerpt="", revision=1, published_at=JOINED
    )
    yield HelpInvitation(
        id=new_id(),
        project_id=project_id,
        inviter_id=ada.id,
        member_id=ada.id,
        role="contributor",
        word="",
        state="pending",
        asked_at=JOINED,
        expires_at=JOINED + timedelta(days=14),
        **at,
    )
    if number:
        call = {"details": "", "details_html": "", "skills": [], "state": "answered"}
        yield Call(id=new_id(), **its, **call, opened_at=JOINED, **at)
        yield ProjectChange(
            project_id=project_id,
            revision=number + 1,
            actor_id=ada.id,
            kind="edited",
            changed_at=JOINED,
        )


def _by_others(project_id: UUID, call_id: UUID, ada: Person, other: Person) -> Iterator[Any]:
    at = {"changed_at": JOINED, "revision": 1}
    its = {"project_id": project_id, "member_id": other.id}
    yield Belonging(**its, role="contributor", is_in=True, joined_at=JOINED, **at)
    yield Offer(
        id=new_id(), **its, call_id=call_id, word="", state="pending", offered_at=JOINED, **at
    )
    yield Thanks(
        **its, call_id=call_id, owner_id=ada.id, skills=[], word="", revision=1, thanked_at=JOINED
    )
