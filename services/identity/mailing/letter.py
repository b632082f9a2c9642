"""What one mail says, before it is put into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Letter:
    """Of a kind in `texts/`; `facts` fill its placeholders, a moment is shown as its day.

    `about` are the members whom it names or is for.
    """

    kind: str
    email: str
    locale: str
    link: str | None
    facts: Mapping[str, str | datetime] = field(default_factory=dict)
    about: tuple[UUID, ...] = ()
    note: str = ""  # what the inviter wrote, shown as quotation
