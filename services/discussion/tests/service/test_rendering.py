"""What a reader sees of a post: kept when it is written, made anew by newer rules."""

import pytest
from sqlalchemy import select, update

from chassis.messaging.republish import republish
from chassis.testing.people import person
from contracts.discussion import PostPublished
from services.discussion.actions.rendering import refresh_rendering
from services.discussion.app import SERVICE
from services.discussion.chores import CHORES
from services.discussion.models import Keyword, KeywordSpelling, Post, PostKeyword
from services.discussion.rules import RENDERING
from services.discussion.tests.factories import ask, reply


def post_of(service, post_id):
    with service.session() as session:
        return session.get_one(Post, post_id)


def test_a_post_keeps_its_excerpt_prose_and_language(discussion):
    post_id = ask(discussion, person("Ana"), "Quelle farine pour le pain ?", body="`a` et **b**")

    post = post_of(discussion, post_id)

    assert (post.excerpt, post.prose, post.lang) == ("a et b", "  et b", "fr")
    assert post.rendering == RENDERING


def test_an_author_may_say_in_which_language_they_write(discussion):
    question = {"title": "Which flour is best?", "body": "For bread.", "lang": "other"}

    asked = discussion.as_member(person("Ana")).post("/questions", question)
    unknown = discussion.as_member(person("Ana")).post("/questions", {**question, "lang": "de"})

    assert asked.json["lang"] == "other"
    assert (unknown.status_code, list(unknown.json["errors"])) == (422, ["lang"])


@pytest.mark.parametrize(
    ("body", "code"), [("***", "nothing_to_show"), (">" * 300 + " deep", "text_hidden")]
)
def test_what_readers_would_not_see_is_refused_before_anything_is_locked(discussion, body, code):
    question = {"title": "Which flour is best?", "body": body}

    refused = discussion.as_member(person("Ana")).post("/questions", question)
    previewed = discussion.as_member(person("Ana")).post("/posts/preview", {"body": body})

    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert (previewed.status_code, previewed.json["code"]) == (422, code)


def test_a_preview_is_what_the_post_will_be(discussion):
    ana = person("Ana")
    body = "# Rye\n\nhttps://example.org"

    preview = discussion.as_member(ana).post("/posts/preview", {"body": body})

    post_id = ask(discussion, ana, "Which flour?", body=body)
    assert preview.status_code == 200
    assert preview.json == {"body_html": post_of(discussion, post_id).body_html}


def test_what_an_earlier_release_rendered_is_rendered_anew(discussion):
    ana = person("Ana")
    post_id = ask(discussion, ana, "Which flour?", body="# Rye")
    hidden_id = reply(discussion, ana, post_id)
    old = {"body_html": "<h1>Rye</h1>", "excerpt": "", "prose": "", "rendering": 0}
    with discussion.session() as session:
        session.execute(update(Post).values(old))
        session.execute(update(Post).where(Post.id == hidden_id).values(body="***"))

    [chore] = CHORES
    assert chore.run(discussion.database, discussion.settings) is False

    post, hidden = post_of(discussion, post_id), post_of(discussion, hidden_id)
    assert (post.body_html, post.excerpt, post.prose) == ("<h3>Rye</h3>\n", "Rye", "Rye")
    assert hidden.body_html == "<h1>Rye</h1>"  # it would be refused today, and stays
    with discussion.session() as session:
        assert set(session.scalars(select(Post.rendering))) == {RENDERING}
        assert refresh_rendering(session) is False


def test_keywords_that_an_earlier_release_gave_are_counted_once(discussion):
    """It runs beside this one during an upgrade, and neither counts nor says how they are spelt."""
    ana = person("Ana")
    ask(discussion, ana, "Which flour?", keywords=["Bread"])
    post_id = ask(discussion, ana, "Which oven?", keywords=["bread", "Oven"])
    with discussion.session() as session:
        _as_an_earlier_release(session, post_id)

    for _ in range(2):
        with discussion.session() as session:
            session.execute(update(Post).values(rendering=0))
            refresh_rendering(session)

    with discussion.session() as session:
        counts = dict(session.execute(select(Keyword.slug, Keyword.post_count)).all())
        spelt = session.execute(select(KeywordSpelling.written, KeywordSpelling.use_count)).all()
    assert counts == {"bread": 2, "oven": 1}
    assert {tuple(row) for row in spelt if row.use_count} == {("Bread", 2), ("Oven", 1)}


def test_keywords_that_nobody_counted_are_not_taken_off(discussion):
    ana = person("Ana")
    ask(discussion, ana, "Which flour?", keywords=["Bread"])
    post_id = ask(discussion, ana, "Which oven?", keywords=["Bread"])
    with discussion.session() as session:
        _as_an_earlier_release(session, post_id)

    discussion.as_member(ana).delete(f"/questions/{post_id}")

    with discussion.session() as session:
        assert session.scalars(select(Keyword.post_count)).all() == [1]


def test_what_is_not_rendered_yet_is_told_without_prose(discussion):
    """Listeners read its Markdown: an empty prose would say that it shows nothing."""
    ask(discussion, person("Ana"), "Which flour?", body="**Rye**")
    with discussion.session() as session:
        session.execute(update(Post).values(prose="", rendering=0))

    republish(discussion.database, SERVICE.history, "skills", [PostPublished.type])

    assert discussion.published(PostPublished)[-1].prose is None


def _as_an_earlier_release(session, post_id):
    """It writes what it knows of a question's keywords, and no more."""
    session.execute(update(Post).where(Post.id == post_id).values(rendering=0))
    theirs = select(PostKeyword.keyword_id).where(PostKeyword.post_id == post_id)
    fewer = update(Keyword).where(Keyword.id.in_(theirs))
    session.execute(fewer.values(post_count=Keyword.post_count - 1))
    spelt = select(PostKeyword.written).where(PostKeyword.post_id == post_id)
    less = update(KeywordSpelling).where(KeywordSpelling.written.in_(spelt))
    session.execute(less.values(use_count=KeywordSpelling.use_count - 1))
    session.execute(update(PostKeyword).where(PostKeyword.post_id == post_id).values(written=""))
