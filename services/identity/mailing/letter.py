"""What one mail says, before it is put into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Letter:
    """Of a kind in `texts/`; `facts` fill its placeholders, a moment is shown as its day."""

    kind: str
    email: str
    locale: str
    link: str | None
    facts: Mapping[str, str | datetime] = field(default_factory=dict)
    note: str = ""  # what the inviter wrote, shown as quotation
