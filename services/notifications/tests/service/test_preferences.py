"""How one wants to be told: by preferences, and by the links of mails."""

import threading
from datetime import timedelta

import pytest

from chassis.identifiers import new_id
from chassis.testing.people import left, suspended
from services.notifications import links
from services.notifications.tests.factories import NOON, answer, followed, members, question
from services.notifications.tests.mailbox import (
    keys_of,
    reach,
    told,
    work,
    written,
)

DAY = timedelta(days=1)
NEXT_MORNING = NOON.replace(hour=7) + DAY
CHOSEN = {
    "classes": {
        "to_me": {"mail": "digest", "push": True},
        "my_circle": {"mail": "off", "push": False},
        "my_keywords": {"mail": "digest", "push": False},
    },
    "kinds": {"accepted": "now"},
    "digest": "weekly",
    "digest_hour": 18,
    "time_zone": "Pacific/Noumea",
    "quiet": {"from": "21:30", "until": "07:00", "weekends": False},
    "paused_until": "2024-04-01T08:00:00+00:00",
}


def put(client, body, version=0):
    return client.put("/notices/preferences", body, headers={"If-Match": f'"{version}"'})


def test_what_holds_for_who_never_chose(notifications):
    [ada] = members(notifications, "Ada")

    found = notifications.as_member(ada).get("/notices/preferences").json

    assert found == {
        "version": 0,
        "classes": {
            "to_me": {"mail": "now", "push": False},
            "my_circle": {"mail": "digest", "push": False},
            "my_keywords": {"mail": "digest", "push": False},
        },
        "kinds": {},
        "digest": "working_days",
        "digest_hour": 8,
        "time_zone": "Europe/Paris",
        "quiet": {"from": "20:00", "until": "08:00", "weekends": True},
        "paused_until": None,
        "mail_state": "none",
    }


def test_what_is_chosen_is_kept_whole_and_of_the_version_that_was_seen(notifications):
    [ada] = members(notifications, "Ada")
    client = notifications.as_member(ada)

    missing = client.put("/notices/preferences", CHOSEN)
    chosen = put(client, CHOSEN)
    outdated = put(client, {**CHOSEN, "digest": "off"})

    assert (missing.status_code, missing.json["code"]) == (428, "version_missing")
    odd = client.put("/notices/preferences", CHOSEN, headers={"If-Match": "*"})
    assert odd.json["code"] == "version_outdated"
    assert chosen.json == {**CHOSEN, "version": 1, "mail_state": "none"}
    assert (outdated.status_code, outdated.json["code"]) == (412, "version_outdated")
    assert client.get("/notices/preferences").json == chosen.json


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"time_zone": "Europe/Atlantis"}, "time_zone_unknown"),
        ({"time_zone": "../etc/passwd"}, "time_zone_unknown"),
        ({"time_zone": "localtime"}, "time_zone_unknown"),
        ({"kinds": {"birthday": "now"}}, "preferences_invalid"),
        ({"paused_until": "2099-01-01T00:00:00Z"}, "preferences_invalid"),
        ({"quiet": {"from": "08:00", "until": "07:59", "weekends": True}}, "preferences_invalid"),
        ({"quiet": None}, "invalid"),
        ({"digest": "hourly"}, "invalid"),
        ({"digest_hour": 24}, "invalid"),
        ({"digest_hour": "8"}, "invalid"),
        ({"classes": {"to_me": {"mail": "now", "push": True}}}, "invalid"),
        ({"mail_state": "ok"}, "invalid"),
    ],
)
def test_what_cannot_be_chosen_is_refused_and_changes_nothing(notifications, change, code):
    [ada] = members(notifications, "Ada")
    client = notifications.as_member(ada)

    refused = put(client, {**CHOSEN, **change})

    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert client.get("/notices/preferences").json["version"] == 0


def test_of_two_who_choose_at_once_one_looks_again(notifications):
    [ada] = members(notifications, "Ada")
    answers = []

    def choose() -> None:
        answers.append(put(notifications.as_member(ada), CHOSEN).status_code)

    both = [threading.Thread(target=choose) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(answers) == [200, 412]


def test_the_suspended_choose_nothing_but_may_unsubscribe(notifications):
    [ada] = members(notifications, "Ada")
    notifications.deliver(suspended(ada))
    token = links.unsubscribing_token(keys_of(notifications), ada.id, "to_me")

    assert put(notifications.as_member(ada), CHOSEN).json["code"] == "member_suspended"
    assert notifications.as_stranger().post(f"/unsubscriptions/{token}").json["is_off"]


def test_a_link_unsubscribes_by_one_click_and_can_be_taken_back(notifications):
    ada, béa = members(notifications, "Ada", "Béa")
    reach(notifications, ada)
    asked = question(ada, audience="members")
    notifications.deliver(asked, answer(béa, asked))
    work(notifications)
    [mail] = written(notifications)
    path = mail["List-Unsubscribe"].strip("<>").partition("/api/v1")[2]
    stranger = notifications.as_stranger()
    form = {"data": "List-Unsubscribe=One-Click"}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    looked = stranger.get(path)
    done = stranger.post(path, headers=kind, **form)
    again = stranger.post(path, headers=kind, **form)
    preferences = notifications.as_member(ada).get("/notices/preferences").json
    undone = stranger.delete(path)

    assert looked.json == {"scope": "to_me", "is_off": False}
    assert done.json == again.json == {"scope": "to_me", "is_off": True}
    assert preferences["classes"]["to_me"]["mail"] == "off" and preferences["version"] == 1
    assert undone.json == {"scope": "to_me", "is_off": False}
    found = notifications.as_member(ada).get("/notices/preferences").json
    assert found["classes"]["to_me"]["mail"] == "now"


def test_a_link_ends_what_was_chosen_for_kinds_of_its_class_alone(notifications):
    [ada] = members(notifications, "Ada")
    member, stranger = notifications.as_member(ada), notifications.as_stranger()
    off = {**CHOSEN["classes"], "to_me": {"mail": "off", "push": True}}
    kinds = {"accepted": "now", "thanks": "off", "follower": "now"}
    before = put(member, {**CHOSEN, "classes": off, "kinds": kinds}).json
    path = f"/unsubscriptions/{links.unsubscribing_token(keys_of(notifications), ada.id, 'to_me')}"

    looked, done = stranger.get(path).json, stranger.post(path).json
    between = member.get("/notices/preferences").json
    undone = stranger.delete(path).json

    assert [one["is_off"] for one in (looked, done, undone)] == [False, True, False]
    assert between["kinds"] == {"thanks": "off", "follower": "now"}
    after = member.get("/notices/preferences").json
    assert (after["kinds"], after["classes"]) == (before["kinds"], before["classes"])


def test_a_digest_is_unsubscribed_from_by_itself(notifications):
    ada, béa = members(notifications, "Ada", "Béa")
    reach(notifications, ada)
    token = links.unsubscribing_token(keys_of(notifications), ada.id, "digest")
    notifications.as_stranger().post(f"/unsubscriptions/{token}")
    notifications.deliver(followed(béa, ada, at=NOON))

    work(notifications)
    work(notifications, NEXT_MORNING)

    assert told(notifications) == []
    notifications.as_stranger().delete(f"/unsubscriptions/{token}")
    found = notifications.as_member(ada).get("/notices/preferences").json
    assert found["digest"] == "working_days"


def test_forged_links_are_good_for_nothing(notifications):
    ada, béa = members(notifications, "Ada", "Béa")
    keys = keys_of(notifications)
    token = links.unsubscribing_token(keys, ada.id, "to_me")
    of_other_key = links.unsubscribing_token(
        links.Keys("another-secret".ljust(40, ".")), ada.id, "to_me"
    )
    stolen = links.unsubscribing_token(keys, béa.id, "to_me")[:22] + token[22:]
    notifications.deliver(left(béa))
    of_leaver = links.unsubscribing_token(keys, béa.id, "to_me")

    for one in (token[:-4], token + "AAAA", of_other_key, stolen, of_leaver, "a", "%00", "é"):
        for method in ("GET", "POST", "DELETE"):
            refused = notifications.as_stranger().request(method, f"/unsubscriptions/{one}")
            assert refused.status_code == 404, one
    assert notifications.as_member(ada).get("/notices/preferences").json["version"] == 0


def test_links_of_a_key_that_was_replaced_hold_while_it_is_listed():
    old, new = "the-old-secret".ljust(40, "."), "the-new-secret".ljust(40, ".")
    ada = new_id()
    token = links.unsubscribing_token(links.Keys(old), ada, "digest")

    assert links.read_unsubscribing(links.Keys(f"{new} {old}"), token) == (ada, "digest")
    assert links.read_unsubscribing(links.Keys(new), token) is None
