"""Companies: agreeing, the map as a table, whom one knows outside, what moderators register."""

import json

from web.tests.rig import ME, OTHER, Gateway, browser, proof_of, token

OWN, MAP, OUTSIDE = (
    "/members/me/organisation",
    "/organisations/acme/map",
    "/organisations/acme/outside",
)
ACME = {"slug": "acme", "name": "Acme & Cie"}
REGISTERED = ACME | {
    "domains": ["acme.example", "acme.fr"],
    "is_closed": False,
    "registered_at": "2026-11-20T10:00:00Z",
    "revision": 3,
}
SKILL = {"slug": "postgresql", "labels": {"en": "PostgreSQL", "fr": "PostgreSQL"}}


def of_acme(*, has_agreed: bool) -> Gateway:
    gateway = Gateway()
    gateway.say("GET", OWN, {"organisation": ACME, "has_agreed": has_agreed})
    return gateway


def with_map(*counts: int | None) -> Gateway:
    gateway = of_acme(has_agreed=True)
    levels = [{"level": at, "people_count": count} for at, count in enumerate(counts, 1)]
    items = [{"skill": SKILL, "people_count": counts[0], "levels": levels}] if counts else []
    shown = {"people_count": 15 if counts else None, "counted_at": "2026-11-20T02:00:00Z"}
    gateway.say("GET", MAP, {**shown, "items": items, "next": None})
    return gateway


def sent(gateway: Gateway, method: str) -> list[object]:
    bodies = [request.body for request in gateway.asked if request.method == method]
    return [json.loads(body) for body in bodies if body]


class TestAgreeing:
    def test_nothing_is_agreed_before_the_button_and_what_it_means_stands_above_it(self) -> None:
        gateway = of_acme(has_agreed=False)
        gateway.say("PUT", OWN, {"organisation": ACME, "has_agreed": True})
        client = browser(gateway)

        page = client.get("/settings/company").text
        typed = {"csrf_token": proof_of(page), "organisation": "acme", "on": "1"}
        answer = client.post("/settings/company", data=typed)

        assert "Acme &amp; Cie" in page and "Vous n’y êtes pas" in page
        assert page.index("Elle ne nomme personne") < page.index("Me compter</button>")
        assert 'type="checkbox"' not in page and "/companies/acme" not in page
        assert sent(gateway, "PUT") == [{"organisation": "acme"}]
        assert answer.headers["Location"] == "/settings/company?said=saved"

    def test_it_is_taken_back_by_one_button_beside_the_way_to_the_map(self) -> None:
        gateway = of_acme(has_agreed=True)
        gateway.say("DELETE", OWN, None, 204)
        client = browser(gateway)

        page = client.get("/settings/company").text
        answer = client.post("/settings/company", data={"csrf_token": proof_of(page)})

        assert 'href="/companies/acme"' in page
        assert (gateway.calls("DELETE"), answer.status_code) == ([OWN], 303)

    def test_an_agreement_that_came_too_late_is_told(self) -> None:
        gateway = of_acme(has_agreed=False)
        gateway.refuse("PUT", OWN, 409, "organisation_not_yours")
        client = browser(gateway)
        proof = proof_of(client.get("/settings/company").text)

        typed = {"csrf_token": proof, "organisation": "acme", "on": "1"}
        answer = client.post("/settings/company", data=typed)

        assert answer.status_code == 409
        assert "ne montre pas cette entreprise" in answer.text

    def test_ones_own_company_is_found_by_who_is_counted_and_explained_to_others(self) -> None:
        nobody = Gateway()
        nobody.say("GET", OWN, {"organisation": None, "has_agreed": False})
        for gateway, path in (
            (of_acme(has_agreed=True), "/companies/acme"),
            (of_acme(has_agreed=False), "/settings/company"),
            (nobody, "/settings/company"),
        ):
            assert browser(gateway).get("/companies").headers["Location"] == path
        assert 'href="/settings/address"' in browser(nobody).get("/settings/company").text


class TestMap:
    def test_a_row_tells_how_many_or_more_and_says_the_dash_in_words(self) -> None:
        page = browser(with_map(10, 5, None, None, None)).get("/companies/acme").text

        row = page.split('<th scope="row">')[1].split("</tr>")[0]
        assert 'href="/skills/postgresql"' in row
        assert (row.count("10 ou plus"), row.count("5 ou plus")) == (1, 1)
        assert row.count("moins de cinq") == 3
        assert 'width="66.7"' in row
        assert page.count('<th scope="col">') == 6

    def test_without_five_there_is_no_table_and_it_says_why(self) -> None:
        page = browser(with_map()).get("/companies/acme").text

        assert "<table" not in page and "au moins cinq personnes" in page
        assert 'name="q"' not in page

    def test_to_others_there_is_no_such_page(self) -> None:
        gateway = of_acme(has_agreed=False)
        gateway.refuse("GET", MAP, 404, "organisation_not_found")

        assert browser(gateway).get("/companies/acme").status_code == 404

    def test_who_is_known_outside_stands_with_how_many_know_them(self) -> None:
        gateway = with_map(10, None, None, None, None)
        people = [{"id": one, "name": name} for one, name in ((ME, "Zoé"), (OTHER, "Bo"))]
        known = [
            {"expert": {"member": one, "attributions": [], "nearness": None}, "follower_count": n}
            for one, n in zip(people, (5, None), strict=True)
        ]
        understood = [{"skill": SKILL, "is_guess": False}]
        gateway.say("GET", OUTSIDE, {"understood": understood, "items": known})

        page = browser(gateway).get("/companies/acme?q=sql").text

        assert page.index("Zoé") < page.index("Au moins 5 d’entre vous") < page.index("Bo</")
        assert page.count("Certaines personnes chez vous") == 1
        gateway.refuse("GET", OUTSIDE, 503, "upstream_unavailable")
        without = browser(gateway).get("/companies/acme?q=sql")
        assert without.status_code == 200 and "10 ou plus" in without.text


class TestModerating:
    def test_a_company_is_registered_by_its_domains_with_a_reason_once(self) -> None:
        gateway = Gateway()
        gateway.say("POST", "/organisations", REGISTERED, 201)
        client = browser(gateway, access=token(role="moderator"))
        page = client.get("/moderation/companies/new").text

        typed = {"called": "Acme & Cie", "domains": "acme.example, acme.fr", "reason": "Oui."}
        typed |= {"csrf_token": proof_of(page), "form-key": "once"}
        answer = client.post("/moderation/companies/new", data=typed)

        assert answer.headers["Location"] == "/moderation/companies?said=done"
        assert sent(gateway, "POST") == [
            {"name": "Acme & Cie", "domains": ["acme.example", "acme.fr"], "reason": "Oui."}
        ]
        [asked] = [request for request in gateway.asked if request.method == "POST"]
        assert asked.headers["Idempotency-Key"] == "once"

    def test_what_is_refused_stays_in_the_form_beside_its_field(self) -> None:
        gateway = Gateway()
        client = browser(gateway, access=token(role="moderator"))
        proof = proof_of(client.get("/moderation/companies/new").text)
        typed = {"called": "!", "domains": "localhost", "reason": "Oui.", "csrf_token": proof}
        errors = {"name": ["No."], "domains.0": ["No mail reaches this domain."]}
        gateway.refuse("POST", "/organisations", 422, "invalid", errors=errors)

        page = client.post("/moderation/companies/new", data=typed).text

        assert all(f'id="e-{name}"' in page for name in ("called", "domains"))
        assert 'value="localhost"' in page
        gateway.refuse("POST", "/organisations", 422, "domain_shared")
        assert (
            "N’importe qui peut avoir" in client.post("/moderation/companies/new", data=typed).text
        )

    def test_a_change_is_made_of_what_was_looked_at_and_its_acts_stand_below(self) -> None:
        gateway = Gateway()
        act = {"id": ME, "act": "register", "actor": {"id": OTHER, "name": "Bo"}}
        act |= {"reason": "Bienvenue.", "at": "2026-11-20T10:00:00Z"}
        act |= {"name": "Acme", "domains": ["acme.example"]}
        gateway.say("GET", "/organisations/acme", REGISTERED)
        gateway.say("GET", "/organisations/acme/acts", {"items": [act], "next": None})
        gateway.say("GET", "/organisations", {"items": [REGISTERED], "next": None})
        gateway.say("PATCH", "/organisations/acme", REGISTERED)
        client = browser(gateway, access=token(role="moderator"))

        listed = client.get("/moderation/companies").text
        page = client.get("/moderation/companies/acme").text
        typed = {"called": "Acme", "domains": "acme.fr", "is_closed": "1", "reason": "Fini."}
        typed |= {"csrf_token": proof_of(page), "revision": "3"}
        client.post("/moderation/companies/acme", data=typed)

        assert 'href="/moderation/companies/acme"' in listed and "acme.example, acme.fr" in listed
        assert 'name="revision" value="3"' in page and "Bienvenue." in page
        assert sent(gateway, "PATCH") == [
            {
                "revision": 3,
                "name": "Acme",
                "domains": ["acme.fr"],
                "is_closed": True,
                "reason": "Fini.",
            }
        ]

    def test_the_pages_are_for_moderators(self) -> None:
        for path in ("", "/new", "/acme"):
            assert browser(Gateway()).get(f"/moderation/companies{path}").status_code == 403
