"""How long calls may take, in which language a failure is told, what a lost answer costs."""

from web.tests.rig import ME, OTHER, QUESTION, Gateway, browser, proof_of, with_question

NOTHING = {"items": [], "next": None}


def test_calls_share_the_time_of_their_page_and_optional_ones_leave_some_of_it() -> None:
    gateway = Gateway()
    gateway.say("GET", "/feed", NOTHING)

    browser(gateway).get("/")

    first, *others = [request.seconds for request in gateway.asked]
    assert 3.5 < first <= 4.0
    assert others
    assert all(0 < seconds <= 2.0 for seconds in others)


def test_a_failure_before_the_page_is_told_in_the_browser_s_language() -> None:
    gateway = Gateway()
    gateway.refuse("POST", "/sessions/refresh", 503, "upstream_unavailable")
    client = browser(gateway, access="", refresh="first")

    answer = client.get("/", headers={"Accept-Language": "en-GB"})

    assert answer.status_code == 503
    assert "Skiller does not answer at the moment" in answer.text


def test_what_is_absent_is_said_once() -> None:
    gateway = Gateway()
    gateway.say("GET", "/feed", NOTHING)
    for path in (f"/members/{ME}/skills", f"/members/{ME}/follow", "/suggestions/members"):
        gateway.refuse("GET", path, 503, "upstream_unavailable")

    assert browser(gateway).get("/").text.count("ne répond pas") == 1
    gateway.say("GET", f"/members/{ME}/skills", NOTHING)
    assert browser(gateway).get("/").text.count("ne répond pas") == 1


def test_an_invitation_sent_again_is_the_same_one_and_its_lost_link_is_told_so() -> None:
    gateway = Gateway()
    inviting = {"hindrance": None, "from_at": None, "reason": None, "places_left": 3}
    mine = {"id": ME, "name": "Ada", "headline": "", "portrait_url": None, "role": "member"}
    mine |= {"bio": "", "locale": "fr", "state": "active", "sponsor": None, "email": "a@b.c"}
    mine |= {"is_proposable": True, "asks_per_week": 3, "is_sharing_first_steps": True}
    gateway.say(
        "GET", "/members/me", {**mine, "joined_at": "2026-01-01T00:00:00Z", "inviting": inviting}
    )
    gateway.say("GET", "/invitations", NOTHING)
    made = {"id": ME, "email": None, "name": None, "note": "", "state": "open"}
    made |= {"expires_at": "2026-12-01T00:00:00Z", "invitee": None}
    gateway.say("POST", "/invitations", made, 201)
    client = browser(gateway)
    page = client.get("/invitations").text

    typed = {"csrf_token": proof_of(page), "note": "Venez", "form-key": "once"}
    answer = client.post("/invitations", data=typed)

    [sent] = [request for request in gateway.asked if request.method == "POST"]
    assert sent.headers["Idempotency-Key"] == "once"
    assert answer.status_code == 200
    assert "son lien n’est pas montré de nouveau" in answer.text
    assert 'value="once"' not in answer.text
    assert 'value="None"' not in answer.text


def test_a_question_that_skills_has_not_read_yet_lacks_nothing() -> None:
    gateway = with_question(Gateway())
    gateway.refuse("GET", f"/questions/{QUESTION}/experts", 404, "question_not_found")

    page = browser(gateway).get(f"/questions/{QUESTION}").text

    assert "Skiller lit encore cette question" in page
    assert "ne répond pas" not in page


def test_a_member_who_left_is_told_as_one_and_lacks_nothing() -> None:
    gateway = Gateway()
    gone = {"id": OTHER, "name": "A former member", "headline": "", "portrait_url": None}
    gone |= {"role": "member", "bio": "", "locale": "fr", "state": "left", "sponsor": None}
    gateway.say("GET", f"/members/{OTHER}", {**gone, "joined_at": "2026-01-01T00:00:00Z"})
    gateway.say("GET", "/posts", NOTHING)

    page = browser(gateway).get(f"/members/{OTHER}").text

    assert "Un compte fermé" in page
    assert "former" not in page
    assert "ne répond pas" not in page
