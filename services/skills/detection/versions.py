"""Since which of its edits a post is about a skill: those before it liked something else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from contracts.discussion import EarlierVersion
from services.skills.detection.subjects import Reader, Subject, main_of

# By skill: the edit that added it. One that was there from the start is not in it.
Since = Mapping[int, datetime]


def as_kept(version: EarlierVersion) -> dict[str, Any]:
    """A version as JSON values."""
    return {
        "until": version.until.isoformat(),
        "title": version.title,
        "prose": version.prose,
        "keywords": list(version.keywords),
    }


def since_of(
    reader: Reader,
    subjects: Iterable[Subject],
    earlier: Sequence[Mapping[str, Any]],
    *,
    question: Sequence[Subject] = (),
    question_since: Since | None = None,
) -> Since:
    """Of what a post is about now, what an edit added, and when it did so last.

    A skill that was taken out and put in again was added again. What an answer has of its
    question's main skills it has since they are in the question, or since it names them itself,
    whichever is earlier. Earlier versions are read beside what the question is about now.
    """
    lent = {one.skill_id for one in main_of(question)}
    added_there = question_since or {}
    own = {one.skill_id for one in subjects if one.reason != "question"}
    added = dict(_added(reader, own, earlier, question))
    for skill_id in lent:
        if skill_id not in added_there:
            added.pop(skill_id, None)
        elif skill_id in own and skill_id in added:
            added[skill_id] = min(added[skill_id], added_there[skill_id])
        elif skill_id not in own:
            added[skill_id] = added_there[skill_id]
    return added


def _added(
    reader: Reader,
    skill_ids: Collection[int],
    earlier: Sequence[Mapping[str, Any]],
    question: Sequence[Subject],
) -> Iterable[tuple[int, datetime]]:
    """From the latest version backwards, until one that lacks the skill."""
    left = set(skill_ids)
    for version in reversed(earlier):
        if not left:
            return
        said = reader.subjects(
            title=version["title"],
            prose=version["prose"],
            keywords=version["keywords"],
            question=question,
        )
        before = {one.skill_id for one in said if one.reason != "question"}
        for skill_id in left - before:
            yield skill_id, datetime.fromisoformat(version["until"])
        left &= before
