"""Lists in pages, as a client goes through them, and cursors that no list hands out."""

import base64
import json
from collections.abc import Callable
from typing import Any

from chassis.testing.service import MemberClient


def all_items(
    client: MemberClient, path: str, *, limit: int, between: Callable[[], Any] = lambda: None
) -> list[dict[str, Any]]:
    """The items of all pages; `between` is called before each next page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        joint = "&" if "?" in path else "?"
        page = client.get(f"{path}{joint}limit={limit}{cursor and '&cursor=' + cursor}")
        assert page.status_code == 200, page.text
        told = page.get_json()
        found += told["items"]
        cursor = told["next"]
        between()
    return found


def cursor_of(values: Any) -> str:
    """A cursor as a list would make it, of values that no list has."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
