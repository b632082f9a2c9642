"""What keywords are called, whoever wrote them first, and former slugs that still lead there."""

from sqlalchemy import create_engine, select, text

from chassis import clock, migrations
from chassis.database import driver_url
from chassis.identifiers import new_id
from chassis.testing.meeting import at_once
from chassis.testing.people import left, person
from contracts.discussion import PostPublished
from services.discussion.app import SERVICE
from services.discussion.models import Keyword, KeywordAlias, KeywordSpelling
from services.discussion.tests.factories import ask, titles


def label_of(service, slug):
    with service.session() as session:
        return session.scalar(select(Keyword.label).where(Keyword.slug == slug))


def test_a_keyword_is_called_as_most_write_it(discussion):
    ana = person("Ana")
    ask(discussion, ana, "Question 1", keywords=["VB .NET"])
    assert label_of(discussion, "vb-dot-net") == "VB .NET"

    ask(discussion, ana, "Question 2", keywords=["VB.NET"])
    assert label_of(discussion, "vb-dot-net") == "VB .NET"  # of equals the earliest
    ask(discussion, ana, "Question 3", keywords=["VB.NET"])

    assert label_of(discussion, "vb-dot-net") == "VB.NET"
    told = [event.keywords[0] for event in discussion.published(PostPublished)]
    assert [one.written for one in told] == ["VB .NET", "VB.NET", "VB.NET"]


def test_what_is_taken_away_counts_no_more(discussion):
    ana, ben = person("Ana"), person("Ben")
    ask(discussion, ben, "Question 1", keywords=["rye"])
    ask(discussion, ana, "Question 2", keywords=["RYE"])
    ask(discussion, ana, "Question 3", keywords=["RYE"])
    assert label_of(discussion, "rye") == "RYE"

    discussion.deliver(left(ana, removes_posts=True))

    assert label_of(discussion, "rye") == "rye"
    discussion.deliver(left(ben, removes_posts=True))
    with discussion.session() as session:
        assert not session.scalars(select(KeywordSpelling)).all()


def test_a_label_that_was_fixed_stays(discussion):
    ana = person("Ana")
    ask(discussion, ana, "Question 1", keywords=["sql"])
    with discussion.session() as session:
        keyword = session.scalars(select(Keyword)).one()
        keyword.label, keyword.is_label_fixed = "SQL", True

    ask(discussion, ana, "Question 2", keywords=["Sql"])
    ask(discussion, ana, "Question 3", keywords=["Sql"])

    assert label_of(discussion, "sql") == "SQL"


def test_an_alias_means_the_keyword_that_it_leads_to(discussion):
    ana = person("Ana")
    ask(discussion, ana, "Question 1", keywords=["PostgreSQL"])
    with discussion.session() as session:
        keyword = session.scalars(select(Keyword)).one()
        alias = KeywordAlias(slug="postgres", keyword_id=keyword.id, created_at=clock.now())
        session.add(alias)

    ask(discussion, ana, "Question 2", keywords=["Postgres", "postgresql"])

    with discussion.session() as session:
        assert session.scalars(select(Keyword.slug)).all() == ["postgresql"]
    for spelling in ("postgres", "PostgreSQL", "Postgres"):
        found = discussion.as_member(ana).get(f"/questions?keyword={spelling}")
        assert titles(found) == ["Question 2", "Question 1"], spelling
    assert found.json["items"][0]["keywords"] == [{"slug": "postgresql", "label": "PostgreSQL"}]


def test_many_who_use_the_same_keywords_at_once_are_all_counted(discussion):
    words = ["Rye", "Oats", "Spelt"]
    people = [person(f"Baker {number}") for number in range(8)]

    at_once(
        *(
            lambda one=one, turn=turn: ask(
                discussion, one, "Question", keywords=words[turn % 3 :] + words[: turn % 3]
            )
            for turn, one in enumerate(people)
        )
    )

    with discussion.session() as session:
        counts = session.scalars(select(KeywordSpelling.use_count)).all()
    assert counts == [8, 8, 8]


def test_migration_joins_keywords_that_one_rule_makes_one(server):
    """`cœur` and `coeur` were two; the former slug leads to the one that is left."""
    with server.database_at(SERVICE, "0006") as url:
        engine = create_engine(driver_url(url))
        rows = [
            ("cu153ur", "cœur", 1),
            ("coeur", "Coeur", 2),
            ("u30cfu30b9", "バス", 1),
            ("c", "C＋＋", 1),
            ("c-plus-plus", "C++", 1),
            ("python", "Python", 0),
        ]
        with engine.begin() as connection:
            member = new_id()
            connection.execute(
                text("INSERT INTO member_refs (id, name, headline) VALUES (:id, 'Ana', '')"),
                {"id": member},
            )
            for slug, label, uses in rows:
                keyword_id = new_id()
                connection.execute(
                    text("INSERT INTO keywords VALUES (:id, :slug, :label, now())"),
                    {"id": keyword_id, "slug": slug, "label": label},
                )
                for _ in range(uses):
                    post = {"id": new_id(), "keyword_id": keyword_id, "author": member}
                    connection.execute(
                        text(
                            "INSERT INTO posts (id, kind, author_id, title, body, body_html,"
                            " audience, revision, published_at) VALUES"
                            " (:id, 'question', :author, '', '', '', 'members', 1, now())"
                        ),
                        post,
                    )
                    connection.execute(
                        text(
                            "INSERT INTO post_keywords (post_id, keyword_id, position)"
                            " VALUES (:id, :keyword_id, 0)"
                        ),
                        post,
                    )

        migrations.migrate(url, SERVICE.folder / "migrations")

        with engine.begin() as connection:
            found = connection.execute(
                text(
                    "SELECT slug, count(post_id) FROM keywords"
                    " LEFT JOIN post_keywords ON keyword_id = keywords.id"
                    " GROUP BY slug ORDER BY slug"
                )
            )
            assert [tuple(row) for row in found] == [
                ("c-plus-plus", 2),
                ("coeur", 3),
                ("python", 0),
                ("u30d0u30b9", 1),
            ]
            aliases = connection.scalars(text("SELECT slug FROM keyword_aliases ORDER BY slug"))
            assert aliases.all() == ["cu153ur"]
        engine.dispose()
