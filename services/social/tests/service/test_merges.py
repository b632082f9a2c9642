"""A merge of keywords: who followed the one follows the other too, until it is taken back."""

from itertools import permutations

import pytest

from chassis.testing.people import MONDAY
from contracts.discussion import KeywordMerged
from contracts.social import KeywordFollowed, KeywordUnfollowed
from services.social.models import KeywordFollow
from services.social.tests.factories import follow_keyword, members, unfollow_keyword


def merged(slug="postgres", into="postgresql", *, revision=1, state="merged"):
    return KeywordMerged(
        slug=slug, into=into, label=into, state=state, revision=revision, changed_at=MONDAY
    )


def following(service, *people):
    with service.session() as session:
        rows = session.query(KeywordFollow).all()
    return [
        sorted(row.slug for row in rows if row.member_id == one.id and row.is_following)
        for one in people
    ]


def test_followers_of_a_merged_keyword_follow_the_other_and_are_told(social):
    ana, ben, cleo = members(social, "Ana", "Ben", "Cleo")
    follow_keyword(social, ana, "postgres")
    for slug in ("postgres", "postgresql"):
        follow_keyword(social, ben, slug)
    follow_keyword(social, cleo, "postgresql")
    unfollow_keyword(social, cleo, "postgresql")
    follow_keyword(social, cleo, "postgres")
    told = len(social.published(KeywordFollowed))

    social.deliver(merged())

    both = ["postgres", "postgresql"]
    # Cleo once said that she does not want the other.
    assert following(social, ana, ben, cleo) == [both, both, ["postgres"]]
    [new] = social.published(KeywordFollowed)[told:]
    assert (new.member_id, new.slug, new.revision) == (ana.id, "postgresql", 1)


def test_taken_back_only_what_the_merge_added_ends(social):
    ana, ben, cleo = members(social, "Ana", "Ben", "Cleo")
    for one in (ana, cleo):
        follow_keyword(social, one, "postgres")
    follow_keyword(social, ben, "postgresql")
    social.deliver(merged())
    unfollow_keyword(social, cleo, "postgresql")
    follow_keyword(social, cleo, "postgresql")

    social.deliver(merged(revision=2, state="apart"))

    assert following(social, ana, ben, cleo) == [
        ["postgres"],
        ["postgresql"],
        ["postgres", "postgresql"],
    ]
    ended = [(event.member_id, event.slug) for event in social.published(KeywordUnfollowed)]
    assert ended.count((ana.id, "postgresql")) == 1


def test_the_old_slug_means_the_other_from_then_on(social):
    [ana] = members(social, "Ana")
    social.deliver(merged(), merged("postgresql", "sql"))

    assert follow_keyword(social, ana, "postgres").json == {"slug": "sql", "is_following": True}
    assert following(social, ana) == [["sql"]]
    assert unfollow_keyword(social, ana, "postgres").json["is_following"] is False
    assert following(social, ana) == [[]]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_merges_end_the_same_in_any_order(social, order):
    [ana] = members(social, "Ana")
    follow_keyword(social, ana, "postgres")
    events = [
        merged(revision=1),
        merged(revision=2, state="apart"),
        merged(revision=3, into="sql"),
    ]

    for place in order:
        social.deliver(events[place])
        social.deliver(events[place])

    with social.session() as session:
        standing = {row.slug for row in session.query(KeywordFollow) if row.is_following}
    assert standing == {"postgres", "sql"}
