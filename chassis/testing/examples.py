"""Events of other services, as a test's service hears them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import contracts
from contracts import Event, decode

SAMPLES = Path(contracts.__file__).parent / "samples"
E = TypeVar("E", bound=Event)


def example(kind: type[E], **changes: Any) -> E:
    """The event's golden sample, changed in the fields that the test is about."""
    sample = json.loads((SAMPLES / f"{kind.type}.json").read_bytes())
    return replace(decode(kind, sample["data"]), **changes)
