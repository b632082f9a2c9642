"""What a reader sees of a post: kept when it is written, made anew by newer rules."""

import pytest
from sqlalchemy import select, update

from chassis.testing.people import person
from services.discussion.actions.rendering import refresh_rendering
from services.discussion.chores import CHORES
from services.discussion.models import Post
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
