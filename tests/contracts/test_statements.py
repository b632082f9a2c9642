"""Reading costs as many statements for twenty rows as for two: no row asks for more of its own.

Every reading operation of every OpenAPI document is here; a new one without a line fails.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from chassis import clock
from chassis.identifiers import new_id
from chassis.service import Service
from chassis.settings import Secret
from chassis.testing.people import MONDAY, joined, updated
from chassis.testing.service import Server, ServiceUnderTest
from chassis.testing.tokens import Person, private_pem
from contracts.discussion import PostLiked, PostPublished
from contracts.social import MemberFollowed
from services.discussion.models import PostVersion
from services.identity.models import Invitation, MemberSession, ModerationAct
from services.identity.tests.factories import JOINED, add_member
from services.skills.models import CatalogueAct, OrganisationMap, OrganisationSkill, Skill
from standalone.services import SERVICES
from tests.architecture.sources import operations
from tests.contracts.rows_of_projects import fill_projects

Parts = dict[str, object]
Fill = Callable[[Service, int], tuple[ServiceUnderTest, Person, Parts]]
READING = [
    (service, path)
    for service in SERVICES
    for (method, path) in operations(service)
    if method == "GET"
]
# How many statements each takes at the most.
MOST = {
    "/api/v1/organisations": 2,
    "/api/v1/organisations/{slug}": 2,
    "/api/v1/organisations/{slug}/acts": 3,
    "/api/v1/organisations/{slug}/map": 2,
    "/api/v1/organisations/{slug}/outside": 10,
    "/api/v1/members/me/organisation": 3,
    "/api/v1/feed": 1,
    "/api/v1/questions": 1,
    "/api/v1/feed/for-you": 1,
    "/api/v1/members/{member_id}/lineage": 1,
    "/api/v1/keywords": 1,
    "/api/v1/keywords/{slug}": 2,
    "/api/v1/keywords/{slug}/members": 1,
    "/api/v1/search": 3,
    "/api/v1/members/me/export/skills": 4,
    "/api/v1/reports": 1,
    "/api/v1/shares": 1,
    "/api/v1/shares/{share_id}": 1,
    "/api/v1/posts": 1,
    "/api/v1/posts/{post_id}/likes": 1,
    "/api/v1/posts/{post_id}/history": 1,
    "/api/v1/questions/{question_id}": 1,
    "/api/v1/questions/{question_id}/answers": 1,
    "/api/v1/members/me/export/discussion": 6,
    "/api/v1/members/{member_id}/followers": 1,
    "/api/v1/members/{member_id}/following": 1,
    "/api/v1/members/me/export/social": 5,
    "/api/v1/members/me/blocked": 1,
    "/api/v1/members/{member_id}/follow": 1,
    "/api/v1/relations": 1,
    "/api/v1/suggestions/members": 1,
    "/api/v1/members/{member_id}/skills": 1,
    "/api/v1/members/{member_id}/skills/{slug}/evidence": 1,
    "/api/v1/contests": 1,
    "/api/v1/discounts": 1,
    "/api/v1/skill-alarms": 2,
    "/api/v1/skills": 1,
    "/api/v1/catalogue-acts": 1,
    "/api/v1/skill-candidates": 1,
    "/api/v1/skills/levels": 1,
    "/api/v1/experts": 10,
    "/api/v1/questions/{question_id}/experts": 10,
    "/api/v1/members/{member_id}/skills/{slug}": 4,
    "/api/v1/skills/{slug}": 9,
    "/api/v1/skills/{slug}/experts": 6,
    "/api/v1/members": 1,
    "/api/v1/members/me": 4,
    "/api/v1/members/{member_id}": 1,
    "/api/v1/members/{member_id}/invitees": 1,
    "/api/v1/members/me/export": 12,
    "/api/v1/members/me/export/identity": 12,
    "/api/v1/invitations": 2,
    "/api/v1/invitations/preview/{token}": 2,
    "/api/v1/invitation-requests": 6,
    "/api/v1/sessions": 2,
    "/api/v1/moderation-acts": 4,
    "/api/v1/portraits/{key}": 1,
    "/api/v1/projects": 1,
    "/api/v1/projects/feed": 1,
    "/api/v1/projects/invitations": 1,
    "/api/v1/projects/{project_id}": 1,
    "/api/v1/projects/{project_id}/history": 2,
    "/api/v1/projects/{project_id}/members": 2,
    "/api/v1/projects/{project_id}/calls": 2,
    "/api/v1/projects/{project_id}/calls/{call_id}": 2,
    "/api/v1/projects/{project_id}/calls/{call_id}/helpers": 3,
    "/api/v1/projects/{project_id}/thanks": 2,
    "/api/v1/projects/{project_id}/invitations": 2,
    "/api/v1/projects/{project_id}/offers": 2,
    "/api/v1/projects/{project_id}/updates": 2,
    "/api/v1/projects/{project_id}/rounds": 2,
    "/api/v1/projects/{project_id}/rounds/{round_id}": 2,
    "/api/v1/projects/{project_id}/rounds/{round_id}/answer": 3,
    "/api/v1/projects/{project_id}/rounds/{round_id}/results": 3,
    "/api/v1/projects/{project_id}/rounds/{round_id}/results/texts": 4,
    "/api/v1/projects/{project_id}/rounds/{round_id}/results/choices": 4,
    "/api/v1/projects/{project_id}/benchmarks": 2,
    "/api/v1/projects/{project_id}/benchmarks/{benchmark_id}": 3,
    "/api/v1/projects/{project_id}/benchmarks/{benchmark_id}/versions": 3,
    "/api/v1/projects/{project_id}/benchmarks/{benchmark_id}/changes": 6,
    "/api/v1/projects/reports": 1,
    "/api/v1/projects/{project_id}/acts": 2,
    "/api/v1/members/me/export/projects": 16,
    "/api/v1/notices": 1,
    "/api/v1/notices/count": 1,
    "/api/v1/notices/preferences": 4,
    "/api/v1/notices/push-subscriptions": 2,
    "/api/v1/unsubscriptions/{token}": 0,
    "/api/v1/questions/{question_id}/ladder": 1,
    "/api/v1/members/me/export/notifications": 12,
}


@pytest.mark.parametrize(
    ("service", "path"), READING, ids=[f"{service.name} {path}" for service, path in READING]
)
def test_reading_takes_no_statement_for_each_row(service: Service, path: str, filled: Fill) -> None:
    counts = []
    for size in (3, 20):
        under_test, ada, parts = filled(service, size)
        # A first request looks at the clock of the database, once a minute.
        with under_test.session():
            pass
        asked = path.removeprefix("/api/v1") + QUERIES.get(path, "")
        address = asked.format(**{"token": "x" * 43, "key": "x", **parts})
        with _counted() as statements, clock.at(JOINED):
            answer = under_test.as_member(ada).get(address)
        assert answer.status_code == (404 if "{token}" in path or "{key}" in path else 200)
        if "items" in (answer.json or {}):
            assert len(answer.json["items"]) == min(size, 20) or path in FEW
        counts.append(len(statements))

    assert counts[0] == counts[1] <= MOST[path], counts


SECRETS = {
    "identity": {"signing_key": Secret(private_pem())},
    "notifications": {"link_secret": Secret("x" * 32)},
}
QUERIES = {
    "/api/v1/relations": "?members={members}",
    "/api/v1/posts": "?author={author_id}&kind=question",
    "/api/v1/search": "?q=question",
    "/api/v1/experts": "?q=Apache Kafka&limit=20&sort=near",
    "/api/v1/organisations/{slug}/outside": "?q=Apache Kafka&limit=20",
    "/api/v1/skills/levels": "?members={member_id}&keywords={slug}",
    "/api/v1/projects/{project_id}/rounds/{round_id}/results/texts": "?question=1",
    "/api/v1/projects/{project_id}/rounds/{round_id}/results/choices": "?question=2",
    "/api/v1/projects/{project_id}/benchmarks/{benchmark_id}/changes": "?from=1",
}
# Lists of which the fillers below make one row, or another number.
FEW = {
    "/api/v1/feed/for-you",
    "/api/v1/keywords",
    "/api/v1/keywords/{slug}/members",
    "/api/v1/posts",
    "/api/v1/questions",
    "/api/v1/reports",
    "/api/v1/contests",
    "/api/v1/discounts",
    "/api/v1/skill-alarms",
    "/api/v1/search",
    "/api/v1/skills",
    "/api/v1/feed",
    "/api/v1/posts/{post_id}/likes",
    "/api/v1/members",
    "/api/v1/invitation-requests",
    "/api/v1/sessions",
    "/api/v1/members/{member_id}/skills",
    "/api/v1/questions/{question_id}/experts",
    "/api/v1/organisations/{slug}/outside",
    "/api/v1/skills/levels",
    "/api/v1/skill-candidates",
    "/api/v1/notices/push-subscriptions",
    "/api/v1/projects/{project_id}/offers",
    "/api/v1/projects/{project_id}/thanks",
    "/api/v1/projects/{project_id}/calls/{call_id}/helpers",
}


@contextmanager
def _counted() -> Iterator[list[str]]:
    """What goes to the database inside the block; SQLAlchemy's statements pass here too."""
    seen: list[str] = []
    original = psycopg.Cursor.execute

    def execute(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        seen.append(str(query))
        return original(cursor, query, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", execute)
        yield seen


@pytest.fixture(scope="module")
def filled(server: Server) -> Iterator[Fill]:
    """Makes services with so many rows of each kind: once, for reading leaves them as they are.

    With whose they are, and what paths name.
    """
    made: dict[tuple[str, int], tuple[ServiceUnderTest, Person, Parts]] = {}
    with ExitStack() as stack:

        def fill(service: Service, size: int) -> tuple[ServiceUnderTest, Person, Parts]:
            if (service.name, size) not in made:
                url = stack.enter_context(server.database(service))
                under_test = ServiceUnderTest(service, url, **SECRETS.get(service.name, {}))
                stack.callback(under_test.close)
                told = FILLERS[service.name](under_test, size)
                made[service.name, size] = (under_test, *told)
            return made[service.name, size]

        yield fill


def _fill_identity(identity: ServiceUnderTest, size: int) -> tuple[Person, Parts]:
    above = None
    for number in range(size):
        above = add_member(identity, f"Ancestor{number}", sponsor=above)
    ada = add_member(identity, "Ada", role="administrator", sponsor=above)
    for number in range(size):
        invitee = add_member(identity, f"Invitee{number}", sponsor=ada)
        rows = [
            MemberSession(
                id=new_id(), member_id=ada.id, device="", opened_at=JOINED, expires_at=JOINED
            ),
            ModerationAct(
                id=new_id(),
                act="suspend",
                actor_id=ada.id,
                member_id=invitee.id,
                reason="Spam.",
                affected_ids=[invitee.id],
                acted_at=JOINED,
            ),
            Invitation(
                id=new_id(),
                token_hash=uuid4().bytes,
                sponsor_id=ada.id,
                role="member",
                note="",
                is_first_start=False,
                created_at=JOINED,
                expires_at=JOINED,
                used_at=JOINED,
                invitee_id=invitee.id,
            ),
        ]
        with identity.session() as session:
            session.add_all(rows)
    _register(identity, ada, size)
    return ada, {"member_id": ada.id, "slug": "company-0"}


def _register(identity: ServiceUnderTest, moderator: Person, size: int) -> None:
    client = identity.as_member(moderator)
    for number in range(size):
        wanted = {"name": f"Company {number}", "domains": [f"c{number}.example"], "reason": "One."}
        assert client.post("/organisations", wanted).status_code == 201
        changed = {"revision": number, "name": f"Named {number}", "reason": "Two."}
        assert number == 0 or client.patch("/organisations/company-0", changed).status_code == 200


def _fill_social(social: ServiceUnderTest, size: int) -> tuple[Person, Parts]:
    ada, *others = (Person(f"Member {number}", new_id()) for number in range(size + 1))
    social.deliver(*map(joined, (ada, *others)))
    strangers = [Person(f"Stranger {number}", new_id()) for number in range(2 * size)]
    known = [replace(updated(one, revision=1), sponsor_id=ada.id) for one in strangers]
    social.deliver(*(replace(one, joined_at=JOINED) for one in known))
    for blocked in strangers[size:]:
        assert social.as_member(ada).put(f"/members/{blocked.id}/block").status_code == 200
    for other in others:
        assert social.as_member(ada).put(f"/members/{other.id}/follow").status_code == 200
        assert social.as_member(other).put(f"/members/{ada.id}/follow").status_code == 200
        assert social.as_member(ada).put(f"/keywords/k{other.id}/follow").status_code == 200
    members = ",".join(str(other.id) for other in others)
    return ada, {"member_id": ada.id, "members": members}


def _fill_discussion(discussion: ServiceUnderTest, size: int) -> tuple[Person, Parts]:
    ada, ben = Person("Ada", new_id()), Person("Ben", new_id())
    followed = MemberFollowed(follower_id=ada.id, followed_id=ben.id, revision=1, changed_at=MONDAY)
    discussion.deliver(joined(ada), joined(ben), followed)
    first: Any = None
    for number in range(size):
        question = {"title": f"Question {number}?", "body": "Why?", "keywords": ["A", f"b{number}"]}
        liker = Person(f"Liker {number}", new_id())
        asked = discussion.as_member(ben).post("/questions", question).json["id"]
        first = first or asked
        discussion.as_member(ada).put(f"/posts/{asked}/like")
        discussion.as_member(liker).put(f"/posts/{first}/like")
        shared = {**question, "form": "experience"}
        share_id = discussion.as_member(ben).post("/shares", shared).json["id"]
        waiting = {**question, "title": f"Waiting {number}"}
        discussion.as_member(ben).post("/questions", waiting)
        own = {**question, "title": f"Own {number}"}
        discussion.as_member(ada).post("/questions", own)
        with discussion.session() as session:
            version = {"revision": number, "title": "", "body": "", "body_html": ""}
            session.add(PostVersion(post_id=UUID(first), replaced_at=JOINED, **version))
        discussion.as_member(ada).post(f"/questions/{first}/answers", {"body": f"So {number}."})
    ids = {"question_id": first, "post_id": first, "share_id": share_id, "author_id": ben.id}
    return ada, {**ids, "slug": "a"}


def _fill_skills(skills: ServiceUnderTest, size: int) -> tuple[Person, Parts]:
    """Ada and others answer under one question each, and like each other's answers."""
    people = [Person(f"Member {number}", new_id(), role="moderator") for number in range(size)]
    with skills.session() as session:
        act = {"act": "part", "slug": "apache-kafka", "reason": "No.", "acted_at": JOINED}
        session.add_all(CatalogueAct(id=new_id(), actor_id=one.id, **act) for one in people)
    skills.deliver(*map(joined, people))
    for author in people:
        asked = _post(uuid4(), "question", None, "Who knows Apache Kafka?")
        given = _post(author.id, "answer", asked.post_id, "Apache Kafka and Apache Spark.")
        likes = [
            PostLiked(
                post_id=given.post_id,
                author_id=author.id,
                liker_id=liker.id,
                kind="answer",
                revision=1,
                liked_at=MONDAY,
            )
            for liker in [*people, Person("Another", new_id())]
            if liker is not author
        ]
        with clock.at(JOINED):
            skills.deliver(asked, given, *likes)
    _map(skills, people, size)
    ids = {"member_id": people[0].id, "question_id": asked.post_id}
    return people[0], {**ids, "slug": "apache-kafka"}


def _map(skills: ServiceUnderTest, people: list[Person], size: int) -> None:
    """The first of them is counted in an organisation, and follows the others."""
    ada, slug = people[0], "apache-kafka"
    skills.deliver(replace(updated(ada, revision=2), organisation=slug))
    for other in people[1:]:
        pair = {"follower_id": ada.id, "followed_id": other.id}
        skills.deliver(MemberFollowed(**pair, revision=1, changed_at=MONDAY))
    counts = {"people_count": 5, "level_counts": [5, 5, 0, 0, 0]}
    moments = {"settled_at": JOINED, "counted_at": JOINED}
    with skills.session() as session:
        session.add(OrganisationMap(slug=slug, member_ids=[ada.id], people_count=5, **moments))
        some = select(Skill.id).order_by(Skill.id).limit(size)
        for skill_id in session.scalars(some):
            session.add(OrganisationSkill(slug=slug, skill_id=skill_id, **counts))


def _post(author_id: UUID, kind: Any, question_id: UUID | None, words: str) -> PostPublished:
    return PostPublished(
        post_id=new_id(),
        revision=1,
        author_id=author_id,
        kind=kind,
        question_id=question_id,
        title=words if kind == "question" else "",
        body=words,
        keywords=(),
        audience="members",
        published_at=JOINED,
    )


def _fill_notifications(notifications: ServiceUnderTest, size: int) -> tuple[Person, Parts]:
    """Ada follows who ask, each a question for their followers; and asks one herself."""
    ada, *others = (Person(f"Member {number}", new_id()) for number in range(size + 1))
    notifications.deliver(*map(joined, (ada, *others)))
    with clock.at(JOINED):
        for other in others:
            followed = MemberFollowed(
                follower_id=ada.id, followed_id=other.id, revision=1, changed_at=MONDAY
            )
            asked = replace(
                _post(other.id, "question", None, "Who knows rye?"), audience="followers"
            )
            notifications.deliver(followed, replace(asked, audience="followers"))
        mine = replace(_post(ada.id, "question", None, "Who knows wheat?"), published_at=JOINED)
        notifications.deliver(mine)
        # The first request of a member's day notes it.
        notifications.as_member(ada).get("/notices/count")
    return ada, {"question_id": mine.post_id}


FILLERS: dict[str, Callable[[ServiceUnderTest, int], tuple[Person, Parts]]] = {
    "identity": _fill_identity,
    "social": _fill_social,
    "discussion": _fill_discussion,
    "skills": _fill_skills,
    "projects": fill_projects,
    "notifications": _fill_notifications,
}
