"""The table of routes against the paths that the design names, built or planned."""

import pytest

from gateway.paths import segments_of
from gateway.routes import TABLE, Route, Table

ID = "0190f000-0000-7000-8000-000000000001"

OWNERS = {
    "identity": f"""/invitation-requests /invitation-requests/{ID} /invitation-requests/{ID}/sponsor
        /invitations /invitations/{ID} /invitations/preview/TOKEN /members /members/{ID}
        /members/{ID}/invitees /members/{ID}/lineage /members/me /members/me/portrait
        /members/me/export /sessions
        /sessions/refresh /sessions/leaving /sessions/{ID} /sessions/current /password-resets
        /password-resets/TOKEN /members/me/export/identity""",
    "social": f"""/members/{ID}/follow /members/{ID}/followers /members/{ID}/following
        /members/{ID}/block /suggestions/members /keywords/python/follow
        /members/me/export/social""",
    "discussion": f"""/keywords /keywords/python /keywords/python/members /questions /shares
        /questions/{ID} /shares/{ID} /questions/{ID}/answers /answers/{ID} /answers/{ID}/accept
        /posts/{ID}/like /posts/{ID}/likes /posts/{ID}/history /feed /feed/for-you /search
        /questions/{ID}/requests /reports /reports/{ID}/answer
        /members/me/export/discussion""",
    "skills": f"""/skills /skills/python /skills/python/experts /skills/detect
        /members/{ID}/skills /members/{ID}/skills/python/evidence /members/me/skills/python
        /experts /questions/{ID}/experts /members/me/export/skills""",
    "notifications": f"""/notices /notices/read /notices/{ID}/read /notices/preferences
        /notices/push-subscriptions /notices/push-subscriptions/{ID}
        /members/me/export/notifications""",
    "projects": f"""/projects /projects/{ID} /projects/{ID}/calls /projects/{ID}/invitations
        /projects/{ID}/members /projects/{ID}/updates /projects/{ID}/rounds
        /projects/{ID}/benchmarks /projects/{ID}/follow /members/me/export/projects""",
}
SERVICES = tuple(OWNERS)
PATHS = [(path, service) for service, paths in OWNERS.items() for path in paths.split()]


def find(path: str, table: Table) -> Route | None:
    return table.find(segments_of(path))


@pytest.mark.parametrize(("path", "service"), PATHS)
def test_every_path_of_the_design_reaches_its_owner(path: str, service: str) -> None:
    route = find(f"/api/v1{path}", Table(SERVICES))

    assert route is not None and route.service == service


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_tells_its_own_document_to_everybody(service: str) -> None:
    route = find(f"/api/openapi/{service}.json", Table(SERVICES))

    assert route is not None and route.service == service and route.is_public("GET")


def test_strangers_may_do_what_the_design_says_and_nothing_else() -> None:
    public = {(method, route.pattern) for route in TABLE for method in route.public.split()}

    assert public == {
        ("POST", "/invitation-requests"),
        ("GET", "/invitations/preview/*"),
        ("POST", "/members"),
        ("POST", "/sessions"),
        ("POST", "/sessions/refresh"),
        ("POST", "/sessions/leaving"),
        ("POST", "/password-resets"),
        ("PUT", "/password-resets/*"),
        ("PUT", "/address-confirmations/*"),  # ADR 0008
        ("GET", "/portraits/*"),
        # One click in a mail (RFC 8058): ADR 0030.
        *((method, "/unsubscriptions/*") for method in ("GET", "POST", "DELETE")),
    }


def test_a_service_that_is_not_deployed_has_no_paths() -> None:
    table = Table(["identity"])

    assert find("/api/v1/projects", table) is None
    assert find("/api/openapi/projects.json", table) is None


def test_the_first_pattern_that_matches_wins() -> None:
    table = Table(["a", "b"], [Route("/x/me", "a"), Route("/x/*", "b"), Route("/x/you", "a")])

    assert [find(f"/api/v1/x/{end}", table).service for end in ("me", "z", "you")] == [  # type: ignore[union-attr]
        "a",
        "b",
        "b",
    ]


def test_no_route_stands_behind_one_that_hides_it() -> None:
    for index, route in enumerate(TABLE):
        literal = route.pattern.replace("*", ID)

        assert find(f"/api/v1{literal}", Table(SERVICES, TABLE[: index + 1])) is route


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/metrics",
        "/health/ready",
        "/api/v1",
        "/api/v1/",
        "/api/v1/metrics",
        "/api/v1/health/ready",
        "/api/v1/members/",
        "/api/v1//members",
        "/api/v1/unknown",
        "/api/v2/members",
        "/api/openapi/unknown.json",
    ],
)
def test_what_is_not_in_the_table_does_not_exist(path: str) -> None:
    assert find(path, Table(SERVICES)) is None
