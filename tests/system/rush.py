"""Fifty members who like an answer and take it back, two hundred times at once."""

import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from chassis.identifiers import new_id
from chassis.testing import tokens
from chassis.testing.tokens import Person
from chassis.testing.waiting import eventually
from tests.system.journey import Client

MEMBERS, ACTS = 50, 200
Sign = Callable[[Person], str]


def signed_on(data: Path) -> Sign:
    """Tokens that a standalone with this data folder believes."""
    key = (data / "keys" / "signing.pem").read_text()
    [public] = json.loads((data / "keys" / "public.json").read_text())["keys"]
    return lambda person: tokens.token_for(person, key=key, header={"kid": public["kid"]})


def rush(url: str, sign: Sign) -> None:
    """All likes and unlikes at once; what is counted, listed and proved is the same afterwards."""
    asker, author, *likers = [
        Client(url, sign(Person(f"Rusher {number}", new_id()))) for number in range(MEMBERS + 2)
    ]
    asked = {"title": "How fast is fast?", "body": "Hm.", "keywords": ["PostgreSQL"]}
    question = asker.ok("POST", "/questions", asked)
    answer = author.ok("POST", f"/questions/{question['id']}/answers", {"body": "Very."})
    chance = random.Random(8)
    acts = [(liker, "PUT") for liker in likers]
    acts += [(chance.choice(likers), chance.choice(["PUT", "DELETE"])) for _ in range(ACTS - 50)]

    def act(one: tuple[Client, str]) -> int:
        return one[0].call(one[1], f"/posts/{answer['id']}/like").status_code

    with ThreadPoolExecutor(MEMBERS) as threads:
        statuses = list(threads.map(act, acts))

    assert set(statuses) == {200}
    [shown] = asker.ok("GET", f"/questions/{question['id']}/answers")["items"]
    liking = _all(asker, f"/posts/{answer['id']}/likes?limit=50")
    assert shown["like_count"] == len({member["id"] for member in liking}) == len(liking)
    assert 10 < len(liking) <= MEMBERS
    member_id = answer["author"]["id"]
    proved = f"/members/{member_id}/skills"
    eventually(lambda: _likers(asker, proved) == [len(liking)])


def _likers(client: Client, path: str) -> list[int]:
    return [skill["liker_count"] for skill in client.ok("GET", path)["items"]]


def _all(client: Client, path: str) -> list[Any]:
    answer = client.call("GET", path)
    if answer.status_code != 200:
        return []
    page = answer.json()
    items = page["items"]
    while page["next"]:
        page = client.ok("GET", f"{path}&cursor={page['next']}")
        items += page["items"]
    return list(items)
