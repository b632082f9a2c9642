"""Following keywords: the pair's state, its revision and what is told of it."""

import pytest
from sqlalchemy import create_engine, text

from chassis import clock, migrations
from chassis.database import driver_url
from chassis.identifiers import new_id
from chassis.testing.meeting import at_once
from chassis.testing.people import MONDAY, person, suspended
from contracts.social import KeywordFollowed, KeywordUnfollowed
from services.social.app import SERVICE
from services.social.models import KeywordFollow
from services.social.tests.factories import follow_keyword, members, unfollow_keyword


def test_following_a_keyword_that_nobody_used_is_answered_and_told(social):
    [ana] = members(social, "Ana")

    with clock.at(MONDAY):
        answer = follow_keyword(social, ana, "never-heard-of")

    assert answer.status_code == 200
    assert answer.json == {"slug": "never-heard-of", "is_following": True}
    assert social.published(KeywordFollowed) == [
        KeywordFollowed(member_id=ana.id, slug="never-heard-of", revision=1, changed_at=MONDAY)
    ]


def test_second_follow_of_a_keyword_changes_nothing(social):
    [ana] = members(social, "Ana")
    follow_keyword(social, ana, "sql")

    answer = follow_keyword(social, ana, "sql")

    assert answer.json == {"slug": "sql", "is_following": True}
    assert len(social.published(KeywordFollowed)) == 1


def test_unfollowing_a_keyword_that_one_never_followed_changes_nothing(social):
    [ana] = members(social, "Ana")

    answer = unfollow_keyword(social, ana, "sql")

    assert answer.json == {"slug": "sql", "is_following": False}
    assert social.published(KeywordUnfollowed) == []


def test_each_change_of_member_and_keyword_has_the_next_revision(social):
    ana, ben = members(social, "Ana", "Ben")

    for change in (follow_keyword, unfollow_keyword, follow_keyword, unfollow_keyword):
        change(social, ana, "sql")
        change(social, ana, "sql")
    follow_keyword(social, ben, "sql")

    followed, unfollowed = social.published(KeywordFollowed), social.published(KeywordUnfollowed)
    assert [e.revision for e in followed if e.member_id == ana.id] == [1, 3]
    assert [e.revision for e in unfollowed] == [2, 4]
    assert [e.revision for e in followed if e.member_id == ben.id] == [1]
    with social.session() as session:
        pair = session.get_one(KeywordFollow, (ana.id, "sql"))
    assert (pair.is_following, pair.revision) == (False, 4)


def test_keyword_followed_in_two_windows_at_once_is_told_once(social):
    [ana] = members(social, "Ana")

    at_once(*[lambda: follow_keyword(social, ana, "sql")] * 4)

    assert [event.revision for event in social.published(KeywordFollowed)] == [1]


@pytest.mark.parametrize("change", [follow_keyword, unfollow_keyword])
@pytest.mark.parametrize("slug", ["SQL", "c--d", "sql-", "caf%C3%A9", "a" * 301])
def test_what_no_keyword_can_be_called_is_not_found(social, change, slug):
    [ana] = members(social, "Ana")

    answer = change(social, ana, slug)

    assert (answer.status_code, answer.json["code"]) == (404, "keyword_not_found")
    with social.session() as session:
        assert session.query(KeywordFollow).count() == 0


def test_suspended_member_follows_no_keyword(social):
    [ana] = members(social, "Ana")
    social.deliver(suspended(ana))

    answer = follow_keyword(social, ana, "sql")

    assert (answer.status_code, answer.json["code"]) == (403, "member_suspended")
    assert social.published(KeywordFollowed) == []


def test_member_known_by_their_token_alone_follows_a_keyword(social):
    answer = follow_keyword(social, person("Ana"), "sql")

    assert answer.status_code == 200


def test_migration_joins_follows_that_one_rule_makes_one(server):
    with server.database_at(SERVICE, "0004") as url:
        engine = create_engine(driver_url(url))
        ada, bob = new_id(), new_id()
        rows = [
            (ada, "cu153ur", True, 3),
            (ada, "coeur", False, 4),
            (bob, "cu153ur", True, 1),
            (bob, "python", True, 1),
        ]
        with engine.begin() as connection:
            for member_id in (ada, bob):
                connection.execute(
                    text("INSERT INTO member_refs (id, name, headline) VALUES (:id, 'x', '')"),
                    {"id": member_id},
                )
            for member_id, slug, is_following, revision in rows:
                connection.execute(
                    text("INSERT INTO keyword_follows VALUES (:id, :slug, :state, :n, now())"),
                    {"id": member_id, "slug": slug, "state": is_following, "n": revision},
                )

        migrations.migrate(url, SERVICE.folder / "migrations")

        with engine.begin() as connection:
            found = connection.execute(
                text("SELECT member_id, slug, is_following, revision FROM keyword_follows")
            )
            assert {tuple(row) for row in found} == {
                (ada, "coeur", True, 5),
                (bob, "coeur", True, 1),
                (bob, "python", True, 1),
            }
        engine.dispose()
