"""What pages remember of how much is new, when they ask anew, and what opening a page reads."""

from web.noticing import READ_AT
from web.tests.rig import ME, QUESTION, Gateway, browser, with_question

NOTICE = "0190f000-0000-7000-8000-000000000009"
COUNT = "/notices/count"


def gateway_with(unread: int) -> Gateway:
    gateway = Gateway()
    gateway.say("GET", COUNT, {"unread": unread})
    gateway.say("GET", "/projects", {"items": [], "next": None})
    gateway.say("PUT", f"/notices/{NOTICE}/read", None, 204)
    gateway.say("PUT", "/notices/read", None, 204)
    return gateway


def counted(gateway: Gateway) -> int:
    return gateway.calls("GET").count(COUNT)


def test_pages_one_after_the_other_ask_once() -> None:
    gateway = gateway_with(3)
    client = browser(gateway)

    pages = [client.get("/projects").text for _ in range(3)]

    assert counted(gateway) == 1
    assert all('<b class="num" aria-hidden="true">3</b>' in page for page in pages)


def test_a_stranger_is_not_counted_for() -> None:
    gateway = gateway_with(3)

    browser(gateway, access="").get("/charter")

    assert counted(gateway) == 0


def test_following_a_notice_reads_it_and_is_counted_anew() -> None:
    gateway = gateway_with(1)
    client = browser(gateway)
    client.get("/projects")

    led = client.get(f"/notices/{NOTICE}?to=/projects")
    gateway.say("GET", COUNT, {"unread": 0})
    page = client.get("/projects").text

    assert (led.status_code, led.headers["Location"]) == (303, "/projects")
    assert gateway.calls("PUT") == [f"/notices/{NOTICE}/read"]
    assert counted(gateway) == 2
    assert '<b class="num"' not in page
    # By which other processes know, too.
    assert client.get_cookie(READ_AT) is not None


def test_a_notice_leads_nowhere_else() -> None:
    led = browser(gateway_with(1)).get(f"/notices/{NOTICE}?to=https://example.org/")

    assert led.headers["Location"] == "/"


def test_where_a_notice_of_an_answered_contest_leads_the_answer_stands() -> None:
    gateway = gateway_with(1)
    skill = {"slug": "rye", "labels": {"en": "Rye", "fr": "Seigle"}}
    contest = {"id": NOTICE, "skill": skill, "post_id": QUESTION, "title": "How?", "word": "No."}
    contest |= {"outcome": "kept", "answer": "It says how.", "holder": None}
    contest |= dict.fromkeys(("contested_at", "answered_at"), "2026-11-20T10:00:00Z")
    gateway.say("GET", "/contests", {"items": [contest], "next": None})

    page = browser(gateway).get("/reports?of=skills").text

    assert "It says how." in page and f"/members/{ME}/skills/rye" in page
    assert "/contests?state=mine" in gateway.calls("GET")


def test_opening_a_page_reads_what_is_about_it_if_anything_is_unread() -> None:
    for unread, read in ((0, []), (2, ["/notices/read"])):
        gateway = with_question(gateway_with(unread))

        page = browser(gateway).get(f"/questions/{QUESTION}")

        assert page.status_code == 200
        assert gateway.calls("PUT") == read


def test_while_nobody_counts_there_is_no_number_and_nothing_is_said() -> None:
    gateway = gateway_with(0)
    gateway.refuse("GET", COUNT, 503, "unavailable")

    page = browser(gateway).get("/projects")

    assert page.status_code == 200
    assert '<b class="num"' not in page.text
    assert "ne répond pas" not in page.text


def test_the_bell_renews_no_token_and_says_nothing_where_it_is_over() -> None:
    gateway = gateway_with(3)

    answer = browser(gateway, access="", refresh="r" * 43).get("/notices/bell")

    assert (answer.status_code, answer.data) == (204, b"")
    assert gateway.asked == []
