"""Where what a notice is about stands: the path of a page, the same on every client."""

from typing import Any

from services.notifications import rules


def place_of(row: Any) -> str:
    """A row with the object's and its parent's columns, and the notice's."""
    if row.kind in rules.OF_PEOPLE:
        return f"/members/{row.object_id}"
    place = _PLACES.get(row.object_type)
    return place(row) if place else "/"


def _of_project(path: str) -> Any:
    def place(row: Any) -> str:
        return f"/projects/{row.object_parent_id}{path.format(id=row.object_id)}"

    return place


def _of_answer(row: Any) -> str:
    return f"/questions/{row.object_parent_id}?from={row.object_id}#post-{row.object_id}"


_PLACES: dict[str, Any] = {
    "question": lambda row: f"/questions/{row.object_id}",
    "share": lambda row: f"/shares/{row.object_id}",
    "answer": _of_answer,
    "skill": lambda row: f"/members/{row.member_id}/skills/{row.object_state}",
    "project": lambda row: f"/projects/{row.object_id}",
    "update": _of_project("/news#news-{id}"),
    "call": _of_project("/calls/{id}"),
    "round": _of_project("/rounds/{id}"),
    "benchmark": _of_project("/benchmarks/{id}"),
    "offer": _of_project(""),
    "act": _of_project("/history"),
    "contest": lambda row: "/reports?of=skills",
    "report": lambda row: "/reports",
    "project_report": lambda row: "/reports?of=projects",
    "request": lambda row: "/invitation-requests",
    "invitation": lambda row: "/projects/invitations",
}
