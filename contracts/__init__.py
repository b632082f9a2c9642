"""The events that services tell each other: one module per publisher.

A publisher constructs an event class, which refuses fields it does not know; a
listener decodes with `decode`, which ignores them. A breaking change is a new class
with a new name beside the old one.
"""

from importlib import import_module
from importlib.util import find_spec

from contracts.event import ContractError, Event, decode, encode
from contracts.services import SERVICES

# A service that tells nothing has no module.
MODULES = tuple(
    import_module(f"contracts.{name}") for name in SERVICES if find_spec(f"contracts.{name}")
)

EVENTS: dict[str, type[Event]] = {
    kind.type: kind
    for module in MODULES
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Event) and hasattr(kind, "type")
}

__all__ = ["EVENTS", "ContractError", "Event", "decode", "encode"]
