"""The events that services tell each other: one module per publisher, standard library only.

A publisher constructs an event class, which refuses fields it does not know; a
listener decodes with `decode`, which ignores them. A breaking change is a new class
with a new name beside the old one.
"""

from contracts import discussion, identity, skills, social
from contracts.event import ContractError, Event, decode, encode

MODULES = (identity, social, discussion, skills)

EVENTS: dict[str, type[Event]] = {
    kind.type: kind
    for module in MODULES
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Event) and hasattr(kind, "type")
}

__all__ = ["EVENTS", "ContractError", "Event", "decode", "encode"]
