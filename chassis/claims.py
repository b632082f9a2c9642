"""What an access token says of the person who carries it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Claims:
    """Checked claims; `expires_at` is in Unix seconds."""

    id: UUID
    session_id: UUID
    role: str
    name: str
    headline: str
    expires_at: float
