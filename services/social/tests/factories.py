"""Members and follows for tests, each with what matters said at the call."""

from werkzeug.test import TestResponse

from chassis.testing.people import joined, person
from chassis.testing.service import ServiceUnderTest
from chassis.testing.tokens import Person


def members(service: ServiceUnderTest, *names: str) -> list[Person]:
    """People of whom the service has heard."""
    people = [person(name) for name in names]
    service.deliver(*map(joined, people))
    return people


def follow(service: ServiceUnderTest, follower: Person, followed: Person) -> TestResponse:
    return service.as_member(follower).put(f"/members/{followed.id}/follow")


def unfollow(service: ServiceUnderTest, follower: Person, followed: Person) -> TestResponse:
    return service.as_member(follower).delete(f"/members/{followed.id}/follow")


def follow_keyword(service: ServiceUnderTest, member: Person, slug: str) -> TestResponse:
    return service.as_member(member).put(f"/keywords/{slug}/follow")


def unfollow_keyword(service: ServiceUnderTest, member: Person, slug: str) -> TestResponse:
    return service.as_member(member).delete(f"/keywords/{slug}/follow")


def block(service: ServiceUnderTest, member: Person, other: Person) -> TestResponse:
    return service.as_member(member).put(f"/members/{other.id}/block")


def unblock(service: ServiceUnderTest, member: Person, other: Person) -> TestResponse:
    return service.as_member(member).delete(f"/members/{other.id}/block")
