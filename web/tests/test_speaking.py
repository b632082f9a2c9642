"""What templates say in each language, and what is written in Python for them."""

from collections.abc import Iterator
from typing import Any

import pytest

from web import i18n, pieces
from web.api.models import Keyword, Labels, Level, Person, Skill
from web.tests.rig import ME, Gateway, browser, pages, token

MARKUP, ESCAPED = '<b title="x">', "&lt;b title=&#34;x&#34;&gt;"
TEXT = "Merge “%(slug)s”"


@pytest.fixture
def app() -> Iterator[Any]:
    """The application, within a request."""
    app = pages(Gateway())
    with app.test_request_context("/"):
        yield app


def said(app: Any, name: str, template: str, **values: Any) -> str:
    return str(app.extensions["speaking"][name].from_string(template).render(values))


@pytest.mark.parametrize("name", i18n.LOCALES)
def test_what_a_text_names_stands_escaped_in_its_translation(app: Any, name: str) -> None:
    template = '{{ _("Merge “%(slug)s”", slug=slug) }}, {{ _("Merge “%(slug)s”", slug="a"|upper) }}'

    translated = i18n.translator(name)(TEXT)

    assert said(app, name, template, slug=MARKUP) == (
        f"{translated % {'slug': ESCAPED}}, {translated % {'slug': 'A'}}"
    )


def test_macros_get_what_they_are_called_with_and_escape_it(app: Any) -> None:
    template = (
        "{% macro m(a, b='-') %}<{{ a }}{{ b }}{{ caller() if caller else '' }}>{% endmacro %}"
        "{{ m(x) }}{{ m(x, b=1) }}{% call m(2) %}{{ x }}{% endcall %}"
    )

    assert said(app, "en", template, x="&") == "<&amp;-><&amp;1><2-&amp;>"


def test_counted_texts_know_the_number_and_what_they_name(app: Any) -> None:
    plain = '{{ ngettext("%(num)d answer", "%(num)d answers", n) }}'
    named = '{{ ngettext("%(num)d of %(x)s", "%(num)d of %(x)s.", n, x=x) }}'

    assert [said(app, "fr", plain, n=n) for n in (1, 2)] == ["1 réponse", "2 réponses"]
    assert said(app, "fr", named, n=2, x=MARKUP) == f"2 of {ESCAPED}."


def test_the_language_of_a_request_ends_with_it() -> None:
    client = browser(Gateway(), access=token(locale="en"))

    assert 'lang="en"' in client.get("/ask").text

    with pages(Gateway()).test_request_context("/"):
        assert i18n.locale() == "fr"


def test_pieces_escape_what_people_wrote(app: Any) -> None:
    person = Person(id=ME, name=MARKUP, headline=MARKUP, portrait_url=MARKUP)
    skill = Skill(slug="a/b", labels=Labels(en=MARKUP, fr=MARKUP))
    level = Level(
        member_id=ME, skill=skill, level=2, freshness="fresh", liker_count=1, evidence_count=2
    )
    drawn = [
        pieces.who(person),
        pieces.who(person, line=MARKUP),
        pieces.chips([Keyword(slug="a/b", label=MARKUP)]),
        pieces.level(level, ME),
        pieces.button(f"/{MARKUP}", MARKUP, next=MARKUP, fields={"x": MARKUP}, inner=MARKUP),
    ]

    for piece in drawn:
        assert MARKUP not in piece and ESCAPED in piece
    assert "/keywords/a%2Fb" in drawn[2] and "/skills/a%2Fb" in drawn[3]
    assert drawn[4].count(ESCAPED) == 5


def test_a_former_member_has_no_page_and_no_initials(app: Any) -> None:
    gone = pieces.who(Person(id=ME, name=pieces.FORMER))

    assert f"/members/{ME}" not in gone and "#circle-user-round" in gone
