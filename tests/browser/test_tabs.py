"""A browser that restores a hundred tabs at once, after the access token has ended."""

from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from threading import Lock

import pytest
from flask import Flask

from tests.browser.browsing import some
from tests.browser.test_away import cookies_of, pages
from tests.system.belonging import database_of
from tests.system.journey import Client
from tests.system.machine import Machine
from web.api.transport import HttpTransport

pytestmark = pytest.mark.timeout(120)
TABS, MOST_LOADS = 100, 50


class Jar:
    """One browser's cookies, as all its tabs have them."""

    def __init__(self, cookies: dict[str, str]) -> None:
        self._cookies = {f"skiller-{name}": value for name, value in cookies.items()}
        self._lock = Lock()

    def load(self, app: Flask, path: str) -> tuple[int, str | None]:
        """The status of a page, and how it says that it is to be loaded again."""
        with self._lock:
            sent = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer = app.test_client(use_cookies=False).get(path, headers={"Cookie": sent})
        with self._lock:
            for line in answer.headers.getlist("Set-Cookie"):
                for name, morsel in SimpleCookie(line).items():
                    self._cookies[name] = morsel.value
        return answer.status_code, answer.headers.get("Refresh")

    def drop(self, name: str) -> None:
        del self._cookies[name]


@pytest.mark.parametrize("processes", some([2, 12], 2))
def test_a_hundred_tabs_that_wake_at_once_stay_signed_in(
    processes: int, machine: Machine, root: Client
) -> None:
    apps = [pages(machine, HttpTransport(machine.url)) for _ in range(processes)]
    jar = Jar(cookies_of(root))
    jar.drop("skiller-access")

    def restore(tab: int) -> list[int]:
        seen = []
        for load in range(MOST_LOADS):
            status, again = jar.load(apps[(tab + load) % processes], "/settings/sessions")
            seen.append(status)
            if not again:
                break
        return seen

    with ThreadPoolExecutor(TABS) as tabs:
        loads = list(tabs.map(restore, range(TABS)))

    assert {seen[-1] for seen in loads} == {200}
    assert {status for seen in loads for status in seen[:-1]} <= {503}
    let_the_grace_pass(machine)
    jar.drop("skiller-access")
    assert jar.load(pages(machine, HttpTransport(machine.url)), "/settings/sessions") == (200, None)
    with database_of(machine, "identity") as identity:
        [closed] = (
            identity.execute(
                "SELECT count(*) FROM sessions WHERE member_id = %s AND closed_at IS NOT NULL",
                [root.member["id"]],
            ).fetchone()
            or ()
        )
    assert closed == 0


def let_the_grace_pass(machine: Machine) -> None:
    """An hour passes over every token: what comes late now is no honest twin any more."""
    aged = "created_at = created_at - interval '1 hour'"
    aged += ", rotated_at = rotated_at - interval '1 hour'"
    aged += ", ended_at = ended_at - interval '1 hour'"
    with database_of(machine, "identity") as identity:
        identity.execute(f"UPDATE refresh_tokens SET {aged}")  # type: ignore[arg-type]
