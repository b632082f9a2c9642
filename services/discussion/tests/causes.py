"""What makes discussion tell each of its events: by its API, or by events that it hears."""

from collections.abc import Callable

from chassis.testing.people import joined, left, person
from chassis.testing.service import ServiceUnderTest
from services.discussion.app import SERVICE
from services.discussion.tests.factories import ask, like, reply, unlike

Make = Callable[..., ServiceUnderTest]


def _talk(make: Make) -> ServiceUnderTest:
    """Ada asks, Bob answers, Ada likes the answer and takes it back; Bob leaves with it."""
    discussion = make(SERVICE)
    ada, bob = person("Ada"), person("Bob")
    discussion.deliver(joined(ada), joined(bob))
    question_id = ask(discussion, ada, "How do I find slow queries?", keywords=["SQL"])
    asked = discussion.as_member(ada).post(
        f"/questions/{question_id}/requests", {"member_id": str(bob.id)}
    )
    assert asked.status_code == 201, asked.json
    answer_id = reply(discussion, bob, question_id, body="Turn on `pg_stat_statements`.")
    for act in (like, unlike):
        assert act(discussion, ada, answer_id).status_code == 200
    edited = discussion.as_member(bob).patch(
        f"/answers/{answer_id}", {"body": "Or `auto_explain`."}
    )
    assert edited.status_code == 200, edited.json
    for method in ("PUT", "DELETE"):
        path = f"/answers/{answer_id}/accept"
        assert discussion.as_member(ada).request(method, path).status_code == 200
    discussion.deliver(left(bob, removes_posts=True))
    return discussion


def _moderate(make: Make) -> ServiceUnderTest:
    """Max calls a keyword otherwise, merges another into it, and answers what Ada reports."""
    discussion = make(SERVICE)
    ada, max_ = person("Ada"), person("Max", role="moderator")
    ask(discussion, ada, "How do I find slow queries?", keywords=["PostgreSQL", "Postgres"])
    client = discussion.as_member(max_)
    assert client.patch("/keywords/postgresql", {"label": "Postgre SQL"}).status_code == 200
    assert client.put("/keywords/postgres/merge", {"into": "postgresql"}).status_code == 200
    discussion.deliver(joined(bob := person("Bob")))
    about = {"object": {"type": "member", "id": str(bob.id)}, "reason": "spam"}
    told = discussion.as_member(ada).post("/reports", about)
    path = f"/reports/{told.json['id']}/answer"
    assert client.put(path, {"outcome": "acted"}).status_code == 204
    return discussion


CAUSES: dict[str, Callable[[Make], ServiceUnderTest]] = {
    "post.published": _talk,
    "post.edited": _talk,
    "post.removed": _talk,
    "answer.requested": _talk,
    "answer.accepted": _talk,
    "answer.unaccepted": _talk,
    "keyword.merged": _moderate,
    "keyword.renamed": _moderate,
    "report.answered": _moderate,
    "post.liked": _talk,
    "post.unliked": _talk,
}
