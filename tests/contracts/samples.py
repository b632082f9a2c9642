"""The golden samples: what each event looked like on the wire when it was agreed.

Written once and then fixed. A sample that no longer fits means that messages on their
way, and in the outbox, no longer fit: make a new event beside the old one instead.
"""

import json
import re
from typing import Any

from chassis.testing.examples import SAMPLES

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def names() -> list[str]:
    """The events that have a sample."""
    return sorted(path.name.removesuffix(".json") for path in SAMPLES.iterdir())


def body_of(name: str) -> bytes:
    """A sample as it arrives."""
    return (SAMPLES / f"{name}.json").read_bytes()


def envelope_of(name: str) -> dict[str, Any]:
    """A sample's attributes, its event under `data`."""
    envelope: dict[str, Any] = json.loads(body_of(name))
    return envelope


def shape(value: Any) -> Any:
    """What a JSON value is made of: keys and types, texts told apart by their form."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, str):
        return "uuid" if _UUID.fullmatch(value) else "time" if _TIME.fullmatch(value) else "text"
    return type(value).__name__


def is_like(value: Any, sample: Any) -> bool:
    """Whether a JSON value has the sample's shape; null and empty lists fit what may be so."""
    mine, golden = shape(value), shape(sample)
    if isinstance(golden, dict) and isinstance(mine, dict):
        return mine.keys() == golden.keys() and all(is_like(value[k], sample[k]) for k in sample)
    return mine == golden or "NoneType" in (mine, golden) or [] in (mine, golden)
