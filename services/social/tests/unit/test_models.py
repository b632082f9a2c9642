"""The shape of social's answers, and what its table refuses."""

from chassis.members import MemberNotFound
from chassis.testing.people import person
from services.social.errors import FollowingOneself
from services.social.models import Follow
from services.social.schemas import FollowSchema, MemberPageSchema


def test_answer_names_the_member_and_the_state_of_the_pair():
    ana = person("Ana")

    answer = FollowSchema().dump({"member_id": ana.id, "is_following": True, "revision": 3})

    assert answer == {"member_id": str(ana.id), "is_following": True}


def test_page_carries_items_and_the_next_cursor():
    ana = {"id": person("Ana").id, "name": "Ana", "headline": "", "portrait_url": None}

    page = MemberPageSchema().dump({"items": [ana], "next_cursor": "abc"})

    assert page["next"] == "abc"
    assert set(page["items"][0]) == {"id", "name", "headline", "portrait_url"}


def test_failures_have_a_status_and_a_stable_code():
    assert (FollowingOneself.status, FollowingOneself.code) == (422, "follow_oneself")
    assert (MemberNotFound.status, MemberNotFound.code) == (404, "member_not_found")


def test_a_pair_is_the_key_and_never_of_one_member_alone():
    table = Follow.__table__

    assert [column.name for column in table.primary_key] == ["follower_id", "followed_id"]
    assert "ck_follows_not_oneself" in {check.name for check in table.constraints}
