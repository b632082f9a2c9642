"""What one mail says, before it is put into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Named:
    """A member as mails name them: in quotation marks, and as staff where they are.

    `name` is None where it could pass for Skiller's own words; then nobody is named.
    """

    name: str | None
    role: str


@dataclass(frozen=True)
class Letter:
    """Of a kind in `texts/`; `facts` fill its placeholders, `about` are the members concerned.

    A moment is shown as the last day that is over everywhere before it: whoever comes on
    the day that is named is in time, wherever they live.
    """

    kind: str
    email: str
    locale: str
    link: str | None
    facts: Mapping[str, str | datetime | Named] = field(default_factory=dict)
    about: tuple[UUID, ...] = ()
    note: str = ""  # what the inviter wrote, shown as quotation
