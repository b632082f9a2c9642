"""Whose address is believed."""

from datetime import timedelta
from typing import Any

import pytest

from chassis import clock
from chassis.settings import Secret
from chassis.vouchers import vouch
from gateway.client import Client, client_of
from gateway.config import Settings


def seen(forwarded: str | None, proxies: int = 0, **more: Any) -> Client:
    environ = {"REMOTE_ADDR": "10.0.0.9", "wsgi.url_scheme": "http", "HTTP_HOST": "h", **more}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    return client_of(environ, Settings(trusted_proxies=proxies, web_secret=Secret("s3cret")))


def test_by_default_nobody_forwards() -> None:
    client = seen("1.2.3.4", HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_HOST="evil")

    assert client == Client("10.0.0.9", "http", "h")


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("1.2.3.4", 1, "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4", 1, "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4, 10.0.0.1", 2, "1.2.3.4"),
        ("not an address", 1, "10.0.0.9"),
        ("", 1, "10.0.0.9"),
        (None, 1, "10.0.0.9"),
        ("2001:db8::1", 1, "2001:db8::1"),
        ("1.2.3.4:51234", 1, "1.2.3.4"),
        ("[2001:db8::1]:443", 1, "2001:db8::1"),
        ("[2001:db8::1]", 1, "2001:db8::1"),
        ("[::ffff:1.2.3.4]:80", 1, "1.2.3.4"),
        ("1.2.3.4:", 1, "10.0.0.9"),
        ("[1.2.3.4", 1, "10.0.0.9"),
    ],
)
def test_the_outermost_of_our_proxies_names_the_client(
    forwarded: str | None, proxies: int, address: str
) -> None:
    assert seen(forwarded, proxies).address == address


def test_our_proxy_says_scheme_and_host() -> None:
    client = seen("1.2.3.4", 1, HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_HOST="skiller.org")

    assert (client.scheme, client.host) == ("https", "skiller.org")


def test_the_web_client_vouches_for_its_browser() -> None:
    client = seen(None, HTTP_X_CLIENT_ADDRESS=vouch("192.0.2.7", "s3cret"))

    assert client.address == "192.0.2.7"


def test_a_voucher_is_refused_when_forged_or_old() -> None:
    with clock.at(clock.now() - timedelta(seconds=90)):
        old = vouch("192.0.2.7", "s3cret")

    for voucher in (vouch("192.0.2.7", "guess"), old, "192.0.2.7", "a b c", "é"):
        assert seen(None, HTTP_X_CLIENT_ADDRESS=voucher).address == "10.0.0.9"


@pytest.mark.parametrize(
    ("address", "area"),
    [("192.0.2.7", "192.0.2.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48")],
)
def test_a_log_tells_an_area_and_no_address(address: str, area: str) -> None:
    assert seen(None, REMOTE_ADDR=address).area == area


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_ipv6_customers_are_counted_by_their_network(address: str, network: str) -> None:
    assert seen(None, REMOTE_ADDR=address).network == network
