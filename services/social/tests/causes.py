"""What makes social tell each of its events: by its API, or by events that it hears."""

from collections.abc import Callable

from chassis.testing.service import ServiceUnderTest
from services.social.app import SERVICE
from services.social.tests.factories import (
    block,
    follow,
    follow_keyword,
    members,
    unblock,
    unfollow,
    unfollow_keyword,
)

Make = Callable[..., ServiceUnderTest]


def _follow_and_stop(make: Make) -> ServiceUnderTest:
    social = make(SERVICE)
    ada, bob = members(social, "Ada", "Bob")
    for act in (follow, unfollow):
        assert act(social, bob, ada).status_code == 200
    return social


def _follow_keyword_and_stop(make: Make) -> ServiceUnderTest:
    social = make(SERVICE)
    (ada,) = members(social, "Ada")
    for act in (follow_keyword, unfollow_keyword):
        assert act(social, ada, "sql").status_code == 200
    return social


def _block_and_forgive(make: Make) -> ServiceUnderTest:
    social = make(SERVICE)
    ada, bob = members(social, "Ada", "Bob")
    for act in (block, unblock):
        assert act(social, ada, bob).status_code == 200
    return social


CAUSES: dict[str, Callable[[Make], ServiceUnderTest]] = {
    "member.followed": _follow_and_stop,
    "member.unfollowed": _follow_and_stop,
    "member.blocked": _block_and_forgive,
    "member.unblocked": _block_and_forgive,
    "keyword.followed": _follow_keyword_and_stop,
    "keyword.unfollowed": _follow_keyword_and_stop,
}
