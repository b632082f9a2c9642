"""Tokens in cookies: refreshed once, never lost by a refusal."""

import json
from concurrent.futures import ThreadPoolExecutor

from web.api.transport import Request, Response
from web.tests.rig import ME, Gateway, browser, pages, token

FEED = {"items": [], "next": None}


def with_home(gateway: Gateway) -> Gateway:
    gateway.say("GET", "/feed", FEED)
    return gateway


def test_forty_tabs_with_one_old_token_refresh_it_once() -> None:
    gateway = with_home(Gateway())
    granted = {"access_token": token(), "refresh_token": "second"}
    gateway.say("POST", "/sessions/refresh", granted)
    app = pages(gateway)

    def open_tab(_: int) -> tuple[int, str | None]:
        client = app.test_client()
        client.set_cookie("skiller-access", token(seconds=10))
        client.set_cookie("skiller-refresh", "first")
        answer = client.get("/")
        kept = client.get_cookie("skiller-refresh")
        return answer.status_code, kept.value if kept else None

    with ThreadPoolExecutor(40) as tabs:
        seen = set(tabs.map(open_tab, range(40)))

    assert seen == {(200, "second")}
    assert gateway.calls("POST") == ["/sessions/refresh"]


def test_a_token_that_is_good_for_a_while_is_not_refreshed() -> None:
    gateway = with_home(Gateway())

    assert browser(gateway, access=token(seconds=60), refresh="first").get("/").status_code == 200

    assert gateway.calls("POST") == []


def test_a_refused_refresh_leads_to_sign_in_and_clears_no_cookie() -> None:
    gateway = Gateway()
    gateway.refuse("POST", "/sessions/refresh", 401, "refresh_token_invalid")
    client = browser(gateway, access="", refresh="first")

    answer = client.get("/skills?q=x")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=%2Fskills%3Fq%3Dx"
    assert "Set-Cookie" not in answer.headers


def test_a_page_whose_twin_was_faster_elsewhere_comes_back_by_itself() -> None:
    gateway = with_home(Gateway())
    gateway.refuse("POST", "/sessions/refresh", 409, "refresh_token_rotated")
    client = browser(gateway, access="", refresh="first")

    answer = client.get("/")

    assert (answer.status_code, answer.headers["Refresh"]) == (503, "1")
    assert "Set-Cookie" not in answer.headers
    assert "/sign-in" not in answer.text
    client.set_cookie("skiller-access", token())
    assert client.get("/").status_code == 200


def test_while_nobody_refreshes_the_page_says_so_and_the_cookies_stay() -> None:
    gateway = Gateway()
    gateway.refuse("POST", "/sessions/refresh", 503, "upstream_unavailable")

    answer = browser(gateway, access="", refresh="first").get("/skills")

    assert answer.status_code == 503
    assert "Set-Cookie" not in answer.headers


def test_cookies_are_for_https_alone_where_the_browser_came_by_it() -> None:
    gateway = Gateway()
    gateway.say("POST", "/sessions", {"access_token": token(), "refresh_token": "r"}, 201)
    client = browser(gateway, access="")
    https = {"X-Forwarded-Proto": "https"}
    page = client.get("/sign-in", headers=https, base_url="https://localhost")
    proof = page.text.split('name="csrf_token" value="')[1].split('"')[0]

    answer = client.post(
        "/sign-in",
        data={"csrf_token": proof, "email": "a@b.c", "password": "x"},
        headers=https,
        base_url="https://localhost",
    )

    kept = [c for c in answer.headers.getlist("Set-Cookie") if "skiller-" in c]
    tokens = [c for c in kept if c.startswith("__Host-skiller-")]
    assert len(tokens) == 2
    assert all("Secure; HttpOnly; Path=/; SameSite=Lax" in cookie for cookie in tokens)


def test_every_call_carries_the_token_the_id_and_the_address_of_its_visitor() -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return Response(200, {}, json.dumps(FEED).encode())

    gateway = Gateway()
    gateway.answers["GET", "/feed"] = answer
    carried = {"X-Correlation-Id": "abc", "X-Forwarded-For": "192.0.2.7"}

    browser(gateway).get("/", headers=carried)

    [request] = seen
    assert request.headers["Authorization"].startswith("Bearer x.")
    assert request.headers["X-Correlation-Id"] == "abc"
    assert request.headers["X-Client-Address"].startswith("192.0.2.7 ")


def test_signing_out_forgets_the_member_even_when_the_api_is_away() -> None:
    gateway = with_home(Gateway())
    client = browser(gateway, refresh="r")
    gateway.say("GET", "/members/me", {})
    proof = client.get("/reset").text.split('name="csrf_token" value="')[1].split('"')[0]
    gateway.refuse("DELETE", "/sessions/current", 503, "upstream_unavailable")

    answer = client.post("/sign-out", data={"csrf_token": proof})

    assert answer.status_code == 303
    assert client.get_cookie("skiller-access") is None
    assert client.get_cookie("skiller-refresh") is None
    assert ME not in client.get("/").text
