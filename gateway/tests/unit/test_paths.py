"""Targets as they came, paths as services read them."""

import pytest

from gateway.errors import MalformedRequest
from gateway.paths import segments_of, target_of


@pytest.mark.parametrize(
    "target",
    ["/api/v1/search?q=c%2B%2b%20x&a=[1]", "/%e9%C3%A9", "/a;b=c/d~!$&'()*+,:@?x=/?", "/?"],
)
def test_a_target_is_taken_byte_by_byte(target: str) -> None:
    assert target_of({"RAW_URI": target}) == target


@pytest.mark.parametrize("raw", ["http://other.example/a?b", "HTTPS://other.example:1/a?b"])
def test_of_an_absolute_target_the_path_remains(raw: str) -> None:
    assert target_of({"RAW_URI": raw}) == "/a?b"


@pytest.mark.parametrize(
    "raw", ["", "*", "a/b", "host:443", "/a b", "/a\r\nX: y", "/a\x00", "/é", "/a#/follow", "/\x7f"]
)
def test_a_target_that_two_servers_could_read_differently_is_refused(raw: str) -> None:
    with pytest.raises(MalformedRequest):
        target_of({"RAW_URI": raw})


def test_without_a_raw_target_the_path_is_encoded_again() -> None:
    environ = {"PATH_INFO": "/é x".encode().decode("latin-1"), "QUERY_STRING": "q=1"}

    assert target_of(environ) == "/%C3%A9%20x?q=1"


def test_a_path_is_matched_decoded_once() -> None:
    assert segments_of("/api/%76%31/caf%C3%A9/%252e%252e?x=/y") == ("api", "v1", "café", "%2e%2e")


def test_an_encoded_slash_separates_as_it_does_for_the_service() -> None:
    assert segments_of("/members/a%2Ffollow") == ("members", "a", "follow")


@pytest.mark.parametrize(
    "target",
    [
        "/a/../b",
        "/a/./b",
        "/a/%2e%2E/b",
        "/a%2f..%2fb",
        "//a",
        "/a//b",
        "/a/%2fb",
        "/a/",
        "/a\\b",
        "/a/%5c..%5cb",
        "/a%00",
        "/a%0d%0aX",
        "/%ff",
    ],
)
def test_a_path_that_could_lead_elsewhere_matches_nothing(target: str) -> None:
    assert segments_of(target) is None
